"""Claim: a sentence of the paper, its test, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from analysis.experiments.statistics import Estimate


class Verdict(StrEnum):
    """Verdict of the study on a claim."""

    HOLDS = "holds"
    TRUE = "true, though the printed proof does not show it"
    FAILS = "fails"
    DEPENDS = "depends"
    CANNOT_BE_TOLD = "cannot be told"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Verdict with its evidence.

    Parameters
    ----------
    verdict
        The verdict.
    evidence
        The measured numbers, a line for each reading of the text.
    depends_on
        Readings under which the claim holds, fails or stays open; empty if all readings agree.
    """

    verdict: Verdict
    evidence: tuple[str, ...]
    depends_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Estimates that a claim tests for one case, all positive in the direction of the claim.

    Parameters
    ----------
    wholes
        Estimates that must be positive.
    steps
        Estimates that must not be negative, with the name of each step.
    evidence
        The measured numbers.
    against
        Words before the names of the steps that are negative.
    is_enough
        True if the change is as large as the claim needs, by its value alone.
    """

    wholes: tuple[Estimate, ...]
    evidence: str
    steps: tuple[tuple[str, Estimate], ...] = ()
    against: str = "against it at"
    is_enough: bool = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Outcome of a test under one reading of the text.

    Parameters
    ----------
    holds
        True if the claim passed; None if the rows do not decide.
    evidence
        The measured numbers.
    trials
        Estimates behind the answer, by name of the case, so that an answer about several cases
        can adjust for all their tests together.
    """

    holds: bool | None
    evidence: str
    trials: Mapping[str, Trial] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Claim of the paper with its test.

    Parameters
    ----------
    sentence
        The claim, close to the paper's words.
    place
        Place of the claim in the paper.
    test
        The statistic and its threshold, stated before the first measurement.
    judge
        Function from the rows of the experiment to the finding; it reads nothing else.
    """

    sentence: str
    place: str
    test: str
    judge: Callable[[pd.DataFrame], Finding]


Reading = tuple[str, ...]
"""Name of a reading of the text, such as that of the rival and of its waiting."""


_AGREED = {True: Verdict.HOLDS, False: Verdict.FAILS, None: Verdict.CANNOT_BE_TOLD}


def settle(answers: dict[Reading, Answer]) -> Finding:
    """Return the finding of a claim that was tested under each reading of the text.

    Parameters
    ----------
    answers
        Answers by reading; the empty name if the text has a single reading.

    Returns
    -------
    Finding
        HOLDS or FAILS if all readings agree. DEPENDS if one reading passes and another fails, even
        if further readings decide nothing. CANNOT_BE_TOLD if no reading decides, or if some
        decide nothing and the others agree; then the finding names both.

    Examples
    --------
    >>> yes, no = Answer(holds=True, evidence="1"), Answer(holds=False, evidence="0")
    >>> settle({("a",): yes, ("b",): no})
    Finding(verdict=<Verdict.DEPENDS: 'depends'>, evidence=('a: 1', 'b: 0'),
            depends_on='holds with a; fails with b')
    """
    evidence = tuple(
        f"{', '.join(reading)}: {answer.evidence}" if reading else answer.evidence
        for reading, answer in answers.items()
    )
    found = {answer.holds for answer in answers.values()}
    if len(found) == 1:
        [holds] = found
        return Finding(verdict=_AGREED[holds], evidence=evidence)
    words = {True: "holds with", False: "fails with", None: "open with"}
    depends_on = "; ".join(
        f"{words[holds]} {_named(answers, holds)}" for holds in words if holds in found
    )
    verdict = Verdict.DEPENDS if {True, False} <= found else Verdict.CANNOT_BE_TOLD
    return Finding(verdict=verdict, evidence=evidence, depends_on=depends_on)


def _named(answers: Mapping[Reading, Answer], holds: bool | None) -> str:
    """Return the readings with this answer; a first part on which all agree stands alone."""
    by_first: dict[str, list[Reading]] = {}
    for reading in answers:
        by_first.setdefault(reading[0], []).append(reading)
    parts = []
    for first, readings in by_first.items():
        own = [reading for reading in readings if answers[reading].holds is holds]
        if len(own) == len(readings):
            parts.append(first)
        elif own:
            parts.append(f"{first} ({', '.join(' '.join(reading[1:]) for reading in own)})")
    return ", ".join(parts)
