"""Store: one SQLite file with a row for each run that has ended and for each bound."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.runs.outcome import FAILED
from analysis.store.columns import (
    BOUND_COLUMNS,
    CERTIFIED_COLUMNS,
    CLAIM_COLUMNS,
    DOCUMENT_COLUMNS,
    EPOCH_COLUMNS,
    INSTANCE_COLUMNS,
    MEASUREMENT_COLUMNS,
    PLAN_COLUMNS,
    RUN_COLUMNS,
    TABLES,
)
from analysis.store.file import connected, create_tables, is_blank, refuse_other
from analysis.store.owner import is_alive
from analysis.store.validation import refuse_broken
from heuristics.errors import InputError
from heuristics.problem import Problem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from os import PathLike

    import pandas as pd

    from analysis.store.owner import Owner

_BOUNDED_AS = f"CASE problem WHEN '{Problem.P3PRIME}' THEN '{Problem.P1}' ELSE problem END"
"""Problem whose bounds hold for a run, as :attr:`Problem.bounded_as`, in SQL."""


class Store:
    """A store of runs, open for writing. Each write is one transaction: complete or absent.

    Parameters
    ----------
    connection
        Connection to a database of this format; :meth:`open` makes one.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, path: str | PathLike[str]) -> Iterator[Store]:
        """Open a store; create it if the file is missing.

        Raises
        ------
        InputError
            If the path is not a store, or a store of another version.
        """
        target = Path(path)
        if target.is_dir():
            raise InputError("must be a file of runs, found a folder", source=path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", source=path) from error
        with connected(target, mode="rwc") as connection:
            connection.execute("PRAGMA synchronous = EXTRA")
            if is_blank(connection):
                create_tables(connection)
            refuse_other(connection, path)
            # With a write-ahead log, a copy of the file alone could miss the last runs.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            yield cls(connection)

    def refuse_other_coefficients(self, instance: str, coefficients: str) -> None:
        """Raise InputError if the store has other coefficients under the name of an instance."""
        query = "SELECT coefficients FROM instances WHERE instance = ?"
        for (stored,) in self._connection.execute(query, (instance,)):
            if stored != coefficients:
                raise InputError(
                    f"must have the coefficients that the store holds under this name "
                    f"(sha256 {stored[:12]})",
                    source=instance,
                    field="coefficients",
                    found=coefficients[:12],
                )

    def keys(self, *, without_failed: bool = False) -> set[str]:
        """Return the keys of the runs in the store.

        Parameters
        ----------
        without_failed
            True to leave out the runs that failed.
        """
        query = "SELECT key, ended_by FROM runs"
        return {
            key
            for key, ended_by in self._connection.execute(query)
            if not (without_failed and ended_by in FAILED)
        }

    def write(self, instance: Mapping[str, Any], run: Mapping[str, Any]) -> None:
        """Write a run and its instance in one transaction; a run of the same key is replaced.

        The claim of the run is removed.
        """
        with self._connection:
            self._replace("instances", INSTANCE_COLUMNS, instance)
            self._replace("runs", RUN_COLUMNS, run)
            self._connection.execute("DELETE FROM claims WHERE key = ?", [run["key"]])

    def plan(
        self, documents: Iterable[Mapping[str, Any]], runs: Iterable[Mapping[str, Any]]
    ) -> None:
        """Write planned runs and the files of their instances, in one transaction."""
        with self._connection:
            for document in documents:
                self._replace("documents", DOCUMENT_COLUMNS, document)
            for run in runs:
                self._replace("plans", PLAN_COLUMNS, run)

    def claim(
        self, keys: Iterable[str], *, owner: Owner, claimed_at: str, retry_failed: bool = False
    ) -> set[str]:
        """Claim the runs that are neither made nor claimed, and return their keys.

        Claims of processes that have ended are removed first.

        Parameters
        ----------
        keys
            Keys of the runs.
        owner
            Process that will make the runs.
        claimed_at
            Time of the claim, in UTC.
        retry_failed
            True if a failed run counts as not made.
        """
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._forget_the_dead()
            taken = self.keys(without_failed=retry_failed) | self._claimed_by_others(owner)
            free = [key for key in keys if key not in taken]
            for key in free:
                row = {"key": key, "owner": str(owner), "claimed_at": claimed_at}
                self._replace("claims", CLAIM_COLUMNS, row)
        return set(free)

    def is_claimed_elsewhere(self, keys: Iterable[str], *, owner: Owner) -> bool:
        """Return True if another running process has claimed one of these runs."""
        return not self._claimed_by_others(owner).isdisjoint(keys)

    def release(self, owner: Owner) -> None:
        """Remove every claim of an owner."""
        with self._connection:
            self._connection.execute("DELETE FROM claims WHERE owner = ?", [str(owner)])

    def copy(self, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        """Write rows by the name of their table, in one transaction."""
        with self._connection:
            for table, each in rows.items():
                for row in each:
                    self._replace(table, TABLES[table][0], row)

    def _claimed_by_others(self, owner: Owner) -> set[str]:
        query = "SELECT key, owner FROM claims WHERE owner <> ?"
        claims = self._connection.execute(query, [str(owner)]).fetchall()
        alive = {each: is_alive(each) for each in {text for _, text in claims}}
        return {key for key, text in claims if alive[text]}

    def _forget_the_dead(self) -> None:
        owners = self._connection.execute("SELECT DISTINCT owner FROM claims").fetchall()
        dead = [(text,) for (text,) in owners if not is_alive(text)]
        self._connection.executemany("DELETE FROM claims WHERE owner = ?", dead)

    def unproved(self) -> set[tuple[str, str]]:
        """Return the pairs (coefficients, problem) that need a bound.

        A pair of P1 or P2 needs a bound if its runs found a schedule, no run proved the optimum,
        and the store has no bound for it. Runs of P3' as maximisation count as runs of P1. A claim
        of a plug-in is not a proof.
        """
        query = f"""
            SELECT coefficients, {_BOUNDED_AS} AS bounded_as
            FROM runs JOIN instances USING (instance)
            WHERE cardinality IS NULL AND bounded_as IN ('P1', 'P2')
            GROUP BY instance, bounded_as
            HAVING max(objective) IS NOT NULL
                AND min(CASE WHEN plugin IS NULL THEN bound END) IS NOT max(objective)
            EXCEPT SELECT coefficients, problem FROM bounds
        """
        return set(self._connection.execute(query))

    def write_bound(self, bound: Mapping[str, Any]) -> None:
        """Write a bound; one of the same coefficients and problem is replaced."""
        with self._connection:
            self._replace("bounds", BOUND_COLUMNS, bound)

    def epochs(self, simulation: str) -> dict[int, dict[str, Any]]:
        """Return the stored epochs of a simulation, by their index."""
        query = f"SELECT {', '.join(EPOCH_COLUMNS)} FROM epochs WHERE simulation = ?"
        listed = self._connection.execute(query, [simulation]).fetchall()
        refuse_broken(list(EPOCH_COLUMNS), listed, EPOCH_COLUMNS, "file of runs")
        rows = (dict(zip(EPOCH_COLUMNS, row, strict=True)) for row in listed)
        return {row["epoch"]: row for row in rows}

    def write_epochs(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write epochs in one transaction; those of the same simulation and index are replaced."""
        with self._connection:
            for row in rows:
                self._replace("epochs", EPOCH_COLUMNS, row)

    def measurements(self) -> dict[str, dict[str, Any]]:
        """Return the stored rows of experiments, by their key."""
        query = f"SELECT {', '.join(MEASUREMENT_COLUMNS)} FROM measurements"
        listed = self._connection.execute(query).fetchall()
        refuse_broken(list(MEASUREMENT_COLUMNS), listed, MEASUREMENT_COLUMNS, "file of runs")
        rows = (dict(zip(MEASUREMENT_COLUMNS, row, strict=True)) for row in listed)
        return {row["key"]: row for row in rows}

    def write_measurements(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows of experiments in one transaction; those of the same key are replaced."""
        with self._connection:
            for row in rows:
                self._replace("measurements", MEASUREMENT_COLUMNS, row)

    def _replace(self, table: str, columns: Mapping[str, str], row: Mapping[str, Any]) -> None:
        names, places = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        self._connection.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", row)


def read_runs(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a store, each with the columns of its instance and the bound beside it.

    Raises
    ------
    InputError
        If the path is not a store of this version.
    """
    types = RUN_COLUMNS | INSTANCE_COLUMNS | CERTIFIED_COLUMNS
    query = f"""
        SELECT {", ".join(types)} FROM runs JOIN instances USING (instance)
        LEFT JOIN (
            SELECT coefficients AS bounded, problem AS bounded_problem,
            bound AS certified_bound, objective AS certified_objective FROM bounds
        ) ON bounded = coefficients AND bounded_problem = {_BOUNDED_AS} AND cardinality IS NULL
        ORDER BY runs.rowid
    """
    with reading(path) as connection:
        return _table(connection, query, types, path)


def read_rows(path: str | PathLike[str], table: str) -> list[dict[str, Any]]:
    """Return the rows of a table in the order in which they were written."""
    columns = TABLES[table][0]
    names = list(columns)
    with reading(path) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid"
        ).fetchall()
    refuse_broken(names, rows, columns, path)
    return [dict(zip(names, row, strict=True)) for row in rows]


def read_epochs(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the epochs of all simulations in a store, by simulation and epoch.

    Raises
    ------
    InputError
        If the path is not a store of this version, or the store has no epochs.
    """
    with reading(path) as connection:
        query = f"SELECT {', '.join(EPOCH_COLUMNS)} FROM epochs ORDER BY simulation, epoch"
        table = _table(connection, query, EPOCH_COLUMNS, path)
        if table.empty:
            raise InputError("must hold epochs of a simulation, found none", source=path)
        return table


def read_certificates(path: str | PathLike[str]) -> list[tuple[str, str, str]]:
    """Return the certificates of a store, each as (name of the instance, problem, text).

    Raises
    ------
    InputError
        If the path is not a store of this version.
    """
    query = """
        SELECT instance, problem, certificate FROM instances JOIN bounds USING (coefficients)
        WHERE certificate IS NOT NULL ORDER BY instance, problem
    """
    with reading(path) as connection:
        return list(connection.execute(query))


@contextmanager
def reading(path: str | PathLike[str]) -> Iterator[sqlite3.Connection]:
    """Open a store to read it.

    Raises
    ------
    InputError
        If the path is not a store of this version.
    """
    target = Path(path)
    if target.is_dir():
        raise InputError("must be a file of runs, found a folder", source=path)
    if not target.is_file():
        raise InputError("must be a file of runs, found none", source=path)
    # A journal is left by a killed process. SQLite must roll it back, which needs write access.
    is_left = target.with_name(f"{target.name}-journal").exists()
    with connected(target, mode="rw" if is_left else "ro") as connection:
        refuse_other(connection, path)
        yield connection


def _table(
    connection: sqlite3.Connection,
    query: str,
    columns: Mapping[str, str],
    path: str | PathLike[str],
) -> pd.DataFrame:
    import pandas as pd

    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    refuse_broken(names, rows, columns, path)
    return pd.DataFrame(
        {
            name: pd.array([row[place] for row in rows], dtype=dtype(columns[name]))
            for place, name in enumerate(names)
        }
    )


def dtype(sql: str) -> Any:
    """Return the nullable pandas type of a column, so that integers stay integers beside gaps."""
    return {"TEXT": "string", "INTEGER": "Int64", "REAL": "Float64"}[sql.split()[0]]
