"""Beyond the paper: the same study on today's LLMs and boards, with requests in real bursts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import RATE
from analysis.experiments.experiment import LABEL, SEED, TIME, Drawing, Effort, Experiment, Line
from analysis.experiments.lines import (
    NONE,
    NONE_IN_TIME,
    OPTIMUM,
    OT_GAH,
    STATIC,
    STATIC_IN_TIME,
)
from analysis.experiments.statistics import by_seed, chosen, difference, mean
from analysis.experiments.tornado import Panel, tornado
from analysis.experiments.traced import ANYTIME_S, AZURE, BUSY, trace_at_hand, traced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
BASELINES = tuple(
    Line(label=name.replace("-", " "), scheme=name)
    for name in ("greedy-by-output", "greedy-by-deadline", "first-come-first-served")
)
LINES = (OT_GAH, PLUS, OPTIMUM, ANYTIME, STATIC, STATIC_IN_TIME, NONE, NONE_IN_TIME, *BASELINES)

CARRY = "carry_over"
CARRIES = {False: "each epoch for itself", True: "waiting on"}
NUM_EPOCHS = 1718
"""The epochs of 2 s of the real trace, 3,436 s."""

NEAR = 0.02
"""The part of the optimum that a heuristic may lack to count as near it."""

BEYOND = "Beyond the paper"
_TESTED = (
    "paired by seed, the mean difference of the completion rates has its 95 % interval above 0"
)


def _settings(point: Point) -> Mapping[str, Any]:
    return {"trace": trace_at_hand(), CARRY: point[CARRY]}


def _seeds_at(point: Point) -> int | None:
    return 1 if point[CARRY] else None


def _above(table: pd.DataFrame, ones: Sequence[Line], others: Sequence[Line]) -> Finding:
    """Return the finding of a claim that each of some has more completed than each other."""
    answers: dict[Reading, Answer] = {}
    for one in ones:
        for other in others:
            found = difference(table, _given(one), _given(other))
            if found is not None:
                name = other.label if len(ones) == 1 else f"{one.label} above {other.label}"
                answers[(name,)] = Answer(
                    holds=True if found.is_above_zero else False if found.value <= 0 else None,
                    evidence=f"{found.text('+.2f', 100)} points",
                )
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _given(line: Line, *, is_carried: bool = False) -> dict[str, Any]:
    return {LABEL: line.label, CARRY: is_carried}


def _gap(table: pd.DataFrame, *, is_carried: bool = False) -> Estimate | None:
    quick, best = (
        by_seed(table, _given(line, is_carried=is_carried), "completed")
        for line in (OT_GAH, OPTIMUM)
    )
    gaps = ((best - quick) / best)[best > 0].dropna()
    return mean(gaps.to_numpy()) if len(gaps) else None


def _is_near(table: pd.DataFrame) -> Finding:
    found = _gap(table)
    if found is None or found.low is None or found.high is None:
        return settle({(): Answer(holds=None, evidence="fewer than two seeds")})
    holds = True if found.high <= NEAR else False if found.low > NEAR else None
    return settle(
        {(): Answer(holds=holds, evidence=f"{found.text('.2f', 100)} % of the optimum are missing")}
    )


def _fits(table: pd.DataFrame) -> Finding:
    rows = table[table[LABEL] == ANYTIME.label]
    if rows.empty:
        return settle({(): Answer(holds=None, evidence="no rows")})
    unproved, epochs = int(rows["num_unproved"].sum()), int(rows["num_epochs"].sum())
    longest, most = (rows[f"{TIME}{name}"].max() for name in ("solve_max_s", "solve_99_s"))
    evidence = (
        f"{epochs - unproved} of {epochs} epochs proved; the longest took {longest:.3g} s, and "
        f"99 % of a run's epochs at most {most:.3g} s, on the machine that made this"
    )
    return settle({(): Answer(holds=unproved == 0, evidence=evidence)})


def _gain(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for value, name in CARRIES.items():
        one, other = (_given(line, is_carried=value) for line in (ANYTIME, OT_GAH))
        more = difference(table, one, other, "completed")
        busy = difference(table, one, other, "busy_completed")
        if more is None or busy is None:
            continue
        rows = chosen(table, other)
        served = rows["completed"].mean()
        share = f", {100 * more.value / served:+.1f} %" if served else ""
        answers[(name,)] = Answer(
            holds=more.is_above_zero if more.low is not None else more.value > 0,
            evidence=(
                f"{more.text('+.0f')} requests of {rows['arrived'].mean():.0f} in "
                f"{rows['num_epochs'].max()} epochs{share}; {busy.value:+.0f} of them in the "
                f"busiest {100 * BUSY:g} % of the epochs"
            ),
        )
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(
        Drawing(
            name=f"modern-{'carried' if value else 'each'}",
            picture=_bars(table[table[CARRY] == value], name, source, is_carried=value),
        )
        for value, name in CARRIES.items()
        if (table[CARRY] == value).any()
    )


def _bars(table: pd.DataFrame, name: str, source: str, *, is_carried: bool) -> Any:
    means = table.groupby(LABEL)[RATE].mean().astype(float)
    order = list(means.sort_values(ascending=False, kind="stable").index)
    panels = []
    for column, title in (
        (RATE, "completes [%]"),
        ("busy_rate", f"in the busiest {100 * BUSY:g} % [%]"),
    ):
        rates = {
            label: mean(by_seed(table, {LABEL: label}, column).to_numpy()).scaled(100)
            for label in order
        }
        panels.append(
            Panel(
                title=title,
                estimates=[rates[label] for label in order],
                base=rates[OT_GAH.label].value,
            )
        )
    found = _gap(table, is_carried=is_carried)
    missing = "" if found is None else f", {100 * found.value:.1f} % below the optimum"
    return tornado(
        order,
        panels,
        title=f"Llama-3-8B and Qwen2.5-7B on Orin boards, {name}",
        caption=(
            f"Lines: OT-GAH, {100 * means[OT_GAH.label]:.1f} %{missing}. Most completes "
            f"{order[0]}, least {order[-1]}. {_said()} Source: {source}, "
            f"{table[SEED].nunique()} seeds here."
        ),
    )


def _said() -> str:
    if trace_at_hand() == AZURE:
        return f"Arrivals and lengths: {AZURE}; deadlines, accuracies and channels drawn."
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
        "epoch?"
    ),
    varies={CARRY: tuple(CARRIES)},
    fixed={"scenario": "trace"},
    lines=LINES,
    quick=Effort(num_seeds=3, num_epochs=60, only={CARRY: (False,)}),
    full=Effort(num_seeds=3, num_epochs=NUM_EPOCHS, seeds_at=_seeds_at),
    claims=(
        Claim(
            sentence="On modern ground OT-GAH is still above static batching and no batching.",
            place=BEYOND,
            test=f"Against each reading of the rivals, {_TESTED}.",
            judge=lambda table: _above(
                table, (OT_GAH,), (STATIC, STATIC_IN_TIME, NONE, NONE_IN_TIME)
            ),
        ),
        Claim(
            sentence="On modern ground static batching is still above no batching.",
            place=BEYOND,
            test=f"For each reading of both, {_TESTED}.",
            judge=lambda table: _above(table, (STATIC, STATIC_IN_TIME), (NONE, NONE_IN_TIME)),
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
            test=f"Given {ANYTIME_S:g} s of the 2 s, the decomposition proves every epoch.",
            judge=_fits,
        ),
        Claim(
            sentence="The optimum as the scheduler completes more requests than OT-GAH.",
            place=BEYOND,
            test=(
                f"With {ANYTIME_S:g} s an epoch the difference of completed requests, paired by "
                "seed, has its 95 % interval above 0; of one seed, it is above 0."
            ),
            judge=_gain,
        ),
    ),
    draw=_draw,
    settings=_settings,
    measure=traced,
)
