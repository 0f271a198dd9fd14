"""Tables of a simulation in a folder, as CSV and as Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.simulation.latencies import LATENCIES
from analysis.simulation.rows import REQUEST_COLUMNS
from analysis.tables.runs import write_csv, write_parquet
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

    from analysis.simulation.outcome import Simulation


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulationTables:
    """Tables of a simulation, as :func:`write_tables` writes them.

    Parameters
    ----------
    schemes
        A row for each scheme: counts and serving metrics.
    epochs, requests, batches, edge_nodes
        The tables of :class:`analysis.simulation.outcome.Simulation`.
    latencies
        Latencies of each request, in the order of ``requests``.
    """

    schemes: pd.DataFrame
    epochs: pd.DataFrame
    requests: pd.DataFrame
    latencies: pd.DataFrame
    batches: pd.DataFrame
    edge_nodes: pd.DataFrame

    @classmethod
    def of(cls, simulation: Simulation) -> SimulationTables:
        """Return the tables of a simulation."""
        return cls(
            schemes=simulation.serving(),
            epochs=simulation.epochs,
            requests=simulation.requests,
            latencies=simulation.latencies(),
            batches=simulation.batches,
            edge_nodes=simulation.edge_nodes,
        )


TABLES = ("schemes", "epochs", "requests", "latencies", "batches", "edge_nodes")
"""Names of the tables, which are the names of the files without their suffix."""


def write_tables(simulation: Simulation, folder: str | PathLike[str]) -> list[Path]:
    """Write every table of a simulation as CSV and as Parquet.

    Parameters
    ----------
    simulation
        The simulation.
    folder
        Path of the folder, which is made if it is missing. Files of the same names are replaced.

    Returns
    -------
    list of Path
        Paths of the files.

    Raises
    ------
    InputError
        If the folder cannot be made.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        rule = f"must be a folder: {error.strerror}"
        raise InputError(rule, source="--tables", found=str(folder)) from error
    tables = SimulationTables.of(simulation)
    paths = []
    for name in TABLES:
        for suffix, write in ((".csv", write_csv), (".parquet", write_parquet)):
            path = folder / f"{name}{suffix}"
            with replacing(path) as temporary:
                write(getattr(tables, name), temporary)
            paths.append(path)
    return paths


def read_tables(folder: str | PathLike[str]) -> SimulationTables:
    """Read the tables of a simulation from the Parquet files of a folder.

    Raises
    ------
    InputError
        If a table is missing, cannot be read, or lacks a column.
    """
    import pandas as pd

    found = {}
    for name in TABLES:
        path = Path(folder) / f"{name}.parquet"
        try:
            found[name] = pd.read_parquet(path)
        except (OSError, ValueError) as error:
            rule = "must be a folder that otgah simulate --tables has written"
            raise InputError(rule, source=folder, field=path.name, found=str(error)[:80]) from error
        missing = [each for each in _NEEDED[name] if each not in found[name]]
        if missing:
            rule = f"must have the column {missing[0]}"
            raise InputError(rule, source=folder, field=path.name, found=list(found[name])[:5])
    return SimulationTables(**found)


_NEEDED = {
    "schemes": ("scheme", "arrived", "completion_rate", "latency_s.p95", "goodput"),
    "epochs": (),
    "requests": tuple(REQUEST_COLUMNS),
    "latencies": ("scheme", *LATENCIES),
    "batches": (),
    "edge_nodes": (),
}
"""Columns of each table that a page needs."""
