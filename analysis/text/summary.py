"""Summary: counts, gaps and times by family and method, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.text.phrases import aligned, percent, seconds

if TYPE_CHECKING:
    import pandas as pd


def summary_text(table: pd.DataFrame) -> str:
    """Return the table of :func:`analysis.metrics.summary`, by family and method, as text."""
    from pandas import isna

    def known(value: float) -> float | None:
        return None if isna(value) else float(value)

    rows = [
        [
            str(row["family"]),
            str(row["method"]),
            f"{row['runs']}",
            f"{row['failed']}",
            percent(known(row["mean_gap"])),
            percent(known(row["max_gap"])),
            f"{row['optimal']}/{row['runs']}",
            seconds(known(row["runtime_s"])),
        ]
        for row in table.to_dict("records")
    ]
    header = ["family", "method", "runs", "failed", "mean gap", "max gap", "optimal", "runtime"]
    return aligned(rows, header, right=range(2, 8))
