"""Runtimes in words: the fastest method, and the growth of times with the size of instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.metrics.complexity import shows_growth
from analysis.metrics.paired import CONFIDENCE
from analysis.text.phrases import counted

if TYPE_CHECKING:
    import pandas as pd


def ranking(means: pd.DataFrame, by: str = "method") -> str:
    """Return one sentence on the fastest method, and on rankings that differ between the means.

    Parameters
    ----------
    means
        The table that :func:`analysis.metrics.runtime_means` returns.
    by
        Column with the names of the methods.
    """
    if len(means) < 2:
        return ""
    orders = {
        told: tuple(means.sort_values(f"{name}_rank", kind="stable")[by])
        for name, told in (
            ("counted", "over all runs"),
            ("penalised", "with a penalty for unsolved runs"),
            ("common", "on questions solved by all"),
        )
        if means[f"{name}_rank"].notna().all()
    }
    fastest = {told: order[0] for told, order in orders.items()}
    if len(set(orders.values())) == 1:
        leader = next(iter(fastest.values()))
        return f"{leader} is the fastest, however time limits are counted."
    if len(set(fastest.values())) == 1:
        leader = next(iter(fastest.values()))
        return (
            f"{leader} is the fastest, however time limits are counted; the other ranks depend on "
            f"how they are counted."
        )
    told = ", ".join(f"{leader} {how}" for how, leader in fastest.items())
    return f"The fastest method depends on how time limits are counted: {told}."


def complexity_sentence(fitted: pd.Series[Any], *, name: str, size: str) -> str:
    """Return a sentence on the growth in a row of :func:`analysis.metrics.empirical_complexity`.

    Parameters
    ----------
    fitted
        A row of the table.
    name
        Name of the method.
    size
        Description of the size, for prose.
    """
    row: dict[Any, Any] = fitted.to_dict()
    if not shows_growth(fitted):
        used = counted(row["used"], "run")
        return (
            f"{used} of {name} completed with a measurable time: too few, or too similar in size, "
            f"to show how its time grows."
        )
    are = "is" if row["censored"] == 1 else "are"
    left_out = f"; {counted(row['censored'], 'stopped or failed run')} {are} left out"
    exponent, low, high = (_plain(row[key]) for key in ("exponent", "low", "high"))
    return (
        f"The time of {name} grows like {size} to the power {exponent} "
        f"({100 * CONFIDENCE:.0f} % interval {low} to {high}), from "
        f"{row['smallest']:,.0f} to {row['largest']:,.0f}{left_out if row['censored'] else ''}."
    )


def _plain(value: float) -> str:
    """Return a number with two decimals, and 0 without a sign."""
    return f"{round(value, 2) + 0.0:.2f}"
