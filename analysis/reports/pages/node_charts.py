"""Charts of node counts against size, one for each kind of node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.metrics.column import floats
from analysis.reports.pages.chart import Chart, log_axis, looks
from analysis.reports.pages.marks import names, of_sample, runs_marks, sample, size_axis
from analysis.text.nodes import tree_remark

if TYPE_CHECKING:
    import pandas as pd


def nodes_by_size(runs: pd.DataFrame, kind: str, source: str) -> Chart | None:
    """Draw each run's node count of one kind against the number of eligible pairs.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.
    kind
        Kind of node; counts of different kinds never share a chart.

    Returns
    -------
    Chart or None
        None if no run counted nodes of this kind.
    """
    counted = runs[(runs["node_kind"] == kind) & runs["num_nodes"].notna()]
    if counted.empty:
        return None
    shown = sample(counted)
    traces = []
    for method, look in looks(runs["method"].unique()).items():
        own = shown[shown["method"] == method]
        if own.empty:
            continue
        count = floats(own["num_nodes"])
        # The count plus one puts 0 nodes at the foot of the logarithmic axis.
        trace = runs_marks(method, look, own, count + 1)
        trace["text"] = [
            f"{name}<br>{value:,.0f} nodes" for name, value in zip(names(own), count, strict=True)
        ]
        traces.append(trace)
    what = "Tree nodes" if kind == "tree" else "Branch-and-bound nodes"
    return Chart(
        title=f"{what} against size",
        traces=traces,
        layout={
            "xaxis": size_axis(counted),
            "yaxis": {
                "title": {"text": "nodes visited, plus 1"},
                **log_axis(floats(counted["num_nodes"]) + 1),
            },
        },
        caption=(
            f"Each mark is a run; both axes are logarithmic. {of_sample(counted, shown)}"
            f"{_remark(counted)}Source: {source}."
        ),
        alternative=f"{what}: from {counted['num_nodes'].min()} to {counted['num_nodes'].max()}.",
    )


def _remark(runs: pd.DataFrame) -> str:
    told = tree_remark(runs)
    return f"{told} " if told else ""
