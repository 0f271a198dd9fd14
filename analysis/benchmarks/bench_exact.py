"""Exact methods side by side: ``decomposition`` against the best of the others, and alone.

``python -m analysis.benchmarks.bench_exact --seeds 0:10`` adds a row to
``analysis/results/exact.csv`` after each run, and then prints the tables. Runs that are in the file
are not repeated, so the command can be interrupted and started again. To measure a method again,
remove its rows from the file.

The part ``licences`` runs the commercial solvers that are installed, on instances that fit their
licences. Rows of solvers whose licence forbids to publish results, or was not shipped to be read,
go to ``runs/exact-not-published.csv``, which no commit takes.
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

from analysis.benchmarks.exact_kinds import EASY, HARD, KINDS, LARGE, WITHIN_LICENCES
from analysis.benchmarks.exact_tables import BASELINE, LIMIT_S, OWN, tables
from analysis.engines.child import run_alone, start_server
from analysis.runs.limits import parse_seeds
from analysis.runs.plan import plan
from formulations.solvers.solver_entry import COMMERCIAL, SOLVERS
from heuristics.result import Status
from instances.atomic import replacing
from instances.families.registry import family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from instances.instance import Instance

RESULTS = Path(__file__).parents[1] / "results" / "exact.csv"

NOT_PUBLISHED = Path("runs") / "exact-not-published.csv"

PUBLISHABLE = ("cplex",)
"""Commercial solvers whose licence, as shipped with the package, lets results be published.

The licences read are those of gurobipy 13.0.3 ("You will not publish any benchmark testing results
on the Product"), xpress 9.9.1 (no publication "without Fair Isaac's prior written consent") and
cplex 22.2.0.1 (LI_en.txt has no such clause); coptpy 8.0.7 ships no text.
"""

PEERS = ("scip", "milp-threshold", "cp-sat", "milp-bigm")
"""Other methods in the order of their runs. The likely best is first, since its time becomes the
limit of the others."""

LIMITS_S = (10.0, 30.0, 60.0)
"""Time limits at which the gap of large instances is measured [s]."""

Row = dict[str, Any]


class Runs:
    """Finished runs, in a CSV file that is complete after each run.

    Parameters
    ----------
    path
        Path of the file, which is created if it is missing.
    not_published
        Path of the file for solvers whose results must not be published; None for a file beside
        the first one, and outside the project for the project's own results.
    """

    def __init__(self, path: Path, not_published: Path | None = None) -> None:
        if not_published is None:
            beside = path.with_stem(f"{path.stem}-not-published")
            not_published = NOT_PUBLISHED if path == RESULTS else beside
        self._files = {True: path, False: not_published}
        self._rows = {
            each: _read(file) if file.exists() else [] for each, file in self._files.items()
        }

    @property
    def table(self) -> pd.DataFrame:
        """Table of the runs, a row for each run."""
        return pd.DataFrame([*self._rows[True], *self._rows[False]])

    def run(self, kind: str, seed: int, method: str, limit_s: float = LIMIT_S) -> Row:
        """Return the row of a run, after making the run if the file lacks it."""
        key = {"kind": kind, "seed": seed, "method": method, "limit_s": limit_s}
        is_published = _is_published(method)
        rows = self._rows[is_published]
        found = next((row for row in rows if key.items() <= row.items()), None)
        if found is None:
            found = key | _measured(_drawn(kind, seed), method, limit_s)
            rows.append(found)
            self._files[is_published].parent.mkdir(parents=True, exist_ok=True)
            _write(rows, self._files[is_published])
            print(f"{kind}, seed {seed}, {method}: {_told(found)}", flush=True)
        return found


def warm_up() -> None:
    """Let every method solve two requests, to compile its kernels and import its modules."""
    start_server([OWN, *PEERS])
    (tiny,) = family("uniform-random").generate({"num_requests": 2}, 0)
    for method in (OWN, *PEERS):
        run_alone(plan(tiny, method))


def against_peers(runs: Runs, kind: str, seed: int) -> None:
    """Run the decomposition and every peer, one after the other.

    Notes
    -----
    Only the best peer counts, so no peer gets more time than an earlier one needed for its proof.
    """
    runs.run(kind, seed, OWN)
    limit_s = LIMIT_S
    for peer in PEERS:
        row = runs.run(kind, seed, peer, limit_s)
        if row["status"] == Status.OPTIMAL:
            limit_s = min(limit_s, row["runtime_s"])


def against_baseline(runs: Runs, kind: str, seed: int) -> None:
    """Run the decomposition and the big-M model."""
    runs.run(kind, seed, OWN)
    runs.run(kind, seed, BASELINE)


def against_solvers(runs: Runs, kind: str, seed: int) -> None:
    """Run the decomposition, and each installed commercial solver on both models.

    Notes
    -----
    The solver with the least mean counts, so every solver gets the whole time. The big-M model is
    measured with one seed in five, as it takes nearly always the whole time.
    """
    runs.run(kind, seed, OWN)
    for solver in COMMERCIAL:
        if SOLVERS[solver].is_installed:
            runs.run(kind, seed, f"milp-threshold:{solver}")
            if seed % 5 == 0:
                runs.run(kind, seed, f"{BASELINE}:{solver}")


def at_limits(runs: Runs, kind: str, seed: int) -> None:
    """Run the decomposition under increasing time limits, until it proves the optimum."""
    for limit_s in LIMITS_S:
        if runs.run(kind, seed, OWN, limit_s)["status"] == Status.OPTIMAL:
            return


Part = tuple["Callable[[Runs, str, int], None]", "Sequence[str]"]

PARTS: dict[str, Part] = {
    "easy": (against_baseline, tuple(EASY)),
    "hard": (against_peers, tuple(HARD)),
    "large": (at_limits, tuple(LARGE)),
    "licences": (against_solvers, tuple(WITHIN_LICENCES)),
}


def _is_published(method: str) -> bool:
    """Return True if the results of a method may be published."""
    solver = method.partition(":")[2]
    return not solver or solver in PUBLISHABLE


@cache
def _drawn(kind: str, seed: int) -> Instance:
    return (KINDS | WITHIN_LICENCES)[kind].draw(seed)


def _measured(instance: Instance, method: str, limit_s: float) -> Row:
    """Run a method in a process of its own, and return the row of the run without its key."""
    load = os.getloadavg()[0]
    name, _, solver = method.partition(":")
    settings = {"solver": solver} if solver else None
    task = plan(instance, name, time_limit=limit_s, settings=settings)
    result = run_alone(task).result
    return {
        "num_requests": instance.coefficients.num_requests,
        "num_edge_nodes": instance.coefficients.num_edge_nodes,
        "status": result.status.value,
        "ended_by": result.ended_by.value,
        "proof": result.proof,
        "objective": result.objective,
        "bound": result.bound,
        "runtime_s": result.runtime_s,
        "build_s": result.build_s,
        "load": round(load, 2),
        "message": result.message,
        "solver": result.solver,
        "otgah": metadata.version("otgah"),
        "python": platform.python_version(),
        "machine": _machine(),
        "coefficients": instance.coefficients.digest(),
    }


@cache
def _machine() -> str:
    import cpuinfo

    cpu = cpuinfo.get_cpu_info().get("brand_raw", platform.machine())
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}"


_TYPES: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("seed", "num_requests", "num_edge_nodes", "objective", "bound"), int),
    **dict.fromkeys(("limit_s", "runtime_s", "build_s", "load"), float),
}


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {key: _TYPES.get(key, str)(text) if text else None for key, text in row.items()}
            for row in csv.DictReader(file)
        ]


def _write(rows: Sequence[Row], path: Path) -> None:
    with (
        replacing(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        table = csv.DictWriter(file, list(rows[-1]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _told(row: Row) -> str:
    time = "no time" if row["runtime_s"] is None else f"{row['runtime_s']:.3g} s"
    return f"{row['status']}, {row['objective']} of {row['bound']}, {time} of {row['limit_s']:.3g}"


def _questions(parts: Sequence[str], seeds: range) -> Iterator[tuple[Any, str, int]]:
    """Yield the measurements, seed by seed, so that the first of them cover all kinds."""
    for part in parts:
        measure, kinds = PARTS[part]
        for seed in seeds:
            for kind in kinds:
                yield measure, kind, seed


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the missing runs, and print the tables of all runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=parse_seeds, default=range(10), metavar="A:B")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    warm_up()
    runs = Runs(given.out)
    for measure, kind, seed in _questions(given.parts, given.seeds):
        measure(runs, kind, seed)
    print(tables(runs.table))


if __name__ == "__main__":
    main()
