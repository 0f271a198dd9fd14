r"""Radio: shares of the band by (1) and (2), and k6 in tokens.

A channel enters as its power gain :math:`h^2`, a ratio. The noise power is density times the
whole band of the node (the paper prints the density, -174 dBm/Hz, in its place), and it does
not shrink with a request's share. Rates are therefore linear in the share, and the smallest
shares of (1) and (2) add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def watt_from_dbm(power_dbm: float) -> float:
    """Return a power in watt.

    Examples
    --------
    >>> watt_from_dbm(30.0)
    1.0
    """
    return float(10 ** ((power_dbm - 30) / 10))


def ratio_from_db(level_db: ArrayLike) -> FloatArray:
    """Return the power ratio of a level in decibel."""
    return np.asarray(np.power(10.0, np.asarray(level_db, dtype=np.float64) / 10))


def noise_power_w(
    bandwidth_hz: float, noise_density_dbm_per_hz: float, noise_figure_db: float = 0.0
) -> float:
    """Return the noise power in the whole band, N0 of (1) [W]."""
    # Departure 8.
    return bandwidth_hz * watt_from_dbm(noise_density_dbm_per_hz + noise_figure_db)


def spectral_efficiency(
    gain: ArrayLike, transmit_power_dbm: float, noise_power_w: float
) -> FloatArray:
    """Return log2(1 + p h^2 / N0) of (1) and (2) [bit/s/Hz].

    Parameters
    ----------
    gain
        h^2, the power gain of each channel.
    transmit_power_dbm
        p, over the whole band.
    noise_power_w
        N0, over the whole band.
    """
    snr = np.asarray(gain, dtype=np.float64) * (watt_from_dbm(transmit_power_dbm) / noise_power_w)
    return np.asarray(np.log1p(snr) / np.log(2.0))


def smallest_share(
    num_bits: ArrayLike, slot_s: float, bandwidth_hz: float, efficiency: ArrayLike
) -> FloatArray:
    """Return the least share of the band that carries these bits within the slot, (1) and (2).

    Parameters
    ----------
    num_bits
        s_i or n_i times the bits of a token.
    slot_s
        T_U or T_D.
    bandwidth_hz
        B_j^U or B_j^D.
    efficiency
        Spectral efficiency of each channel [bit/s/Hz].

    Returns
    -------
    ndarray
        rho_min as a ratio: above 1 if the whole band does not suffice, infinite if the channel
        carries nothing.
    """
    with np.errstate(divide="ignore", over="ignore"):
        carried_bits = slot_s * bandwidth_hz * np.asarray(efficiency, dtype=np.float64)
        return np.asarray(np.asarray(num_bits, dtype=np.float64) / carried_bits)


def carried_tokens(
    slot_s: float, bandwidth_hz: float, efficiency: float, bits_per_token: int
) -> float:
    """Return the tokens that the whole band carries within the slot: k6 for the worst channel."""
    return slot_s * bandwidth_hz * efficiency / bits_per_token  # Departure 7.
