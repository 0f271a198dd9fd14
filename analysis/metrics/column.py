"""Columns of the table of runs as arrays of numbers, with NaN for absent values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def floats(column: pd.Series[Any]) -> Floats:
    """Return a column as floats, NaN for absent values; integers up to 2^53 stay exact."""
    numbers: Any = pd.to_numeric(column)
    return np.asarray(numbers.to_numpy(dtype=float, na_value=np.nan), dtype=float)


def nullable(values: Floats, dtype: str = "Float64") -> Any:
    """Return floats as a nullable array, with absent values for NaN."""
    is_absent = np.isnan(values)
    if dtype == "Int64":
        whole = np.where(is_absent, 0, values).astype(np.int64)
        return pd.arrays.IntegerArray(whole, is_absent)
    return pd.arrays.FloatingArray(np.where(is_absent, 0.0, values), is_absent)


def relative_gaps(objective: Floats, reference: Floats) -> Floats:
    """Return (reference - objective) / reference; 0 if both are equal, NaN if either is NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = (reference - objective) / reference
    return np.where(objective == reference, 0.0, gaps)
