"""Beyond the paper: schedules by measured latency beside schedules by peaks of data sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import RATE
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment, Line
from analysis.experiments.measured_epochs import MODEL, PEAKS, PROFILE, TRACE, measured_epochs
from analysis.experiments.statistics import by_seed, chosen, difference, mean
from analysis.experiments.tornado import Panel, tornado
from analysis.experiments.traced import AZURE, trace_at_hand

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.experiments.claim import Reading
    from analysis.experiments.experiment import Point

BEYOND = "Beyond the paper"

BOARDS: dict[str, dict[str, Any]] = {
    "AGX Orin": {
        "device": "agx-orin-llama-3-8b-int4",
        "llm": "llama-3-8b",
        "quantization": "w4a16-rtn",
    },
    "RTX 4090": {
        "device": "rtx-4090-llama-3.1-8b",
        "llm": "llama-3.1-8b",
        "quantization": "w16a16",
    },
}
BURSTS = "bursts of a trace"
RECIPES = {"modern": "modern", BURSTS: "trace", "Section V": "section-v"}
CASES = {
    f"{recipe}, {board}": {"scenario": scenario, **values}
    for recipe, scenario in RECIPES.items()
    for board, values in BOARDS.items()
}
"""Workload and spectrum of a recipe, with a latency profile and its LLM at each edge node."""

NUM_EXPECTED = 80
"""Mean number of requests of a drawn epoch, whatever its length."""

BURST_S = 848.0
"""Time at which the largest burst of the real trace begins, as in the experiment `modern` [s]."""

NEAR = 0.02
"""Largest relative gap at which a heuristic counts as near the optimum."""

BY_PEAKS = Line(label="OT-GAH by peaks", scheme="ot-gah-fast", settings={MODEL: PEAKS})
BY_PROFILE = Line(label="OT-GAH by the profile", scheme="ot-gah-fast", settings={MODEL: PROFILE})
OPTIMUM = Line(label="optimum by the profile", scheme="decomposition", settings={MODEL: PROFILE})
BASELINES = tuple(
    Line(label=f"{name.replace('-', ' ')} by the profile", scheme=name, settings={MODEL: PROFILE})
    for name in ("greedy-by-output", "greedy-by-deadline", "first-come-first-served")
)


def _settings(point: Point) -> Mapping[str, Any]:
    case, epoch_s = CASES[point["case"]], point["epoch_s"]
    return {
        **case,
        "epoch_s": epoch_s,
        "deadline_s": (epoch_s, 1.5 * epoch_s),
        **(
            _trace(epoch_s)
            if case["scenario"] == "trace"
            else {"rate_per_s": NUM_EXPECTED / epoch_s}
        ),
    }


def _trace(epoch_s: float) -> Mapping[str, Any]:
    """Return the trace at hand, from its largest burst on."""
    name = trace_at_hand()
    return {TRACE: name, "first_epoch": int(BURST_S // epoch_s) if name == AZURE else 0}


def _each_point(table: pd.DataFrame) -> list[tuple[Reading, dict[str, Any]]]:
    points = table[["case", "epoch_s"]].drop_duplicates().itertuples(index=False)
    return [
        ((case, f"epochs of {epoch_s:g} s"), {"case": case, "epoch_s": epoch_s})
        for case, epoch_s in points
    ]


def _peaks_are_late(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for reading, point in _each_point(table):
        rows = chosen(table, {**point, LABEL: BY_PEAKS.label})
        made, late = int(rows["num_schedules"].sum()), int(rows["num_late"].sum())
        answers[reading] = Answer(
            holds=2 * late > made if made else None,
            evidence=(
                f"{late} of {made} schedules are late; {int(rows['completed'].sum())} of "
                f"{int(rows['scheduled'].sum())} scheduled requests are in time"
            ),
        )
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _profile_holds(table: pd.DataFrame) -> Finding:
    rows = table[table[LABEL] != BY_PEAKS.label]
    made, late = int(rows["num_schedules"].sum()), int(rows["num_late"].sum())
    return settle(
        {
            (): Answer(
                holds=late == 0 if made else None, evidence=f"{late} of {made} schedules are late"
            )
        }
    )


def _above(table: pd.DataFrame, others: tuple[Line, ...]) -> Finding:
    answers: dict[Reading, Answer] = {}
    for other in others:
        for reading, point in _each_point(table):
            one, rival = ({**point, LABEL: each.label} for each in (BY_PROFILE, other))
            found = difference(table, one, rival)
            if found is None:
                continue
            is_equal = found.low == found.high == 0
            holds = True if found.is_above_zero else False if found.is_below_zero else None
            answers[other.label, *reading] = Answer(
                holds=False if is_equal else holds, evidence=f"{found.text('+.2f', 100)} points"
            )
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _is_near(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for reading, point in _each_point(table):
        quick, best = (
            by_seed(table, {**point, LABEL: line.label}, "completed")
            for line in (BY_PROFILE, OPTIMUM)
        )
        gaps = ((best - quick) / best)[best > 0].dropna()
        found = mean(gaps.to_numpy()) if len(gaps) else None
        if found is not None and found.low is not None and found.high is not None:
            answers[reading] = Answer(
                holds=True if found.high <= NEAR else False if found.low > NEAR else None,
                evidence=f"{found.text('.2f', 100)} % of the optimum are missing",
            )
    return settle(answers or {(): Answer(holds=None, evidence="fewer than two seeds")})


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    drawings = []
    lines = [each.label for each in MEASURED.lines]
    for number, (reading, point) in enumerate(_each_point(table)):
        rates = {
            label: mean(by_seed(table, {**point, LABEL: label}, RATE).to_numpy()).scaled(100)
            for label in lines
        }
        panel = Panel(
            title="completes in time [%]",
            estimates=[rates[label] for label in lines],
            base=rates[BY_PROFILE.label].value,
        )
        picture = tornado(
            lines,
            [panel],
            title=f"Schedules by peaks and by the profile: {', '.join(reading)}",
            caption=(
                "All schedules are timed by the profile. Line: OT-GAH by the profile. Source: "
                f"{source}."
            ),
        )
        drawings.append(Drawing(name=f"measured-{number + 1}", picture=picture))
    return tuple(drawings)


MEASURED = Experiment(
    name="measured",
    title="Beyond the paper: schedules by measured latency",
    place=BEYOND,
    question=(
        "Data sheets state peaks, and boards are slower. How many schedules that are feasible by "
        "peaks would be late on the board, and which scheme serves most by measured latency? "
        "Every schedule is timed by the profile, which stands for the board. "
        "Accuracies are left out. The bursts are those of one trace: seeds vary channels and "
        "deadlines alone. Profiles are taken outside their measured range, since one was "
        "measured with single requests and the other with batches of 16 to 35."
    ),
    varies={"case": tuple(CASES), "epoch_s": (2.0, 20.0, 60.0)},
    fixed={"accuracy": (0.0, 0.0), "extrapolate": True},
    lines=(BY_PEAKS, BY_PROFILE, OPTIMUM, *BASELINES),
    quick=Effort(num_seeds=2, num_epochs=3),
    full=Effort(num_seeds=5, num_epochs=5),
    claims=(
        Claim(
            sentence="Schedules that are feasible by peaks are late on the board.",
            place=BEYOND,
            test="More than half of the schedules have a request that the profile finds late.",
            judge=_peaks_are_late,
        ),
        Claim(
            sentence="Schedules by the profile with its margin hold by the profile.",
            place=BEYOND,
            test="No request of any schedule by the profile is late.",
            judge=_profile_holds,
        ),
        Claim(
            sentence="OT-GAH by the profile completes more than OT-GAH by peaks.",
            place=BEYOND,
            test=(
                "Paired by seed, the mean difference of the completion rates has its 95 % interval "
                "above 0."
            ),
            judge=lambda table: _above(table, (BY_PEAKS,)),
        ),
        Claim(
            sentence="By measured latency OT-GAH is above plain greedy rules.",
            place=BEYOND,
            test=(
                "Against each of them, paired by seed, the mean difference of the completion rates "
                "has its 95 % interval above 0."
            ),
            judge=lambda table: _above(table, BASELINES),
        ),
        Claim(
            sentence="By measured latency OT-GAH is near the optimum.",
            place=BEYOND,
            test=(
                f"In each case it completes at most {100 * NEAR:g} % fewer requests than the "
                "optimum of each epoch does, with the whole 95 % interval."
            ),
            judge=_is_near,
        ),
    ),
    draw=_draw,
    settings=_settings,
    measure=measured_epochs,
)
