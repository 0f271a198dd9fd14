"""Fig. 8: the completion rate against the arrival rate, by scheme of batching."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim
from analysis.experiments.comparing import ABOVE, FALLS, RATE, above, every, falls
from analysis.experiments.experiment import LABEL, Effort, Experiment, Line
from analysis.experiments.figure import Axis
from analysis.experiments.lines import (
    LARGE,
    LLMS,
    NONES,
    OT_GAH,
    SCHEMES,
    SMALL,
    STATIC_IN_TIME,
    STATICS,
    WAITING,
    nobody,
    of_served,
    serves,
    under_each,
)
from analysis.experiments.statistics import chosen
from analysis.experiments.waiting_curves import waiting_curves

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

ALONG = "rate_per_s"


def _falls(rows: pd.DataFrame, line: Line) -> Answer | None:
    return of_served(rows, line, lambda where: falls(rows, where, ALONG))


def _below(one: Line) -> Callable[[pd.DataFrame, Line], Answer]:
    """Return the test that a line is below another at both LLMs."""
    return lambda rows, other: every(
        {
            name: above(
                rows, {"llm": llm, LABEL: one.label}, {"llm": llm, LABEL: other.label}, ALONG
            )
            for llm, name in LLMS.items()
        }
    )


def smaller_above(rows: pd.DataFrame, line: Line, along: str = ALONG) -> Answer | None:
    """Test if BLOOM-3B completes more than BLOOM-7.1B; None if neither completes a request."""
    if not serves(rows, line, SMALL):
        return None
    small, large = ({"llm": llm, LABEL: line.label} for llm in (SMALL, LARGE))
    return above(rows, small, large, along)


def _most_dropped(rows: pd.DataFrame, line: Line) -> Answer:
    rates = chosen(rows, {LABEL: line.label}).groupby(["llm", ALONG])[RATE].mean().reset_index()
    most = rates.sort_values(RATE).to_dict("records")[-1]
    return Answer(
        holds=most[RATE] < 0.5,
        evidence=f"at most {100 * most[RATE]:.3g} % completed, at {most[ALONG]}/s",
    )


FIG8 = Experiment(
    name="fig8",
    title="Fig. 8: completion rate against arrival rate",
    place="Section V-B, Fig. 8",
    question=(
        "How many of the requests that arrive does each scheme complete? The text leaves open "
        "whether the wait for the epoch's start counts towards the deadline, and which requests "
        "the rivals take."
    ),
    varies={
        "count_waiting": tuple(WAITING),
        "llm": tuple(LLMS),
        ALONG: (5, 10, 20, 50, 100, 150, 250),
    },
    fixed={"deadline_s": [1.5, 2.0], "epoch_s": 2.0},
    lines=SCHEMES,
    quick=Effort(num_seeds=4, num_epochs=3, only={ALONG: (5, 20, 50, 150)}),
    full=Effort(num_seeds=20, num_epochs=3),
    claims=(
        Claim(
            sentence="Increased arrival rates decrease completion rates.",
            place="Section V-B, on Fig. 8",
            test=f"For each scheme and LLM of which anything is completed, {FALLS}.",
            judge=lambda table: under_each(table, SCHEMES, _falls),
        ),
        Claim(
            sentence="OT-GAH outperforms static batching.",
            place="Section V-B, on Fig. 8; abstract",
            test=f"At both LLMs, {ABOVE}.",
            judge=lambda table: under_each(table, STATICS, _below(OT_GAH)),
        ),
        Claim(
            sentence="OT-GAH outperforms no batching.",
            place="Section V-B, on Fig. 8; abstract",
            test=f"At both LLMs, {ABOVE}.",
            judge=lambda table: under_each(table, NONES, _below(OT_GAH)),
        ),
        Claim(
            sentence="Static batching is above no batching, which uses no parallel computing.",
            place="This project's own: the text compares both with OT-GAH only",
            test=f"Of static batching that passes over late requests, at both LLMs, {ABOVE}.",
            judge=lambda table: under_each(table, NONES, _below(STATIC_IN_TIME)),
        ),
        Claim(
            sentence="Without batching most requests are dropped.",
            place="Section V-B, on Fig. 8",
            test="At every LLM and arrival rate less than half of the requests is completed.",
            judge=lambda table: under_each(table, NONES, _most_dropped),
        ),
        Claim(
            sentence="BLOOM-7.1B has a lower completion rate than BLOOM-3B in all schemes.",
            place="Section V-B, on Fig. 8",
            test=f"For each scheme that completes any of BLOOM-3B, {ABOVE}.",
            judge=lambda table: under_each(table, SCHEMES, smaller_above),
        ),
        Claim(
            sentence="Without batching no BLOOM-7.1B request meets its deadline.",
            place="Section V-B, on Fig. 8",
            test="With deadlines of 1.5 to 2 s, not one request is completed at any arrival rate.",
            judge=lambda table: under_each(
                table,
                NONES,
                lambda rows, line: nobody(chosen(rows, {"llm": LARGE, LABEL: line.label})),
            ),
        ),
    ),
    draw=waiting_curves(
        "fig8",
        title="Completion rate against arrival rate",
        x=Axis(column=ALONG, title="arrival rate [requests/s]"),
        caption="Deadlines 1.5 to 2 s, epochs of 2 s.",
    ),
)
