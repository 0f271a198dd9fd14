"""Serving: the epoch protocol beside serving without epochs, by what users get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import ABOVE, RATE, above
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment, Line
from analysis.experiments.figure import Axis, curves
from analysis.experiments.lines import (
    NONE_BY_EPOCH,
    NONE_IN_TIME,
    OPTIMUM,
    OT_GAH,
    STATIC_IN_TIME,
)
from analysis.experiments.served_latencies import GOODPUT, served_latencies
from analysis.experiments.statistics import chosen
from analysis.experiments.traced import AZURE, trace_at_hand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.experiments.claim import Reading
    from analysis.experiments.experiment import Point

WORLD, LOAD = "world", "load"
WORLDS = {
    "section-v": "Section V, BLOOM-3B",
    "boards": "Orin boards, Poisson",
    "trace": "Orin boards, trace",
}
LOADS = (0.5, 1.0, 2.0, 4.0)

RATES = {"section-v": 12.5, "boards": 5.0}
"""Arrival rate at load 1 [requests/s]; that of the trace is its own."""

FIRST_EPOCH = 421
"""First epoch of the real trace at load 1: a burst that starts 842 s into the trace."""

LIMITS = "e2e:3s,ttft:2s,tpot:100ms"
P95 = "latency_p95_s"

_CONTINUOUS = "continuous-batching"
PLAIN = Line(label="continuous", scheme=_CONTINUOUS)
CHUNKED = Line(
    label="continuous, chunks of 512", scheme=_CONTINUOUS, settings={"prefill": "chunked:512"}
)
FEW = Line(
    label="continuous, 8 shortest first",
    scheme=_CONTINUOUS,
    settings={"max_requests": 8, "queue": "shortest"},
)
CONTINUOUS = (PLAIN, CHUNKED, FEW)
LINES = (OT_GAH, OPTIMUM, STATIC_IN_TIME, NONE_IN_TIME, NONE_BY_EPOCH, *CONTINUOUS)

BEYOND = "Beyond the paper"


def _settings(point: Point) -> Mapping[str, Any]:
    world, load = point[WORLD], point[LOAD]
    if world == "section-v":
        given = {"scenario": "section-v", "llm": "bloom-3b"}
        return given | {"rate_per_s": RATES[world] * load}
    boards = {"scenario": "trace", "latency": "roofline"}
    if world == "boards":
        return boards | {"rate_per_s": RATES[world] * load}
    name = trace_at_hand()
    part = {"first_epoch": round(FIRST_EPOCH / load)} if name == AZURE else {}
    return boards | part | {"trace": name, "rate_scale": load}


def _each(
    table: pd.DataFrame, ones: Sequence[Line], others: Sequence[Line], quantity: str
) -> Finding:
    """Test in each world if each of some lines has more of a quantity than each other line."""
    answers: dict[Reading, Answer] = {}
    for world, name in WORLDS.items():
        rows = chosen(table, {WORLD: world})
        for one in ones:
            for other in others:
                named = other if len(ones) == 1 else one
                if len(rows):
                    given = {LABEL: one.label}, {LABEL: other.label}
                    answers[name, named.label] = above(rows, *given, LOAD, quantity)
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    quantities = {
        RATE: ("completed", True),
        GOODPUT: ("goodput", True),
        P95: ("p95 of the latency [s]", False),
    }
    return tuple(
        Drawing(
            name=f"serving-{name}",
            picture=curves(
                table,
                title=f"Epochs and continuous batching: {title}",
                x=Axis(column=LOAD, title="load", is_logarithmic=True),
                y=Axis(column=column, title=title, is_share=is_share),
                panels=(WORLD, WORLDS),
                labels=[line.label for line in LINES],
                caption=_caption(column),
                source=source,
            ),
        )
        for (column, (title, is_share)), name in zip(
            quantities.items(), ("completed", "goodput", "latency"), strict=True
        )
    )


def _caption(column: str) -> str:
    loads = "Load 1 is 12.5 requests/s in Section V, 5 on the boards, and the trace as it is."
    if column == GOODPUT:
        return f"{loads} Goodput: arrived requests that keep {LIMITS}."
    if column == P95:
        return f"{loads} Of received outputs; a scheme that drops more may look faster."
    return loads


def _winners(table: pd.DataFrame) -> pd.DataFrame:
    """Return the line with the most completed requests and with the most goodput at each point."""
    import pandas as pd

    rows = []
    for world, name in WORLDS.items():
        of_world = table[(table[WORLD] == world) & (table["arrived"] > 0)]
        for load in sorted(of_world[LOAD].unique().tolist()):
            own = of_world[of_world[LOAD] == load].groupby(LABEL, sort=False)
            rows.append({"world": name, "load": load} | _winner(own[[RATE, GOODPUT]].mean()))
    return pd.DataFrame(rows)


def _winner(means: pd.DataFrame) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, name in ((RATE, "completed"), (GOODPUT, "goodput")):
        shares = means[column].astype(float)
        best = str(shares.idxmax())
        row |= {f"most {name}": best, f"{name} [%]": round(100 * float(shares[best]), 1)}
    rates = {name: float(rate) for name, rate in means[RATE].items()}
    row["OT-GAH completes [%]"] = round(100 * rates[OT_GAH.label], 1)
    cost = rates[NONE_IN_TIME.label] - rates[NONE_BY_EPOCH.label]
    row["the epoch costs [points]"] = round(100 * cost, 1)
    return row


SERVING = Experiment(
    name="serving",
    title="Beyond the paper: what users get with and without epochs",
    place=BEYOND,
    question=(
        "Serving systems batch continuously: requests join and leave between two steps, and wait "
        "for no epoch. Which protocol completes more requests in time, which keeps limits on the "
        "latencies that users feel, and what does the wait for the epoch cost by itself? Section V "
        "computes by operations alone. On Orin boards reading counts too, by the roofline; their "
        "arrivals are Poisson, or one part of one trace, of which seeds vary drawn values alone."
    ),
    varies={WORLD: tuple(WORLDS), LOAD: LOADS},
    fixed={"limits": LIMITS},
    lines=LINES,
    quick=Effort(num_seeds=3, num_epochs=10, only={LOAD: (1.0, 4.0)}, without=(OPTIMUM.label,)),
    full=Effort(num_seeds=10, num_epochs=40),
    claims=(
        Claim(
            sentence="Continuous batching completes more requests than OT-GAH in epochs.",
            place=BEYOND,
            test=f"In each world and for each variant of continuous batching, {ABOVE}.",
            judge=lambda table: _each(table, CONTINUOUS, (OT_GAH,), RATE),
        ),
        Claim(
            sentence="Continuous batching has more goodput than OT-GAH in epochs.",
            place=BEYOND,
            test=f"Limits {LIMITS}. In each world and for each variant, {ABOVE}.",
            judge=lambda table: _each(table, CONTINUOUS, (OT_GAH,), GOODPUT),
        ),
        Claim(
            sentence="At p95 outputs of OT-GAH take longer than those of continuous batching.",
            place=BEYOND,
            test=f"Of received outputs, in each world and for each variant, {ABOVE}.",
            judge=lambda table: _each(table, (OT_GAH,), CONTINUOUS, P95),
        ),
        Claim(
            sentence="The wait for the epoch by itself costs completed requests.",
            place=BEYOND,
            test=(
                "No batching that uploads on arrival completes more than no batching by epoch: in "
                f"each world, {ABOVE}."
            ),
            judge=lambda table: _each(table, (NONE_IN_TIME,), (NONE_BY_EPOCH,), RATE),
        ),
        Claim(
            sentence="OT-GAH in epochs completes more requests than no batching on arrival.",
            place=BEYOND,
            test=f"In each world, {ABOVE}.",
            judge=lambda table: _each(table, (OT_GAH,), (NONE_IN_TIME,), RATE),
        ),
    ),
    draw=_draw,
    tabulate=_winners,
    settings=_settings,
    measure=served_latencies,
)
