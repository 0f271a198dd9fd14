"""Atomic: files that are written completely or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Error numbers of the system for a full disk; the system does not name the file."""


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside ``path``, and rename its file to ``path`` at the end.

    Parameters
    ----------
    path
        Path of the file to write. A missing folder is created.

    Yields
    ------
    Path
        Temporary path to write to; the file is removed if the block raises.

    Raises
    ------
    InputError
        If the folder cannot be created or written, the disk is full, or ``path`` is a folder.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> with replacing(folder / "a.txt") as temporary:
    ...     _ = temporary.write_text("whole")
    >>> [each.name for each in folder.iterdir()]
    ['a.txt']
    """
    target = Path(path)
    if target.is_dir():
        raise InputError("must be a file to write, found a folder", source=target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Keep the suffixes, since writers choose a format by them.
        descriptor, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.stem[:40]}-", suffix="".join(target.suffixes[-2:])
        )
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=target) from error
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        what = os.strerror(error.errno)
        raise InputError(f"cannot be written: {what}", source=target) from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
