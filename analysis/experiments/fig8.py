"""Fig. 8: the completion rate against the arrival rate, by scheme of batching."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import ABOVE, FALLS, RATE, above, every, falls
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment
from analysis.experiments.figure import Axis, curves
from analysis.experiments.lines import (
    LLMS,
    NONES,
    OT_GAH,
    SCHEMES,
    STATIC_IN_TIME,
    STATICS,
    WAITING,
)
from analysis.experiments.statistics import chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from analysis.experiments.claim import Reading
    from analysis.experiments.experiment import Line

RATES = (5, 10, 20, 35, 50, 100, 150, 200, 250)
ALONG = "rate_per_s"


def _falls(table: pd.DataFrame) -> Finding:
    return settle(
        {
            (line.label, waiting): every(
                {
                    name: falls(
                        table, {"count_waiting": value, "llm": llm, LABEL: line.label}, ALONG
                    )
                    for llm, name in LLMS.items()
                    if _serves(table, llm, line, is_counted=value)
                }
            )
            for line in SCHEMES
            for value, waiting in WAITING.items()
            if any(_serves(table, llm, line, is_counted=value) for llm in LLMS)
        }
    )


def _serves(table: pd.DataFrame, llm: str, line: Line, *, is_counted: bool) -> bool:
    """Whether a scheme completes anything: a curve of zeros neither falls nor rises."""
    rows = chosen(table, {"count_waiting": is_counted, "llm": llm, LABEL: line.label})
    return bool(rows["completed"].any())


def _compared(table: pd.DataFrame, one: Line, others: Sequence[Line]) -> Finding:
    return settle(
        {
            (other.label, waiting): every(
                {
                    name: above(
                        table,
                        {"count_waiting": value, "llm": llm, LABEL: one.label},
                        {"count_waiting": value, "llm": llm, LABEL: other.label},
                        ALONG,
                    )
                    for llm, name in LLMS.items()
                }
            )
            for other in others
            for value, waiting in WAITING.items()
        }
    )


def _larger_model(table: pd.DataFrame) -> Finding:
    small, large = LLMS
    return settle(
        {
            (line.label, waiting): above(
                table,
                {"count_waiting": value, "llm": small, LABEL: line.label},
                {"count_waiting": value, "llm": large, LABEL: line.label},
                ALONG,
            )
            for line in SCHEMES
            for value, waiting in WAITING.items()
            if _serves(table, small, line, is_counted=value)
        }
    )


def _none_served(table: pd.DataFrame) -> Finding:
    return settle(
        {
            (line.label, waiting): _nobody(
                chosen(table, {"count_waiting": value, "llm": "bloom-7.1b", LABEL: line.label})
            )
            for line in NONES
            for value, waiting in WAITING.items()
        }
    )


def _nobody(rows: pd.DataFrame) -> Answer:
    completed, arrived = int(rows["completed"].sum()), int(rows["arrived"].sum())
    return Answer(holds=completed == 0 if arrived else None, evidence=f"{completed} of {arrived}")


def _most_dropped(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for line in NONES:
        for value, waiting in WAITING.items():
            rows = chosen(table, {"count_waiting": value, LABEL: line.label})
            rates = rows.groupby(["llm", ALONG])[RATE].mean().reset_index()
            most = rates.loc[rates[RATE].idxmax()]
            answers[line.label, waiting] = Answer(
                holds=bool(most[RATE] < 0.5),
                evidence=f"at most {100 * most[RATE]:.3g} % completed, at {most[ALONG]:g}/s",
            )
    return settle(answers)


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(_drawings(table, source))


def _drawings(table: pd.DataFrame, source: str) -> Iterable[Drawing]:
    for value, waiting in WAITING.items():
        yield Drawing(
            name=f"fig8-{'waiting' if value else 'no-waiting'}",
            picture=curves(
                chosen(table, {"count_waiting": value}),
                title=f"Completion rate against arrival rate, {waiting}",
                x=Axis(column=ALONG, title="arrival rate [requests/s]"),
                y=Axis(column=RATE, title="completed", is_share=True),
                panels=("llm", LLMS),
                labels=[line.label for line in SCHEMES],
                caption="Deadlines 1.5 to 2 s, epochs of 2 s.",
                source=source,
            ),
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
    varies={"count_waiting": tuple(WAITING), "llm": tuple(LLMS), ALONG: RATES},
    fixed={"deadline_s": [1.5, 2.0], "epoch_s": 2.0},
    lines=SCHEMES,
    quick=Effort(num_seeds=5, num_epochs=3, only={ALONG: (5, 20, 50, 150)}),
    full=Effort(num_seeds=20, num_epochs=10),
    claims=(
        Claim(
            sentence="Increased arrival rates decrease completion rates.",
            place="Section V-B, on Fig. 8",
            test=f"For each scheme that completes anything: {FALLS}.",
            judge=_falls,
        ),
        Claim(
            sentence="OT-GAH outperforms static batching.",
            place="Section V-B, on Fig. 8",
            test=f"At both LLMs, {ABOVE}.",
            judge=lambda table: _compared(table, OT_GAH, STATICS),
        ),
        Claim(
            sentence="OT-GAH outperforms no batching.",
            place="Section V-B, on Fig. 8",
            test=f"At both LLMs, {ABOVE}.",
            judge=lambda table: _compared(table, OT_GAH, NONES),
        ),
        Claim(
            sentence="Batching pays: even static batching is above no batching.",
            place="Section V-B: no batching fails to leverage parallel computing",
            test=f"Static batching that passes over late requests, at both LLMs: {ABOVE}.",
            judge=lambda table: _compared(table, STATIC_IN_TIME, NONES),
        ),
        Claim(
            sentence="Without batching most requests are dropped.",
            place="Section V-B, on Fig. 8",
            test="The completion rate is below one half at every LLM and arrival rate.",
            judge=_most_dropped,
        ),
        Claim(
            sentence="BLOOM-7.1B has a lower completion rate than BLOOM-3B in all schemes.",
            place="Section V-B, on Fig. 8",
            test=f"For each scheme that completes any of BLOOM-3B: {ABOVE}.",
            judge=_larger_model,
        ),
        Claim(
            sentence="Without batching no BLOOM-7.1B request meets its deadline.",
            place="Section V-B, on Fig. 8, deadlines 1.5 to 2 s",
            test="Not one request is completed, at any arrival rate.",
            judge=_none_served,
        ),
    ),
    draw=_draw,
)
