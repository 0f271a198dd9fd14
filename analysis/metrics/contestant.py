"""Contestants: methods, each with the options and limits that differ among its runs."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

LIMITS = ("time_limit_s", "node_limit", "memory_limit_mb")


def with_contestant(runs: pd.DataFrame) -> pd.DataFrame:
    """Add ``contestant``: the method, and the options and limits that differ among its runs.

    Parameters
    ----------
    runs
        The table of runs.

    Returns
    -------
    pandas.DataFrame
        A copy. If all runs of a method have the same options and limits, the contestant is the
        name of the method. Otherwise the options and limits that differ follow the name, as in
        ``"ot-gah start=all"``. Runs of two contestants of one method belong in no mean together.
    """
    table = runs.copy()
    settings = table[["method", "options", *LIMITS]].drop_duplicates().reset_index(drop=True)
    told = [_told(row) for row in settings.to_dict("records")]
    differing: dict[str, set[str]] = {}
    for method, group in settings.groupby("method", sort=False).groups.items():
        of_method = [told[place] for place in group]
        keys = {key for each in of_method for key in each}
        differing[str(method)] = {
            key for key in keys if len({each.get(key) for each in of_method}) > 1
        }
    settings["contestant"] = [
        " ".join(
            [method, *(f"{key}={value}" for key, value in each.items() if key in differing[method])]
        )
        for method, each in zip(settings["method"], told, strict=True)
    ]
    names = table[["method", "options", *LIMITS]].merge(
        settings, on=["method", "options", *LIMITS], how="left"
    )
    table["contestant"] = pd.array(names["contestant"].to_numpy(dtype=object), dtype="string")
    return table


def _told(row: dict[Any, Any]) -> dict[str, str]:
    options = {key: json.dumps(value) for key, value in json.loads(row["options"]).items()}
    limits = {key: "none" if pd.isna(row[key]) else f"{row[key]:g}" for key in LIMITS}
    return {key: value.strip('"') for key, value in (options | limits).items()}
