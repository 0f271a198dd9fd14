"""Interrupts of a long verb: the first ends the verb cleanly, the second at once."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

KEPT = "interrupted; finished runs are kept, and the same command continues from there"
"""Message of a verb that keeps finished runs."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):  # noqa: N818  # an end of the command, not an error
    """An interrupt or termination signal ended the command cleanly.

    Parameters
    ----------
    message
        Message for the user: the results that are kept, and how to continue.
    number
        Number of the signal.
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
    """Let Ctrl-C or SIGTERM end the block cleanly, and a second signal end it at once.

    Parameters
    ----------
    message
        Message for the user: the results that are kept, and how to continue.

    Raises
    ------
    Interrupted
        If a signal arrived.
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
