"""Orders: the sort of kernels."""

import numpy as np
import pytest

from formulations.decomposition.pricing.orders import sort_decreasing


@pytest.mark.parametrize("num", [0, 1, 16, 17, 40, 333])
def test_a_part_is_sorted_by_decreasing_value_and_equal_values_keep_their_order(num):
    random = np.random.default_rng(num)
    value = random.integers(0, 50, num + 5).astype(float)
    places = random.permutation(num + 5)
    before = places.copy()
    sort_decreasing(places, 2, 2 + num, value)
    expected = sorted(before[2 : 2 + num].tolist(), key=lambda place: -value[place])
    assert places[2 : 2 + num].tolist() == expected
    assert places[:2].tolist() == before[:2].tolist()
    assert places[2 + num :].tolist() == before[2 + num :].tolist()
