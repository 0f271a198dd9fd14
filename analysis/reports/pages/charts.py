"""All charts of the runs of one problem: gaps, runtimes and nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.reports.pages.gap_charts import gap_by_family, gap_profile
from analysis.reports.pages.node_charts import nodes_by_size
from analysis.reports.pages.runtime_charts import runtime_by_size, runtime_profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from analysis.reports.pages.chart import Chart


def charts(runs: pd.DataFrame, source: str) -> Iterator[Chart]:
    """Return the charts of the runs of one problem.

    Parameters
    ----------
    runs
        Runs of one problem, as :func:`analysis.metrics.with_best_bound` returns them. The index
        of a run is its row in the grid, to which a click on its mark leads.
    source
        Source of the runs, for the captions.
    """
    drawn = (
        gap_by_family(runs, source),
        gap_profile(runs, source),
        runtime_by_size(runs, source),
        runtime_profile(runs, source),
        nodes_by_size(runs, "tree", source),
        nodes_by_size(runs, "branch-and-bound", source),
    )
    return (each for each in drawn if each is not None)
