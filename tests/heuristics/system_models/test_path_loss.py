import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.errors import InputError
from heuristics.system_models.path_loss import (
    Manhattan,
    free_space_loss_db,
    infrastructure_loss_db,
    manhattan_los_loss_db,
    manhattan_loss_db,
)

VEHICLE = Manhattan(model="manhattan")
"""5.9 GHz, 5 m and 1.5 m: the breakpoint is 4 * 4 * 0.5 * 5.9e9 / c = 157.4 m."""


@pytest.mark.parametrize(("carrier_hz", "loss"), [(2e9, 78.5), (2.4e9, 80.1), (5.9e9, 87.9)])
def test_free_space_at_100_m(carrier_hz, loss):
    assert free_space_loss_db(100.0, carrier_hz) == pytest.approx(loss, abs=0.05)


def test_free_space_is_the_formula_of_itu():
    """32.45 + 20 log10(d / km) + 20 log10(f / MHz), with the constant rounded."""
    itu = 32.45 + 20 * math.log10(0.3) + 20 * math.log10(2000)
    assert free_space_loss_db(300.0, 2e9) == pytest.approx(itu, abs=0.005)


def test_a_street_before_the_breakpoint():
    """22.7 * 2 + 27 + 20 log10(5.9) = 45.4 + 27 + 15.417 = 87.817, below free space's 87.837.

    The floor: 46.4 + 40 + 20 log10(1.18) = 46.4 + 40 + 1.438 = 87.838.
    """
    assert manhattan_los_loss_db(100.0, VEHICLE) == pytest.approx(87.838, abs=2e-3)


def test_a_street_beyond_the_breakpoint():
    """40 log10(200) + 7.56 - 17.3 log10(4) - 17.3 log10(0.5) + 2.7 log10(5.9).

    92.041 + 7.56 - 10.416 + 5.208 + 2.081 = 96.474.
    """
    assert manhattan_los_loss_db(200.0, VEHICLE) == pytest.approx(96.474, abs=2e-3)


def test_the_height_of_the_environment_moves_the_breakpoint():
    """With 0 instead of 1 m it is 4 * 5 * 1.5 * f / c = 590 m: at 200 m the near slope holds."""
    high = Manhattan(model="manhattan", environment_height_m=0.0)
    near = 22.7 * math.log10(200) + 27 + 20 * math.log10(5.9)
    floor = 46.4 + 20 * math.log10(200) + 20 * math.log10(1.18)
    assert manhattan_los_loss_db(200.0, high) == pytest.approx(max(near, floor))


def test_nearer_than_three_metres_is_as_at_three():
    assert manhattan_los_loss_db(0.0, VEHICLE) == manhattan_los_loss_db(3.0, VEHICLE)


def test_around_a_corner():
    """d1 = 100, d2 = 50: n = max(2.8 - 0.24, 1.84) = 2.56.

    P(100, 50) = 87.838 + 20 - 32 + 25.6 * 1.69897 + 3 * 0.07188 = 119.548;
    n = 2.68: P(50, 100) = 81.817 + 20 - 33.5 + 26.8 * 2 + 0.216 = 122.133. The floor at 50 m is
    46.4 + 33.979 + 1.438 = 81.817. The smaller is 119.548.
    """
    loss, sight = manhattan_loss_db(100.0, 50.0, VEHICLE)
    assert loss == pytest.approx(119.548, abs=3e-3)
    assert not sight


def test_there_is_a_line_of_sight_within_half_a_street():
    loss, sight = manhattan_loss_db([100.0, 6.9, 7.0], [6.9, -100.0, 100.0], VEHICLE)
    assert sight.tolist() == [True, True, False]
    assert loss[0] == loss[1] == manhattan_los_loss_db(math.hypot(100, 6.9), VEHICLE)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_either_street_may_be_called_ones_own(along, across):
    assert (
        manhattan_loss_db(along, across, VEHICLE)[0]
        == manhattan_loss_db(-across, along, VEHICLE)[0]
    )


@given(st.floats(0, 5000), st.floats(0.01, 1000))
def test_loss_never_falls_with_distance(distance, more):
    """Not around a corner, where n falls with the distance; the slopes meet within 0.3 dB."""
    losses = [
        free_space_loss_db([distance + 1, distance + more + 1], 2e9),
        infrastructure_loss_db([distance, distance + more]),
        manhattan_los_loss_db([distance, distance + more], VEHICLE),
    ]
    for near, far in losses:
        assert far >= near - 0.3


def test_infrastructure_link():
    """128.1 dB at 1 km; 128.1 - 37.6 * 0.30103 = 116.781 at 500 m; constant below 35 m."""
    assert infrastructure_loss_db([1000.0, 500.0]) == pytest.approx([128.1, 116.781], abs=1e-3)
    assert infrastructure_loss_db(0.0) == infrastructure_loss_db(35.0)


def test_an_antenna_below_the_environment_is_refused():
    with pytest.raises(InputError, match=r"vehicle_height_m: must be above .* 1, found 1.0"):
        Manhattan.parse({"model": "manhattan", "vehicle_height_m": 1.0})


def test_arrays_keep_their_shape():
    assert manhattan_los_loss_db(np.ones(4), VEHICLE).shape == (4,)
