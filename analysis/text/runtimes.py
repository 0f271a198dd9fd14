"""Runtimes in words: the fastest method, and the growth of times with the size of instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.metrics.complexity import shows_growth
from analysis.metrics.paired import CONFIDENCE
from analysis.text.phrases import counted

if TYPE_CHECKING:
    import pandas as pd


def ranking(means: pd.DataFrame, by: str = "method") -> str:
    """Return one sentence on whether the ranking of :func:`runtime_means` turns on the mean."""
    if len(means) < 2:
        return ""
    orders = {
        told: tuple(means.sort_values(f"{name}_rank", kind="stable")[by])
        for name, told in (
            ("counted", "with limits as they stand"),
            ("penalised", "with limits penalised"),
            ("common", "on commonly solved questions"),
        )
        if means[f"{name}_rank"].notna().all()
    }
    fastest = {told: order[0] for told, order in orders.items()}
    if len(set(orders.values())) == 1:
        return f"However limits are counted, {next(iter(fastest.values()))} is the fastest."
    if len(set(fastest.values())) == 1:
        leader = next(iter(fastest.values()))
        return (
            f"{leader} is the fastest however limits are counted; the ranks behind it turn on it."
        )
    told = ", ".join(f"{leader} {how}" for how, leader in fastest.items())
    return f"Which is the fastest turns on how limits are counted: {told}."


def complexity_sentence(fitted: pd.Series[Any], *, name: str, size: str) -> str:
    """Return what a row of :func:`empirical_complexity` says.

    Parameters
    ----------
    fitted
        The row.
    name
        The method.
    size
        What the size counts, as prose has it.
    """
    row: dict[Any, Any] = fitted.to_dict()
    if not shows_growth(fitted):
        used = counted(row["used"], "run")
        return (
            f"The {used} of {name} that ended by themselves are too few, or too alike in size, to "
            f"show how its time grows."
        )
    are = "is" if row["censored"] == 1 else "are"
    left_out = f"; {counted(row['censored'], 'cut or failed run')} {are} left out"
    exponent, low, high = (_plain(row[key]) for key in ("exponent", "low", "high"))
    return (
        f"The time of {name} grows like {size} to the power {exponent} "
        f"({100 * CONFIDENCE:.0f} % interval {low} to {high}), from "
        f"{row['smallest']:,.0f} to {row['largest']:,.0f}{left_out if row['censored'] else ''}."
    )


def _plain(value: float) -> str:
    """Return a number with two digits, a 0 without a sign."""
    return f"{round(value, 2) + 0.0:.2f}"
