"""The league of heuristics: all of them on all families, under the same time limits.

``python -m analysis.benchmarks.league`` adds a row to ``analysis/results/league.csv`` after each
run, and then prints the standings. Runs that are in the file are not repeated, so the command can
be interrupted and started again. ``--quick`` makes few small runs. The decomposition solves each
instance first; the least bound of all runs is the reference of the gaps.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.benchmarks.league_kinds import LARGE, MEDIUM, SIZES, SMALL, draw
from analysis.engines.child import run_alone, start_server
from analysis.metrics.league import COLUMNS, REFERENCE, standings, with_gap
from analysis.runs.limits import parse_seeds
from analysis.runs.plan import plan
from analysis.text.league import standings_text
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instances.instance import Instance

RESULTS = Path(__file__).parents[1] / "results" / "league.csv"

HEURISTICS = (
    "first-come-first-served",
    "greedy-by-output",
    "greedy-density",
    "regret",
    "ot-gah-fast",
    "ot-gah-plus",
    "count-annealing",
    "local-search",
    "configuration-lp",
    "lns",
    "simulated-annealing",
    "genetic",
)
"""Methods of the league."""

LIMITS_S = (0.1, 1.0, 10.0)
"""Time limits of the runs [s]."""

REFERENCE_S = 60.0
"""Time limit of the decomposition that proves the reference [s]."""

QUICK = {
    "families": ["half-tight", "uniform-random"],
    "sizes": [SMALL],
    "seeds": range(1),
    "limits": [0.1],
}
"""Settings of the quick form."""

Row = dict[str, Any]


class League:
    """Finished runs, in a CSV file that is complete after each run.

    Parameters
    ----------
    path
        Path of the file, which is created if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[tuple[str, ...], Row] = {}
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    self._rows[self._key(row)] = row

    @property
    def table(self) -> pd.DataFrame:
        """Table of the runs, a row for each run."""
        return pd.read_csv(self._path)

    def run(self, name: str, size: str, seed: int, method: str, limit_s: float) -> None:
        """Make a run, unless the file has it."""
        row: Row = {"family": name, "size": size, "seed": seed, "method": method}
        row["limit_s"] = float(limit_s)
        if self._key(row) in self._rows:
            return
        row |= _measured(_drawn(name, size, seed), method, limit_s)
        self._rows[self._key(row)] = row
        with (
            replacing(self._path) as temporary,
            temporary.open("w", encoding="utf-8", newline="") as file,
        ):
            table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(self._rows.values())

    @staticmethod
    def _key(row: Row) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in ("family", "size", "seed", "method", "limit_s"))


@cache
def _drawn(name: str, size: str, seed: int) -> Instance:
    return draw(name, size, seed)


def _measured(instance: Instance, method: str, limit_s: float) -> Row:
    """Run a method in a process of its own, and return the row of the run without its key."""
    load = os.getloadavg()[0]
    result = run_alone(plan(instance, method, time_limit=limit_s)).result
    points = [(each.runtime_s, each.objective) for each in result.trajectory]
    points.append((result.runtime_s or limit_s, result.objective))
    return {
        "instance": instance.name,
        "num_requests": instance.coefficients.num_requests,
        "num_edge_nodes": instance.coefficients.num_edge_nodes,
        "status": result.status.value,
        "ended_by": result.ended_by.value,
        "objective": result.objective,
        "bound": result.bound,
        "runtime_s": None if result.runtime_s is None else round(result.runtime_s, 6),
        "load": round(load, 2),
        "trajectory": " ".join(f"{at:.4g}:{served}" for at, served in points if served is not None),
        "otgah": metadata.version("otgah"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
    }


def _runs(given: argparse.Namespace) -> Iterator[tuple[str, str, int, str, float]]:
    """Yield the runs, seed by seed, so that the first of them cover all families."""
    for seed in given.seeds:
        for size in given.sizes:
            for name in given.families:
                yield name, size, seed, REFERENCE, given.reference_limit
                for method in given.methods:
                    for limit_s in given.limits:
                        yield name, size, seed, method, limit_s


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the missing runs, and print the standings of all runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", nargs="*", choices=SIZES, default=list(SIZES))
    sizes = (SMALL, MEDIUM, LARGE)
    parser.add_argument("--sizes", nargs="*", choices=sizes, default=list(sizes))
    parser.add_argument("--seeds", type=parse_seeds, default=range(20), metavar="A:B")
    parser.add_argument("--limits", nargs="*", type=float, default=list(LIMITS_S))
    parser.add_argument("--methods", nargs="*", choices=HEURISTICS, default=list(HEURISTICS))
    parser.add_argument("--reference-limit", type=float, default=REFERENCE_S)
    parser.add_argument("--quick", action="store_true", help="make few small runs")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if given.quick:
        vars(given).update(QUICK)
    start_server([REFERENCE, *given.methods])
    league = League(given.out)
    for each in _runs(given):
        league.run(*each)
    table = with_gap(league.table)
    for limit_s in sorted(table["limit_s"].unique()):
        print(standings_text(standings(table, limit_s), limit_s), end="\n\n")


if __name__ == "__main__":
    main()
