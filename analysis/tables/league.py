"""League: the file of the runs of a league of heuristics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.metrics.league import COLUMNS
from heuristics.errors import InputError

if TYPE_CHECKING:
    from os import PathLike


def read_league(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a league, a row for each run.

    Parameters
    ----------
    path
        Path of the CSV file that ``make league`` writes.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or has no run.
    """
    try:
        runs = pd.read_csv(path)
    except (OSError, ValueError) as error:
        rule = "must be the CSV file of a league"
        raise InputError(rule, source=path, found=str(error).splitlines()[0]) from error
    missing = [name for name in COLUMNS if name not in runs]
    if missing:
        raise InputError("must have the columns of a league", source=path, found=missing[0])
    if runs.empty:
        raise InputError("must hold at least one run, found none", source=path)
    return runs
