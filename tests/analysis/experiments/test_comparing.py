"""The tests that several claims share."""

import pandas as pd
import pytest

from analysis.experiments.claim import Answer
from analysis.experiments.comparing import above, every, falls, rises


def rows(**lines):
    """Rates of each line at x = 1, 2, 3, with three seeds that add 0, 1 and 2 thousandths."""
    return pd.DataFrame(
        [
            {"line": line, "x": x, "seed": seed, "completion_rate": rate + seed / 1000}
            for line, rates in lines.items()
            for x, rate in zip((1, 2, 3), rates, strict=True)
            for seed in range(3)
        ]
    )


A, B = {"line": "a"}, {"line": "b"}


@pytest.mark.parametrize(
    ("other", "holds"),
    [
        ((0.1, 0.1, 0.1), True),
        ((0.5, 0.1, 0.1), True),  # equal at one point
        ((0.6, 0.1, 0.1), False),  # below at one point
        ((0.6, 0.6, 0.6), False),
        ((0.5, 0.5, 0.5), False),  # equal throughout
    ],
)
def test_a_line_is_above_another_if_nowhere_below_and_above_on_average(other, holds):
    answer = above(rows(a=(0.5, 0.5, 0.5), b=other), A, B, "x")
    assert answer.holds is holds


def test_a_point_at_which_it_is_below_is_named():
    assert "below at x 2" in above(rows(a=(0.5,) * 3, b=(0.1, 0.6, 0.1)), A, B, "x").evidence


def test_noise_around_no_difference_decides_nothing():
    table = rows(a=(0.5,) * 3, b=(0.5,) * 3)
    noise = table["seed"].map({0: -0.01, 1: 0.0, 2: 0.01})
    table["completion_rate"] += noise.where(table["line"] == "a", 0)
    assert above(table, A, B, "x").holds is None


def test_without_rows_nothing_is_decided():
    assert above(rows(a=(0.5,) * 3), A, B, "x").holds is None


@pytest.mark.parametrize(
    ("rates", "falling", "rising"),
    [
        ((0.3, 0.2, 0.1), True, False),
        ((0.3, 0.3, 0.1), True, False),
        ((0.1, 0.2, 0.3), False, True),
        ((0.3, 0.4, 0.1), False, False),
        ((0.2, 0.2, 0.2), False, False),
    ],
)
def test_a_curve_falls_or_rises_if_its_ends_do_and_no_step_goes_against(rates, falling, rising):
    table = rows(a=rates)
    assert falls(table, A, "x").holds is falling
    assert rises(table, A, "x").holds is rising


def test_a_curve_of_zeros_or_of_one_point_decides_nothing():
    zeros = rows(a=(0.0,) * 3).assign(completion_rate=0.0)
    assert falls(zeros, A, "x").holds is None
    assert rises(zeros[zeros["x"] == 1], A, "x").holds is None


def test_a_claim_of_several_cases_fails_with_one_and_is_open_with_one():
    yes, no, unknown = (Answer(holds=holds, evidence="e") for holds in (True, False, None))
    assert every({"a": yes, "b": yes}).holds is True
    assert every({"a": yes, "b": no, "c": unknown}).holds is False
    assert every({"a": yes, "b": unknown}).holds is None
    assert every({}).holds is None
    assert every({"a": yes, "b": no}).evidence == "b e"
