"""The file of a store: one SQLite database, of which only what is whole is ever seen."""

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
"""How long a lock of another process is waited for [s]."""

_MENDS = {
    "attempt to write a readonly database": "cannot be written, as it or its folder is read-only",
    "unable to open database file": "cannot be opened, or cannot be written",
    "database is locked": "must be free, but another process holds its lock; call again when it "
    "has ended: what was finished is kept",
    "database or disk is full": "cannot be written, as its disk is full; free some and call again: "
    "what was finished is kept",
}
"""What is told of the faults that a user can mend."""


@contextmanager
def connected(path: Path, *, mode: str) -> Iterator[sqlite3.Connection]:
    """Open a database, and say of its faults what a user can do.

    Parameters
    ----------
    path
        The file.
    mode
        Of SQLite: ``ro`` to read, ``rw`` to write, ``rwc`` to make it if it is missing.

    Raises
    ------
    InputError
        If it cannot be opened or used, or is no database; also from what is inside.
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
    """Return whether a database has nothing in it, and is nobody's."""
    (num_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(num_tables == 0) and _pragma(connection, "application_id") == 0


def create_tables(connection: sqlite3.Connection) -> None:
    """Make a blank database a store, in one transaction."""
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
    """Raise InputError if a database is no store, or one of another version."""
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
