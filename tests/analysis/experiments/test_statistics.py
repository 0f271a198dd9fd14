"""Means, differences and growth, on numbers that can be worked by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.experiments.statistics import (
    Estimate,
    difference,
    exponential_lead,
    mean,
    slope,
)


def test_a_mean_has_an_interval_that_holds_it_and_is_the_same_again():
    first, again = (mean([1.0, 2.0, 3.0, 6.0]) for _ in range(2))
    assert first == again
    assert first.value == 3
    assert 1 <= first.low < 3 < first.high <= 6


def test_a_single_seed_has_no_interval_and_decides_nothing():
    alone = mean([2.0])
    assert (alone.low, alone.high) == (None, None)
    assert not alone.is_above_zero
    assert not alone.is_below_zero
    assert alone.text() == "2 [one seed]"


def test_an_interval_that_holds_zero_is_neither_above_nor_below():
    around = mean([-1.0, 1.0, -1.0, 1.0])
    assert not around.is_above_zero
    assert not around.is_below_zero
    assert Estimate(value=1, low=0.5, high=2).is_above_zero
    assert Estimate(value=-1, low=-2, high=-0.5).is_below_zero


def test_a_difference_is_taken_seed_by_seed():
    """Rates differ between seeds by far more than between lines: only pairing shows 0.01."""
    rates = {0: 0.1, 1: 0.5, 2: 0.9}
    table = pd.DataFrame(
        [
            {"line": line, "seed": seed, "completion_rate": rate + more}
            for line, more in (("a", 0.01), ("b", 0.0))
            for seed, rate in rates.items()
        ]
    )
    found = difference(table, {"line": "a"}, {"line": "b"})
    assert (found.value, found.low, found.high) == pytest.approx((0.01, 0.01, 0.01))


def test_only_common_seeds_count_in_a_difference():
    table = pd.DataFrame(
        {"line": ["a", "a", "b"], "seed": [0, 1, 0], "completion_rate": [0.5, 9.0, 0.25]}
    )
    assert difference(table, {"line": "a"}, {"line": "b"}).value == 0.25
    assert difference(table, {"line": "a"}, {"line": "c"}) is None


def grown(count):
    sizes = (10, 20, 40, 80)
    return pd.DataFrame(
        [
            {"seed": seed, "size": size, "count": count(size) * (1 + 0.01 * seed)}
            for seed in range(4)
            for size in sizes
        ]
    )


def test_the_exponent_of_a_power_is_found():
    found = slope(grown(lambda size: 3.0 * size**2.5), "size", "count")
    assert found.value == pytest.approx(2.5)
    assert found.low == pytest.approx(2.5)


def test_the_better_of_a_power_and_an_exponential_is_told():
    power = exponential_lead(grown(lambda size: size**4.0), "size", "count")
    exponential = exponential_lead(grown(lambda size: np.exp(size / 10)), "size", "count")
    assert power.is_below_zero
    assert exponential.is_above_zero


def test_counts_of_zero_or_none_are_left_out_of_a_fit():
    table = grown(lambda size: size**2.0)
    table.loc[0, "count"] = 0
    table.loc[5, "count"] = None
    assert slope(table, "size", "count").value == pytest.approx(2.0, abs=0.01)
