"""Faults: contradictions and failed runs, as ``otgah report --strict`` refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.metrics.comparison import Comparison


def faults(runs: pd.DataFrame) -> tuple[str, ...]:
    """Return a line for each contradiction and one for the failed runs; empty if all is well.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    """
    found = runs.dropna(subset=["contradiction"]).drop_duplicates(["instance", "problem"])
    lines = [
        f"contradiction on {row['instance']}: {row['contradiction']}"
        for row in found.to_dict("records")
    ]
    num_failed = int(runs["failed"].sum())
    if num_failed:
        lines.append(f"{num_failed} of {len(runs)} runs failed")
    return tuple(lines)


def comparison_faults(compared: Comparison) -> tuple[str, ...]:
    """Return the contradictions of two campaigns, and the number of failed runs of the later."""
    return faults(compared.runs[compared.runs["campaign"] == "after"])
