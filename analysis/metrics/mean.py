"""Shifted geometric means, for quantities that span orders of magnitude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

RUNTIME_SHIFT_S = 0.1
"""Shift of the geometric mean of runtimes [s]."""

NODE_SHIFT = 10
"""Shift of the geometric mean of node counts."""


def shifted_geometric_mean(values: Iterable[float], *, shift: float) -> float | None:
    """Return exp(mean(ln(value + shift))) - shift; None without values.

    Parameters
    ----------
    values
        Values, at least 0 each.
    shift
        Positive shift, which limits the influence of values near 0.

    Notes
    -----
    Values are used as they are. Other tools raise small values first: Mittelmann's tables and
    PAVER take max(1, value + shift), or raise every time to at least 1 s.

    References
    ----------
    T. Achterberg, *Constraint Integer Programming*, Technische Universität Berlin, 2007, A.3.

    Examples
    --------
    >>> shifted_geometric_mean([0, 3], shift=1)
    1.0
    """
    array = np.fromiter(values, dtype=float)
    if array.size == 0:
        return None
    return float(np.exp(np.log(array + shift).mean()) - shift)
