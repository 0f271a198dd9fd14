"""Node counts of tree searches and of branch and bound, which never share a column or a mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.metrics.mean import NODE_SHIFT, shifted_geometric_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.result import NodeKind


def nodes_of_kind(runs: pd.DataFrame, kind: NodeKind) -> pd.Series[Any]:
    """Return the node count of each run, absent for a run that counts no nodes of this kind."""
    return runs["num_nodes"].astype("Float64").where(runs["node_kind"] == kind)


def node_counts(
    runs: pd.DataFrame, by: Sequence[str] = ("method",), *, shift: float = NODE_SHIFT
) -> pd.DataFrame:
    """Return statistics of the node counts of each group and kind of node.

    Parameters
    ----------
    runs
        The table of runs.
    by
        Columns that define the groups, which keep the order of their first appearance.
    shift
        Shift of the geometric mean. A count of 0, for an instance solved before the first node,
        stays 0.

    Returns
    -------
    pandas.DataFrame
        A row for each group and ``node_kind``: ``runs``, the number of runs of the group;
        ``counted``, the number of runs with nodes of this kind; ``mean`` (shifted geometric),
        ``median``, ``largest``, ``total``; and ``per_second``, the nodes of all counted runs
        divided by their runtime, absent if no run has both. A method without node counts has no
        row.
    """
    group_sizes = runs.groupby(list(by), dropna=False, sort=False)["method"].transform("size")
    counted = runs.assign(group_size=group_sizes)
    counted = counted[runs["num_nodes"].notna() & runs["node_kind"].notna()]
    rows = []
    for key, group in counted.groupby([*by, "node_kind"], dropna=False, sort=False):
        nodes, seconds = group["num_nodes"].astype(float), group["runtime_s"].astype("Float64")
        timed_s = float(seconds.sum())
        rows.append(
            dict(zip([*by, "node_kind"], key, strict=True))
            | {
                "runs": int(group["group_size"].iloc[0]),
                "counted": len(group),
                "mean": shifted_geometric_mean(nodes, shift=shift),
                "median": float(nodes.median()),
                "largest": int(nodes.max()),
                "total": int(nodes.sum()),
                "per_second": float(nodes[seconds.notna()].sum()) / timed_s if timed_s else pd.NA,
            }
        )
    columns = ["runs", "counted", "mean", "median", "largest", "total", "per_second"]
    return pd.DataFrame(rows, columns=[*by, "node_kind", *columns])
