"""The demonstration: generate instances, solve them exactly and by heuristics, write a report.

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

METHODS = ("decomposition", "ot-gah", "greedy-by-output", "first-come-first-served")

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
        paths = {
            family: otgah.generate(family, folder / "instances", seeds=range(num_seeds), grid=grid)
            for family, (num_seeds, grid) in FAMILIES.items()
        }
    num_instances = sum(map(len, paths.values()))
    print(
        f"{num_instances} instances of {len(FAMILIES)} families in {folder / 'instances'}",
        flush=True,
    )
    store = folder / "runs.sqlite"
    progress = _solve(paths, store)
    print(f"{progress}: {store}", flush=True)
    made = otgah.report(store, folder / "report.html")
    runs = otgah.runs_table(store)
    print(f"\n{summary_text(summary(runs, by=('family', 'method')))}\n")
    print(tree_remark(runs))
    print(made.answer)
    for problem in made.problems:
        print(f"Note: {problem}")
    print(f"Report: {made.page}\nNotebook: {made.notebook}")


def _solve(paths: Mapping[str, Sequence[Path]], store: Path) -> otgah.Tally:
    try:
        return _batch(paths, store)
    except otgah.InputError:  # The file holds runs of other instances that had the same names.
        store.unlink(missing_ok=True)
        return _batch(paths, store)


def _batch(paths: Mapping[str, Sequence[Path]], store: Path) -> otgah.Tally:
    """Run all methods on all instances."""
    batch = partial(otgah.batch, out=store, time_limit=TIME_LIMIT_S, num_jobs=NUM_JOBS)
    everywhere = [path for each in paths.values() for path in each]
    tally = batch(everywhere, METHODS)
    return tally + batch(everywhere, [MILP], node_limit=NODE_LIMIT)


if __name__ == "__main__":
    main()
