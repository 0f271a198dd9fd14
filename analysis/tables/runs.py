"""Runs: the table with one row for each run, in memory and as a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.methods.registry import METHODS
from analysis.tables.named import RUNS, named_table
from analysis.tables.run_schema import runs_document
from heuristics.errors import InputError
from heuristics.problem import Problem
from instances.atomic import replacing
from instances.families.registry import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    import pandas as pd

FIRST_COLUMNS = (
    "instance",
    "family",
    "method",
    "problem",
    "status",
    "ended_by",
    "objective",
    "bound",
    "best_bound",
    "gap",
    "runtime_s",
    "num_nodes",
    "node_kind",
)
"""The most important columns, which come first."""


def runs_table(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a store with their gaps to the best bound proved in it.

    Parameters
    ----------
    path
        Path of the store.

    Returns
    -------
    pandas.DataFrame
        One row for each run, ordered by family, instance, method and seed; see
        :func:`analysis.metrics.with_best_bound`.

    Raises
    ------
    InputError
        If the path is not a store of this version.
    """
    from analysis.metrics import with_best_bound
    from analysis.store.store import read_runs

    table = with_best_bound(_in_order(read_runs(path)))
    return table[[*FIRST_COLUMNS, *(each for each in table.columns if each not in FIRST_COLUMNS)]]


def _in_order(runs: pd.DataFrame) -> pd.DataFrame:
    """Sort runs in the order in which the registries list families and methods."""
    ranks = {"family": tuple(FAMILIES), "method": tuple(METHODS)}

    def rank(column: pd.Series[Any]) -> pd.Series[Any]:
        if column.name in ranks:
            known = ranks[str(column.name)]
            names = column.fillna("")
            places = {name: place for place, name in enumerate(known)}
            return names.map(lambda name: f"{places.get(name, len(known)):04} {name}")
        return column.map(_natural) if column.name == "instance" else column

    by = ["problem", "family", "instance", "method", "seed"]
    return runs.sort_values(by, key=rank, kind="stable", ignore_index=True)


def _natural(name: str) -> str:
    """Return a sort key that puts ``seed2`` before ``seed10``."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(18), name)


def export_runs(
    path: str | PathLike[str], out: str | PathLike[str], *, table: str = RUNS
) -> pd.DataFrame:
    """Write the table of runs, or an evaluation of it, in the format of the file's suffix.

    Parameters
    ----------
    path
        Path of the store.
    out
        Path of the file. ``.csv``, ``.parquet`` and ``.json`` have every column; in CSV an
        apostrophe precedes a text that a spreadsheet would read as a formula. ``.tex`` is a
        longtable in the style of booktabs, with the first columns alone for the table of runs.
        ``.solu`` has the proven value of P1 for each instance.
    table
        Name of the table: ``runs``, or one of :data:`analysis.tables.named.TABLES`.

    Returns
    -------
    pandas.DataFrame
        The table of runs.

    Raises
    ------
    InputError
        If the suffix or the table is unknown, or the path is not a store of this version.
    """
    suffix = Path(out).suffix
    if suffix not in _WRITERS:
        rule = f"must end in {', '.join(_WRITERS)}"
        raise InputError(rule, source="--out", found=str(out))
    if suffix == ".solu" and table != RUNS:
        raise InputError("must be runs for a .solu file", source="--table", found=table)
    runs = runs_table(path)
    chosen = named_table(table, runs)
    with replacing(out) as temporary:
        _WRITERS[suffix](chosen, temporary)
    return runs


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV; an apostrophe precedes a text that is a formula to spreadsheets."""
    columns = [str(each) for each in table.select_dtypes(["string", "object"]).columns]
    texts = {name: table[name].map(_as_text) for name in columns}
    table.assign(**texts).to_csv(path, index=False, lineterminator="\n")


def _as_text(value: Any) -> Any:
    """Return a text with an apostrophe before it if a spreadsheet would read it as a formula."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet."""
    table.to_parquet(path, index=False)


def _write_json(table: pd.DataFrame, path: Path) -> None:
    if set(FIRST_COLUMNS) <= set(table.columns):
        document: Any = runs_document(table)
    else:
        plain = table.astype(object)
        document = plain.where(plain.notna(), None).to_dict("records")
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def _write_tex(table: pd.DataFrame, path: Path) -> None:
    is_runs = set(FIRST_COLUMNS) <= set(table.columns)
    shown = table[list(FIRST_COLUMNS)] if is_runs else table
    text = shown.to_latex(index=False, escape=True, longtable=True, na_rep="", float_format="%.4g")
    path.write_text(text, encoding="utf-8")


def _write_solu(table: pd.DataFrame, path: Path) -> None:
    """Write the known values of each instance in the format of .solu files.

    ``=opt=`` is a proven optimum. ``=best=`` and ``=bestdual=`` are the best objective and the best
    bound of another instance. ``=unkn=`` marks an instance whose runs contradict each other or
    found neither.
    """
    from analysis.metrics import bounded_as

    of_p1 = table[bounded_as(table) == Problem.P1]
    lines = [
        line
        for name, runs in of_p1.groupby("instance", sort=True)
        for line in _solu_lines(str(name), runs)
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _solu_lines(name: str, runs: pd.DataFrame) -> list[str]:
    from pandas import notna

    best = runs[["objective", "certified_objective"]].max(axis=1).max()
    bound = runs["best_bound"].min()
    if runs["contradiction"].notna().any():
        return [f"=unkn= {name}"]
    if notna(best) and notna(bound) and best == bound:
        return [f"=opt= {name} {best}"]
    values = {"best": best, "bestdual": bound}
    known = [f"={word}= {name} {value}" for word, value in values.items() if notna(value)]
    return known or [f"=unkn= {name}"]


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": write_csv,
    ".json": _write_json,
    ".parquet": write_parquet,
    ".tex": _write_tex,
    ".solu": _write_solu,
}
