"""Fig. 12: the completion rate against the arrival rate, by quantization, without accuracies."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import ABOVE, RATE, above, every
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment
from analysis.experiments.figure import Axis, curves
from analysis.experiments.lines import ALL_LLMS, OPTIMUM, OT_GAH
from analysis.experiments.statistics import chosen, difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from analysis.experiments.experiment import Point

ALONG = "rate_per_s"
BITS = {"w16a16": 16, "w8a16": 8, "w4a16-gptq": 4}
"""Quantization methods in the order of compression, with the bits of a weight."""

ARITHMETIC = {
    "16 bits": "β = 1",
    "as stored": "β = bits/16",
}
SUBSTANTIAL = 0.1


def _settings(point: Point) -> Mapping[str, object]:
    given = {name: value for name, value in point.items() if name != "arithmetic"}
    if point["arithmetic"] == "as stored":
        given["beta"] = BITS[point["quantization"]] / 16
    return given


def _larger_completes_less(table: pd.DataFrame) -> Finding:
    rows = chosen(table, {LABEL: OT_GAH.label})
    return settle(
        {
            (name,): every(
                {
                    f"{quantization}: {ALL_LLMS[small]} over {ALL_LLMS[large]}": above(
                        rows,
                        {"arithmetic": arithmetic, "quantization": quantization, "llm": small},
                        {"arithmetic": arithmetic, "quantization": quantization, "llm": large},
                        ALONG,
                    )
                    for quantization in BITS
                    for small, large in pairwise(ALL_LLMS)
                }
            )
            for arithmetic, name in ARITHMETIC.items()
        }
    )


def _rises_substantially(table: pd.DataFrame) -> Finding:
    rows = chosen(table, {LABEL: OT_GAH.label})
    return settle(
        {
            (name,): every(
                {
                    f"{ALL_LLMS[llm]} {weaker} to {stronger}": _rise(
                        chosen(rows, {"arithmetic": arithmetic, "llm": llm}), weaker, stronger
                    )
                    for llm in ALL_LLMS
                    for weaker, stronger in pairwise(BITS)
                }
            )
            for arithmetic, name in ARITHMETIC.items()
        }
    )


def _rise(rows: pd.DataFrame, weaker: str, stronger: str) -> Answer:
    """Test if stronger quantization completes a tenth more, with an interval above 0."""
    change = difference(rows, {"quantization": stronger}, {"quantization": weaker})
    before = chosen(rows, {"quantization": weaker})[RATE].mean()
    if change is None or not before:
        return Answer(holds=None, evidence="nothing completed before")
    is_substantial = change.value >= SUBSTANTIAL * before
    evidence = f"{100 * change.value / before:+.3g} %"
    if is_substantial and change.is_above_zero:
        return Answer(holds=True, evidence=evidence)
    return Answer(holds=None if is_substantial else False, evidence=evidence)


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(_drawings(table, source))


def _drawings(table: pd.DataFrame, source: str) -> Iterator[Drawing]:
    for arithmetic, name in ARITHMETIC.items():
        rows = by_quantization(chosen(table, {"arithmetic": arithmetic}))
        yield Drawing(
            name=f"fig12-{arithmetic.replace(' ', '-')}",
            picture=curves(
                rows,
                title=f"Completion rate by quantization, {name}",
                x=Axis(column=ALONG, title="arrival rate [requests/s]"),
                y=Axis(column=RATE, title="completed", is_share=True),
                panels=("llm", ALL_LLMS),
                labels=list(BITS),
                ceilings={ceiling(label): label for label in BITS},
                caption="OT-GAH; dotted: the optimum. Deadlines 1.5 to 2 s, epochs of 2 s, no "
                "required accuracy, waiting counts.",
                source=source,
            ),
        )


def by_quantization(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a line for each quantization, and one for its optimum."""
    is_optimum = rows[LABEL] == OPTIMUM.label
    label = rows["quantization"].mask(is_optimum, rows["quantization"].map(ceiling))
    return rows.assign(**{LABEL: label})


def ceiling(quantization: str) -> str:
    """Return the name of a quantization's optimum in a figure."""
    return f"{quantization}, optimum"


FIG12 = Experiment(
    name="fig12",
    title="Fig. 12: completion rate by quantization, without required accuracies",
    place="Section V-C, Fig. 12",
    question=(
        "What does stronger quantization buy? Memory never binds with the published settings, so "
        "only β can, the time of computing over that with 16 bits, which the text leaves open. Two "
        "statements on no batching pin β = 1 for W8A16."
    ),
    varies={
        "arithmetic": tuple(ARITHMETIC),
        "llm": tuple(ALL_LLMS),
        "quantization": tuple(BITS),
        ALONG: (5, 20, 50, 100, 200),
    },
    fixed={"deadline_s": [1.5, 2.0], "epoch_s": 2.0, "accuracy": [0.0, 0.0]},
    settings=_settings,
    lines=(OT_GAH, OPTIMUM),
    quick=Effort(num_seeds=4, num_epochs=3, only={ALONG: (5, 50)}),
    full=Effort(num_seeds=6, num_epochs=4),
    claims=(
        Claim(
            sentence="With the same quantization a larger LLM completes fewer requests.",
            place="Section V-C, on Fig. 12",
            test=f"Of OT-GAH, each LLM over the next larger one, {ABOVE}.",
            judge=_larger_completes_less,
        ),
        Claim(
            sentence="More aggressive quantization raises the completion rate substantially.",
            place="Section V-C, on Fig. 12",
            test=(
                "Of OT-GAH, at every LLM and from each quantization to the next stronger one, the "
                "completion rate over all arrival rates rises by a tenth of itself or more, its "
                "difference, paired by seed, with a 95 % interval above 0."
            ),
            judge=_rises_substantially,
        ),
    ),
    draw=_draw,
)
