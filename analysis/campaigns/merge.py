"""Merge: two stores into a third; rows that differ need a preference of the user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.store.store import Store, read_rows
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    Row = dict[str, Any]

PREFERENCES = ("first", "second")

KEYS = {
    "documents": ("name",),
    "instances": ("instance",),
    "runs": ("key",),
    "bounds": ("coefficients", "problem"),
    "epochs": ("simulation", "epoch"),
    "measurements": ("key",),
    "plans": ("key",),
}
"""Key columns of each table. Claims belong to processes and are not merged."""

_ASIDE = {
    "documents": ("source", "document"),
    "plans": ("num_jobs", "planned_at"),
}
"""Columns that may differ without a conflict, since no result depends on them."""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Two rows with the same key and different values.

    Parameters
    ----------
    table
        Name of the table.
    key
        Key of the row in the table.
    subject
        Description of the row for a reader.
    columns
        Names of the columns that differ.
    """

    table: str
    key: str
    subject: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        """Return the conflict as a line."""
        return f"{self.table}: {self.subject}: {', '.join(self.columns)} differ"


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Result of a merge.

    Parameters
    ----------
    num_runs
        Number of runs in the new store.
    conflicts
        Rows that are in both stores and differ.
    is_written
        True if the new store was written; False if there are conflicts and no preference.
    """

    num_runs: int
    conflicts: tuple[Conflict, ...]
    is_written: bool


def merge(
    first: str | PathLike[str],
    second: str | PathLike[str],
    out: str | PathLike[str],
    *,
    prefer: str | None = None,
) -> Merge:
    """Merge two stores into a new store.

    Parameters
    ----------
    first, second
        Paths of the stores, which are not changed.
    out
        Path of the new store.
    prefer
        ``first`` or ``second``: store whose row is taken if both have a row and the rows differ;
        None to write no store in that case. A run that was made twice differs at least in its
        times.

    Raises
    ------
    InputError
        If a path is not a store of this version, the new store exists already, the preference is
        unknown, or the stores have different coefficients under one name.
    """
    if prefer not in (None, *PREFERENCES):
        rule = f"must be one of {', '.join(PREFERENCES)}"
        raise InputError(rule, source="--prefer", found=prefer)
    if Path(out).exists():
        raise InputError("must be a new file", source="--out", found=str(out))
    merged: dict[str, list[Row]] = {}
    conflicts: list[Conflict] = []
    for table in KEYS:
        one, other = _rows(first, table), _rows(second, table)
        _refuse_other_coefficients(table, one, other, second)
        found = [
            Conflict(table=table, key=_text(key), subject=_subject(one[key]), columns=columns)
            for key in one.keys() & other.keys()
            if (columns := _differing(table, one[key], other[key]))
        ]
        conflicts += sorted(found, key=lambda each: each.subject)
        both = one | other if prefer == "second" else other | one
        merged[table] = [both[key] for key in (one | other)]
    is_written = not conflicts or prefer is not None
    if is_written:
        with replacing(out) as temporary, Store.open(temporary) as store:
            store.copy(merged)
    return Merge(num_runs=len(merged["runs"]), conflicts=tuple(conflicts), is_written=is_written)


def _rows(path: str | PathLike[str], table: str) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[name] for name in KEYS[table]): row for row in read_rows(path, table)}


def _differing(table: str, one: Row, other: Row) -> tuple[str, ...]:
    aside = _ASIDE.get(table, ())
    return tuple(name for name in one if name not in aside and one[name] != other[name])


def _refuse_other_coefficients(
    table: str,
    one: dict[tuple[Any, ...], Row],
    other: dict[tuple[Any, ...], Row],
    source: str | PathLike[str],
) -> None:
    if table not in ("documents", "instances"):
        return
    for key in one.keys() & other.keys():
        digests = one[key]["coefficients"], other[key]["coefficients"]
        if digests[0] != digests[1]:
            raise InputError(
                f"must have the coefficients that the first has under this name "
                f"(sha256 {digests[0][:12]})",
                source=source,
                field=str(key[0]),
                found=digests[1][:12],
            )


def _subject(row: Row) -> str:
    """Return the run, instance, method and seed of a row, as far as it has them."""
    names = ("key", "name", "instance", "method", "seed", "simulation", "epoch", "problem")
    parts: Iterable[object] = (row[name] for name in names if name in row)
    return " ".join(str(part)[:12] if len(str(part)) == 64 else str(part) for part in parts)


def _text(key: tuple[Any, ...]) -> str:
    return "/".join(map(str, key))
