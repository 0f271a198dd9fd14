"""File: the SQLite database of a store, in which only whole transactions are ever seen."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analysis.store.columns import TABLES
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path

APPLICATION_ID = 0x6F746761  # "otga", in the header of the file
VERSION = 5

LOCK_S = 60.0
"""Time to wait for the lock of another process [s]."""

_MENDS = {
    "attempt to write a readonly database": "cannot be written, as it or its folder is read-only",
    "unable to open database file": "cannot be opened, or cannot be written",
    "database is locked": "must be free, but another process holds its lock; finished runs are "
    "kept: repeat the command when that process has ended",
    "database or disk is full": "cannot be written, as its disk is full; finished runs are kept: "
    "free some space and repeat the command",
}
"""Messages about errors that a user can remove, by the message of SQLite."""


@contextmanager
def connected(path: Path, *, mode: str) -> Iterator[sqlite3.Connection]:
    """Open a database; turn its errors into messages that name a remedy.

    Parameters
    ----------
    path
        Path of the file.
    mode
        Mode of SQLite: ``ro`` to read, ``rw`` to write, ``rwc`` to create a missing file.

    Raises
    ------
    InputError
        If the file cannot be opened or used, or is not a database; also for errors inside the
        context.
    """
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=LOCK_S)
    except sqlite3.OperationalError as error:
        raise InputError(f"cannot be opened: {error}", source=path) from error
    try:
        yield connection
    except sqlite3.OperationalError as error:
        raise InputError(_MENDS.get(str(error), f"cannot be used: {error}"), source=path) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its subclasses are faults of ours
            raise
        raise InputError(f"must be a file of runs: {error}", source=path) from error
    finally:
        connection.close()


def is_blank(connection: sqlite3.Connection) -> bool:
    """Return True if a database has no table and belongs to no application."""
    (num_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(num_tables == 0) and _pragma(connection, "application_id") == 0


def create_tables(connection: sqlite3.Connection) -> None:
    """Turn a blank database into a store, in one transaction."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in TABLES:
            _create_table(connection, table)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _create_table(connection: sqlite3.Connection, table: str) -> None:
    columns, constraint = TABLES[table]
    body = ", ".join(f"{name} {sql}" for name, sql in columns.items())
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({body}{constraint})")


def refuse_other(connection: sqlite3.Connection, path: str | PathLike[str]) -> None:
    """Raise InputError if a database is not a store, or a store of another version."""
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise InputError("must be a file of runs, found another database", source=path)
    version = _pragma(connection, "user_version")
    if version != VERSION:
        todo = (
            "run the batch again into a new file, or export this one with the otgah that wrote it"
            if version < VERSION
            else "read it with the newer otgah that wrote it"
        )
        raise InputError(f"must be {VERSION} ({todo})", source=path, field="version", found=version)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
