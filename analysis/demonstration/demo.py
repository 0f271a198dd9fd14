"""The demonstration: generate instances, solve them exactly and by heuristics, write a report.

P1 is solved on instances of several edge nodes, P2 and P3' on instances of one edge node.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.campaigns.batch import batch
from analysis.generation.grid import generate
from analysis.metrics import summary
from analysis.reports.report import report
from analysis.tables.runs import runs_table
from analysis.text.nodes import tree_remark
from analysis.text.summary import summary_text
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    from analysis.campaigns.batch import Tally
    from analysis.reports.report import Report

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


def demo(out: str | PathLike[str] = FOLDER, *, tell: Callable[[str], object] = print) -> Report:
    """Run the demonstration and return its report.

    Parameters
    ----------
    out
        Folder of the instances, the runs and the report. A second call continues the first one,
        and starts again if the instances have changed.
    tell
        Function that receives the progress and the tables, as text.

    Returns
    -------
    Report
        The report, with its answer and the paths of its page and its notebook.
    """
    folder = Path(out)
    everywhere, alone = (
        _generated(families, folder / "instances") for families in (FAMILIES, ONE_EDGE_NODE)
    )
    tell(
        f"{len(everywhere) + len(alone)} instances of {len(FAMILIES) + len(ONE_EDGE_NODE)} "
        f"families in {folder / 'instances'}"
    )
    store = folder / "runs.sqlite"
    progress = _solve(everywhere, alone, store)
    tell(f"{progress}: {store}")
    made = report(store, folder / "report.html")
    runs = runs_table(store)
    for problem, of_problem in runs.groupby("problem", sort=False):
        table = summary_text(summary(of_problem, by=("family", "method")))
        tell(f"\n{TITLES[str(problem)]}\n{table}")
    tell(f"\n{tree_remark(runs)}")
    tell(made.answer)
    for problem in made.problems:
        tell(f"Note: {problem}")
    tell(f"Report: {made.page}\nNotebook: {made.notebook}")
    return made


def _generated(
    families: Mapping[str, tuple[int, Mapping[str, Sequence[object]]]], folder: Path
) -> list[Path]:
    return [
        path
        for family, (num_seeds, grid) in families.items()
        for path in generate(family, folder, seeds=range(num_seeds), grid=grid)
    ]


def _solve(everywhere: Sequence[Path], alone: Sequence[Path], store: Path) -> Tally:
    try:
        return _batch(everywhere, alone, store)
    except InputError:  # The file holds runs of other instances that had the same names.
        store.unlink(missing_ok=True)
        return _batch(everywhere, alone, store)


def _batch(everywhere: Sequence[Path], alone: Sequence[Path], store: Path) -> Tally:
    """Run all methods on all instances, P2 and P3' on those of one edge node."""
    run = partial(batch, out=store, time_limit=TIME_LIMIT_S, num_jobs=NUM_JOBS)
    tally = run(everywhere, METHODS) + run(everywhere, [MILP], node_limit=NODE_LIMIT)
    for problem, method in METHODS_OF.items() if alone else ():
        tally += run(alone, [method, MILP], problem=problem)
    return tally
