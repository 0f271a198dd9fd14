"""Markup: what the pages are made of, with every value escaped unless it is markup already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from analysis.text.phrases import ABSENT, p_text, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LONGEST_TABLE = 200
"""The most rows of a table that is written out; of longer ones the page says how many there are."""

LONGEST_LINE = 30
"""Texts of more characters may break wherever their cell ends."""


class Head(NamedTuple):
    """The head of a column.

    Parameters
    ----------
    name, note
        What stands in the column, and what it counts.
    is_text
        Whether its cells are set flush left.
    """

    name: str
    note: str = ""
    is_text: bool = False


class TableCell(NamedTuple):
    """A cell of a table.

    Parameters
    ----------
    shown
        What is read; escaped unless it is markup.
    value
        What the column is sorted by; ``shown`` where it is None.
    """

    shown: str
    value: float | None = None


def prose(text: str) -> Markup:
    """Return text for reading, which breaks no line inside a name, a percentage or a p-value."""
    kept = str(escape(text)).replace("OT-GAH", "OT\N{NON-BREAKING HYPHEN}GAH")
    for apart in (" %", "p = ", "p &lt; "):
        kept = kept.replace(apart, apart.replace(" ", "\N{NO-BREAK SPACE}"))
    return Markup(kept)


def paragraph(*sentences: str, kind: str = "") -> Markup:
    """Return sentences as a paragraph; nothing where there are none."""
    told = Markup(" ").join(prose(each) for each in sentences if each)
    if not told:
        return Markup("")
    return Markup('<p class="{}">{}</p>').format(kind, told) if kind else Markup(f"<p>{told}</p>")


def items(texts: Iterable[str]) -> Markup:
    """Return texts as a list, the first of them where there are very many."""
    listed = list(texts)
    shown = [Markup("<li>{}</li>").format(prose(each)) for each in listed[:LONGEST_TABLE]]
    if len(listed) > LONGEST_TABLE:
        shown.append(Markup("<li>and {:,} more</li>").format(len(listed) - LONGEST_TABLE))
    return Markup("<ul>{}</ul>").format(Markup("").join(shown))


def terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return names and what is said of each."""
    lines = (Markup("<dt>{}</dt><dd>{}</dd>").format(name, told) for name, told in pairs)
    return Markup("<dl>{}</dl>").format(Markup("").join(lines))


def body(rows: Sequence[Sequence[TableCell | str]], heads: Sequence[Head]) -> Markup:
    """Return the rows of a table, whose first cell is the head of its row."""
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
    """Return a table that sorts by any column; each body is sorted in itself.

    Parameters
    ----------
    label
        What it holds, for those who do not see it.
    heads
        Its columns.
    bodies
        Its rows, group by group, as :func:`body` makes them.
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
    """Return a table of rows, the first of them where there are very many, which it says.

    Parameters
    ----------
    label, heads, rows
        As in :func:`table` and :func:`body`.
    num_rows
        How many there are, where ``rows`` holds the first of them alone.
    what
        What they are, in the plural.
    longest
        The most rows that are written out.
    """
    made = table(label, heads, [body(rows[:longest], heads)])
    total = len(rows) if num_rows is None else num_rows
    if total > longest:
        made += paragraph(f"The first {longest} of {total:,} {what}.")
    return made


def known(value: Any) -> float | None:
    """Return a value as a number, None where it is absent."""
    return None if pd.isna(value) else float(value)


def _cells(show: Callable[[float], str]) -> Callable[[Any], TableCell]:
    def cell(value: Any) -> TableCell:
        number = known(value)
        return TableCell(ABSENT if number is None else show(number), number)

    return cell


percent_cell = _cells(lambda value: percent(value))
"""A fraction in percent."""

fine_percent_cell = _cells(lambda value: percent(value, 2))
"""A fraction in percent, with two digits."""

seconds_cell = _cells(seconds)
"""A duration."""

count_cell = _cells(lambda value: f"{value:,.0f}")
"""A whole number, or one that is shown as such."""

decimal_cell = _cells(lambda value: f"{value:.2f}")
"""A number with two digits."""

p_cell = _cells(lambda value: p_text(value).removeprefix("= "))
"""A p-value."""
