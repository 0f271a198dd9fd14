"""The demonstration: generate instances, solve them exactly and by heuristics, write a report.

P1 is solved on instances of several edge nodes, P2 and P3' on instances of one edge node.

Run as ``python -m analysis.commands.demo``. A second run continues the first one, and starts again
if the instances have changed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import otgah
from analysis.commands.common import show_aside
from analysis.metrics import summary
from analysis.text.nodes import tree_remark
from analysis.text.summary import summary_text
from instances.traces.announcement import announced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = Path("runs", "demo")

FAMILIES: Mapping[str, tuple[int, Mapping[str, Sequence[object]]]] = {
    "paper": (7, {}),
    "scarce-spectrum": (6, {}),
    "scarce-memory": (6, {}),
    "mixed-models": (6, {}),
    "modern": (6, {}),
    "dense": (2, {}),
    "trace": (1, {"num_epochs": [27]}),
}
"""Number of seeds of each family, and the parameters without their default values."""

ONE_EDGE_NODE: Mapping[str, tuple[int, Mapping[str, Sequence[object]]]] = {"single-node": (4, {})}
"""Families of one edge node, as in :data:`FAMILIES`, for P2 and P3'."""

METHODS = ("decomposition", "ot-gah", "greedy-by-output", "first-come-first-served")

METHODS_OF = {"P2": "algorithm-1", "P3prime": "ot"}
"""The paper's algorithm for each problem of one edge node."""

TITLES = {
    "P1": "P1, all edge nodes",
    "P2": "P2, one edge node with spectrum to spare",
    "P3prime": "P3', one edge node",
}
"""Titles of the tables."""

MILP = "milp-bigm"

NODE_LIMIT = 300
"""Node limit of the MILP, which proves every family but ``dense`` within it. Unlike a time limit,
it stops a run at the same place on every machine, so that every row can be repeated."""

TIME_LIMIT_S = 60.0
"""Time limit [s], longer than any run takes."""

NUM_JOBS = 2


def main(folder: Path = FOLDER) -> None:
    """Run the demonstration and print the path of its report.

    Parameters
    ----------
    folder
        Folder of the files of the demonstration.
    """
    with announced(show_aside):
        everywhere, alone = (
            _generated(families, folder / "instances") for families in (FAMILIES, ONE_EDGE_NODE)
        )
    print(
        f"{len(everywhere) + len(alone)} instances of {len(FAMILIES) + len(ONE_EDGE_NODE)} "
        f"families in {folder / 'instances'}",
        flush=True,
    )
    store = folder / "runs.sqlite"
    progress = _solve(everywhere, alone, store)
    print(f"{progress}: {store}", flush=True)
    made = otgah.report(store, folder / "report.html")
    runs = otgah.runs_table(store)
    for problem, of_problem in runs.groupby("problem", sort=False):
        table = summary_text(summary(of_problem, by=("family", "method")))
        print(f"\n{TITLES[str(problem)]}\n{table}")
    print(f"\n{tree_remark(runs)}")
    print(made.answer)
    for problem in made.problems:
        print(f"Note: {problem}")
    print(f"Report: {made.page}\nNotebook: {made.notebook}")


def _generated(
    families: Mapping[str, tuple[int, Mapping[str, Sequence[object]]]], folder: Path
) -> list[Path]:
    return [
        path
        for family, (num_seeds, grid) in families.items()
        for path in otgah.generate(family, folder, seeds=range(num_seeds), grid=grid)
    ]


def _solve(everywhere: Sequence[Path], alone: Sequence[Path], store: Path) -> otgah.Tally:
    try:
        return _batch(everywhere, alone, store)
    except otgah.InputError:  # The file holds runs of other instances that had the same names.
        store.unlink(missing_ok=True)
        return _batch(everywhere, alone, store)


def _batch(everywhere: Sequence[Path], alone: Sequence[Path], store: Path) -> otgah.Tally:
    """Run all methods on all instances, P2 and P3' on those of one edge node."""
    batch = partial(otgah.batch, out=store, time_limit=TIME_LIMIT_S, num_jobs=NUM_JOBS)
    tally = batch(everywhere, METHODS) + batch(everywhere, [MILP], node_limit=NODE_LIMIT)
    for problem, method in METHODS_OF.items() if alone else ():
        tally += batch(alone, [method, MILP], problem=problem)
    return tally


if __name__ == "__main__":
    main()
