"""Interrupts of a long verb: the first ends it cleanly, the second at once."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

KEPT = "interrupted; what was finished is kept, and the same command goes on from there"
"""What a verb says that writes as it goes."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):  # noqa: N818  # an end of the command, not an error
    """The command was asked to end, and has done so cleanly.

    Parameters
    ----------
    message
        What is kept, and how to go on.
    number
        Of the signal that asked.
    """

    def __init__(self, message: str, number: int) -> None:
        self.status = 128 + number
        super().__init__(message)


class _Asked(KeyboardInterrupt):
    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


@contextmanager
def ending_cleanly(message: str) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end what is inside; a second one does not wait for that.

    Parameters
    ----------
    message
        What is kept, and how to go on.

    Raises
    ------
    Interrupted
        If one came.
    """
    before = {each: signal.signal(each, _ask) for each in _SIGNALS}
    try:
        yield
    except KeyboardInterrupt as asked:
        number = asked.number if isinstance(asked, _Asked) else signal.SIGINT
        raise Interrupted(message, number) from None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ask(number: int, frame: FrameType | None) -> None:
    for each in _SIGNALS:
        signal.signal(each, _leave)
    raise _Asked(number)


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)
