"""(1) and (2), worked by hand.

Powers of ten are chosen such that a signal-to-noise ratio is 2^k - 1 exactly or known to the
digits given.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.system_models.radio import (
    carried_tokens,
    noise_power_w,
    ratio_from_db,
    smallest_share,
    spectral_efficiency,
    watt_from_dbm,
)


@pytest.mark.parametrize(("dbm", "watt"), [(0, 1e-3), (30, 1.0), (43, 19.9526231), (20, 0.1)])
def test_decibels_become_watts(dbm, watt):
    assert watt_from_dbm(dbm) == pytest.approx(watt)


def test_decibels_become_ratios():
    assert ratio_from_db([0, 10, -30]) == pytest.approx([1, 10, 1e-3])


def test_noise_is_the_density_times_the_band():
    """-174 dBm/Hz is 3.98e-21 W/Hz; over 20 MHz it is -101 dBm, 7.96e-14 W."""
    assert noise_power_w(20e6, -174.0) == pytest.approx(7.962e-14, rel=1e-4)
    assert noise_power_w(1.0, -174.0, 4.0) == pytest.approx(1e-20)


@pytest.mark.parametrize(("gain", "bits"), [(1, 1), (3, 2), (7, 3), (0, 0)])
def test_efficiency_is_the_logarithm_of_one_plus_the_ratio(gain, bits):
    """1 W against 1 W of noise: the ratio is the gain."""
    assert spectral_efficiency([gain], 30.0, 1.0) == pytest.approx([bits])


def test_the_servers_uplink_in_section_v():
    """20 dBm and 10^-3 over 20 MHz: 0.1 * 1e-3 / 7.962e-14 = 1.256e9, log2 is 30.226 bit/s/Hz.

    A prompt of 512 tokens is 8192 bits: 8192 / (0.25 * 20e6 * 30.226) = 5.42e-5 of the band.
    """
    efficiency = spectral_efficiency([1e-3], 20.0, noise_power_w(20e6, -174.0))
    assert efficiency == pytest.approx([30.226], abs=1e-3)
    share = smallest_share([512 * 16], 0.25, 20e6, efficiency)
    assert share == pytest.approx([5.42e-5], rel=1e-3)


def test_180_khz_at_0_db_carry_five_prompts_of_512_tokens():
    efficiency = spectral_efficiency([1.0], 30.0, 1.0)
    assert efficiency == [1.0]
    share = smallest_share([512 * 16], 0.25, 180e3, efficiency)
    assert math.floor(1 / share[0]) == 5
    assert carried_tokens(0.25, 180e3, 1.0, 16) == pytest.approx(2812.5)


def test_a_channel_without_gain_carries_nothing():
    assert smallest_share([16], 0.25, 1e6, [0.0]) == [np.inf]


def test_faint_channels_keep_their_precision():
    """log2(1 + x) is x / ln 2 for x = 1e-18, where 1 + x is 1 in floating point."""
    assert spectral_efficiency([1e-18], 30.0, 1.0) == pytest.approx([1e-18 / math.log(2)])


positive = st.floats(1e-15, 1e3)


@given(positive, st.floats(1.001, 1e3), st.integers(1, 10**6))
def test_a_better_channel_needs_less_and_a_longer_prompt_more_of_the_band(gain, factor, bits):
    noise = noise_power_w(1e6, -174.0)
    worse, better = spectral_efficiency([gain, gain * factor], 20.0, noise)
    assert better > worse
    share = smallest_share([bits, bits, bits + 1], 0.25, 1e6, [worse, better, worse])
    assert share[1] < share[0] < share[2]


@given(positive, st.integers(1, 10**6))
def test_the_worst_channels_tokens_are_those_whose_shares_add_up_to_the_band(gain, tokens):
    """k6 of (15c): n_i / k6 is the share of (2) at the worst channel."""
    efficiency = spectral_efficiency([gain], 43.0, noise_power_w(1e6, -174.0))
    k6 = carried_tokens(0.25, 1e6, float(efficiency[0]), 16)
    share = smallest_share([16 * tokens], 0.25, 1e6, efficiency)
    assert tokens / k6 == pytest.approx(share[0])
