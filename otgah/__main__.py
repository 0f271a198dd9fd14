"""The command ``otgah``, which is also ``python -m otgah``."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    argv
        Arguments after the name of the command; those of the process if None.

    Returns
    -------
    int
        The exit status that :func:`analysis.cli.main` describes.

    Notes
    -----
    A signal during the imports ends the process at once, with one line: nothing has begun yet.
    """
    _open_standard_streams()
    _leave_on(_SIGNALS)
    from analysis.cli import main as command

    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    status = command(argv)
    _leave_on(_SIGNALS)
    return status


def _open_standard_streams() -> None:
    """Open closed standard streams to nowhere, and let unencodable characters be escaped.

    A file that is opened later would otherwise get the number of a closed stream, and receive the
    messages meant for it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _leave_on(signals: tuple[signal.Signals, ...]) -> None:
    for each in signals:
        if signal.getsignal(each) != signal.SIG_IGN:  # as under nohup
            signal.signal(each, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    os.write(2, b"otgah: interrupted\n")
    os._exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
