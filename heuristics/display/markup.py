"""What displays are made of: tables and bars, escaped, with their style in place."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from heuristics.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ABSENT = "-"
WITHIN, BEYOND = "#0072B2", "#D55E00"
"""The colours of a bar within its capacity and of one beyond it, of Okabe and Ito's palette."""

_MOST_LISTED = 20

_CELL = "text-align:left;vertical-align:top;padding:.15em .8em .15em 0"
_HEAD = f"{_CELL};white-space:nowrap"
_TITLE = "text-align:left;font-weight:bold;white-space:nowrap"
_TRACK = "display:inline-block;width:5em;height:.7em;margin-right:.5em;background:#7f7f7f40"


class Markup(str):
    """HTML; any other text is escaped where it is put into some."""

    __slots__ = ()


def markup(value: object) -> Markup:
    """Return a value as HTML: escaped unless it is some, integers grouped, a dash for None.

    Examples
    --------
    >>> markup("<b>"), markup(12345), markup(None)
    ('&lt;b&gt;', '12,345', '-')
    """
    if isinstance(value, Markup):
        return value
    if value is None:
        return Markup(ABSENT)
    if isinstance(value, int) and not isinstance(value, bool):
        return Markup(f"{value:,}")
    return Markup(html.escape(printable(str(value))))


def table(title: object, head: Sequence[object], rows: Iterable[Sequence[object]]) -> Markup:
    """Return a table with a title; a head of no cells leaves the row of heads out.

    Parameters
    ----------
    title
        What the table is of.
    head
        The heads of the columns.
    rows
        The cells; the first of each row is its head.
    """
    heads = "".join(f'<th scope="col" style="{_HEAD}">{markup(each)}</th>' for each in head)
    body = "".join(
        f'<tr><th scope="row" style="{_HEAD}">{markup(first)}</th>'
        + "".join(f'<td style="{_CELL}">{markup(each)}</td>' for each in cells)
        + "</tr>"
        for first, *cells in rows
    )
    return Markup(
        f'<table><caption style="{_TITLE}">{markup(title)}</caption>'
        + (f"<thead><tr>{heads}</tr></thead>" if head else "")
        + f"<tbody>{body}</tbody></table>"
    )


def bar(part: int | None, whole: int | None, *, most: str = "") -> Markup:
    """Return a part of a whole as a bar, with both numbers beside it for who cannot see it.

    Parameters
    ----------
    part, whole
        Numbers of the same unit. Without either, only what is known is written.
    most
        Marks of a part that may not exceed its whole: what to say where it does.
    """
    if part is None or whole is None:
        return markup(part)
    share = part / whole if whole else float(part > 0)
    colour = BEYOND if part > whole else WITHIN
    told = f"{part:,} of {whole:,}" + (f", {most}" if most and part > whole else "")
    return Markup(
        f'<span style="white-space:nowrap"><span aria-hidden="true" style="{_TRACK}">'
        f'<span style="display:block;height:100%;width:{100 * min(share, 1.0):.4g}%;'
        f'background:{colour}"></span></span>{markup(_percent(share)) if whole else ""}</span>'
        f'<br><small style="white-space:nowrap">{markup(told)}</small>'
    )


def _percent(share: float) -> str:
    """Return a share in whole percent, and what is nearly nothing or nearly all as such."""
    percent = round(100 * share)
    if percent == 0 and share > 0:
        return "< 1 %"
    return "> 99 %" if percent == 100 and share < 1 else f"{percent:,} %"


def listed(numbers: Sequence[int]) -> str:
    """Return numbers in a line, the first of them where they are many.

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
