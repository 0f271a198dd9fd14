"""Summary: counts, gaps, times and nodes by family and method, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.text.phrases import ABSENT, aligned, percent, seconds

if TYPE_CHECKING:
    import pandas as pd


_HEADER = (
    "family",
    "method",
    "failed",
    "mean\ngap",
    "max\ngap",
    "optimal\nof runs",
    "runtime",
    "tree\nnodes",
    "branch-\nand-bound\nnodes",
)


def summary_text(table: pd.DataFrame) -> str:
    """Return the table of :func:`analysis.metrics.summary`, by family and method, as text."""
    from pandas import isna

    def known(value: float) -> float | None:
        return None if isna(value) else float(value)

    rows = [
        [
            str(row["family"]),
            str(row["method"]),
            f"{row['failed']}",
            percent(known(row["mean_gap"])),
            percent(known(row["max_gap"])),
            f"{row['optimal']}/{row['runs']}",
            seconds(known(row["runtime_s"])),
            _nodes(known(row["tree_nodes"])),
            _nodes(known(row["branch_and_bound_nodes"])),
        ]
        for row in table.to_dict("records")
    ]
    return aligned(rows, _HEADER, right=range(2, len(_HEADER)))


def _nodes(count: float | None) -> str:
    return ABSENT if count is None else f"{count:,.0f}"
