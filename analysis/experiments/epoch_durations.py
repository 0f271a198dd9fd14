"""Figs. 9 and 10: completed requests against the epoch's duration, as a number and a rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Trial
from analysis.experiments.comparing import HOLM, RATE, RISES, every, judged, rises
from analysis.experiments.experiment import LABEL, Effort, Experiment, Line
from analysis.experiments.figure import Axis, Mark
from analysis.experiments.lines import (
    LLMS,
    NONES,
    OT_GAH,
    SCHEMES,
    SMALL,
    WAITING,
    under_each,
)
from analysis.experiments.statistics import chosen, difference, mean
from analysis.experiments.waiting_curves import waiting_curves

if TYPE_CHECKING:
    import pandas as pd

ALONG = "epoch_s"
NUMBER = "completed_per_epoch"
LAST_S = 2.0
"""Longest epoch in the text [s]; longer ones are drawn, but no claim is tested on them."""

FALL_S = (1.7, 2.0)
SLIGHTLY = 0.1
SLOTS_S = 0.5
"""T_U + T_D; the rest of the epoch is T_C [s]."""

_EPOCHS_S = (1.0, 1.2, 1.4, 1.5, 1.6, 1.7, 1.8, 2.0, 3.0)


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows[ALONG] <= LAST_S]


def _number_rises(rows: pd.DataFrame, line: Line) -> Answer:
    return every(
        {
            name: rises(_judged(rows), {"llm": llm, LABEL: line.label}, ALONG, NUMBER)
            for llm, name in LLMS.items()
        }
    )


def rises_then_falls(rows: pd.DataFrame) -> Answer:
    """Test if the rate has an interior peak, above both ends by more than chance.

    Parameters
    ----------
    rows
        Rows of one line and one LLM.
    """
    means = rows.groupby(ALONG)[RATE].mean().astype(float)
    peak, first, last = means.index[int(means.to_numpy().argmax())], means.index[0], means.index[-1]
    evidence = (
        f"{100 * means[first]:.3g} % at {first} s, {100 * means[peak]:.3g} % at {peak} s, "
        f"{100 * means[last]:.3g} % at {last} s"
    )
    if peak in (first, last):
        return Answer(holds=False, evidence=evidence)
    ends = [difference(rows, {ALONG: peak}, {ALONG: end}) for end in (first, last)]
    return judged(Trial(wholes=tuple(end for end in ends if end is not None), evidence=evidence))


def _rate_turns(rows: pd.DataFrame, line: Line) -> Answer:
    return every(
        {
            name: rises_then_falls(chosen(_judged(rows), {"llm": llm, LABEL: line.label}))
            for llm, name in LLMS.items()
        }
    )


def _falls_at_the_end(rows: pd.DataFrame, line: Line) -> Answer:
    return every(
        {
            name: _changes(chosen(rows, {"llm": llm, LABEL: line.label}), *FALL_S, sign=-1)
            for llm, name in LLMS.items()
        }
    )


def _changes(rows: pd.DataFrame, first: float, last: float, *, sign: int) -> Answer:
    change = difference(rows, {ALONG: last}, {ALONG: first})
    if change is None:
        return Answer(holds=None, evidence="no rows")
    evidence = f"{change.text('+.3g', 100)} % from {first} to {last} s"
    return judged(Trial(wholes=(change.scaled(sign),), evidence=evidence))


def _slightly_rises(rows: pd.DataFrame, line: Line) -> Answer:
    own = chosen(_judged(rows), {"llm": SMALL, LABEL: line.label})
    answer = _changes(own, own[ALONG].min(), LAST_S, sign=1)
    means = own.groupby(ALONG)[RATE].mean()
    if answer.holds and means.max() - means.min() > SLIGHTLY:
        return Answer(holds=False, evidence=f"{answer.evidence}, not slightly")
    return answer


def _idle(rows: pd.DataFrame, line: Line) -> Answer:
    own = chosen(rows, {LABEL: line.label, ALONG: LAST_S})
    share = mean((own["batch_s"] / (LAST_S - SLOTS_S)).dropna().to_numpy(dtype=float))
    if share.low is None or share.high is None:
        return Answer(holds=None, evidence=share.text())
    return Answer(
        holds=True if share.high < 0.9 else False if share.low >= 0.9 else None,
        evidence=f"a batch takes {share.text('.3g', 100)} % of T_C at {LAST_S} s",
    )


_EPOCH_AXIS = Axis(column=ALONG, title="epoch duration [s], T_U = T_D = 0.25 s")
_CAPTION = "Deadlines 1.5 to 2.5 s, 50 requests/s."
_VARIES = {"count_waiting": tuple(WAITING), "llm": tuple(LLMS), ALONG: _EPOCHS_S}
_FIXED = {"deadline_s": [1.5, 2.5], "rate_per_s": 50.0}
_QUICK = Effort(num_seeds=4, num_epochs=3, only={ALONG: (1.0, 1.4, 1.7, 2.0, 3.0)})
_FULL = Effort(num_seeds=20, num_epochs=2)

FIG9 = Experiment(
    name="fig9",
    title="Fig. 9: completed requests per epoch against the epoch's duration",
    place="Section V-B, Fig. 9",
    question="Does a longer epoch complete more requests, in each epoch?",
    varies=_VARIES,
    fixed=_FIXED,
    lines=SCHEMES,
    quick=_QUICK,
    full=_FULL,
    claims=(
        Claim(
            sentence="A longer epoch completes more requests per epoch.",
            place="Section V-B, on Figs. 9 and 10",
            test=f"Of OT-GAH, for epochs of up to 2 s and both LLMs, {RISES}.",
            judge=lambda table: under_each(table, (OT_GAH,), _number_rises),
        ),
    ),
    draw=waiting_curves(
        "fig9",
        title="Completed requests per epoch",
        x=_EPOCH_AXIS,
        y=Axis(column=NUMBER, title="completed per epoch"),
        caption=_CAPTION,
    ),
)

FIG10 = Experiment(
    name="fig10",
    title="Fig. 10: completion rate against the epoch's duration",
    place="Section V-B, Fig. 10",
    question="Is there a best duration of the epoch, and where? The rows are those of Fig. 9.",
    varies=_VARIES,
    fixed=_FIXED,
    lines=SCHEMES,
    quick=_QUICK,
    full=_FULL,
    claims=(
        Claim(
            sentence="With longer epochs the completion rate grows at first and then decreases.",
            place="Section V-B, on Fig. 10",
            test=(
                "Of OT-GAH, for epochs of 1 to 2 s and both LLMs, the largest mean lies inside, "
                "and its differences to both ends are above 0, by t tests at 5 %, paired by seed "
                f"and {HOLM}."
            ),
            judge=lambda table: under_each(table, (OT_GAH,), _rate_turns),
        ),
        Claim(
            sentence="From 1.7 to 2.0 s the completion rate decreases.",
            place="Section V-B, on Fig. 10",
            test=(
                "Of OT-GAH, at both LLMs, the change from 1.7 to 2.0 s is below 0, by t tests at "
                f"5 %, paired by seed and {HOLM}."
            ),
            judge=lambda table: under_each(table, (OT_GAH,), _falls_at_the_end),
        ),
        Claim(
            sentence="With an epoch of 2 s batches finish well before T_C ends.",
            place="Section V-B, on Fig. 10, the reason for the decrease",
            test=(
                "Of OT-GAH, over both LLMs, a batch takes on average less than 90 % of T_C, the "
                "95 % interval wholly so."
            ),
            judge=lambda table: under_each(table, (OT_GAH,), _idle),
        ),
        Claim(
            sentence="Without batching, BLOOM-3B has a slightly increasing completion rate.",
            place="Section V-B, on Fig. 10",
            test=(
                "From an epoch of 1 s to one of 2 s the change, paired by seed, has its 95 % "
                "interval above 0, and the means differ by no more than ten percentage points."
            ),
            judge=lambda table: under_each(table, NONES, _slightly_rises),
        ),
    ),
    draw=waiting_curves(
        "fig10",
        title="Completion rate",
        x=_EPOCH_AXIS,
        caption=_CAPTION,
        marks=(Mark(x=FALL_S, text="falls, says the text"),),
    ),
)
