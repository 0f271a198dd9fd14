"""Sensitivity: results of the study under alternative readings of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import HOLM
from analysis.experiments.experiment import LABEL, Drawing, Effort, Experiment, Point
from analysis.experiments.lines import LLMS, OPTIMUM, OT_GAH
from analysis.experiments.readings import AS_READ, PAIRS, READINGS, TOGETHER, parts, settings_of
from analysis.experiments.solved_epochs import solved_epochs
from analysis.experiments.statistics import (
    by_seed,
    chosen,
    difference,
    mean,
    significant_signs,
)
from analysis.experiments.tornado import Panel, tornado

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from analysis.experiments.claim import Reading
    from analysis.experiments.statistics import Estimate

READING, RATE = "reading", "completion_rate"
SINGLE = tuple(each.name for each in READINGS)
LATENCY = tuple(each.name for each in READINGS if each.about == "latency")
PAIRED_LLM = "bloom-3b"
NUM_SEEDS_OF_PAIRS = 5
NUM_PAIRS_SHOWN = 16

_TELLING = tuple(
    TOGETHER.join(pair)
    for pair in (
        ("s' a cap of each batch", "weights read in overlap"),
        ("beta of W8A16 0.5", "s' a cap of each batch"),
        ("beta of W8A16 0.5", "weights read in overlap"),
        ("waiting ignored", "an epoch every T_C"),
        ("s' a cap of each batch", "waiting ignored"),
    )
)
"""Pairs of readings in the quick study."""


def _settings(point: Point) -> Mapping[str, Any]:
    return {"llm": point["llm"], **settings_of(point[READING])}


def _keep(point: Point) -> bool:
    return len(parts(point[READING])) < 2 or point["llm"] == PAIRED_LLM


def _seeds_at(point: Point) -> int | None:
    return NUM_SEEDS_OF_PAIRS if len(parts(point[READING])) == 2 else None


def _given(llm: str, reading: str, label: str = OT_GAH.label) -> dict[str, Any]:
    return {"llm": llm, READING: reading, LABEL: label}


def gap(table: pd.DataFrame, llm: str, reading: str) -> Estimate | None:
    """Return the relative gap of OT-GAH to the optimum; None if the optimum is 0."""
    quick, best = (
        by_seed(table, _given(llm, reading, line.label), "completed") for line in (OT_GAH, OPTIMUM)
    )
    gaps = ((best - quick) / best)[best > 0].dropna()
    return mean(gaps.to_numpy()) if len(gaps) else None


def interaction(table: pd.DataFrame, llm: str, pair: str) -> Estimate | None:
    """Return the interaction: the effect of two readings together minus the sum of each."""
    one, other = parts(pair)
    rates = {name: by_seed(table, _given(llm, name), RATE) for name in (pair, one, other, AS_READ)}
    extra = (rates[pair] - rates[one] - rates[other] + rates[AS_READ]).dropna()
    return mean(extra.to_numpy()) if len(extra) else None


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    return tuple(_drawings(table, source))


def _drawings(table: pd.DataFrame, source: str) -> Iterable[Drawing]:
    for llm, name in LLMS.items():
        yield Drawing(name=f"sensitivity-{llm}", picture=_tornado(table, llm, name, source))
    there = set(table[READING])
    found = {
        pair: estimate
        for pair in PAIRS
        if pair in there and (estimate := interaction(table, PAIRED_LLM, pair)) is not None
    }
    signs = significant_signs(list(found.values()))
    told = {pair: each for (pair, each), sign in zip(found.items(), signs, strict=True) if sign}
    largest = sorted(told, key=lambda pair: -abs(told[pair].value))
    if largest:
        yield Drawing(
            name="sensitivity-pairs",
            picture=_pairs(table, largest, told, len(found), source),
        )


def _tornado(table: pd.DataFrame, llm: str, name: str, source: str) -> Any:
    base = mean(by_seed(table, _given(llm, AS_READ), RATE).to_numpy())
    changes = {
        each: found
        for each in SINGLE
        if (found := difference(table, _given(llm, each), _given(llm, AS_READ))) is not None
    }
    order = sorted(changes, key=lambda each: -abs(changes[each].value))
    rates = [_percent(mean(by_seed(table, _given(llm, each), RATE).to_numpy())) for each in order]
    gaps = [gap(table, llm, each) for each in order]
    base_gap = gap(table, llm, AS_READ)
    signs = significant_signs([changes[each] for each in order])
    moved = [each for each, sign in zip(order, signs, strict=True) if sign]
    told = "; ".join(f"{each} {changes[each].text('+.1f', 100)} points" for each in moved[:3])
    still = len(order) - len(moved)
    num_seeds = table[table["llm"] == llm]["seed"].nunique()
    return tornado(
        order,
        [
            Panel(title="OT-GAH completes [%]", estimates=rates, base=100 * base.value),
            Panel(
                title="gap to the optimum [%]",
                estimates=[None if each is None else _percent(each) for each in gaps],
                base=0.0 if base_gap is None else 100 * base_gap.value,
            ),
        ],
        title=f"{name}: one reading at a time",
        caption=(
            f"Lines: as read here, {base.text('.1f', 100)} %. The largest changes: "
            f"{told or 'none that differs from 0'}. {still} of {len(order)} readings change "
            f"nothing that t tests over {num_seeds} seeds, adjusted by Holm, tell from 0. No gap "
            f"where the optimum is 0. Source: {source}."
        ),
    )


def _pairs(
    table: pd.DataFrame,
    largest: Sequence[str],
    told: Mapping[str, Estimate],
    num_pairs: int,
    source: str,
) -> Any:
    shown = largest[:NUM_PAIRS_SHOWN]
    return tornado(
        [pair.replace(TOGETHER, "\n+ ") for pair in shown],
        [
            Panel(
                title="beyond the sum of both [points]",
                estimates=[_percent(told[pair]) for pair in shown],
                base=0.0,
            )
        ],
        title=f"{LLMS[PAIRED_LLM]}: readings that do not add up",
        caption=(
            f"Effect of two readings together on the completion rate of OT-GAH, less the effects "
            f"of each alone. Of {num_pairs} pairs {len(told)} differ from 0 by t tests adjusted by "
            f"Holm; the {len(shown)} largest. Source: {source}, {NUM_SEEDS_OF_PAIRS} seeds at most."
        ),
        row_in=0.4,
    )


def _percent(estimate: Estimate) -> Estimate:
    return estimate.scaled(100)


def _reading_is_shorter(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for llm, name in LLMS.items():
        for reading in (AS_READ, "s' a cap of each batch"):
            rows = chosen(table, _given(llm, reading))
            batches, longer, with_caches = (
                int(rows[f"num_{each}"].sum())
                for each in ("batches", "read_longer", "read_all_longer")
            )
            answers[name, reading] = Answer(
                holds=longer == 0 if batches else None,
                evidence=(
                    f"longer in {longer} of {batches} batches, with KV caches in {with_caches}"
                ),
            )
    return settle(answers)


def _dropping_is_harmless(table: pd.DataFrame) -> Finding:
    changes = {
        (name, reading): change
        for llm, name in LLMS.items()
        for reading in LATENCY
        if (change := difference(table, _given(llm, reading), _given(llm, AS_READ))) is not None
    }
    signs = significant_signs(list(changes.values()))
    return settle(
        {
            key: Answer(holds=sign == 0, evidence=f"{change.text('+.2f', 100)} points")
            for (key, change), sign in zip(changes.items(), signs, strict=True)
        }
    )


def _half(table: pd.DataFrame) -> Finding:
    keys = ["llm", READING, "seed"]
    served = table.pivot_table(index=keys, columns=LABEL, values="completed", aggfunc="sum")
    served = served[served[OPTIMUM.label] > 0].astype(float)
    if served.empty:
        return settle({(): Answer(holds=None, evidence="nobody is served")})
    ratio = served[OT_GAH.label] / served[OPTIMUM.label]
    worst = ratio.sort_values(kind="stable").reset_index().iloc[0]
    evidence = (
        f"{len(ratio)} rows: {100 * ratio.mean():.2f} % of the optimum in the mean, at least "
        f"{100 * ratio.min():.1f} % ({LLMS[worst['llm']]}, {worst[READING]})"
    )
    return settle({(): Answer(holds=bool((2 * ratio >= 1).all()), evidence=evidence)})


SENSITIVITY = Experiment(
    name="sensitivity",
    title="Sensitivity: what the text leaves open",
    place="Section V-A and Section III",
    question=(
        "What does OT-GAH complete, and how far is it from the optimum, if one thing that the "
        "text leaves open is read otherwise, or two at once? Section V at 50 requests/s, "
        "deadlines of 1.5 to 2 s, W8A16, each epoch for itself."
    ),
    varies={"llm": tuple(LLMS), READING: (AS_READ, *SINGLE, *PAIRS)},
    fixed={"rate_per_s": 50.0, "deadline_s": [1.5, 2.0], "epoch_s": 2.0},
    lines=(OT_GAH, OPTIMUM),
    quick=Effort(num_seeds=4, num_epochs=3, only={READING: (AS_READ, *SINGLE, *_TELLING)}),
    full=Effort(num_seeds=8, num_epochs=3, seeds_at=_seeds_at),
    claims=(
        Claim(
            sentence="The time for weight reading is less than that for computing.",
            place="Section III-B, before (6), citing measurements of another system",
            test=(
                "In no batch of OT-GAH does reading the weights for each token, at the "
                "bandwidth of all boards together, take longer than the computing of (8)."
            ),
            judge=_reading_is_shorter,
        ),
        Claim(
            sentence="Hence the latency is that of the computations: reading may be left out.",
            place="Section III-B, before (6)",
            test=(
                "Counting it changes the completion rate of OT-GAH by nothing that t tests at 5 %, "
                f"paired by seed and {HOLM}, tell from 0."
            ),
            judge=_dropping_is_harmless,
        ),
        Claim(
            sentence="OT-GAH reaches at least half of the optimum, however the text is read.",
            place="Section IV-D",
            test="In every reading, pair and seed it completes at least half of the optimum.",
            judge=_half,
        ),
    ),
    draw=_draw,
    settings=_settings,
    keep=_keep,
    measure=solved_epochs,
)
