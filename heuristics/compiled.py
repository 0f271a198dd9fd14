"""compiled: the decorator of every kernel that numba compiles."""

from __future__ import annotations

import ast
from contextlib import suppress
from functools import cache
from hashlib import sha256
from inspect import getfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache, IndexDataCacheFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kernel = TypeVar("Kernel", bound="Callable[..., object]")


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function at its first call for each kind of arguments, and keep that on disk.

    Where no folder can be written to, or the function has no file, each process compiles anew.

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
    with suppress(RuntimeError):  # "cannot cache function ...: no locator available"
        dispatcher._cache = _Cache(kernel)
    return cast("Kernel", dispatcher)


class _Cache(FunctionCache):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """numba's own, which looks at the file of the function alone, told of the others."""

    def __init__(self, kernel: Callable[..., object]) -> None:
        super().__init__(kernel)  # type: ignore[no-untyped-call]
        stamp = source_stamp(Path(getfile(kernel)))
        self._cache_file = IndexDataCacheFile(  # type: ignore[no-untyped-call]
            self._cache_path, self._impl.filename_base, stamp
        )


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
