"""Claims: what runs, kept certificates and instance files say of a question, and who says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.metrics.column import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.metrics.column import Floats

CERTIFICATE = "certificate"
"""What proved a bound that is kept beside the runs, in the place of a method's name."""

SEARCH = "the certificate's search"
"""What found a schedule on the way to such a bound."""

FILE = "the file"
"""What claims a schedule or a bound that nothing here found or proved."""


class Extreme(NamedTuple):
    """The extreme claim of each question.

    Parameters
    ----------
    value
        NaN where nobody claims anything, shape ``(num_questions,)``.
    by
        Who claims it first, None where nobody does, shape ``(num_questions,)``.
    """

    value: Floats
    by: NDArray[np.object_]


def least_bound(runs: pd.DataFrame, number: NDArray[np.int64]) -> Extreme:
    """Return the least bound that a run or a kept certificate proved of each question."""
    return _extreme(runs, number, [("bound", None), ("certified_bound", CERTIFICATE)], sign=1)


def largest_objective(
    runs: pd.DataFrame, number: NDArray[np.int64], *, with_file: bool = False
) -> Extreme:
    """Return the largest throughput of a schedule that was found of each question.

    Parameters
    ----------
    runs, number
        The table, and the question of each run.
    with_file
        Count what the instance file says is best known too, which is of P1 alone.
    """
    sources: list[tuple[str, str | None]] = [("objective", None), ("certified_objective", SEARCH)]
    if with_file:
        sources.append(("known_objective", FILE))
    return _extreme(runs, number, sources, sign=-1)


def _extreme(
    runs: pd.DataFrame,
    number: NDArray[np.int64],
    sources: Sequence[tuple[str, str | None]],
    *,
    sign: int,
) -> Extreme:
    """Return the least value (sign 1) or the largest (-1); of equals the first claim counts."""
    columns = []
    for name, _ in sources:
        values = floats(runs[name])
        if name.startswith("known_"):
            values = np.where(runs["problem"].to_numpy() == "P1", values, np.nan)
        columns.append(values)
    values = np.concatenate(columns)
    claims = np.flatnonzero(~np.isnan(values))
    asked = np.tile(number, len(sources))[claims]
    ordered = np.lexsort((claims, sign * values[claims], asked))
    questions, first = np.unique(asked[ordered], return_index=True)
    chosen = claims[ordered[first]]
    num_questions = int(number.max(initial=-1)) + 1
    value = np.full(num_questions, np.nan)
    by: NDArray[np.object_] = np.full(num_questions, None, dtype=object)
    value[questions] = values[chosen]
    methods = runs["method"].to_numpy(dtype=object)
    source, row = np.divmod(chosen, max(len(runs), 1))
    names = np.array([name for _, name in sources], dtype=object)
    by[questions] = np.where(source == 0, methods[row], names[source])
    return Extreme(value, by)
