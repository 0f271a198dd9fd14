"""Grid: a table of any length that the page sorts, filters and draws as far as it is in view."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.metrics import counted_runtime, nodes_of_kind
from analysis.metrics.campaign import last_lines
from analysis.metrics.column import floats
from analysis.runs.trees import TREES_LEFT
from analysis.text.nodes import tree_remark
from heuristics.result import NodeKind
from heuristics.text_file import gzipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE_TYPE = "application/vnd.otgah.page+html"
"""MIME type of the version of an output for the page; a notebook shows a plainer version."""

RUNS = "runs"
"""Name of the grid of all runs, to whose rows the marks of charts link."""

SIGNIFICANT_DIGITS = 6
"""Number of significant digits of values in a page, as charts and tables show them."""

LONGEST_TEXT = 200
"""Maximum number of characters of a text in a grid."""


class ColumnKind(StrEnum):
    """Format of the values of a column."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"


@dataclass(frozen=True, kw_only=True)
class GridColumn:
    """Column of a grid.

    Parameters
    ----------
    title, note
        Head of the column, and a note in small letters.
    kind
        Format of the values.
    is_choice
        True to offer the values as a filter.
    """

    title: str
    kind: ColumnKind = ColumnKind.TEXT
    note: str = ""
    is_choice: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """A packed table for the script of the page; a notebook shows its first ten rows.

    Parameters
    ----------
    name
        Name of the grid, to which charts refer.
    label, one
        Name of a row, in the plural and in the singular.
    frame
        Values, with a column for each key of ``columns``.
    columns
        Columns to show, in order.
    """

    name: str
    label: str
    one: str
    frame: pd.DataFrame
    columns: Mapping[str, GridColumn]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        plain = self.frame[list(self.columns)].head(10).to_html(index=False, na_rep="-")
        return {"text/html": plain, PAGE_TYPE: self.to_html()}

    def to_html(self) -> str:
        """Return the grid as markup for a page."""
        return str(
            Markup(
                '<div class="grid" id="grid-{}" data-label="{}" data-one="{}" data-packed="{}">'
                "<noscript><p>This table of {:,} {} needs JavaScript. "
                "<code>otgah export-runs</code> writes it as CSV.</p></noscript></div>"
            ).format(
                self.name,
                self.label,
                self.one,
                packed(self._document()),
                len(self.frame),
                self.label,
            )
        )

    def _document(self) -> dict[str, Any]:
        columns = []
        for key, column in self.columns.items():
            told: dict[str, Any] = {
                "key": key,
                "title": column.title,
                "note": column.note,
                "kind": column.kind,
                "choice": column.is_choice,
            }
            values = self.frame[key]
            if column.kind is ColumnKind.TEXT:
                texts = values.astype("string").fillna("").str.slice(0, LONGEST_TEXT)
                codes, levels = pd.factorize(texts)
                told |= {"values": codes.tolist(), "levels": [str(each) for each in levels]}
            else:
                told["values"] = numbers(floats(values))
            columns.append(told)
        return {"length": len(self.frame), "columns": columns}


def packed(document: object) -> str:
    """Return a document as JSON, gzipped, in base 64. Equal documents give equal text."""
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzipped(text.encode())).decode()


def numbers(values: np.ndarray[Any, Any]) -> list[float | int | None]:
    """Return values for JSON: rounded as shown, integers exact, None for absent values.

    Examples
    --------
    >>> numbers(np.array([0.123456789, 2.0, np.nan]))
    [0.123457, 2, None]
    """
    shown = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(shown)))
    digits = np.where(np.isfinite(magnitude), SIGNIFICANT_DIGITS - 1 - magnitude, 0)
    fine = [
        None if value != value else round(value, int(place))
        for value, place in zip(shown.tolist(), digits.tolist(), strict=True)
    ]
    whole = (shown == np.round(shown)) & (np.abs(shown) < 2**53)
    return [
        int(exact) if is_whole else value
        for value, exact, is_whole in zip(fine, shown.tolist(), whole.tolist(), strict=True)
    ]


_RUN_COLUMNS = {
    "instance": GridColumn(title="instance"),
    "family": GridColumn(title="family", is_choice=True),
    "method": GridColumn(title="method", is_choice=True),
    "problem": GridColumn(title="problem", is_choice=True),
    "seed": GridColumn(title="seed", kind=ColumnKind.COUNT),
    "ended_by": GridColumn(title="ended by", is_choice=True),
    "status": GridColumn(title="status", is_choice=True),
    "objective": GridColumn(title="served", kind=ColumnKind.COUNT, note="requests"),
    "best_bound": GridColumn(title="bound", kind=ColumnKind.COUNT, note="best proven"),
    "gap": GridColumn(title="gap", kind=ColumnKind.PERCENT, note="to that bound"),
    "runtime_s": GridColumn(title="runtime", kind=ColumnKind.SECONDS, note="failed: limit"),
    "tree_nodes": GridColumn(title="tree nodes", kind=ColumnKind.COUNT),
    "branch_and_bound_nodes": GridColumn(title="branch-and-bound nodes", kind=ColumnKind.COUNT),
    "num_eligible": GridColumn(title="pairs", kind=ColumnKind.COUNT, note="eligible"),
    "message": GridColumn(title="message"),
}


def runs_grid(runs: pd.DataFrame) -> Grid:
    """Return the grid of all runs, in the order of the table.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    """
    frame = runs.assign(runtime_s=counted_runtime(runs))
    frame["message"] = last_lines(runs["message"])
    frame["tree_nodes"] = nodes_of_kind(runs, NodeKind.TREE)
    frame["branch_and_bound_nodes"] = nodes_of_kind(runs, NodeKind.BRANCH_AND_BOUND)
    columns = _worth_showing(frame, _RUN_COLUMNS)
    if tree_remark(runs):
        columns["tree_nodes"] = replace(columns["tree_nodes"], note=f"start=bound: {TREES_LEFT}")
    return Grid(name=RUNS, label="runs", one="run", frame=frame, columns=columns)


def _worth_showing(frame: pd.DataFrame, columns: Mapping[str, GridColumn]) -> dict[str, GridColumn]:
    """Return the columns without those that are optional and empty."""
    droppable: Sequence[str] = ("message", "tree_nodes", "branch_and_bound_nodes", "family")
    return {
        key: column
        for key, column in columns.items()
        if key not in droppable or frame[key].notna().any()
    }
