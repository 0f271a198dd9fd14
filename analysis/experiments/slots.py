"""Slots: T_U, T_C and T_D tuned to past epochs, beside fixed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import ABOVE, RATE, above
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment, Line
from analysis.experiments.figure import Axis, curves
from analysis.experiments.lines import OT_GAH, WAITING
from analysis.experiments.statistics import chosen

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.claim import Reading

ALONG = "rate_per_s"
EVERY = 5
TUNED = Line(
    label=f"OT-GAH, slots tuned every {EVERY} epochs",
    scheme=OT_GAH.scheme,
    settings={"tune_slots": EVERY},
)
SCENARIOS = {"section-v": "Section V", "scarce-spectrum": "scarce spectrum"}


def _tuned_is_above(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for scenario, name in SCENARIOS.items():
        for value, waiting in WAITING.items():
            rows = chosen(table, {"scenario": scenario, "count_waiting": value})
            if len(rows):
                answers[name, waiting] = above(
                    rows, {LABEL: TUNED.label}, {LABEL: OT_GAH.label}, ALONG
                )
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(
        Drawing(
            name=f"slots-{waiting.replace(' ', '-')}",
            picture=curves(
                chosen(table, {"count_waiting": value}),
                title=f"Fixed and tuned slots, {waiting}",
                x=Axis(column=ALONG, title="arrival rate [requests/s]"),
                y=Axis(column=RATE, title="completed", is_share=True),
                panels=("scenario", SCENARIOS),
                labels=[line.label for line in (OT_GAH, TUNED)],
                caption="BLOOM-3B, epochs of 2 s; fixed: T_U = T_D = 250 ms.",
                source=source,
            ),
        )
        for value, waiting in WAITING.items()
    )


SLOTS = Experiment(
    name="slots",
    title="Slots that adjust to observations",
    place="Section III, the protocol",
    question=(
        "The text says that slot durations adjust periodically, gives no rule, and fixes T_U = "
        "T_D = 250 ms in Section V. Here the slots of the next epochs are those, among halved and "
        "doubled ones, under which OT-GAH would have served most requests of the last "
        f"{EVERY} epochs. What do they gain over fixed slots, in an epoch of the same length?"
    ),
    varies={
        "scenario": tuple(SCENARIOS),
        "count_waiting": tuple(WAITING),
        ALONG: (10, 50),
    },
    fixed={"epoch_s": 2.0},
    lines=(OT_GAH, TUNED),
    quick=Effort(num_seeds=4, num_epochs=12, only={ALONG: (10, 50)}),
    full=Effort(num_seeds=20, num_epochs=15),
    claims=(
        Claim(
            sentence="Slots that adjust to observations complete more requests than fixed slots.",
            place="This project's own; the protocol of Section III has such slots",
            test=f"Of OT-GAH, {ABOVE}.",
            judge=_tuned_is_above,
        ),
    ),
    draw=_draw,
)
