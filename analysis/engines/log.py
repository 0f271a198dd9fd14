"""Log: the last characters that a run prints."""

from __future__ import annotations

import os
import re
from contextlib import suppress

_CHUNK = 1 << 16
_LONGEST = 4000
_MODULES = re.compile(rb"(?m)^Extension modules: .*\n?")
"""List of modules that follows the stack of a crash, and would push the stack out of the log."""

_PASSED_ON = (b"otgah: compiling kernels", b"otgah: kernels compiled")
"""Starts of the lines that the user sees at once: a first run would otherwise seem to hang."""


class Log:
    """Reading end of the pipe that a run prints to.

    Parameters
    ----------
    descriptor
        File descriptor of the pipe.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        os.set_blocking(descriptor, False)
        self._last = b""
        self._num_bytes = 0

    def read(self) -> bool:
        """Read at most one chunk; return False at the end of the pipe."""
        try:
            chunk = os.read(self.descriptor, _CHUNK)
        except BlockingIOError:
            return True
        self._num_bytes += len(chunk)
        self._last = (self._last + chunk)[-_CHUNK:]
        for line in chunk.splitlines(keepends=True):
            if line.startswith(_PASSED_ON):
                with suppress(OSError):  # standard error is closed
                    os.write(2, line)
        return bool(chunk)

    def drain(self) -> None:
        """Read the rest of the pipe of a process that has ended."""
        for _ in range(16):  # bounded, since a process that inherited the pipe may still write
            before = self._num_bytes
            if not self.read() or self._num_bytes == before:
                return

    def tail(self) -> str:
        """Return the end of the text since the last call, with the number of bytes left out."""
        told = _MODULES.sub(b"", self._last)
        left_out = self._num_bytes - len(self._last) + max(0, len(told) - _LONGEST)
        text = told[-_LONGEST:].decode("utf-8", "replace")
        self._last, self._num_bytes = b"", 0
        return f"[{left_out} bytes left out]\n{text}" if left_out else text

    def close(self) -> None:
        """Close the pipe."""
        os.close(self.descriptor)
