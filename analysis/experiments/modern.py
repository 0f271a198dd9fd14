"""Beyond the paper: the same study on today's LLMs and boards, with a real bursty trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import HOLM, RATE
from analysis.experiments.experiment import LABEL, SEED, TIME, Drawing, Effort, Experiment, Line
from analysis.experiments.lines import (
    NONE,
    NONE_BY_EPOCH,
    OPTIMUM,
    OT_GAH,
    STATIC,
    STATIC_IN_TIME,
)
from analysis.experiments.statistics import by_seed, difference, mean, significant_signs
from analysis.experiments.tornado import Panel, tornado
from analysis.experiments.traced import ANYTIME_S, AZURE, BUSY, trace_at_hand, traced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from analysis.experiments.claim import Reading
    from analysis.experiments.experiment import Point
    from analysis.experiments.statistics import Estimate

ANYTIME = Line(
    label=f"optimum within {ANYTIME_S:g} s",
    scheme="decomposition",
    settings={"time_limit": ANYTIME_S},
)
PLUS = Line(label="OT-GAH+", scheme="ot-gah-plus")
CAPPED = Line(label="OT-GAH, s' a cap", scheme=OT_GAH.scheme, settings={"is_capped": True})
WAITING_ON = Line(label="OT-GAH, waiting on", scheme=OT_GAH.scheme, settings={"carry_over": True})
BEST_WAITING_ON = Line(
    label="optimum, waiting on", scheme="decomposition", settings={"carry_over": True}
)
BASELINES = tuple(
    Line(label=name.replace("-", " "), scheme=name)
    for name in ("greedy-by-output", "greedy-by-deadline", "first-come-first-served")
)
STATICS, NONES = (STATIC, STATIC_IN_TIME), (NONE, NONE_BY_EPOCH)
BATCHED = (OT_GAH, PLUS, OPTIMUM, ANYTIME, CAPPED, WAITING_ON, BEST_WAITING_ON)

LATENCY = "latency"
LATENCIES = {"compute": "reading ignored", "roofline": "reading counted"}
"""Names of the latency models: computing alone, or the longer of computing and reading."""

FIRST_EPOCH, NUM_EPOCHS = 409, 43
"""Part of the real trace: 86 of its 1,718 epochs of 2 s, with its largest burst, 931 of its
8,819 requests."""

NEAR = 0.02
"""Largest relative gap at which a heuristic counts as near the optimum."""

ALONE = 0.9
"""Least share of a processor at which a process counts as undisturbed."""

BEYOND = "Beyond the paper"
_TESTED = (
    "the mean difference of the completion rates is above 0, by t tests at 5 %, paired by seed and "
    f"{HOLM}"
)


def _settings(point: Point) -> Mapping[str, Any]:
    name = trace_at_hand()
    part = {"first_epoch": FIRST_EPOCH} if name == AZURE else {}
    return {"trace": name, LATENCY: point[LATENCY], **part}


def _given(line: Line, latency: str) -> dict[str, Any]:
    return {LABEL: line.label, LATENCY: latency}


def _above(table: pd.DataFrame, ones: Sequence[Line], others: Sequence[Line]) -> Finding:
    """Return the finding of a claim that each of some lines completes more than each other line."""
    differences: dict[Reading, Estimate] = {}
    for one, other, (latency, name) in _products(ones, others):
        found = difference(table, _given(one, latency), _given(other, latency))
        if found is not None:
            compared = other.label if len(ones) == 1 else f"{one.label} above {other.label}"
            differences[compared, name] = found
    answers = {
        reading: Answer(holds=holds, evidence=f"{differences[reading].text('+.2f', 100)} points")
        for reading, holds in _are_more(differences).items()
    }
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _products(
    ones: Sequence[Line], others: Sequence[Line]
) -> Iterator[tuple[Line, Line, tuple[str, str]]]:
    for one in ones:
        for other in others:
            for latency in LATENCIES.items():
                yield one, other, latency


def _are_more(differences: Mapping[Reading, Estimate]) -> dict[Reading, bool | None]:
    """Return True for differences above 0, False for those below or 0 throughout, else None.

    The tests of all differences are adjusted by Holm.
    """
    signs = significant_signs(list(differences.values()))
    return {
        reading: True if sign > 0 else False if sign < 0 or found.is_zero else None
        for (reading, found), sign in zip(differences.items(), signs, strict=True)
    }


def _gap(table: pd.DataFrame, latency: str) -> Estimate | None:
    """Return the relative gap of OT-GAH to the optimum of each single epoch."""
    quick, best = (by_seed(table, _given(line, latency), "completed") for line in (OT_GAH, OPTIMUM))
    gaps = ((best - quick) / best)[best > 0].dropna()
    return mean(gaps.to_numpy()) if len(gaps) else None


def _is_near(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for latency, name in LATENCIES.items():
        found = _gap(table, latency)
        if found is not None and found.low is not None and found.high is not None:
            holds = True if found.high <= NEAR else False if found.low > NEAR else None
            answers[(name,)] = Answer(
                holds=holds, evidence=f"{found.text('.2f', 100)} % of the optimum are missing"
            )
    return settle(answers or {(): Answer(holds=None, evidence="fewer than two seeds")})


def _fits(table: pd.DataFrame) -> Finding:
    rows = table[table[LABEL] == ANYTIME.label]
    if rows.empty:
        return settle({(): Answer(holds=None, evidence="no rows")})
    unproved, epochs = int(rows["num_unproved"].sum()), int(rows["num_epochs"].sum())
    longest, most = (rows[f"{TIME}{name}"].max() for name in ("solve_max_s", "solve_99_s"))
    share = rows[f"{TIME}cpu_s"].sum() / rows[f"{TIME}wall_s"].sum()
    evidence = (
        f"{epochs - unproved} of {epochs} epochs proved; the longest took {longest:.3g} s, and "
        f"99 % of a run's epochs at most {most:.3g} s, by a process that had {100 * share:.0f} % "
        "of a processor"
    )
    holds = True if unproved == 0 else False if share >= ALONE else None
    return settle({(): Answer(holds=holds, evidence=evidence)})


def _gain(table: pd.DataFrame) -> Finding:
    gains: dict[Reading, Estimate] = {}
    evidence: dict[Reading, str] = {}
    for latency, name in LATENCIES.items():
        one, other = _given(ANYTIME, latency), _given(OT_GAH, latency)
        more = difference(table, one, other, "completed")
        busy = difference(table, one, other, "busy_completed")
        if more is None or busy is None:
            continue
        rows = table[(table[LABEL] == OT_GAH.label) & (table[LATENCY] == latency)]
        served = rows["completed"].mean()
        share = f", {100 * more.value / served:+.1f} %" if served else ""
        gains[(name,)] = more
        evidence[(name,)] = (
            f"{more.text('+.0f')} requests of {rows['arrived'].mean():.0f} in "
            f"{rows['num_epochs'].max()} epochs{share}; {busy.value:+.0f} of them in the "
            f"busiest {100 * BUSY:g} % of the epochs"
        )
    answers = {
        reading: Answer(holds=holds, evidence=evidence[reading])
        for reading, holds in _are_more(gains).items()
    }
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(
        Drawing(
            name=f"modern-{latency}",
            picture=_bars(table[table[LATENCY] == latency], latency, name, source),
        )
        for latency, name in LATENCIES.items()
        if (table[LATENCY] == latency).any()
    )


def _bars(table: pd.DataFrame, latency: str, name: str, source: str) -> Any:
    means = table.groupby(LABEL)[RATE].mean().astype(float)
    order = list(means.sort_values(ascending=False, kind="stable").index)
    panels = []
    for column, title in (
        (RATE, "completes [%]"),
        (f"busy_{RATE}", f"in the busiest {100 * BUSY:g} % [%]"),
    ):
        rates = {
            label: mean(by_seed(table, {LABEL: label}, column).to_numpy()).scaled(100)
            for label in order
        }
        estimates = [rates[label] for label in order]
        panels.append(Panel(title=title, estimates=estimates, base=rates[OT_GAH.label].value))
    found = _gap(table, latency)
    missing = "" if found is None else f", {100 * found.value:.1f} % below the optimum"
    return tornado(
        order,
        panels,
        title=f"Llama-3-8B and Qwen2.5-7B on Orin boards, {name}",
        caption=(
            f"Lines: OT-GAH, {100 * means[OT_GAH.label]:.1f} %{missing}. Most completes "
            f"{order[0]}, least {order[-1]}. Right: epochs with the most arrivals. {_said()} "
            f"Source: {source}, {table[SEED].nunique()} seeds here."
        ),
    )


def _said() -> str:
    if trace_at_hand() == AZURE:
        return (
            f"Arrivals and lengths: {AZURE}, epochs {FIRST_EPOCH} to "
            f"{FIRST_EPOCH + NUM_EPOCHS - 1}; seeds draw deadlines, accuracies and channels only."
        )
    return (
        "Arrivals and lengths: the synthetic excerpt that ships with otgah, as OTGAH_DATA names "
        "no folder with the real trace."
    )


MODERN = Experiment(
    name="modern",
    title="Beyond the paper: modern LLMs, boards and bursts",
    place=BEYOND,
    question=(
        "Llama-3-8B on a server of twelve AGX Orin, Qwen2.5-7B on a UAV with two and a vehicle "
        "with four, requests to a code assistant in bursts. Does the ranking of the schemes "
        "hold, how far is OT-GAH from the optimum, and does the optimum itself fit into the "
        "epoch? Arrivals and lengths are those of one part of one trace for every seed: seeds vary "
        "the drawn values only, deadlines, accuracies and channels, so no interval covers other "
        "traces or other parts of this trace."
    ),
    varies={LATENCY: tuple(LATENCIES)},
    fixed={"scenario": "trace"},
    lines=(*BATCHED, *STATICS, *NONES, *BASELINES),
    quick=Effort(num_seeds=3, num_epochs=60),
    full=Effort(num_seeds=20, num_epochs=NUM_EPOCHS),
    claims=(
        Claim(
            sentence="On modern ground OT-GAH is still above static batching.",
            place=BEYOND,
            test=f"Against each reading of it, {_TESTED}.",
            judge=lambda table: _above(table, (OT_GAH,), STATICS),
        ),
        Claim(
            sentence="On modern ground OT-GAH is still above no batching.",
            place=BEYOND,
            test=f"Against each reading of it, {_TESTED}.",
            judge=lambda table: _above(table, (OT_GAH,), NONES),
        ),
        Claim(
            sentence="OT-GAH is above no batching where s' is a cap of each batch.",
            place=BEYOND,
            test=f"Against each reading of it, {_TESTED}.",
            judge=lambda table: _above(table, (CAPPED,), NONES),
        ),
        Claim(
            sentence="On modern ground static batching is still above no batching.",
            place=BEYOND,
            test=f"For each reading of both, {_TESTED}.",
            judge=lambda table: _above(table, STATICS, NONES),
        ),
        Claim(
            sentence="OT-GAH is above plain greedy rules.",
            place=BEYOND,
            test=f"Against each of them, {_TESTED}.",
            judge=lambda table: _above(table, (OT_GAH,), BASELINES),
        ),
        Claim(
            sentence="OT-GAH is near the optimum where requests come in bursts.",
            place=BEYOND,
            test=(
                f"Over a run it completes at most {100 * NEAR:g} % fewer requests than the "
                "optimum of each epoch does, with the whole 95 % interval."
            ),
            judge=_is_near,
        ),
        Claim(
            sentence="P1 is NP-hard, yet its optimum fits into the epoch.",
            place=f"{BEYOND}; Proposition 1 is why the paper proposes a heuristic",
            test=(
                f"Given {ANYTIME_S:g} s of the 2 s, the decomposition proves every epoch; it "
                f"fails only if the process had {100 * ALONE:g} % of a processor."
            ),
            judge=_fits,
        ),
        Claim(
            sentence="The optimum as the scheduler completes more requests than OT-GAH.",
            place=BEYOND,
            test=(
                f"With {ANYTIME_S:g} s an epoch the difference of completed requests is above 0, "
                f"by t tests at 5 %, paired by seed and {HOLM}."
            ),
            judge=_gain,
        ),
    ),
    draw=_draw,
    settings=_settings,
    measure=traced,
)
