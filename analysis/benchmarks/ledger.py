"""Ledger of benchmarks: a line for each release, in ``analysis/results/benchmarks.csv``.

``python -m analysis.benchmarks.ledger RUN.json`` shows the figures of a run of pytest-benchmark,
with the versions and the machine; ``--keep`` also writes them as the line of the release. A note at
the end of a line says which figures of the line turned out to be wrong.
"""

from __future__ import annotations

import argparse
import json
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from analysis.text.phrases import aligned, seconds
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEDGER = Path(__file__).parents[1] / "results" / "benchmarks.csv"

DISTRIBUTIONS = ("numpy", "numba")

NOTE = "note"


class Figure(NamedTuple):
    """Figure of a benchmark."""

    benchmark: str
    value: float
    """Median time, or amount of work per second at the median time."""
    unit: str
    num_rounds: int

    def __str__(self) -> str:
        """Return the value with its unit."""
        return seconds(self.value) if self.unit == "s" else f"{self.value:.3g} {self.unit}"


def figures(run: Mapping[str, Any]) -> list[Figure]:
    """Return the figures of a run.

    Parameters
    ----------
    run
        Document that pytest-benchmark wrote. A benchmark can give the amount of work in a round
        as ``amount`` and ``unit`` in its extra information; otherwise its figure is the time.
    """
    found = []
    for each in run["benchmarks"]:
        told, median = each["extra_info"], each["stats"]["median"]
        value, unit = (told["amount"] / median, f"{told['unit']}/s") if told else (median, "s")
        name = each["name"].removeprefix("bench_")
        found.append(Figure(name, value, unit, each["stats"]["rounds"]))
    return found


def circumstances(run: Mapping[str, Any]) -> dict[str, str]:
    """Return the release, the date, the machine and the versions of a run."""
    machine = run["machine_info"]
    return {
        "release": metadata.version("otgah"),
        "date": run["datetime"][:10],
        "machine": f"{machine['cpu'].get('brand_raw', machine['machine'])}, {machine['system']}",
        "python": machine["python_version"],
    } | {name: metadata.version(name) for name in DISTRIBUTIONS}


def with_line(ledger: pd.DataFrame, line: Mapping[str, Any]) -> pd.DataFrame:
    """Return a ledger with the line of a release; an older line of the release is replaced.

    Parameters
    ----------
    ledger
        Lines so far, which may have other columns.
    line
        Values of the new line by column, with ``release``.
    """
    others = ledger[ledger["release"] != line["release"]] if len(ledger) else ledger
    new = pd.DataFrame([{**line, NOTE: ""}])
    table: pd.DataFrame = pd.concat([others, new], ignore_index=True)
    table.insert(len(table.columns) - 1, NOTE, table.pop(NOTE))
    return table


def line_of(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of a run: its circumstances, and its figures with three digits."""
    found: dict[str, Any] = circumstances(run)
    for each in figures(run):
        found[f"{each.benchmark} [{each.unit}]"] = float(f"{each.value:.3g}")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Show a run, and keep it in the ledger with ``--keep``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="JSON file of pytest-benchmark")
    parser.add_argument("--keep", action="store_true", help="write the line of the release")
    parser.add_argument("--ledger", type=Path, default=LEDGER)
    given = parser.parse_args(arguments)
    run = json.loads(given.run.read_text(encoding="utf-8"))
    rows = [[each.benchmark, str(each), str(each.num_rounds)] for each in figures(run)]
    print(aligned([list(pair) for pair in circumstances(run).items()]), end="\n\n")
    print(aligned(rows, ["benchmark", "median", "rounds"], right=[1, 2]))
    if given.keep:
        ledger = pd.read_csv(given.ledger, dtype=str) if given.ledger.exists() else pd.DataFrame()
        with replacing(given.ledger) as temporary:
            with_line(ledger, line_of(run)).to_csv(temporary, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
