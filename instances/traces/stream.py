"""Streams: the bytes of a file as blocks of whole lines, unpacked on the way."""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from heuristics.errors import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

LONGEST_LINE = 2**20
"""Longest line of a CSV file [bytes]."""

LONGEST_JSON_LINE = 2**25
"""Longest line of JSON [bytes]: a prompt of 10^6 tokens with the number of each."""

_BLOCK = 2**22
_NEWLINE = 10
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def blocks(path: str | os.PathLike[str], *, size: int = _BLOCK) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines of a file, a block at a time, each with the number of its first line.

    Parameters
    ----------
    path
        File of text; gzip if its name ends in ``.gz``, Zstandard if in ``.zst``.
    size
        Approximate size of a block [bytes].

    Raises
    ------
    InputError
        If the file cannot be read or unpacked, is not UTF-8, or has too long a line.

    Notes
    -----
    No more than a block and a line is in memory at a time. A byte order mark is dropped. Lines
    of a file that starts without line feeds may end in carriage returns, as on an old Mac.
    """
    try:
        with _unpacked(path) as file:
            yield from _lines(file, size)
    except InputError as error:
        raise error if error.source else error.within(path) from error
    except IsADirectoryError as error:
        raise InputError("must be a file, found a folder", source=path) from error
    except ValueError as error:  # a null byte in the name
        raise InputError(f"must be a file name: {error}", source=path) from error


def _lines(file: IO[bytes], size: int) -> Iterator[tuple[int, bytes]]:
    rest, line, is_first, offset = b"", 1, True, 0
    longest, has_old_ends = LONGEST_LINE, False
    while data := file.read(size):
        if is_first:
            data = data.removeprefix(_BYTE_ORDER_MARK)
            has_old_ends = b"\n" not in data and b"\r" in data[:-1]
        if has_old_ends:
            data = data.replace(b"\r", b"\n")
        data = rest + data
        if is_first:
            longest = LONGEST_JSON_LINE if data.lstrip()[:1] == b"{" else LONGEST_LINE
            is_first = False
        end = data.rfind(b"\n") + 1
        whole, rest = data[:end], data[end:]
        if whole:
            _refuse_long(whole, longest)
            _refuse_foreign(whole, offset)
            yield line, whole
            line += whole.count(b"\n")
            offset += len(whole)
        if len(rest) > longest:
            _refuse_long(rest, longest)
    if rest:
        _refuse_long(rest, longest)
        _refuse_foreign(rest, offset)
        yield line, rest


def _refuse_long(data: bytes, longest: int) -> None:
    if len(data) <= longest:
        return
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE)
    found = int(np.diff(ends, prepend=-1, append=len(data)).max()) - 1
    if found > longest:
        raise InputError(f"must have lines of at most {longest} characters", found=found)


def _refuse_foreign(data: bytes, offset: int) -> None:
    if data.isascii():
        return
    try:
        data.decode()
    except UnicodeDecodeError as error:
        rule = f"must be UTF-8: {error.reason} at byte {offset + error.start}"
        raise InputError(rule, found=data[error.start : error.start + 4]) from error


@contextmanager
def _unpacked(path: str | os.PathLike[str]) -> Iterator[Any]:
    """Open a file and unpack it, with a progress bar over the bytes on disk."""
    source = Path(path)
    try:
        with source.open("rb") as packed:
            total = source.stat().st_size
            with tqdm(
                total=total, unit="B", unit_scale=True, disable=None, leave=False, delay=1,
                desc=source.name,
            ) as bar:  # fmt: skip
                yield _Metered(_opened(packed, source), packed, bar)
    except InputError:
        raise
    except IsADirectoryError:
        raise
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=path) from error


def _opened(packed: IO[bytes], source: Path) -> Any:
    if source.name.endswith(".gz"):
        return gzip.GzipFile(fileobj=packed)
    if source.name.endswith(".zst"):
        import pyarrow as pa

        return pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")
    return packed


class _Metered:
    """Reads from a packed stream, moves the bar, and tells in one line that it is damaged."""

    def __init__(self, stream: Any, packed: IO[bytes], bar: Any) -> None:
        self._stream, self._packed, self._bar = stream, packed, bar
        self._kind = {gzip.GzipFile: "gzip"}.get(type(stream), "Zstandard")

    def read(self, size: int) -> bytes:
        """Return up to this many bytes; none at the end."""
        if self._stream is self._packed:
            data: bytes = self._packed.read(size)
        else:
            data = self._unpack(size)
        self._bar.update(self._packed.tell() - self._bar.n)
        return data

    def _unpack(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size))
        except (OSError, EOFError, zlib.error, ValueError) as error:
            suffix = ".gz" if self._kind == "gzip" else ".zst"
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            rule = f"must be {self._kind}, as its name ends in {suffix}: {told}"
            raise InputError(rule) from error
