"""Tables of a simulation in a folder, as CSV and as Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.tables.runs import write_csv, write_parquet
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from os import PathLike

    from analysis.simulation.outcome import Simulation

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
    tables = {
        "schemes": simulation.serving(),
        "epochs": simulation.epochs,
        "requests": simulation.requests,
        "latencies": simulation.latencies(),
        "batches": simulation.batches,
        "edge_nodes": simulation.edge_nodes,
    }
    paths = []
    for name in TABLES:
        for suffix, write in ((".csv", write_csv), (".parquet", write_parquet)):
            path = folder / f"{name}{suffix}"
            with replacing(path) as temporary:
                write(tables[name], temporary)
            paths.append(path)
    return paths
