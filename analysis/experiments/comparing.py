"""Tests that several claims share, each a function from rows to an answer."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from analysis.experiments.claim import Answer
from analysis.experiments.statistics import Estimate, chosen, difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

RATE = "completion_rate"

ABOVE = (
    "paired by seed, the mean difference over all points has its 95 % interval above 0, and at no "
    "point is the interval below 0"
)
FALLS = (
    "from the first to the last point the change, paired by seed, has its 95 % interval below 0, "
    "and from no point to the next is it above 0"
)
RISES = FALLS.replace("below", "\0").replace("above", "below").replace("\0", "above")


def above(
    table: pd.DataFrame,
    one: Mapping[str, Any],
    other: Mapping[str, Any],
    along: str,
    quantity: str = RATE,
) -> Answer:
    """Test if one line has more of a quantity than the other, by the test `ABOVE`.

    Parameters
    ----------
    table
        Rows of an experiment.
    one, other
        Column values that select the rows of each line.
    along
        Column whose values are the points.
    quantity
        Column to compare; a share is printed in percent.
    """
    overall = difference(table, one, other, quantity)
    if overall is None:
        return Answer(holds=None, evidence="no rows")
    points = _values(chosen(table, one), along)
    below = [
        f"{value:g}"
        for value in points
        if (found := difference(table, {**one, along: value}, {**other, along: value}, quantity))
        and found.is_below_zero
    ]
    evidence = f"{overall.text('+.3g', _scale(quantity))}{_unit(quantity)}"
    if below:
        evidence += f", below at {along} {', '.join(below)}"
    if overall.is_above_zero and not below:
        return Answer(holds=True, evidence=evidence)
    is_equal = overall.low == overall.high == 0
    return Answer(holds=False if below or is_equal else None, evidence=evidence)


def falls(
    table: pd.DataFrame, given: Mapping[str, Any], along: str, quantity: str = RATE
) -> Answer:
    """Test if a quantity falls, by the test `FALLS`; rows as in :func:`above`."""
    return _monotone(table, given, along, quantity, sign=-1)


def rises(
    table: pd.DataFrame, given: Mapping[str, Any], along: str, quantity: str = RATE
) -> Answer:
    """Test if a quantity rises, by the test `RISES`; rows as in :func:`above`."""
    return _monotone(table, given, along, quantity, sign=1)


def _monotone(
    table: pd.DataFrame, given: Mapping[str, Any], along: str, quantity: str, *, sign: int
) -> Answer:
    rows = chosen(table, given)
    values = _values(rows, along)
    if len(values) < 2:
        return Answer(holds=None, evidence="fewer than two points")
    if not rows[quantity].any():
        return Answer(holds=None, evidence="0 throughout")
    whole = _step(rows, along, values[0], values[-1], quantity, sign)
    against = [
        f"{first:g} to {second:g}"
        for first, second in pairwise(values)
        if _step(rows, along, first, second, quantity, sign).is_below_zero
    ]
    means = rows.groupby(along)[quantity].mean()
    scale, unit = _scale(quantity), _unit(quantity)
    evidence = (
        f"{scale * means[values[0]]:.3g}{unit} at {values[0]:g}, "
        f"{scale * means[values[-1]]:.3g}{unit} at {values[-1]:g}"
    )
    if against:
        evidence += f", against it from {', '.join(against)}"
    if whole.is_above_zero and not against:
        return Answer(holds=True, evidence=evidence)
    is_flat = whole.low == whole.high == 0
    return Answer(
        holds=False if against or whole.is_below_zero or is_flat else None, evidence=evidence
    )


def _step(
    rows: pd.DataFrame, along: str, first: Any, second: Any, quantity: str, sign: int
) -> Estimate:
    """Return the change between two points, positive in the direction of the claim."""
    one, other = (
        ({along: second}, {along: first}) if sign > 0 else ({along: first}, {along: second})
    )
    found = difference(rows, one, other, quantity)
    if found is None:
        raise ValueError(f"no common seed at {along} {first} and {second}")
    return found


def every(answers: Mapping[str, Answer]) -> Answer:
    """Return one answer for a claim about several cases: true if the claim holds in each case.

    The claim fails if it fails in one case; otherwise an undecided case leaves it undecided.
    """
    found = [answer.holds for answer in answers.values()]
    failed = {name: answer for name, answer in answers.items() if answer.holds is False}
    told = failed or answers
    evidence = ", ".join(f"{name} {answer.evidence}" for name, answer in told.items())
    if failed:
        return Answer(holds=False, evidence=evidence)
    return Answer(holds=True if found and None not in found else None, evidence=evidence)


def _values(rows: pd.DataFrame, column: str) -> list[Any]:
    return sorted(rows[column].unique())


def _scale(quantity: str) -> float:
    return 100 if quantity == RATE else 1


def _unit(quantity: str) -> str:
    return " %" if quantity == RATE else ""
