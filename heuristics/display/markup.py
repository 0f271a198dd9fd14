"""Markup of displays: tables and bars with their style in place, with every value escaped.

The type of markup is :class:`markupsafe.Markup`, here and on the pages of reports: any other text
is escaped where it is put into markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from heuristics.display.palette import BEYOND, WITHIN
from heuristics.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ABSENT", "Markup", "bar", "listed", "markup", "table"]

ABSENT = "-"
"""The sign for an absent value."""

_MOST_LISTED = 20

_CELL = "text-align:left;vertical-align:top;padding:.15em .8em .15em 0"
_HEAD = f"{_CELL};white-space:nowrap"
_TITLE = "text-align:left;font-weight:bold;white-space:nowrap"
_TRACK = "display:inline-block;width:5em;height:.7em;margin-right:.5em;background:#7f7f7f40"


def markup(value: object) -> Markup:
    """Return a value as markup: escaped if it is not markup yet, integers with commas, None as "-".

    Examples
    --------
    >>> markup("<b>"), markup(12345), markup(None)
    (Markup('&lt;b&gt;'), Markup('12,345'), Markup('-'))
    """
    if isinstance(value, Markup):
        return value
    if value is None:
        return Markup(ABSENT)
    if isinstance(value, int) and not isinstance(value, bool):
        return Markup(f"{value:,}")
    return escape(printable(str(value)))


def table(title: object, head: Sequence[object], rows: Iterable[Sequence[object]]) -> Markup:
    """Return a table with a title.

    Parameters
    ----------
    title
        Title above the table.
    head
        Heads of the columns; without any, the table has no row of heads.
    rows
        Cells, row by row. The first cell of each row is the head of the row.
    """
    heads = _joined('<th scope="col" style="{}">{}</th>', _HEAD, head)
    row_head = Markup('<tr><th scope="row" style="{}">{}</th>{}</tr>')
    body = Markup("").join(
        row_head.format(_HEAD, markup(first), _joined('<td style="{}">{}</td>', _CELL, cells))
        for first, *cells in rows
    )
    return Markup('<table><caption style="{}">{}</caption>{}<tbody>{}</tbody></table>').format(
        _TITLE,
        markup(title),
        Markup("<thead><tr>{}</tr></thead>").format(heads) if head else "",
        body,
    )


def _joined(form: str, style: str, values: Iterable[object]) -> Markup:
    """Return values side by side, each in an element of one style."""
    return Markup("").join(Markup(form).format(style, markup(each)) for each in values)


def bar(part: int | None, whole: int | None, *, most: str = "") -> Markup:
    """Return a part of a whole as a bar, with both numbers beside it in text.

    Parameters
    ----------
    part, whole
        Numbers of the same unit. If either is None, the part alone is written.
    most
        Remark on a part that exceeds its whole, for parts that must not.
    """
    if part is None or whole is None:
        return markup(part)
    share = part / whole if whole else float(part > 0)
    remark = f", {most}" if most and part > whole else ""
    return Markup(
        '<span style="white-space:nowrap"><span aria-hidden="true" style="{track}">'
        '<span style="display:block;height:100%;width:{width:.4g}%;background:{colour}">'
        "</span></span>{percent}</span>"
        '<br><small style="white-space:nowrap">{text}</small>'
    ).format(
        track=_TRACK,
        width=100 * min(share, 1.0),
        colour=BEYOND if part > whole else WITHIN,
        percent=_percent(share) if whole else "",
        text=markup(f"{part:,} of {whole:,}{remark}"),
    )


def _percent(share: float) -> str:
    """Return a share in whole percent; "0 %" and "100 %" only for exactly 0 and 1."""
    percent = round(100 * share)
    if percent == 0 and share > 0:
        return "< 1 %"
    return "> 99 %" if percent == 100 and share < 1 else f"{percent:,} %"


def listed(numbers: Sequence[int]) -> str:
    """Return numbers separated by commas, and the number of those left out after the first 20.

    Examples
    --------
    >>> listed([3, 4]), listed([]), listed(range(22))[-15:]
    ('3, 4', 'none', '19 and 2 others')
    """
    if not numbers:
        return "none"
    shown = ", ".join(map(str, numbers[:_MOST_LISTED]))
    num_left = len(numbers) - _MOST_LISTED
    return shown if num_left <= 0 else f"{shown} and {num_left:,} others"
