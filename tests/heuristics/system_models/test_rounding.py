import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.system_models.rounding import (
    as_fraction,
    ceil_ratio,
    on_decimal_grid,
    round_significant,
)

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_a_rounded_number_shows_at_most_twelve_digits(value):
    rounded = float(round_significant(value))
    digits = Decimal(repr(rounded)).normalize().as_tuple().digits
    assert len(digits) <= 12
    # Half a unit of the twelfth digit at most, which is largest where the number is 1.000...
    assert math.isclose(rounded, value, rel_tol=5.1e-12, abs_tol=5e-320)


@given(finite)
def test_rounding_twice_is_rounding_once(value):
    once = round_significant(value)
    assert round_significant(once) == once


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.1234567890123456, 0.123456789012),
        (999999999999.6, 1e12),
        (-1.234567890123e-17, -1.23456789012e-17),
        (1.23456789012345e30, 1.23456789012e30),
        (1000.0, 1000.0),
        (0.0, 0.0),
        (math.inf, math.inf),
    ],
)
def test_known_values_are_rounded_to_the_nearest_decimal(value, rounded):
    assert float(round_significant(value)) == rounded


def test_any_shape_is_kept():
    assert round_significant(np.ones((2, 3))).shape == (2, 3)
    assert round_significant([]).shape == (0,)


def test_a_fraction_is_the_decimal_of_the_file_and_not_the_binary_number():
    assert as_fraction(0.1) == Fraction(1, 10)
    assert as_fraction(np.float64(1.33e12)) == 1_330_000_000_000
    assert as_fraction(3) == 3


@given(st.lists(st.floats(0, 1e6), max_size=5), st.lists(st.floats(-1e6, 1e6), max_size=5))
def test_a_grid_holds_every_decimal_exactly(first, second):
    columns, denominator = on_decimal_grid(first, second)
    for column, values in zip(columns, (first, second), strict=True):
        assert [Fraction(int(n), denominator) for n in column] == [as_fraction(v) for v in values]


@pytest.mark.parametrize(
    ("value", "denominator", "kind"),
    [(1.123456789, 10**9, "i"), (0.123456789012, 10**12, "i"), (1e-20, 10**20, "O")],
)
def test_the_grid_is_as_fine_as_the_finest_number_needs(value, denominator, kind):
    (column,), found = on_decimal_grid([value])
    assert found == denominator
    assert column.dtype.kind == kind


def test_a_ratio_is_rounded_up():
    assert [ceil_ratio(n, 3) for n in (0, 1, 3, 4)] == [0, 1, 1, 2]
    assert ceil_ratio(10**30 + 1, 10**15) == 10**15 + 1
