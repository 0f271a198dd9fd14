"""Phrases: counts, durations, shares, p-values and aligned tables as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ABSENT = "-"
"""Sign for an absent value."""


def aligned(
    rows: Sequence[Sequence[str]], header: Sequence[str] = (), *, right: Sequence[int] = ()
) -> str:
    """Return rows as columns of equal width.

    Parameters
    ----------
    rows
        Cells, row by row.
    header
        Heads of the columns, of one or several lines, underlined; empty for a table without heads.
    right
        Indices of the columns to align right.

    Examples
    --------
    >>> print(aligned([["ot", "3"], ["ot-gah", "12"]], ["method", "runs"], right=[1]))
    method  runs
    ------  ----
    ot         3
    ot-gah    12
    """
    heads = _head_lines(header)
    lines = [*heads, *map(list, rows)]
    if not lines:
        return ""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if header:
        lines.insert(len(heads), ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _head_lines(header: Sequence[str]) -> list[list[str]]:
    """Return the lines of the heads of the columns; short heads end at the last line."""
    cells = [head.split("\n") for head in header]
    height = max(map(len, cells), default=0)
    padded = [[""] * (height - len(cell)) + cell for cell in cells]
    return [list(line) for line in zip(*padded, strict=True)]


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, in the singular for 1.

    Parameters
    ----------
    count
        Number of things.
    one, many
        Noun in the singular and in the plural; the plural is ``one`` with an s if None.

    Examples
    --------
    >>> counted(1, "run"), counted(5000, "run"), counted(2, "family", "families")
    ('1 run', '5,000 runs', '2 families')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(fraction: float | None, digits: int = 1) -> str:
    """Return a fraction in percent; :data:`ABSENT` for None.

    Examples
    --------
    >>> percent(0.125), percent(0.0), percent(None)
    ('12.5 %', '0 %', '-')
    """
    if fraction is None:
        return ABSENT
    return "0 %" if fraction == 0 else f"{100 * fraction:.{digits}f} %"


def seconds(duration: float | None) -> str:
    """Return a duration in s, ms or µs; :data:`ABSENT` for None.

    Examples
    --------
    >>> seconds(12.3456), seconds(0.0123), seconds(2e-5), seconds(None)
    ('12.3 s', '12.3 ms', '20 µs', '-')
    """
    if duration is None:
        return ABSENT
    if duration >= 1:
        return f"{duration:,.3g} s" if duration < 1000 else f"{duration:,.0f} s"
    return f"{duration * 1e3:.3g} ms" if duration >= 1e-3 else f"{duration * 1e6:.0f} µs"


def p_text(p_value: float) -> str:
    """Return a p-value with its relation.

    Examples
    --------
    >>> p_text(0.0312), p_text(0.0004)
    ('= 0.031', '< 0.001')
    """
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.3f}"
