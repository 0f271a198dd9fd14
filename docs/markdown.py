"""Markdown of generated pages: tables whose cells are escaped, and code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def escaped(text: object) -> str:
    r"""Return a text in which nothing but backticks around code has a meaning in Markdown.

    Examples
    --------
    >>> print(escaped("a*b of `x|y`"))
    a\*b of `x\|y`
    """
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return _plain(str(text))
    return "".join(code(each) if place % 2 else _plain(each) for place, each in enumerate(parts))


def _plain(text: str) -> str:
    return "".join(f"\\{each}" if each in r"\`*_{}[]<>#|$" else each for each in text)


def code(text: object) -> str:
    """Return a text as code within a line, also within a cell of a table."""
    shown = str(text).replace("|", r"\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown from cells that are Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(' '.join(cell.split()) for cell in row)} |" for row in lines)


def contents(pages: Iterable[str]) -> str:
    """Return a table of contents that lists pages in the navigation."""
    listed = "\n".join(pages)
    return f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
