"""Hindsight: the price of myopia, and of not knowing the future, against deadline and load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.experiments.claim import Answer, Claim, Finding, Trial, settle
from analysis.experiments.comparing import ABOVE, HOLM, RATE, RISES, above, every, judged, rises
from analysis.experiments.experiment import LABEL, SEED, Drawing, Effort, Experiment, Line
from analysis.experiments.figure import Axis, curves
from analysis.experiments.in_hindsight import HINDSIGHT, in_hindsight
from analysis.experiments.lines import OPTIMUM, OT_GAH
from analysis.experiments.statistics import by_seed, chosen, mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.experiments.experiment import Point

BEYOND = "Beyond the paper"
ALONG, LOAD = "longest_deadline_s", "rate_per_s"
EPOCH_S = 2.0
LOADS = {10: "10 requests/s", 30: "30 requests/s", 60: "60 requests/s"}

KNOWING = Line(label="hindsight", scheme=HINDSIGHT)
MYOPIA, HEURISTIC = "price of myopia [%]", "price of the heuristic [%]"


def _settings(point: Point) -> Mapping[str, Any]:
    return {LOAD: point[LOAD], "deadline_s": (EPOCH_S, point[ALONG])}


def prices(table: pd.DataFrame) -> pd.DataFrame:
    """Return the prices of each point and seed, in percent of the requests served in hindsight.

    The price of myopia is the difference between hindsight and the optimum of each epoch, that of
    the heuristic the difference between this optimum and OT-GAH.
    """
    columns = [LOAD, ALONG, SEED]
    served = {
        line.label: chosen(table, {LABEL: line.label}).set_index(columns)["completed"].astype(float)
        for line in (OT_GAH, OPTIMUM, KNOWING)
    }
    reached = served[KNOWING.label]
    lost = {
        MYOPIA: reached - served[OPTIMUM.label],
        HEURISTIC: served[OPTIMUM.label] - served[OT_GAH.label],
    }
    percent = pd.DataFrame({name: 100 * each / reached for name, each in lost.items()})
    return percent.dropna().reset_index().rename_axis(columns=None)


def _by_load(table: pd.DataFrame, answer: Callable[[pd.DataFrame], Answer]) -> Finding:
    """Return the finding of a claim that must hold for each load."""
    rows = {name: chosen(table, {LOAD: load}) for load, name in LOADS.items()}
    return settle({(): every({name: answer(own) for name, own in rows.items() if len(own)})})


def _is_bounded(table: pd.DataFrame) -> Finding:
    columns = [LOAD, ALONG, SEED]
    bound = chosen(table, {LABEL: KNOWING.label}).set_index(columns)["bound"]
    others = table[table[LABEL] != KNOWING.label]
    room = others.set_index(columns)["completed"].rsub(bound)
    broken = int((room < 0).sum())
    holds = broken == 0 if len(room) else None
    evidence = f"{broken} of {len(room)} runs complete more, {int((room == 0).sum())} as many"
    return settle({(): Answer(holds=holds, evidence=evidence)})


def _knowing_is_above(rows: pd.DataFrame) -> Answer:
    return above(rows, {LABEL: KNOWING.label}, {LABEL: OPTIMUM.label}, ALONG)


def _myopia_costs_more(rows: pd.DataFrame) -> Answer:
    found = prices(rows)
    by = {name: by_seed(found, {}, name) for name in (MYOPIA, HEURISTIC)}
    if not len(found):
        return Answer(holds=None, evidence="no rows")
    difference = mean((by[MYOPIA] - by[HEURISTIC]).to_numpy())
    evidence = f"myopia {by[MYOPIA].mean():.1f} %, the heuristic {by[HEURISTIC].mean():.1f} %"
    return judged(Trial(wholes=(difference,), evidence=evidence))


def _myopia_rises(rows: pd.DataFrame) -> Answer:
    return rises(prices(rows), {}, ALONG, MYOPIA)


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    picture = curves(
        table,
        title="Completed requests, epoch by epoch and in hindsight",
        x=Axis(column=ALONG, title="longest deadline [s]"),
        y=Axis(column=RATE, title="completed", is_share=True),
        panels=(LOAD, LOADS),
        labels=[line.label for line in (OT_GAH, OPTIMUM, KNOWING)],
        caption=(
            f"BLOOM-3B, epochs of {EPOCH_S:g} s, deadlines from {EPOCH_S:g} s on; requests wait "
            "until their deadline has passed. Optimum: of each epoch alone. Hindsight: one "
            "schedule of all epochs."
        ),
        source=source,
    )
    return (Drawing(name="hindsight", picture=picture),)


def _tabulate(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean prices of each point, and the mean gap between hindsight and its bound."""
    known = chosen(table, {LABEL: KNOWING.label})
    gap = (known["bound"] - known["completed"]).astype(float).groupby([known[LOAD], known[ALONG]])
    means = prices(table).groupby([LOAD, ALONG])[[HEURISTIC, MYOPIA]].mean().round(1)
    means["proven gap [requests]"] = gap.mean().round(2)
    names = {LOAD: "requests/s", ALONG: "longest deadline [s]"}
    return means.reset_index().rename(columns=names)


HINDSIGHTS = Experiment(
    name="hindsight",
    title="Beyond the paper: what knowing the future is worth",
    place=BEYOND,
    question=(
        "P1 is solved for one epoch at a time, though requests may wait for a later one. How many "
        "requests would a scheduler complete that knows all arrivals from the start? The "
        "price of myopia is what the optimum of each epoch leaves of hindsight; the price of the "
        "heuristic is what OT-GAH leaves of the optimum of each epoch. Both are in percent of the "
        "requests completed in hindsight."
    ),
    varies={LOAD: tuple(LOADS), ALONG: (2.5, 3.0, 4.0, 6.0, 8.0)},
    fixed={"carry_over": True},
    lines=(OT_GAH, OPTIMUM, KNOWING),
    quick=Effort(num_seeds=3, num_epochs=6, only={LOAD: (10, 30), ALONG: (2.5, 4.0, 8.0)}),
    full=Effort(num_seeds=10, num_epochs=10),
    claims=(
        Claim(
            sentence="No scheme completes more than the proven bound of hindsight.",
            place=BEYOND,
            test="In no run of any line, point and seed more requests are completed.",
            judge=_is_bounded,
        ),
        Claim(
            sentence="A schedule that knows the future completes more than the optimum of each "
            "epoch.",
            place=BEYOND,
            test=f"For each load, {ABOVE}.",
            judge=lambda table: _by_load(table, _knowing_is_above),
        ),
        Claim(
            sentence="Myopia costs more than the heuristic does.",
            place=BEYOND,
            test=(
                "For each load, paired by seed, the price of myopia less that of the heuristic is "
                f"above 0 in the mean over all points, by t tests at 5 %, {HOLM}."
            ),
            judge=lambda table: _by_load(table, _myopia_costs_more),
        ),
        Claim(
            sentence="The longer requests may wait, the more myopia costs.",
            place=BEYOND,
            test=f"For each load, {RISES}, of the price of myopia.",
            judge=lambda table: _by_load(table, _myopia_rises),
        ),
    ),
    draw=_draw,
    tabulate=_tabulate,
    settings=_settings,
    measure=in_hindsight,
)
