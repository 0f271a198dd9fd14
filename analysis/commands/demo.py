"""The demonstration: generate instances, solve them exactly and by heuristics, write a report.

Run as ``python -m analysis.commands.demo``; a second run makes only what is
missing, and begins anew where the instances have changed since.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import otgah
from analysis.metrics import summary
from analysis.text.summary import summary_text

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
"""How many seeds of each family, and the parameters that leave their defaults."""

METHODS = ("decomposition", "ot-gah", "greedy-by-output", "first-come-first-served")

MILP = "milp-bigm"

SETTINGS = {"inner": "ot"}
"""OT-GAH with the paper's own trees, whose nodes are counted."""

NODE_LIMIT = 300
"""Of the MILP, which proves all but the family ``dense`` within it. Nodes, unlike seconds, cut a
run in the same place on any machine: so every row can be made again."""

TIME_LIMIT_S = 60.0
"""Beyond what any run takes."""

NUM_JOBS = 2


def main(folder: Path = FOLDER) -> None:
    """Make the demonstration and say where its report is.

    Parameters
    ----------
    folder
        Where its files go.
    """
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
    print(f"{progress} in {store}", flush=True)
    made = otgah.report(store, folder / "report.html")
    print(f"\n{summary_text(summary(otgah.runs_table(store), by=('family', 'method')))}\n")
    print(made.answer)
    for problem in made.problems:
        print(f"Note: {problem}")
    print(f"Report: {made.page}\nNotebook: {made.notebook}")


def _solve(paths: Mapping[str, Sequence[Path]], store: Path) -> otgah.Tally:
    try:
        return _batch(paths, store)
    except otgah.InputError:  # runs of an earlier version, whose instances had the same names
        store.unlink(missing_ok=True)
        return _batch(paths, store)


def _batch(paths: Mapping[str, Sequence[Path]], store: Path) -> otgah.Tally:
    """Run all methods on all instances."""
    batch = partial(otgah.batch, out=store, time_limit=TIME_LIMIT_S, num_jobs=NUM_JOBS)
    everywhere = [path for each in paths.values() for path in each]
    tally = batch(everywhere, METHODS, settings=SETTINGS)
    return tally + batch(everywhere, [MILP], node_limit=NODE_LIMIT)


if __name__ == "__main__":
    main()
