"""The league of heuristics: all of them on all families, under the same time limits.

``python -m analysis.benchmarks.league`` adds rows to ``analysis/results/league.csv`` after each
run, and prints the standings at the end. Runs that are in the file are not repeated, so the
command can be interrupted and started again. ``--quick`` makes few small runs.

The decomposition solves each instance first. The least bound of all runs is the reference of the
gaps, so a reference without a proof makes gaps larger and never smaller.

Two rules save time and change no row but its runtime:

- A run ends with the first schedule that meets the bound of the decomposition, since no schedule
  serves more requests. Its row has ``target`` as ``ended_by``.
- A run that ended before its time limit is not repeated under a longer limit, unless its method
  adapts its search to the limit (`ADAPTIVE`). The longer limit has the same row, with the same
  runtime, load and trajectory.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import sys
from functools import lru_cache
from importlib import metadata
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.benchmarks.league_kinds import LARGE, MEDIUM, SIZES, SMALL, draw
from analysis.engines.child import run_alone, start_server
from analysis.metrics.league import COLUMNS, INSTANCE, REFERENCE, standings, with_gap
from analysis.runs.limits import parse_seeds
from analysis.runs.plan import plan
from analysis.text.league import standings_text
from heuristics.result import EndedBy
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

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

ADAPTIVE = ("ot-gah-plus",)
"""Methods that adapt their search to the time limit, which only cuts the searches of the others."""

LIMITS_S = (0.1, 1.0, 10.0)
"""Time limits of the runs [s]."""

REFERENCE_S = 60.0
"""Time limit of the decomposition that proves the reference [s]."""

TARGET = "target"
"""End of a run whose schedule met the bound of the decomposition."""

ENDS = (EndedBy.PROOF, TARGET)
"""Ends of a run at the optimum, which no longer time limit can improve."""

QUICK = {
    "families": ["half-tight", "uniform-random"],
    "sizes": [SMALL],
    "seeds": range(1),
    "limits": [0.1],
}
"""Settings of the quick form."""

KEY = (*INSTANCE, "method", "limit_s")
"""Columns that name a run of the league."""

Key = tuple[str, ...]
"""Values of the first columns of `KEY` as text."""

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
        self._rows: dict[Key, Row] = {}
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    self._rows[tuple(row[name] for name in KEY)] = row

    @property
    def table(self) -> pd.DataFrame:
        """Table of the runs, a row for each run."""
        return pd.read_csv(self._path)

    def play(
        self,
        instance: Key,
        methods: Sequence[str],
        limits: Sequence[float],
        *,
        target: int | None = None,
    ) -> None:
        """Make the missing runs of methods on an instance, each with ascending time limits."""
        for method in methods:
            row: Row | None = None
            for limit_s in sorted(limits):
                key = (*instance, method, str(float(limit_s)))
                before, row = row, self._rows.get(key)
                if row is None:
                    if before is None or not _is_final(before):
                        before = _measured(key, target)
                    row = self._rows[key] = {**before, **dict(zip(KEY, key, strict=True))}
                    self._write()

    def bound(self, instance: Key) -> int | None:
        """Return the least bound of the reference's runs on an instance; None without one."""
        rows = [row for key, row in self._rows.items() if key[:-1] == (*instance, REFERENCE)]
        return min(
            (int(row["bound"]) for row in rows if row["bound"] not in ("", None)), default=None
        )

    def _write(self) -> None:
        with (
            replacing(self._path) as temporary,
            temporary.open("w", encoding="utf-8", newline="") as file,
        ):
            table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(self._rows.values())


def _is_final(row: Row) -> bool:
    """Return True if a run has the same result under every longer time limit."""
    is_completed = row["ended_by"] == EndedBy.COMPLETED and row["method"] not in ADAPTIVE
    return row["ended_by"] in ENDS or is_completed


@lru_cache(maxsize=1)
def _drawn(name: str, size: str, seed: str) -> Instance:
    return draw(name, size, int(seed))


def _measured(key: Key, target: int | None) -> Row:
    """Make a run in a process of its own, and return its row without the columns of the key."""
    *place, method, limit = key
    instance, limit_s = _drawn(*place), float(limit)
    load = os.getloadavg()[0]
    result = run_alone(plan(instance, method, time_limit=limit_s), target=target).result
    ended_by = result.ended_by.value
    if result.ended_by is EndedBy.INTERRUPTED:
        if target is None or (result.objective or 0) < target:
            raise KeyboardInterrupt
        ended_by = TARGET
    points = [(each.runtime_s, each.objective) for each in result.trajectory]
    points.append((result.runtime_s or limit_s, result.objective))
    return {
        "instance": instance.name,
        "num_requests": instance.coefficients.num_requests,
        "num_edge_nodes": instance.coefficients.num_edge_nodes,
        "status": result.status.value,
        "ended_by": ended_by,
        "objective": result.objective,
        "bound": result.bound,
        "runtime_s": None if result.runtime_s is None else round(result.runtime_s, 6),
        "load": round(load, 2),
        "trajectory": " ".join(f"{at:.4g}:{served}" for at, served in points if served is not None),
        "otgah": metadata.version("otgah"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
    }


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
    try:  # Seed by seed, so that the first runs cover all families.
        for seed, size, name in product(given.seeds, given.sizes, given.families):
            instance = (name, size, str(seed))
            league.play(instance, [REFERENCE], [given.reference_limit])
            league.play(instance, given.methods, given.limits, target=league.bound(instance))
    except KeyboardInterrupt:
        sys.exit(f"interrupted; {given.out} has all finished runs, and the same command continues")
    table = with_gap(league.table)
    for limit_s in sorted(table["limit_s"].unique()):
        print(standings_text(standings(table, limit_s), limit_s), end="\n\n")


if __name__ == "__main__":
    main()
