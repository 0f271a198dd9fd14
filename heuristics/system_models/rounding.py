"""Rounding: 12 significant digits for files, exact decimals, rounding up or down by purpose."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SIGNIFICANT_DIGITS = 12

_LARGEST_EXACT_POWER = 22  # 10^22 is the largest power of ten that a double holds exactly
_LARGEST_PLAIN_INTEGER = 10**15  # decimals of at most 15 digits and doubles map one to one


def round_significant(values: ArrayLike, digits: int = SIGNIFICANT_DIGITS) -> NDArray[np.float64]:
    """Round to significant decimal digits, such that platforms agree on the result.

    Parameters
    ----------
    values
        Any shape; infinities pass.
    digits
        Number of digits to keep, at most 15.

    Returns
    -------
    ndarray
        The doubles nearest to the rounded decimals; ``repr`` shows at most this number of digits.

    Examples
    --------
    >>> round_significant([2 / 3, 2e-13 / 3, 0.0]).tolist()
    [0.666666666667, 6.66666666667e-14, 0.0]
    """
    exact = np.array(values, dtype=np.float64)
    rounded = exact.copy()
    regular = np.isfinite(exact) & (exact != 0)
    power = np.zeros(exact.shape, dtype=np.int64)
    power[regular] = digits - 1 - np.floor(np.log10(np.abs(exact[regular]))).astype(np.int64)
    near = regular & (np.abs(power) <= _LARGEST_EXACT_POWER)
    scale = 10.0 ** np.abs(power[near])
    down = power[near] < 0
    scaled = np.rint(np.where(down, exact[near] / scale, exact[near] * scale))
    rounded[near] = np.where(down, scaled * scale, scaled / scale)
    far = regular & ~near
    rounded[far] = [float(f"{value:.{digits - 1}e}") for value in exact[far].tolist()]
    return rounded


def as_fraction(value: float) -> Fraction:
    """Return the decimal that stands for the number in a file, exactly.

    Examples
    --------
    >>> as_fraction(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(float(value))) if isinstance(value, float) else Fraction(value)


def float_at_most(value: Fraction) -> float:
    """Return the largest number whose decimal in a file is at most the value.

    Examples
    --------
    >>> float_at_most(Fraction(1, 4)), float_at_most(1 - Fraction(1, 10**40))
    (0.25, 0.9999999999999999)
    """
    nearest = float(value)
    return nearest if as_fraction(nearest) <= value else math.nextafter(nearest, -math.inf)


def on_decimal_grid(*columns: ArrayLike) -> tuple[list[NDArray[Any]], int]:
    """Write columns of decimals exactly, as integers over one power of ten.

    Parameters
    ----------
    columns
        Finite numbers, each column of any length.

    Returns
    -------
    numerators
        Integers of each column: int64 if 15 digits suffice, else Python integers.
    denominator
        The power of ten.

    Examples
    --------
    >>> on_decimal_grid([1.5, 0.25], 2.0)
    ([array([1500000000,  250000000]), array([2000000000])], 1000000000)
    """
    arrays = [np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in columns]
    for decimals in (9, 12):
        scale = 10.0**decimals
        numerators = [np.rint(array * scale) for array in arrays]
        if all(
            bool(np.all((np.abs(n) <= _LARGEST_PLAIN_INTEGER) & (n / scale == array)))
            for n, array in zip(numerators, arrays, strict=True)
        ):
            return [n.astype(np.int64) for n in numerators], 10**decimals
    texts = [[Decimal(repr(value)) for value in array.tolist()] for array in arrays]
    decimals = max((-int(each.as_tuple().exponent) for text in texts for each in text), default=0)
    decimals = max(decimals, 0)
    return [
        np.array([int(each.scaleb(decimals)) for each in text], dtype=object) for text in texts
    ], 10**decimals


def ceil_ratio(numerator: int | Fraction, denominator: int) -> int:
    """Return the ratio of two exact numbers, rounded up."""
    return -(-numerator // denominator)
