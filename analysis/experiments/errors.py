"""Errors: requests in time where lengths, channels and latencies are only estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.experiments.claim import Answer, Claim, Finding, Trial, settle
from analysis.experiments.comparing import FALLS, HOLM, RATE, every, falls, judged
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment, Line
from analysis.experiments.figure import Axis, curves
from analysis.experiments.lines import OPTIMUM, OT_GAH
from analysis.experiments.statistics import by_seed, chosen, difference, mean
from analysis.simulation.errors import MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.experiments.claim import Reading
    from analysis.experiments.experiment import Point
    from analysis.experiments.statistics import Estimate

BEYOND = "Beyond the paper"
KIND, SIZE = "error_of", "size"
UNITS = {"output": 0.3, "gain": 3.0, "latency": 0.1}
"""Sigma of each error at size 1."""

KINDS = {"output": "output length", "gain": "channel gain", "latency": "computing time"}
QUANTILE = 0.9

GREEDY = Line(label="greedy by output", scheme="greedy-by-output")
CONTINUOUS = Line(label="continuous batching", scheme="continuous-batching")


def _safe(line: Line) -> Line:
    return Line(
        label=f"{line.label}, quantile {QUANTILE:g}",
        scheme=line.scheme,
        settings={"quantile": QUANTILE},
    )


SAFE = {line.label: _safe(line) for line in (OT_GAH, OPTIMUM)}
PLAIN = (OT_GAH, OPTIMUM, GREEDY, CONTINUOUS)


def _settings(point: Point) -> Mapping[str, Any]:
    """Return the error of a point; without an error all kinds share their rows."""
    kind, size = point[KIND], point[SIZE]
    if not size:
        return {}
    return {"error": f"{kind}={MODELS[kind].name}:{UNITS[kind] * size:g}"}


def _has_line(point: Point, line: Line) -> bool:
    return bool(point[SIZE]) or "quantile" not in line.settings


def _by_kind(table: pd.DataFrame, answer: Callable[[pd.DataFrame], Answer]) -> Finding:
    answers: dict[Reading, Answer] = {}
    for kind in KINDS:
        rows = chosen(table, {KIND: kind})
        if len(rows):
            answers[(kind,)] = answer(rows)
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _all_fall(rows: pd.DataFrame) -> Answer:
    return every({line.label: falls(rows, {LABEL: line.label}, SIZE) for line in PLAIN})


def _sizes(rows: pd.DataFrame) -> list[float]:
    return sorted(rows[SIZE].unique())


def lead(rows: pd.DataFrame, size: float, one: str, other: str) -> Estimate | None:
    """Return the lead of one line over another at a size of the error, in completed requests."""
    at = {SIZE: size}
    return difference(rows, {LABEL: one, **at}, {LABEL: other, **at}, "completed")


def _lead_shrinks(rows: pd.DataFrame) -> Answer:
    sizes = _sizes(rows)
    if len(sizes) < 2:
        return Answer(holds=None, evidence="fewer than two sizes")
    leads = {
        size: by_seed(rows, {LABEL: OPTIMUM.label, SIZE: size}, "completed")
        - by_seed(rows, {LABEL: OT_GAH.label, SIZE: size}, "completed")
        for size in sizes
    }
    lost = mean((leads[sizes[0]] - leads[sizes[-1]]).to_numpy())
    gone = [size for size in sizes if not mean(leads[size].to_numpy()).is_above_zero]
    steps = ", ".join(f"{each.mean():+.1f} at {size:g}" for size, each in leads.items())
    until = f"; not above 0 at {', '.join(f'{size:g}' for size in gone)}" if gone else ""
    return judged(Trial(wholes=(lost,), evidence=f"lead {steps}{until}"))


def _quantile_wins(rows: pd.DataFrame) -> Answer:
    last = _sizes(rows)[-1]
    answers = {}
    for label, safe in SAFE.items():
        found = lead(rows, last, safe.label, label)
        if found is None:
            return Answer(holds=None, evidence="no rows")
        answers[label] = judged(
            Trial(wholes=(found,), evidence=f"{found.text('+.1f')} requests at {last:g}")
        )
    return every(answers)


def _safe_optimum_leads(rows: pd.DataFrame) -> Answer:
    last = _sizes(rows)[-1]
    found = lead(rows, last, SAFE[OPTIMUM.label].label, OT_GAH.label)
    if found is None:
        return Answer(holds=None, evidence="no rows")
    return judged(Trial(wholes=(found,), evidence=f"{found.text('+.1f')} requests at {last:g}"))


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    caption = (
        "Scarce spectrum, 50 requests/s, deadlines of 2 to 4 s, requests wait. Quantile: the "
        f"scheme plans with the {QUANTILE:g} quantile of the error. Size 1 is "
        + ", ".join(f"{kind}={MODELS[kind].name}:{unit:g}" for kind, unit in UNITS.items())
        + "."
    )
    labels = [line.label for line in ERRORS.lines]
    drawings = []
    for name, axis in (
        ("errors-completed", Axis(column=RATE, title="completed", is_share=True)),
        ("errors-late", Axis(column="late", title="late requests")),
    ):
        picture = curves(
            table,
            title=f"{axis.title.split()[0].capitalize()} requests against the size of an error",
            x=Axis(column=SIZE, title="size of the error"),
            y=axis,
            panels=(KIND, KINDS),
            labels=labels,
            caption=caption,
            source=source,
        )
        drawings.append(Drawing(name=name, picture=picture))
    return tuple(drawings)


def _tabulate(table: pd.DataFrame) -> pd.DataFrame:
    """Return the lead of the optimum over OT-GAH by error and size, in completed requests."""
    rows = []
    safe = SAFE[OPTIMUM.label].label
    for kind in KINDS:
        own = chosen(table, {KIND: kind})
        for size in _sizes(own) if len(own) else ():
            plain = lead(own, size, OPTIMUM.label, OT_GAH.label)
            planned = lead(own, size, safe, OT_GAH.label)
            rows.append(
                {
                    "error of": kind,
                    "size": size,
                    "optimum above OT-GAH": "-" if plain is None else plain.text("+.1f"),
                    f"optimum, quantile {QUANTILE:g}, above OT-GAH": (
                        "-" if planned is None else planned.text("+.1f")
                    ),
                }
            )
    return pd.DataFrame(rows)


ERRORS = Experiment(
    name="errors",
    title="Beyond the paper: errors of knowledge",
    place=BEYOND,
    question=(
        "P1 takes output lengths, channels and latencies as known. Here schemes decide on "
        "estimates and the truth is executed, the same for all schemes. How many requests does "
        "each error cost, at which size is the lead of the optimum over OT-GAH gone, and does "
        "planning with a quantile bring it back?"
    ),
    varies={KIND: tuple(KINDS), SIZE: (0.0, 0.5, 1.0, 2.0, 4.0)},
    fixed={
        "scenario": "scarce-spectrum",
        "rate_per_s": 50.0,
        "deadline_s": (2.0, 4.0),
        "carry_over": True,
    },
    lines=(*PLAIN, *SAFE.values()),
    quick=Effort(num_seeds=4, num_epochs=5, only={SIZE: (0.0, 2.0)}),
    full=Effort(num_seeds=10, num_epochs=10),
    claims=(
        Claim(
            sentence="Errors cost every scheme completed requests.",
            place=BEYOND,
            test=f"For each error and each scheme that plans with estimates, {FALLS}.",
            judge=lambda table: _by_kind(table, _all_fall),
        ),
        Claim(
            sentence="Errors take the lead of the optimum over OT-GAH.",
            place=BEYOND,
            test=(
                "For each error, paired by seed, the lead in completed requests without an error "
                f"less that at the largest size is above 0, by t tests at 5 %, {HOLM}."
            ),
            judge=lambda table: _by_kind(table, _lead_shrinks),
        ),
        Claim(
            sentence=f"Planning with the {QUANTILE:g} quantile completes more than planning with "
            "estimates.",
            place=BEYOND,
            test=(
                "For each error, at its largest size, paired by seed, OT-GAH and the optimum each "
                f"complete more, by t tests at 5 %, {HOLM}."
            ),
            judge=lambda table: _by_kind(table, _quantile_wins),
        ),
        Claim(
            sentence="Planning with the quantile brings the lead of the optimum back.",
            place=BEYOND,
            test=(
                "For each error, at its largest size, paired by seed, the optimum with the "
                f"quantile completes more than OT-GAH with estimates, by t tests at 5 %, {HOLM}."
            ),
            judge=lambda table: _by_kind(table, _safe_optimum_leads),
        ),
    ),
    draw=_draw,
    tabulate=_tabulate,
    settings=_settings,
    has_line=_has_line,
)
