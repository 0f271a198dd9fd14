"""Tests that several claims share, each a function from rows to an answer."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from analysis.experiments.claim import Answer, Trial
from analysis.experiments.statistics import (
    Estimate,
    chosen,
    difference,
    significant_signs,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

RATE = "completion_rate"

HOLM = "adjusted by Holm for all tests of the claim"

ABOVE = (
    "paired by seed, the mean difference over all points is above 0 and at no point below 0, by t "
    f"tests at 5 %, {HOLM}"
)
FALLS = (
    "the change from the first to the last point is below 0 and from no point to the next above 0, "
    f"by t tests at 5 %, paired by seed and {HOLM}"
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
    at_points = (
        (f"{value:g}", difference(table, {**one, along: value}, {**other, along: value}, quantity))
        for value in points
    )
    return judged(
        Trial(
            wholes=(overall,),
            steps=tuple((name, found) for name, found in at_points if found is not None),
            evidence=f"{overall.text('+.3g', _scale(quantity))}{_unit(quantity)}",
            against=f"below at {along}",
        )
    )


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
    means = rows.groupby(along)[quantity].mean()
    scale, unit = _scale(quantity), _unit(quantity)
    return judged(
        Trial(
            wholes=(_step(rows, along, values[0], values[-1], quantity, sign),),
            steps=tuple(
                (f"{first:g} to {second:g}", _step(rows, along, first, second, quantity, sign))
                for first, second in pairwise(values)
            ),
            evidence=(
                f"{scale * means[values[0]]:.3g}{unit} at {values[0]:g}, "
                f"{scale * means[values[-1]]:.3g}{unit} at {values[-1]:g}"
            ),
            against="against it from",
        )
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


def judged(trial: Trial) -> Answer:
    """Return the answer of one trial, adjusted for its own tests."""
    return _answers({"": trial})[""]


def every(answers: Mapping[str, Answer]) -> Answer:
    """Return one answer for a claim about several cases: true if the claim holds in each case.

    The claim fails if it fails in one case; otherwise an undecided case leaves it undecided. Cases
    with trials are judged again, adjusted by Holm for the tests of all cases together.
    """
    trials = {
        f"{name} {inner}".rstrip(): trial
        for name, answer in answers.items()
        for inner, trial in answer.trials.items()
    }
    cases = {name: answer for name, answer in answers.items() if not answer.trials}
    cases |= _answers(trials)
    found = [answer.holds for answer in cases.values()]
    failed = {name: answer for name, answer in cases.items() if answer.holds is False}
    told = failed or cases
    evidence = ", ".join(f"{name} {answer.evidence}" for name, answer in told.items())
    holds = False if failed else True if found and None not in found else None
    return Answer(holds=holds, evidence=evidence, trials=trials)


def _answers(trials: Mapping[str, Trial]) -> dict[str, Answer]:
    """Return the answer of each trial, adjusted by Holm for the tests of all of them.

    The tests for what must be positive are one family, those for what must not be negative another.
    """
    wholes = iter(significant_signs([each for trial in trials.values() for each in trial.wholes]))
    steps = iter(significant_signs([each for trial in trials.values() for _, each in trial.steps]))
    return {
        name: _answer(
            trial, [next(wholes) for _ in trial.wholes], [next(steps) for _ in trial.steps], name
        )
        for name, trial in trials.items()
    }


def _answer(trial: Trial, wholes: list[int], steps: list[int], name: str) -> Answer:
    against = [step for (step, _), sign in zip(trial.steps, steps, strict=True) if sign < 0]
    evidence = trial.evidence
    if against:
        evidence += f", {trial.against} {', '.join(against)}"
    is_flat = any(each.is_zero for each in trial.wholes)
    is_against = bool(against) or min(wholes) < 0 or is_flat or not trial.is_enough
    holds = False if is_against else True if min(wholes) > 0 else None
    return Answer(holds=holds, evidence=evidence, trials={name: trial})


def _values(rows: pd.DataFrame, column: str) -> list[Any]:
    return sorted(rows[column].unique())


def _scale(quantity: str) -> float:
    return 100 if quantity == RATE else 1


def _unit(quantity: str) -> str:
    return " %" if quantity == RATE else ""
