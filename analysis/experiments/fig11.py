"""Fig. 11: the completion rate against the required latency, equal to the epoch's duration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim
from analysis.experiments.comparing import ABOVE, RISES, rises
from analysis.experiments.experiment import LABEL, Effort, Experiment, Line
from analysis.experiments.fig8 import smaller_above
from analysis.experiments.figure import Axis, Mark
from analysis.experiments.lines import (
    LARGE,
    LLMS,
    NONES,
    SCHEMES,
    WAITING,
    of_served,
    under_each,
)
from analysis.experiments.statistics import chosen
from analysis.experiments.waiting_curves import waiting_curves

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.experiments.experiment import Point

ALONG = "latency_s"
START_S = 3.0


def _settings(point: Point) -> Mapping[str, object]:
    others = {name: value for name, value in point.items() if name != ALONG}
    latency = point[ALONG]
    return {**others, "epoch_s": latency, "deadline_s": [latency, latency]}


def _rises(rows: pd.DataFrame, line: Line) -> Answer | None:
    return of_served(rows, line, lambda where: rises(rows, where, ALONG))


def _starts(rows: pd.DataFrame, line: Line) -> Answer:
    own = chosen(rows, {"llm": LARGE, LABEL: line.label})
    completed = own.groupby(ALONG)["completed"].sum()
    before = completed[completed.index < START_S]
    after = completed[completed.index > START_S]
    if before.empty or after.empty:
        return Answer(holds=None, evidence="no rows on both sides of 3 s")
    served = completed[completed > 0]
    evidence = f"the first at {served.index.min()} s" if len(served) else "none at any latency"
    return Answer(
        holds=bool((before == 0).all() and (after > 0).all()),
        evidence=f"{evidence}, {int(before.sum())} below 3 s",
    )


FIG11 = Experiment(
    name="fig11",
    title="Fig. 11: completion rate against required latency",
    place="Section V-B, Fig. 11",
    question=(
        "What do more patient users change? The epoch lasts as long as the latency that they "
        "require. One device computes the shortest request of BLOOM-7.1B in 2.33 s, so with T_U "
        "and T_D in 2.83 s, and that of BLOOM-3B in 1.41 s."
    ),
    varies={
        "count_waiting": tuple(WAITING),
        "llm": tuple(LLMS),
        ALONG: (1.5, 2.0, 2.8, 3.25, 3.5, 4.0, 5.0),
    },
    fixed={"rate_per_s": 50.0},
    settings=_settings,
    lines=SCHEMES,
    quick=Effort(num_seeds=4, num_epochs=3, only={ALONG: (1.5, 2.0, 2.8, 3.5, 5.0)}),
    full=Effort(num_seeds=20, num_epochs=2),
    claims=(
        Claim(
            sentence="The more relaxed the latency, the more requests are completed.",
            place="Section V-B, on Fig. 11",
            test=f"For each scheme and LLM of which anything is completed, {RISES}.",
            judge=lambda table: under_each(table, SCHEMES, _rises),
        ),
        Claim(
            sentence="BLOOM-3B consistently outperforms BLOOM-7.1B.",
            place="Section V-B, on Fig. 11",
            test=f"For each scheme that completes any of BLOOM-3B, {ABOVE}.",
            judge=lambda table: under_each(
                table, SCHEMES, lambda rows, line: smaller_above(rows, line, ALONG)
            ),
        ),
        Claim(
            sentence="Without batching, BLOOM-7.1B starts to be served when epoch and deadline "
            "exceed 3 s.",
            place="Section V-B, on Fig. 11",
            test="Not one request is completed below 3 s, and some at each latency above 3 s.",
            judge=lambda table: under_each(table, NONES, _starts),
        ),
    ),
    draw=waiting_curves(
        "fig11",
        title="Completion rate against required latency",
        x=Axis(column=ALONG, title="required latency = epoch duration [s]"),
        caption="50 requests/s.",
        marks=(Mark(x=START_S, text="one GPU starts to satisfy BLOOM-7.1B"),),
    ),
)
