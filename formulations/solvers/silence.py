"""Silence: no line of a solver on standard output, where a command prints JSON."""

from __future__ import annotations

import ctypes
import os
import warnings
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def silence() -> Iterator[None]:
    """Discard standard output of this process, C libraries included, and Python's warnings.

    Solvers print their licence before an option can stop them. Standard error stays open.
    """
    flush = ctypes.CDLL(None).fflush
    with open(os.devnull, "w") as nowhere, warnings.catch_warnings(), redirect_stdout(nowhere):
        warnings.simplefilter("ignore")
        flush(None)
        kept = os.dup(1)
        try:
            os.dup2(nowhere.fileno(), 1)
            yield
        finally:
            flush(None)
            os.dup2(kept, 1)
            os.close(kept)
