"""Compilation: a message that kernels are being compiled, and a second process that helps.

The command ``python -m heuristics.compilation PART...`` compiles parts without a message.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import wraps
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from numba.core import event

from heuristics.compiled import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

P = ParamSpec("P")
R = TypeVar("R")

_SILENCE_S = 5.0
"""Least time between two messages [s]."""


def compiles_beside(*parts: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a method: a second process compiles some of its kernels if they are not on disk.

    The second process starts with the first kernel that the method must compile, and ends with the
    method. A kernel that one process is compiling is awaited by the other, see `compiled`.

    Parameters
    ----------
    parts
        Functions without arguments that call kernels, each as ``module:function``, in the order of
        the second process. The method itself compiles its kernels in the order of its calls, so
        the kernels that it calls last should come first.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if _observer.parts:  # One method runs inside another.
                return method(*args, **kwargs)
            _observer.parts = parts
            try:
                return method(*args, **kwargs)
            finally:
                _observer.end()

        return run

    return decorate


def call(part: str) -> None:
    """Call the kernels of a part, see :func:`compiles_beside`."""
    module, _, name = part.partition(":")
    getattr(import_module(module), name)()


class _Observer(event.Listener):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """Observer of the kernels that this process compiles."""

    def __init__(self) -> None:
        self.parts: Sequence[str] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self._num_compiled = 0
        self._told_s: float | None = None

    def on_start(self, event: Any) -> None:
        """Say that kernels are being compiled; start the second process."""
        if not _is_own(event):
            return
        if self._told_s is None:
            self._tell("compiling kernels for the first run; later runs load them from disk")
        if self.parts and self._process is None and _num_cores() > 1 and cache_folder():
            self._process = _start(self.parts)

    def on_end(self, event: Any) -> None:
        """Count a kernel, and say from time to time how many have been compiled."""
        if not _is_own(event):
            return
        self._num_compiled += 1
        if self._told_s is not None and perf_counter() > self._told_s + _SILENCE_S:
            self._tell(f"kernels compiled so far: {self._num_compiled}")

    def end(self) -> None:
        """End the second process."""
        self.parts = ()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _tell(self, message: str) -> None:
        self._told_s = perf_counter()
        if sys.stderr is not None:
            print(f"otgah: {message}", file=sys.stderr, flush=True)


def _start(parts: Sequence[str]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(each or os.getcwd() for each in sys.path)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "heuristics.compilation", *parts],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _is_own(event: Any) -> bool:
    """Return False for a function of numba's, which a kernel calls."""
    module: str | None = event.data["dispatcher"].py_func.__module__
    return not (module or "").startswith("numba.")


def _num_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_observer = _Observer()
event.register("numba:compile", _observer)  # type: ignore[no-untyped-call]

if __name__ == "__main__":
    for each in sys.argv[1:]:
        call(each)
