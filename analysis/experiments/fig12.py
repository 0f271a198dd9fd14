"""Fig. 12: the completion rate against the arrival rate, by quantization, without accuracies."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Finding, Trial, settle
from analysis.experiments.comparing import ABOVE, HOLM, RATE, above, every, judged
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment
from analysis.experiments.figure import Axis, curves
from analysis.experiments.lines import ALL_LLMS, OPTIMUM, OT_GAH
from analysis.experiments.statistics import chosen, difference, significant_signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from analysis.experiments.experiment import Point

ALONG = "rate_per_s"
BITS = {"w16a16": 16, "w8a16": 8, "w4a16-gptq": 4}
"""Quantization methods in the order of compression, with the bits of a weight."""

READINGS: dict[str, str] = {
    "16 bits": "β = 1",
    "as stored": "β = bits/16",
    "matmul cost": "β = (bits/16)²",
    "weights in overlap": "weights read in overlap",
    "reading in series": "weights and caches read in series",
    "8 GB a TX2": "8 GB a TX2",
}
"""Readings of what quantization does to the computing time, and of the memory of a board. The text
has a factor of 4 for 8 bits, the square of bits/16, and leaves the ratio open elsewhere. The last
three have β = 1."""

_SETTINGS: dict[str, dict[str, object]] = {
    "weights in overlap": {"latency": "roofline"},
    "reading in series": {"latency": "serial"},
    "8 GB a TX2": {"device": "tx2"},
}
_POWERS = {"as stored": 1, "matmul cost": 2}
BETAS = ("16 bits", *_POWERS)
"""Readings that differ in β alone."""

WITH_OPTIMUM = ("16 bits", "as stored")
"""Readings for which the optimum is found too."""

MEMORY_ALONE = {"16 bits": "32 GB a board as printed", "8 GB a TX2": "8 GB a TX2"}
"""Readings in which quantization changes the memory and nothing else."""
SUBSTANTIAL = 0.1
LATER = " (a rule added after a first look, as zeros were compared with zeros)"


def _settings(point: Point) -> Mapping[str, object]:
    given = {name: value for name, value in point.items() if name != "arithmetic"}
    given |= _SETTINGS.get(point["arithmetic"], {})
    if point["arithmetic"] in _POWERS:
        given["beta"] = (BITS[point["quantization"]] / 16) ** _POWERS[point["arithmetic"]]
    return given


def _serves(rows: pd.DataFrame, **where: str) -> bool:
    """Return True if a request is completed: zeros are neither above nor below zeros."""
    return bool(chosen(rows, where)["completed"].any())


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
                    if _serves(rows, arithmetic=arithmetic, quantization=quantization, llm=small)
                }
            )
            for arithmetic, name in READINGS.items()
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
                    if _serves(rows, arithmetic=arithmetic, quantization=stronger, llm=llm)
                }
            )
            for arithmetic, name in READINGS.items()
        }
    )


def _memory_alone_helps(table: pd.DataFrame) -> Finding:
    rows = chosen(table, {LABEL: OT_GAH.label})
    return settle(
        {
            (name,): _some_rise(chosen(rows, {"arithmetic": arithmetic}))
            for arithmetic, name in MEMORY_ALONE.items()
        }
    )


def _some_rise(rows: pd.DataFrame) -> Answer:
    """Test if a stronger quantization completes more at some LLM."""
    changes = {
        f"{ALL_LLMS[llm]} {weaker} to {stronger}": difference(
            rows, {"llm": llm, "quantization": stronger}, {"llm": llm, "quantization": weaker}
        )
        for llm in ALL_LLMS
        for weaker, stronger in pairwise(BITS)
    }
    found = {name: change for name, change in changes.items() if change is not None}
    if not found:
        return Answer(holds=None, evidence="no rows")
    signs = dict(zip(found, significant_signs(list(found.values())), strict=True))
    rises = [name for name, sign in signs.items() if sign > 0]
    if rises:
        told = ", ".join(f"{name} {found[name].text('+.3g', 100)} %" for name in rises)
        return Answer(holds=True, evidence=told)
    if all(change.is_zero for change in found.values()):
        return Answer(holds=False, evidence=f"not one request more in {len(found)} comparisons")
    return Answer(holds=None, evidence=f"no clear rise in {len(found)} comparisons")


def _rise(rows: pd.DataFrame, weaker: str, stronger: str) -> Answer:
    """Test if stronger quantization completes a tenth more, with an interval above 0."""
    change = difference(rows, {"quantization": stronger}, {"quantization": weaker})
    before = chosen(rows, {"quantization": weaker})[RATE].mean()
    if change is None:
        return Answer(holds=None, evidence="no rows")
    size = f"{100 * change.value / before:+.3g} %" if before else "from nothing"
    return judged(
        Trial(
            wholes=(change,),
            evidence=size,
            is_enough=change.value >= SUBSTANTIAL * before,
        )
    )


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(_drawings(table, source))


def _drawings(table: pd.DataFrame, source: str) -> Iterator[Drawing]:
    for arithmetic, name in READINGS.items():
        rows = by_quantization(chosen(table, {"arithmetic": arithmetic}))
        yield Drawing(
            name=f"fig12-{arithmetic.replace(' ', '-')}",
            picture=curves(
                rows,
                title=f"By quantization: {name}",
                x=Axis(column=ALONG, title="arrival rate [requests/s]"),
                y=Axis(column=RATE, title="completed", is_share=True),
                panels=("llm", ALL_LLMS),
                labels=list(BITS),
                ceilings=ceilings(rows, BITS),
                caption=f"{lines_shown(rows)} Deadlines 1.5 to 2 s, epochs of 2 s, no required "
                f"accuracy, waiting counts{'' if arithmetic in BETAS else ', β = 1'}.",
                source=source,
            ),
        )


def by_quantization(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a line for each quantization, and one for its optimum."""
    is_optimum = rows[LABEL] == OPTIMUM.label
    label = rows["quantization"].mask(is_optimum, rows["quantization"].map(ceiling))
    return rows.assign(**{LABEL: label})


def ceilings(rows: pd.DataFrame, quantizations: Iterable[str]) -> dict[str, str]:
    """Return the line of each quantization's optimum that the rows have, with its quantization."""
    names = {ceiling(each): each for each in quantizations}
    return {name: each for name, each in names.items() if (rows[LABEL] == name).any()}


def lines_shown(rows: pd.DataFrame) -> str:
    """Return the words of a caption for the lines of these rows."""
    has_optimum = rows[LABEL].str.endswith(ceiling("")).any()
    return "OT-GAH; dotted: the optimum." if has_optimum else "OT-GAH."


def ceiling(quantization: str) -> str:
    """Return the name of a quantization's optimum in a figure."""
    return f"{quantization}, optimum"


FIG12 = Experiment(
    name="fig12",
    title="Fig. 12: completion rate by quantization, without required accuracies",
    place="Section V-C, Fig. 12",
    question=(
        "What does stronger quantization buy? Memory never binds with the published settings, so "
        "only β can, the time of computing over that with 16 bits. The text has a factor of 4 for "
        "8 bits, (8/16)², and leaves β open; two statements on no batching pin β = 1 for W8A16. "
        "Where reading counts, smaller weights are read faster. A real TX2 has 8 GB."
    ),
    varies={
        "arithmetic": tuple(READINGS),
        "llm": tuple(ALL_LLMS),
        "quantization": tuple(BITS),
        ALONG: (5, 50, 200),
    },
    fixed={"deadline_s": [1.5, 2.0], "epoch_s": 2.0, "accuracy": [0.0, 0.0]},
    settings=_settings,
    lines=(OT_GAH, OPTIMUM),
    has_line=lambda point, line: line is OT_GAH or point["arithmetic"] in WITH_OPTIMUM,
    quick=Effort(num_seeds=4, num_epochs=3, only={ALONG: (5, 50)}),
    full=Effort(num_seeds=20),
    claims=(
        Claim(
            sentence="With the same quantization a larger LLM completes fewer requests.",
            place="Section V-C, on Fig. 12",
            test=(
                f"Of OT-GAH, each LLM with completed requests{LATER} over the next larger one, "
                f"{ABOVE}."
            ),
            judge=_larger_completes_less,
        ),
        Claim(
            sentence="More aggressive quantization raises the completion rate substantially.",
            place="Section V-C, on Fig. 12",
            test=(
                "Of OT-GAH, at every LLM and from each quantization to the next stronger one with "
                f"completed requests{LATER}, the completion rate over all arrival rates rises by "
                "a tenth of itself or more, and its difference, paired by seed, is above 0 by a t "
                f"test at 5 %, {HOLM}."
            ),
            judge=_rises_substantially,
        ),
        Claim(
            sentence="The rise comes from less memory usage.",
            place="Section V-C, on Fig. 12, the reason for the rise",
            test=(
                "Where quantization changes the memory alone, of OT-GAH, at some LLM and from some "
                "quantization to the next stronger one, the completion rate over all arrival rates "
                f"rises, by a t test at 5 %, paired by seed and {HOLM}."
            ),
            judge=_memory_alone_helps,
        ),
    ),
    draw=_draw,
)
