"""Announcements: the summary of each trace that is read, told to a command that listens."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


@contextmanager
def announced(tell: Callable[[str], None]) -> Iterator[None]:
    """Pass the summary line of each trace that is read inside on, each line once.

    Parameters
    ----------
    tell
        Function that shows a line.
    """
    told: set[str] = set()

    def once(line: str) -> None:
        if line not in told:
            told.add(line)
            tell(line)

    token = _listener.set(once)
    try:
        yield
    finally:
        _listener.reset(token)


def announce(line: str) -> None:
    """Tell a line to the command that listens, if one does."""
    tell = _listener.get()
    if tell is not None:
        tell(line)
