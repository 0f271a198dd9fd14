"""Named tables: the evaluations of a table of runs that can be exported, by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analysis.runs.trees import trees_text
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

RUNS = "runs"
"""The name of the unchanged table of runs."""


def named_table(name: str, runs: pd.DataFrame) -> pd.DataFrame:
    """Return a table by its name. Its column ``problem`` separates the problems.

    Parameters
    ----------
    name
        Name of the table: ``runs``, or a key of :data:`TABLES`.
    runs
        Table of :func:`analysis.tables.runs.runs_table`.

    Raises
    ------
    InputError
        If the name is unknown.
    """
    import pandas as pd

    from analysis.metrics import with_contestant

    if name == RUNS:
        return runs
    if name not in TABLES:
        raise InputError(
            f"must be one of {', '.join([RUNS, *TABLES])}", source="--table", found=name
        )
    make, _ = TABLES[name]
    named = with_contestant(runs)
    parts = []
    for problem, of_problem in named.groupby("problem", sort=False):
        part = make(of_problem)
        if "problem" not in part:
            part.insert(0, "problem", problem)
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"problem": []})


def _summary(runs: pd.DataFrame) -> pd.DataFrame:
    from analysis.metrics import summary

    by = ["problem", "family", "contestant"]
    return _with_trees(summary(runs, by=by), runs, by)


def _means(runs: pd.DataFrame) -> pd.DataFrame:
    from analysis.metrics import runtime_means

    return runtime_means(runs, by=("contestant",))


def _endings(runs: pd.DataFrame) -> pd.DataFrame:
    from analysis.metrics import endings

    return endings(runs, by=("contestant",))


def _statistics(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def make(runs: pd.DataFrame) -> pd.DataFrame:
        from analysis.metrics import statistics

        return statistics(runs, column, by=("contestant",))

    return make


def _nodes(runs: pd.DataFrame) -> pd.DataFrame:
    from analysis.metrics import node_counts

    by = ["contestant"]
    return _with_trees(node_counts(runs, by=by), runs, [*by, "node_kind"])


def _with_trees(table: pd.DataFrame, runs: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Add ``trees``, the trees whose nodes are counted; absent where no tree nodes are counted."""
    import pandas as pd

    counted = runs[runs["num_nodes"].notna()]
    trees_of_each: Any = [
        trees_text(json.loads(options), kind)
        for options, kind in zip(counted["options"], counted["node_kind"], strict=True)
    ]
    told = counted[by].assign(trees=trees_of_each)
    known = told.dropna(subset=["trees"]).drop_duplicates()
    trees = known.groupby(by, dropna=False, sort=False)["trees"].agg("; ".join).reset_index()
    cells = table[by].merge(trees, on=by, how="left")["trees"]
    return table.assign(trees=pd.array(cells.to_numpy(dtype=object), dtype="string"))


def _pairs(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def make(runs: pd.DataFrame) -> pd.DataFrame:
        from analysis.metrics import all_pairs
        from analysis.text.paired import with_sentences

        return with_sentences(all_pairs(runs, column=column, by="contestant"))

    return make


def _by_contestant(name: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def make(runs: pd.DataFrame) -> pd.DataFrame:
        from analysis import metrics

        function: Any = getattr(metrics, name)
        made: pd.DataFrame = function(runs, by="contestant")
        return made

    return make


def _complexity(runs: pd.DataFrame) -> pd.DataFrame:
    from analysis.metrics import empirical_complexity

    return empirical_complexity(runs, by=("contestant",))


def _integrals(runs: pd.DataFrame) -> pd.DataFrame:
    from analysis.metrics import time_to_target, with_integrals

    table = with_integrals(runs)
    table["time_to_bound_s"] = time_to_target(runs)
    kept = ["primal_integral_s", "dual_integral_s", "primal_dual_integral_s", "time_to_bound_s"]
    return table[["instance", "family", "problem", "contestant", "seed", "horizon_s", *kept]]


def _contradictions(runs: pd.DataFrame) -> pd.DataFrame:
    from analysis.metrics import contradictions

    return contradictions(runs)


TABLES: Mapping[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "contradictions": (_contradictions, "runs that contradict each other"),
    "summary": (_summary, "counts, gaps, times and nodes by family and method"),
    "endings": (_endings, "how the runs of each method ended"),
    "means": (_means, "mean times, limits counted in three ways"),
    "gaps": (_statistics("gap"), "distribution of gaps"),
    "times": (_statistics("runtime_s"), "distribution of times"),
    "nodes": (_nodes, "node counts by kind"),
    "pairs": (_pairs("gap"), "gaps of every two methods compared, with tests"),
    "time-pairs": (_pairs("runtime_s"), "times of every two methods compared, with tests"),
    "side-by-side": (
        _by_contestant("side_by_side"),
        "results of each method, one row for each instance and problem",
    ),
    "virtual-best": (_by_contestant("virtual_best"), "each method's share in the virtual best"),
    "performance-profile": (_by_contestant("performance_profile"), "shares by ratio to the best"),
    "data-profile": (_by_contestant("data_profile"), "shares by budget"),
    "integrals": (_integrals, "integrals of gaps and time to the bound, one row for each run"),
    "complexity": (_complexity, "growth of times with size"),
}
"""The function that makes each table from the runs of one problem, and its description."""
