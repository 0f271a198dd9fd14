import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.metrics import shifted_geometric_mean


def test_the_shifted_geometric_mean_by_hand():
    """Of 0, 3 and 7 with shift 1: the cube root of 1 * 4 * 8 is 3.1748, less 1."""
    assert shifted_geometric_mean([0, 3, 7], shift=1) == pytest.approx(32 ** (1 / 3) - 1)


def test_no_value_has_no_mean():
    assert shifted_geometric_mean([], shift=1) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 100))
def test_the_shifted_geometric_mean_lies_among_its_values(values, shift):
    mean = shifted_geometric_mean(values, shift=shift)
    slack = 1e-9 * (max(values) + shift)
    assert min(values) - slack <= mean <= max(values) + slack


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 100))
def test_the_shifted_geometric_mean_is_that_of_scipy(values, shift):
    expected = stats.gmean([value + shift for value in values]) - shift
    slack = 1e-9 * (max(values) + shift)
    assert shifted_geometric_mean(values, shift=shift) == pytest.approx(expected, abs=slack)
