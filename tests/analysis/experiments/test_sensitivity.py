"""The sensitivity's statistics by hand, and each verdict that its claims can come to."""

import pandas as pd
import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.readings import AS_READ, PAIRS
from analysis.experiments.sensitivity import LATENCY, SENSITIVITY, gap, interaction

READS, SHORTER, HALF = "bloom-3b", *(SENSITIVITY.claims[index] for index in (0, 2))
HARMLESS = SENSITIVITY.claims[1]
CAPS = "s' a cap of each batch"


def rows(values, *, llm="bloom-3b", reading=AS_READ, line="OT-GAH", arrived=100, **other):
    """Return a row a seed with so many completed."""
    return [
        {
            "llm": llm,
            "reading": reading,
            "line": line,
            "seed": seed,
            "arrived": arrived,
            "completed": value,
            "completion_rate": value / arrived,
            "num_batches": 2,
            "num_read_longer": 0,
            "num_read_all_longer": 0,
            **other,
        }
        for seed, value in enumerate(values)
    ]


def table(*groups):
    return pd.DataFrame([row for group in groups for row in group])


def test_the_gap_is_the_mean_over_seeds_of_what_is_missing():
    """1 of 10 and 0 of 20 are missing: 5 %."""
    made = table(rows([9, 20]), rows([10, 20], line="optimum"))
    assert gap(made, READS, AS_READ).value == pytest.approx(0.05)
    assert gap(table(rows([0]), rows([0], line="optimum")), READS, AS_READ) is None


def test_an_interaction_is_what_two_do_beyond_the_sum():
    """10 % as read, 20 and 30 % with one, 60 % with both: 20 points beyond the sum."""
    pair = PAIRS[0]
    one, other = pair.split(" + ")
    made = table(
        rows([10, 10]),
        rows([20, 20], reading=one),
        rows([30, 30], reading=other),
        rows([60, 60], reading=pair),
    )
    found = interaction(made, READS, pair)
    assert (found.value, found.low) == (pytest.approx(0.2), pytest.approx(0.2))


@pytest.mark.parametrize(
    ("longer", "verdict"),
    [
        ({}, Verdict.HOLDS),
        ({"bloom-3b": 1}, Verdict.DEPENDS),
        ({"bloom-3b": 1, "bloom-7.1b": 2}, Verdict.FAILS),
    ],
)
def test_reading_is_shorter_only_if_it_is_in_every_batch(longer, verdict):
    made = table(
        *(
            rows([5, 5], llm=llm, reading=reading, num_read_longer=longer.get(llm, 0))
            for llm in ("bloom-3b", "bloom-7.1b")
            for reading in (AS_READ, CAPS)
        )
    )
    assert SHORTER.judge(made).verdict is verdict


def test_without_a_batch_nobody_can_tell():
    made = table(
        *(
            rows([0], llm=llm, reading=reading, num_batches=0)
            for llm in ("bloom-3b", "bloom-7.1b")
            for reading in (AS_READ, CAPS)
        )
    )
    assert SHORTER.judge(made).verdict is Verdict.CANNOT_BE_TOLD


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        ([10, 12, 14], Verdict.HOLDS),
        ([5, 6, 7], Verdict.FAILS),
        ([9, 13, 14], Verdict.HOLDS),
    ],
)
def test_leaving_reading_out_is_harmless_if_it_changes_nothing(counted, verdict):
    made = table(rows([10, 12, 14]), *(rows(counted, reading=reading) for reading in LATENCY))
    assert HARMLESS.judge(made).verdict is verdict


def test_leaving_reading_out_may_depend_on_the_overlap():
    made = table(
        rows([10, 12, 14]),
        rows([10, 12, 14], reading=LATENCY[0]),
        rows([1, 2, 3], reading=LATENCY[1]),
    )
    finding = HARMLESS.judge(made)
    assert finding.verdict is Verdict.DEPENDS
    assert "fails with" in finding.depends_on


@pytest.mark.parametrize(
    ("quick", "best", "verdict"),
    [
        ([5, 9], [10, 9], Verdict.HOLDS),
        ([4, 9], [10, 9], Verdict.FAILS),
        ([0, 0], [0, 0], Verdict.CANNOT_BE_TOLD),
    ],
)
def test_half_is_half_of_every_row(quick, best, verdict):
    assert HALF.judge(table(rows(quick), rows(best, line="optimum"))).verdict is verdict


def test_pairs_are_measured_of_one_llm_and_with_fewer_seeds():
    full = list(SENSITIVITY.works(SENSITIVITY.full))
    paired = [row for row, _ in full if " + " in row["reading"]]
    assert {row["llm"] for row in paired} == {"bloom-3b"}
    assert {row["reading"] for row in paired} == set(PAIRS)
    assert max(row["seed"] for row in paired) < max(row["seed"] for row, _ in full)


def test_figures_show_every_single_reading_and_say_what_moved():
    made = table(
        *(
            rows([value, value + 1], llm=llm, reading=reading, line=line)
            for llm in ("bloom-3b", "bloom-7.1b")
            for reading, value in ((AS_READ, 10), (CAPS, 20), ("waiting ignored", 10))
            for line in ("OT-GAH", "optimum")
        ),
        rows([40, 41], reading=f"{CAPS} + waiting ignored"),
    )
    one, other, pairs = SENSITIVITY.draw(made, "made up")
    assert f"{CAPS} +10.0" in one.picture.caption
    assert "1 of 2 readings change nothing" in one.picture.caption
    assert other.picture.alternative.startswith("BLOOM-7.1B: one reading at a time")
    assert "Of 1 pairs 1 differ from 0" in pairs.picture.caption
    again = SENSITIVITY.draw(made, "made up")
    assert one.picture.svg() == again[0].picture.svg()
