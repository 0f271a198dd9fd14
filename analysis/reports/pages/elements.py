"""Elements of a page: paragraphs, lists and tables, with every value escaped but markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from analysis.text.phrases import ABSENT, p_text, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LONGEST_TABLE = 200
"""Maximum number of rows in a table. A longer table is cut, with a note on the number of rows."""

LONGEST_LINE = 30
"""Number of characters above which the text of a cell may break at any place."""


class Head(NamedTuple):
    """Head of a column.

    Parameters
    ----------
    name, note
        Name of the column, and a note in small letters.
    is_text
        True to align the cells left.
    """

    name: str
    note: str = ""
    is_text: bool = False


class TableCell(NamedTuple):
    """Cell of a table.

    Parameters
    ----------
    shown
        Text of the cell; escaped unless it is markup.
    value
        Sort key of the cell; ``shown`` if None.
    """

    shown: str
    value: float | None = None


def prose(text: str) -> Markup:
    """Return text without line breaks inside a name, a percentage or a p-value."""
    kept = str(escape(text)).replace("OT-GAH", "OT\N{NON-BREAKING HYPHEN}GAH")
    for apart in (" %", "p = ", "p &lt; "):
        kept = kept.replace(apart, apart.replace(" ", "\N{NO-BREAK SPACE}"))
    return Markup(kept)


def paragraph(*sentences: str, kind: str = "") -> Markup:
    """Return sentences as a paragraph; empty markup without a sentence."""
    told = Markup(" ").join(prose(each) for each in sentences if each)
    if not told:
        return Markup("")
    return Markup('<p class="{}">{}</p>').format(kind, told) if kind else Markup(f"<p>{told}</p>")


def items(texts: Iterable[str]) -> Markup:
    """Return texts as a list, cut after :data:`LONGEST_TABLE` items."""
    listed = list(texts)
    shown = [Markup("<li>{}</li>").format(prose(each)) for each in listed[:LONGEST_TABLE]]
    if len(listed) > LONGEST_TABLE:
        shown.append(Markup("<li>and {:,} more</li>").format(len(listed) - LONGEST_TABLE))
    return Markup("<ul>{}</ul>").format(Markup("").join(shown))


def terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return a list of names, each with its description."""
    lines = (Markup("<dt>{}</dt><dd>{}</dd>").format(name, told) for name, told in pairs)
    return Markup("<dl>{}</dl>").format(Markup("").join(lines))


def body(rows: Sequence[Sequence[TableCell | str]], heads: Sequence[Head]) -> Markup:
    """Return the rows of a table; the first cell of each row is the head of the row."""
    return Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(_cell(cell, head, place) for place, (cell, head) in enumerate(pairs))
        )
        for pairs in (zip(row, heads, strict=True) for row in rows)
    )


def _cell(cell: TableCell | str, head: Head, place: int) -> Markup:
    shown, value = cell if isinstance(cell, TableCell) else (cell, None)
    sort = Markup("") if value is None else Markup(' data-value="{!r}"').format(float(value))
    kinds = ["left"] if head.is_text and place else []
    if len(shown) > LONGEST_LINE and not isinstance(shown, Markup):
        kinds.append("long")
    kind = Markup(' class="{}"').format(" ".join(kinds)) if kinds else Markup("")
    tag = Markup("<td{}{}>{}</td>") if place else Markup('<th scope="row"{}{}>{}</th>')
    return tag.format(kind, sort, shown)


def table(label: str, heads: Sequence[Head], bodies: Iterable[Markup]) -> Markup:
    """Return a table that can be sorted by any column, within each body.

    Parameters
    ----------
    label
        Label for screen readers.
    heads
        Heads of the columns.
    bodies
        Groups of rows, as :func:`body` makes them.
    """
    head = Markup("").join(
        Markup('<th scope="col"{}>{}{}</th>').format(
            Markup(' class="left"') if each.is_text else Markup(""),
            each.name,
            Markup("<small>{}</small>").format(each.note) if each.note else Markup(""),
        )
        for each in heads
    )
    groups = Markup("").join(Markup("<tbody>{}</tbody>").format(each) for each in bodies)
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="sortable"><thead><tr>{}</tr></thead>{}</table></div>'
    ).format(label, head, groups)


def rows_table(
    label: str,
    heads: Sequence[Head],
    rows: Sequence[Sequence[TableCell | str]],
    *,
    num_rows: int | None = None,
    what: str = "rows",
    longest: int = LONGEST_TABLE,
) -> Markup:
    """Return a table of rows, cut after ``longest`` rows, with a note if it is cut.

    Parameters
    ----------
    label, heads, rows
        As in :func:`table` and :func:`body`.
    num_rows
        Number of all rows, if ``rows`` holds only the first of them.
    what
        Name of the rows, in the plural.
    longest
        Maximum number of rows in the table.
    """
    made = table(label, heads, [body(rows[:longest], heads)])
    total = len(rows) if num_rows is None else num_rows
    if total > longest:
        made += paragraph(f"The first {longest} of {total:,} {what}.")
    return made


def known(value: Any) -> float | None:
    """Return a value as a number; None if it is absent."""
    return None if pd.isna(value) else float(value)


def _cells(show: Callable[[float], str]) -> Callable[[Any], TableCell]:
    def cell(value: Any) -> TableCell:
        number = known(value)
        return TableCell(ABSENT if number is None else show(number), number)

    return cell


percent_cell = _cells(lambda value: percent(value))
"""Cell with a fraction in percent."""

fine_percent_cell = _cells(lambda value: percent(value, 2))
"""Cell with a fraction in percent, with two decimals."""

seconds_cell = _cells(seconds)
"""Cell with a duration."""

count_cell = _cells(lambda value: f"{value:,.0f}")
"""Cell with a number rounded to an integer."""

decimal_cell = _cells(lambda value: f"{value:.2f}")
"""Cell with a number with two decimals."""

p_cell = _cells(lambda value: p_text(value).removeprefix("= "))
"""Cell with a p-value."""
