"""Summaries of runs by groups, with every run in the denominators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics.mean import NODE_SHIFT, RUNTIME_SHIFT_S
from analysis.metrics.nodes import nodes_of_kind
from analysis.metrics.runtime import counted_runtime, is_solved
from heuristics.result import NodeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Quantiles of :func:`statistics`, as in PAVER."""


def summary(
    runs: pd.DataFrame, by: Sequence[str] = ("problem", "family", "method")
) -> pd.DataFrame:
    """Summarise runs by groups, with every run in the denominators.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    by
        Columns that define the groups, which keep the order of their first appearance: family,
        size, or any feature with the classes of :func:`analysis.metrics.with_bins`.

    Returns
    -------
    pandas.DataFrame
        A row for each group:

        * ``runs``, ``failed``: number of runs, and of failed runs; ``cut``: runs that ended at a
          limit; ``contradicted``: runs whose question has a contradiction; ``proved``: runs that
          ended with a proof of their own; ``optimal``: runs whose schedule reaches the best bound;
        * ``with_gap``: runs that have a gap; ``mean_gap``, ``median_gap``, ``max_gap``,
          ``mean_short`` and ``mean_gap_to_best_known``: statistics over these runs;
        * ``runtime_s``, ``max_runtime_s``: shifted geometric mean and maximum of
          :func:`analysis.metrics.counted_runtime`;
        * ``tree_nodes``, ``branch_and_bound_nodes``: shifted geometric means of the node counts
          of each kind.

        A statistic is absent if no run of the group has a value.
    """
    runtime = counted_runtime(runs)
    columns: dict[str, Any] = {
        "failed": runs["failed"],
        "cut": ~runs["failed"] & ~is_solved(runs),
        "contradicted": runs["contradiction"].notna(),
        "proved": runs["proved_by"].notna(),
        "optimal": (runs["gap"] == 0).fillna(value=False).astype(bool),
        "gap": runs["gap"],
        "short": runs["short"].astype("Float64"),
        "to_best_known": runs["gap_to_best_known"],
        "runtime": runtime,
        "log_runtime": np.log(runtime + RUNTIME_SHIFT_S),
    }
    for kind in NodeKind:
        nodes = nodes_of_kind(runs, kind)
        columns[kind] = nodes.map(lambda count: np.log(count + NODE_SHIFT), na_action="ignore")
    keys = [runs[name] for name in by]
    groups = pd.DataFrame(columns).groupby(keys, dropna=False, sort=False, observed=True)
    counts = {name: groups[name].sum() for name in list(columns)[:5]}
    table = pd.DataFrame(
        {
            "runs": groups.size(),
            **counts,
            "with_gap": groups["gap"].count(),
            "mean_gap": groups["gap"].mean(),
            "median_gap": groups["gap"].median(),
            "max_gap": groups["gap"].max(),
            "mean_short": groups["short"].mean(),
            "mean_gap_to_best_known": groups["to_best_known"].mean(),
            "runtime_s": np.exp(groups["log_runtime"].mean()) - RUNTIME_SHIFT_S,
            "max_runtime_s": groups["runtime"].max(),
            "tree_nodes": _unshifted(groups[NodeKind.TREE].mean()),
            "branch_and_bound_nodes": _unshifted(groups[NodeKind.BRANCH_AND_BOUND].mean()),
        }
    )
    return table.reset_index(names=list(by))


def _unshifted(log_means: pd.Series[Any]) -> pd.Series[Any]:
    return log_means.map(lambda mean: np.exp(mean) - NODE_SHIFT, na_action="ignore")


def endings(runs: pd.DataFrame, by: Sequence[str] = ("method",)) -> pd.DataFrame:
    """Return the number of runs of each group by ending, a column for each ending that occurs.

    Returns
    -------
    pandas.DataFrame
        The columns ``by``, ``runs``, and a column for each value of ``ended_by``. Their counts add
        up to ``runs``.
    """
    keys = [runs[name] for name in by]
    ended = runs["ended_by"].astype(str)
    counts = ended.groupby([*keys, ended.rename("end")], dropna=False, sort=False).size()
    table = counts.unstack("end", fill_value=0, sort=False)
    table.insert(0, "runs", table.sum(axis=1))
    return table.reset_index(names=list(by)).rename_axis(columns=None)


def statistics(
    runs: pd.DataFrame,
    column: str,
    by: Sequence[str] = ("method",),
    *,
    shift: float = RUNTIME_SHIFT_S,
) -> pd.DataFrame:
    r"""Return the distribution of one column in each group, as PAVER tabulates it.

    Parameters
    ----------
    runs
        The table of runs.
    column
        Any column of numbers that are at least 0.
    by
        Columns that define the groups.
    shift
        Shift of the geometric mean and deviation, in the unit of the column.

    Returns
    -------
    pandas.DataFrame
        A row for each group: ``runs``, ``absent`` (runs without a value, left out below), ``mean``,
        ``std``, ``geometric_mean``, ``geometric_std`` (both shifted; the deviation is
        :math:`\exp \sqrt{\overline{\ln^2 (v + s)} - \overline{\ln (v + s)}^2}`, a factor),
        ``min``, quantiles ``p10`` to ``p90``, ``max``. Deviations are those of the population.
    """
    values = runs[column].astype("Float64").astype(float)
    table = pd.DataFrame({"value": values, "log": np.log(values + shift)})
    groups = table.groupby([runs[name] for name in by], dropna=False, sort=False, observed=True)
    of_value, of_log = groups["value"], groups["log"]
    described = pd.DataFrame(
        {
            "runs": groups.size(),
            "absent": groups.size() - of_value.count(),
            "mean": of_value.mean(),
            "std": of_value.std(ddof=0),
            "geometric_mean": np.exp(of_log.mean()) - shift,
            "geometric_std": np.exp(of_log.std(ddof=0)),
            "min": of_value.min(),
            **{f"p{100 * level:.0f}": of_value.quantile(level) for level in QUANTILES},
            "max": of_value.max(),
        }
    )
    kept = dict.fromkeys(described.columns[2:], "Float64")
    return described.astype(kept).reset_index(names=list(by))
