"""Sources: the tables of a report, read from stores of runs.

A kernel that runs the notebook of a report has received these tables already; see
:mod:`analysis.reports.handover`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.reports.handover import received
from analysis.tables.runs import runs_table
from heuristics.errors import InputError

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

    from analysis.metrics.comparison import Comparison
    from analysis.metrics.instance_runs import InstanceRuns
    from analysis.tables.simulation import SimulationTables


def runs_of(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a store, at least one; see :func:`analysis.tables.runs.runs_table`.

    Raises
    ------
    InputError
        If the path holds no store, or no run.
    """
    runs = runs_table(path)
    if runs.empty:
        raise InputError("must hold at least one run, found none", source=path)
    return runs


def by_contestant(runs: pd.DataFrame) -> pd.DataFrame:
    """Return runs whose ``method`` names the options that differ among runs of the method.

    Runs of one method with different options belong in no mean together.
    """
    from analysis.metrics import with_contestant

    named = with_contestant(runs)
    return named.assign(method=named["contestant"])


def contestant_runs(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a store by contestant; see :func:`by_contestant`.

    Raises
    ------
    InputError
        If the path holds no store, or no run.
    """
    found: pd.DataFrame | None = received(path)
    return by_contestant(runs_of(path)) if found is None else found


def simulation_tables(path: str | PathLike[str]) -> SimulationTables:
    """Return the tables of a simulation.

    Raises
    ------
    InputError
        If the folder lacks a table.
    """
    from analysis.tables.simulation import read_tables

    found: SimulationTables | None = received(path)
    return read_tables(path) if found is None else found


def league_runs(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a league.

    Raises
    ------
    InputError
        If the file is not that of a league.
    """
    from analysis.tables.league import read_league

    found: pd.DataFrame | None = received(path)
    return read_league(path) if found is None else found


def compare_stores(before: str | PathLike[str], after: str | PathLike[str]) -> Comparison:
    """Compare the runs of two stores.

    Raises
    ------
    InputError
        If a path holds no store, or no run.
    """
    from analysis.metrics.comparison import compare

    found: Comparison | None = received(before, after)
    return compare(runs_of(before), runs_of(after)) if found is None else found


def instance_runs(
    path: str | PathLike[str], given: str, *, runs: pd.DataFrame | None = None
) -> InstanceRuns:
    """Return an instance with its runs in a store.

    Parameters
    ----------
    path
        Path of the store.
    given
        File of the instance, or its name in the store.
    runs
        Runs of the store by contestant, if they have been read already.

    Raises
    ------
    InputError
        If ``given`` is neither a file nor a name in the store, if the store holds no run of the
        instance, or if its runs are of other coefficients under the same name.
    """
    from analysis.campaigns.shown_run import stored_instance
    from analysis.metrics.instance_runs import InstanceRuns
    from instances.files import read_instance

    found: InstanceRuns | None = received(path, given)
    if found is not None:
        return found
    table = contestant_runs(path) if runs is None else runs
    instance = read_instance(given) if Path(given).is_file() else stored_instance(path, given)
    if instance is None:
        rule = "must be a file, or the name of an instance in the store"
        raise InputError(rule, source="--instance", found=given)
    data = instance.coefficients
    digests = {instance.name: data.digest()} | {
        f"{instance.name}@{name}": data.of_rows(instance.rows_of(each)).digest()
        for each, name in enumerate(instance.selection_names)
    }
    own = table[table["instance"].isin(digests)].reset_index(drop=True)
    if own.empty:
        raise InputError("must hold runs of the instance", source="--instance", found=instance.name)
    if (own["coefficients"] != own["instance"].map(digests)).any():
        raise InputError(
            "must have the coefficients that the store holds under this name",
            source=given,
            field="coefficients",
            found=data.digest()[:12],
        )
    return InstanceRuns(instance=instance, runs=own)
