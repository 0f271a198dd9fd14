"""Fig. 13: the completion rate against the required accuracy, by quantization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Finding, Trial, settle
from analysis.experiments.comparing import ABOVE, FALLS, HOLM, RATE, above, every, falls, judged
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment
from analysis.experiments.fig12 import by_quantization, ceilings, lines_shown
from analysis.experiments.figure import Axis, curves
from analysis.experiments.lines import ALL_LLMS, OPTIMUM, OT_GAH
from analysis.experiments.statistics import chosen, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from analysis.experiments.experiment import Point

ALONG = "accuracy_required"
DEFAULT, GPTQ, ZQ_LOCAL = "w8a16", "w4a16-gptq", "w4a16-zq-local"
QUANTIZATIONS = (DEFAULT, GPTQ, ZQ_LOCAL)
MODES = {"absolute": "ΔPPL absolute", "relative": "ΔPPL relative"}
_ACCURACIES = (0.0, 0.15, 0.3, 0.45, 0.65, 0.95, 1.0)
"""Required accuracies. Each f(ΔPPL) of a W4A16 lies between two of them, no two of one LLM
between the same two."""

USERS = {"alike": "all users require it", "up to": "users require up to it"}


def _settings(point: Point) -> Mapping[str, object]:
    required = point[ALONG]
    least = required if point["users"] == "alike" else 0.0
    given = {name: value for name, value in point.items() if name not in (ALONG, "users")}
    return {**given, "accuracy": [least, required]}


def _under_each(table: pd.DataFrame, test: Callable[[pd.DataFrame], Answer]) -> Finding:
    """Settle a claim by a test for each LLM, under each reading of ΔPPL and of the axis."""
    own = chosen(table, {LABEL: OT_GAH.label})
    return settle(
        {
            (f"{mode_name}", f"{users_name}"): every(
                {
                    name: test(chosen(own, {"accuracy_mode": mode, "users": users, "llm": llm}))
                    for llm, name in ALL_LLMS.items()
                }
            )
            for mode, mode_name in MODES.items()
            for users, users_name in USERS.items()
        }
    )


def _compressed_below(rows: pd.DataFrame) -> Answer:
    return every(
        {
            f"{DEFAULT} over {other}": above(
                rows, {"quantization": DEFAULT}, {"quantization": other}, ALONG
            )
            for other in (GPTQ, ZQ_LOCAL)
        }
    )


def differ(rows: pd.DataFrame) -> Answer:
    """Test if GPTQ and ZQ-Local have different completion rates.

    Parameters
    ----------
    rows
        Rows of OT-GAH and one LLM.
    """
    found = difference(rows, {"quantization": GPTQ}, {"quantization": ZQ_LOCAL})
    if found is None:
        return Answer(holds=None, evidence="no rows")
    # Either direction will do: the test is two-sided.
    direction = found.scaled(-1) if found.value < 0 else found
    return judged(Trial(wholes=(direction,), evidence=f"GPTQ {found.text('+.3g', 100)} %"))


def _lenient_above(rows: pd.DataFrame) -> Answer:
    return every(
        {
            quantization: falls(rows, {"quantization": quantization}, ALONG)
            for quantization in (GPTQ, ZQ_LOCAL)
        }
    )


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(_drawings(table, source))


def _drawings(table: pd.DataFrame, source: str) -> Iterator[Drawing]:
    for mode, mode_name in MODES.items():
        for users, users_name in USERS.items():
            rows = by_quantization(chosen(table, {"accuracy_mode": mode, "users": users}))
            yield Drawing(
                name=f"fig13-{mode}-{users.replace(' ', '-')}",
                picture=curves(
                    rows,
                    title=f"Completion rate by accuracy, {mode_name}",
                    x=Axis(column=ALONG, title=f"accuracy a, {users_name}"),
                    y=Axis(column=RATE, title="completed", is_share=True),
                    panels=("llm", ALL_LLMS),
                    labels=list(QUANTIZATIONS),
                    ceilings=ceilings(rows, QUANTIZATIONS),
                    caption=f"{lines_shown(rows)} 50 requests/s, deadlines 1.5 to 2 s, waiting "
                    "counts. A request is served where a ≤ 1 - ΔPPL.",
                    source=source,
                ),
            )


FIG13 = Experiment(
    name="fig13",
    title="Fig. 13: completion rate against required accuracy",
    place="Section V-C, Fig. 13",
    question=(
        "What does the accuracy that users require cost under each quantization? The text leaves "
        "open whether ΔPPL is absolute or relative, and whether the axis is what all users "
        "require or the most that they do."
    ),
    varies={
        "accuracy_mode": tuple(MODES),
        "users": tuple(USERS),
        "llm": tuple(ALL_LLMS),
        "quantization": QUANTIZATIONS,
        ALONG: _ACCURACIES,
    },
    fixed={"deadline_s": [1.5, 2.0], "epoch_s": 2.0, "rate_per_s": 50.0},
    settings=_settings,
    lines=(OT_GAH, OPTIMUM),
    has_line=lambda point, line: line is OT_GAH or point["accuracy_mode"] == "absolute",
    quick=Effort(num_seeds=3, only={ALONG: (0.0, 0.15, 0.45, 0.65, 1.0)}),
    full=Effort(num_seeds=20),
    claims=(
        Claim(
            sentence="More extensive quantization loses accuracy and reduces the completion rate.",
            place="Section V-C, on Fig. 13",
            test=f"Of OT-GAH, W8A16 over each W4A16 at each LLM, {ABOVE}.",
            judge=lambda table: _under_each(table, _compressed_below),
        ),
        Claim(
            sentence="GPTQ and ZQ-Local perform differently at the same precision.",
            place="Section V-C, on Fig. 13",
            test=(
                "Of OT-GAH, at each LLM, the difference of the completion rates over all required "
                f"accuracies is not 0, by a t test at 5 %, paired by seed and {HOLM}."
            ),
            judge=lambda table: _under_each(table, differ),
        ),
        Claim(
            sentence="More lenient accuracy requirements raise the completion rate.",
            place="Section V-C, on Fig. 13",
            test=f"With what is required, at each LLM and under each W4A16, {FALLS}.",
            judge=lambda table: _under_each(table, _lenient_above),
        ),
    ),
    draw=_draw,
)
