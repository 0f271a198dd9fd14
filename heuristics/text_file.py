"""Text files from outside: read whole, up to a maximum size."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import IO

LARGEST_TEXT = 2**28
"""The longest text that is read, unpacked [bytes]: some 10^5 requests at 20 edge nodes."""

LARGEST_SETTINGS = 2**20
"""The longest file of settings, such as a scenario, that is read [bytes]."""


START = 256
"""Length of the start of a file that may decide how much of it is read [bytes]."""


def read_text(
    path: str | os.PathLike[str], *, largest: int | Callable[[bytes], int] = LARGEST_TEXT
) -> str:
    """Read a file of UTF-8 text, gzipped if its name ends in ``.gz``; a byte order mark is skipped.

    Parameters
    ----------
    path
        Path of the file.
    largest
        Maximum size of the text, unpacked [bytes], or a function from the first bytes of the text
        to it. No more is read or unpacked.

    Raises
    ------
    InputError
        If the file cannot be read, is too long, ends in ``.gz`` without being gzip, or is not
        UTF-8.
    """
    source = Path(path)
    try:
        data, limit = _bytes(source, largest)
    except InputError:
        raise
    except IsADirectoryError as error:
        raise InputError("must be a file, found a folder", source=path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=path) from error
    except ValueError as error:  # a null byte in the name
        raise InputError(f"must be a file name: {error}", source=path) from error
    return _decoded(data, path, limit)


def unpack(
    data: bytes,
    *,
    source: str | os.PathLike[str],
    largest: int | Callable[[bytes], int] = LARGEST_TEXT,
) -> str:
    """Return the UTF-8 text in gzipped bytes.

    Parameters
    ----------
    data
        The gzipped bytes.
    source
        Origin of the bytes, for error messages.
    largest
        Maximum size of the text, unpacked [bytes], as of :func:`read_text`.

    Raises
    ------
    InputError
        If the bytes are too long, not gzip, or not UTF-8.
    """
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as unpacked:
            data, limit = _limited(unpacked, largest)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"must be gzip: {error}", source=source) from error
    return _decoded(data, source, limit)


def gzipped(data: bytes) -> bytes:
    """Return bytes in gzip's format, the same with every version of Python and at any time.

    `gzip.compress` writes another name of the operating system from Python 3.13 on, which would
    change the bytes of files and of documents in stores.
    """
    return zlib.compress(data, level=6, wbits=31)  # 31: gzip's header around 32 KiB of window.


def _decoded(data: bytes, source: str | os.PathLike[str], largest: int) -> str:
    if len(data) > largest:
        rule = f"must hold at most {largest} bytes of text"
        raise InputError(rule, source=source, found="more")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        rule = f"must be UTF-8: {error.reason} at byte {error.start}"
        raise InputError(rule, source=source, found=data[error.start : error.start + 4]) from error


def _bytes(path: Path, largest: int | Callable[[bytes], int]) -> tuple[bytes, int]:
    """Return the unpacked bytes of a file, at most one more than the maximum, and the maximum."""
    with path.open("rb") as file:
        if not path.name.endswith(".gz"):
            return _limited(file, largest)
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _limited(unpacked, largest)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            rule = f"must be gzip, as its name ends in .gz: {error}"
            raise InputError(rule, source=path) from error


def _limited(
    file: IO[bytes] | gzip.GzipFile, largest: int | Callable[[bytes], int]
) -> tuple[bytes, int]:
    """Read at most one byte more than the maximum, which the start of the text may decide."""
    if isinstance(largest, int):
        return file.read(largest + 1), largest
    start = file.read(START)
    limit = largest(start)
    return start + file.read(limit + 1 - len(start)), limit
