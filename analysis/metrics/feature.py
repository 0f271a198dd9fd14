"""Features of instances, and classes of features to group runs by."""

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
"""Features that every table from :func:`with_features` has."""


def with_features(runs: pd.DataFrame, features: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add features of the instances that follow from their sizes, and other given features.

    Parameters
    ----------
    runs
        The table of runs.
    features
        Other features, a column for each feature and a row for each instance, with the names of
        the instances as index. Features of instances without a row are absent.

    Returns
    -------
    pandas.DataFrame
        A copy with ``requests_per_edge_node``; ``density``, the share of eligible pairs, absent
        without requests; and the columns of ``features``.

    Raises
    ------
    ValueError
        If ``features`` names an instance twice, or has a column that is already in the table.
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
    """Add ``<feature>_bin``: classes of a feature with about equal numbers of instances.

    Parameters
    ----------
    runs
        The table of runs.
    feature
        Column of numbers, or of names; each name is a class of its own.
    num_bins
        Maximum number of classes of a column of numbers. Equal values share a class; if there are
        at most ``num_bins`` values, each value is a class.

    Returns
    -------
    pandas.DataFrame
        A copy. The classes are ordered categories such as ``"8 to 40"``, absent if the feature is.

    Notes
    -----
    Quantiles are taken over instances and not over runs, so that an instance with more runs has
    no more weight.
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
    """Return the largest value of each class."""
    distinct = np.unique(known)
    if len(distinct) <= num_bins:
        return distinct
    ranks = np.ceil(np.arange(1, num_bins + 1) * len(known) / num_bins).astype(int) - 1
    return np.unique(known[ranks])
