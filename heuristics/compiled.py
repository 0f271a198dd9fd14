"""compiled: the decorator of every kernel that numba compiles."""

from __future__ import annotations

import ast
import os
import stat
import sys
import tempfile
from functools import cache
from hashlib import sha256
from inspect import getfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
from numba import njit
from numba.core.caching import FunctionCache, IndexDataCacheFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kernel = TypeVar("Kernel", bound="Callable[..., object]")


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function at its first call for each kind of arguments, and keep the code on disk.

    The code lies beside the source, else in the user's cache, else in a private folder for
    temporary files. Without any of them, or without a source file, each process compiles anew.

    Parameters
    ----------
    kernel
        A function of numbers, arrays and named tuples of arrays, which are changed in place.

    Notes
    -----
    A kernel may call kernels of other files, and take constants and named tuples from there: it
    is compiled anew where its file has changed, or one that this imports, directly or not.
    """
    dispatcher: Any = njit(kernel)
    found = _cache_of(kernel)
    if found is not None:
        dispatcher._cache = found
    return cast("Kernel", dispatcher)


def cache_folder() -> Path | None:
    """Return the folder with the compiled code of kernels; None if no folder can be written."""
    found = _cache_of(source_stamp.__wrapped__)
    return None if found is None else Path(found.cache_path)


def _cache_of(kernel: Callable[..., object]) -> _Cache | None:
    try:
        return _Cache(kernel)
    except RuntimeError:  # "cannot cache function ...: no locator available"
        pass
    if not Path(getfile(kernel)).exists():
        return None
    folder = _private_folder()
    if folder is None:
        _tell_once("no folder for compiled kernels can be written: each process compiles its own")
        return None
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
    try:
        found = _Cache(kernel)
    except RuntimeError:
        return None
    finally:
        config.CACHE_DIR = before
    _tell_once(f"compiled kernels are kept in {folder}, as no other folder for them is writable")
    return found


def _private_folder() -> Path | None:
    """Return a folder for temporary files that no other user can write to; None without one.

    numba unpickles what it finds in a cache, so a folder of somebody else must not be used.
    """
    folder = Path(tempfile.gettempdir(), f"otgah-kernels-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    return folder if is_private and found.st_uid == os.getuid() else None


_TOLD = "OTGAH_TOLD_OF_KERNELS"
"""Environment variable that keeps child processes from repeating a message on kernels."""


def _tell_once(message: str) -> None:
    if _TOLD not in os.environ and sys.stderr is not None:
        os.environ[_TOLD] = "1"
        print(f"otgah: {message}; NUMBA_CACHE_DIR names another", file=sys.stderr)


class _Cache(FunctionCache):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """numba's own, which looks at the file of the function alone, told of the others."""

    def __init__(self, kernel: Callable[..., object]) -> None:
        super().__init__(kernel)  # type: ignore[no-untyped-call]
        stamp = source_stamp(Path(getfile(kernel)))
        self._cache_file = IndexDataCacheFile(  # type: ignore[no-untyped-call]
            self._cache_path, self._impl.filename_base, stamp
        )
        # numba reads the version first. An older index may hold classes that were since renamed.
        self._cache_file._version += f" {stamp}"


@cache
def source_stamp(file: Path) -> str:
    """Return a digest of a source file and of all files of its project that it rests on."""
    return sha256(b"".join(each.read_bytes() for each in sorted(files_behind(file)))).hexdigest()


def files_behind(file: Path) -> set[Path]:
    """Return a source file and those of its project that it imports, directly or not."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imported(file)
    return found


@cache
def _imported(file: Path) -> list[Path]:
    """Return the modules of the file's project in ``from package.module import name``."""
    package = file.parent
    while (package / "__init__.py").exists():
        package = package.parent
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = {each.module for each in _imports(tree)}
    paths = ((package / each.replace(".", "/")).with_suffix(".py") for each in modules if each)
    return [path for path in paths if path.exists()]


def _imports(node: ast.AST) -> Iterator[ast.ImportFrom]:
    """Yield the imports outside functions: a kernel cannot rest on one inside of one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(child)
