"""Features of instances, and classes of them to group runs by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics.column import floats, nullable

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEATURES = (
    "num_requests",
    "num_edge_nodes",
    "num_eligible",
    "requests_per_edge_node",
    "density",
)
"""The features that every table of runs has once :func:`with_features` has seen it."""


def with_features(runs: pd.DataFrame, features: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add features of the instances that follow from their sizes, and any others.

    Parameters
    ----------
    runs
        The table of runs.
    features
        A row an instance, by its name in the index, and a column a feature: whatever you know of
        your instances. Instances without a row have absent features.

    Returns
    -------
    pandas.DataFrame
        A copy with ``requests_per_edge_node`` and ``density``, the share of eligible pairs, absent
        without requests; and the columns of ``features``.

    Raises
    ------
    ValueError
        If ``features`` names an instance twice, or a column that the table has.
    """
    table = runs.copy()
    num_requests, num_edge_nodes, num_eligible = (floats(table[name]) for name in FEATURES[:3])
    with np.errstate(divide="ignore", invalid="ignore"):
        density = num_eligible / (num_requests * num_edge_nodes)
    table["requests_per_edge_node"] = nullable(num_requests / num_edge_nodes)
    table["density"] = nullable(np.where(num_requests > 0, density, np.nan))
    if features is None:
        return table
    taken = sorted(set(features.columns) & set(table.columns))
    if taken:
        raise ValueError(f"features must have names of their own, found {', '.join(taken)}")
    if features.index.has_duplicates:
        twice = features.index[features.index.duplicated()][0]
        raise ValueError(f"features must name each instance once, found {twice} twice")
    return table.join(features, on="instance")


def with_bins(runs: pd.DataFrame, feature: str, *, num_bins: int = 4) -> pd.DataFrame:
    """Add ``<feature>_bin``: classes of a feature, each with about as many instances.

    Parameters
    ----------
    runs
        The table of runs.
    feature
        A column: of numbers, or of names, whose classes are the names themselves.
    num_bins
        At most how many classes a feature of numbers has. Equal values share a class; a feature
        of at most so many values has a class for each.

    Returns
    -------
    pandas.DataFrame
        A copy. The classes are ordered categories, ``"8 to 40"``; absent where the feature is.

    Notes
    -----
    Quantiles are taken over instances, not over runs: an instance that is run more often weighs
    no more.
    """
    table = runs.copy()
    name = f"{feature}_bin"
    if not pd.api.types.is_numeric_dtype(table[feature]):
        table[name] = table[feature].astype("category")
        return table
    values = floats(table[feature])
    known = floats(table.drop_duplicates("instance")[feature])
    known = np.sort(known[~np.isnan(known)])
    bounds = _upper_bounds(known, num_bins)
    place = np.searchsorted(bounds, values)
    lower = [known[known > below][0] for below in (-np.inf, *bounds[:-1])] if len(bounds) else []
    labels = [
        f"{low:g}" if low == high else f"{low:g} to {high:g}"
        for low, high in zip(lower, bounds, strict=True)
    ]
    codes = np.where(np.isnan(values), -1, place).astype(np.int64)
    table[name] = pd.Categorical.from_codes(codes, pd.Index(labels), ordered=True)
    return table


def _upper_bounds(known: NDArray[np.float64], num_bins: int) -> Any:
    """Return the greatest value of each class."""
    distinct = np.unique(known)
    if len(distinct) <= num_bins:
        return distinct
    ranks = np.ceil(np.arange(1, num_bins + 1) * len(known) / num_bins).astype(int) - 1
    return np.unique(known[ranks])
