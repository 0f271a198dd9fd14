"""compiled: the decorators of all kernels that numba compiles."""

from __future__ import annotations

import ast
import fcntl
import gc
import os
import stat
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from inspect import getfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
from numba import njit
from numba.core import event
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.types import unliteral

from heuristics.clock import CLOCK
from heuristics.kernel_library import KernelCompiler, KernelFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

Kernel = TypeVar("Kernel", bound="Callable[..., object]")

_LONGEST_WAIT_S, _PAUSE_S = 60.0, 0.02
"""Maximum time to wait for another process that compiles the same kernel, and pause between looks
[s]."""


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function at its first call for each kind of arguments, and keep the code on disk.

    The code lies beside the source, else in the user's cache, else in a private folder for
    temporary files. Without any of them, or without a source file, each process compiles anew.

    Parameters
    ----------
    kernel
        A function of numbers, arrays and named tuples of arrays, which are changed in place.
        Kernels that other kernels alone call are decorated by `inner`.

    Notes
    -----
    A kernel may call kernels of other files, and take constants and named tuples from there: it
    is compiled anew where its file has changed, or one that this imports, directly or not. The
    clock of runs stands while kernels are compiled or loaded, see `heuristics.clock`.
    """
    return cast("Kernel", _dispatcher(kernel, is_inner=False))


def inner(kernel: Kernel) -> Kernel:
    """Compile a function as `compiled` does, for calls from other kernels.

    The code that unpacks the arguments of a call from Python, a third of the time for a kernel
    with named tuples, is not compiled. A call from Python compiles the whole kernel once more.

    Parameters
    ----------
    kernel
        A function as of `compiled`.
    """
    dispatcher = _dispatcher(kernel, is_inner=True)

    def add_overload(result: Any) -> None:
        """Keep the code from the table for calls from Python."""
        dispatcher.overloads[tuple(result.signature.args)] = result

    @cache
    def for_python() -> Any:
        return compiled(kernel)

    dispatcher.add_overload = add_overload
    dispatcher._compile_for_args = lambda *_args, **_kws: for_python()
    return cast("Kernel", dispatcher)


def _dispatcher(kernel: Callable[..., object], *, is_inner: bool) -> Any:
    # No kernel is a callback of C code, so the wrapper for that is not compiled.
    options: dict[str, Any] = {"no_cfunc_wrapper": True, "no_cpython_wrapper": is_inner}
    dispatcher: Any = njit(kernel, pipeline_class=KernelCompiler, **options)
    dispatcher.get_call_template = _without_literals(dispatcher.get_call_template)
    dispatcher._compile_for_args = _outside_the_clock(dispatcher._compile_for_args)
    found = _cache_of(kernel, is_inner=is_inner)
    if found is not None:
        dispatcher._cache = found
    return dispatcher


def _without_literals(get_call_template: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel that is called with a constant as for a variable, and so only once."""
    plain: Callable[[Any], Any] = unliteral

    def template_of(args: Sequence[Any], kws: dict[str, Any]) -> Any:
        return get_call_template(tuple(map(plain, args)), {name: plain(kws[name]) for name in kws})

    return template_of


def _outside_the_clock(compile_for_args: Callable[..., Any]) -> Callable[..., Any]:
    """Stop the clock also while numba finds the types of arguments, and imports what it needs."""

    def compile_or_load(*args: Any, **kws: Any) -> Any:
        with CLOCK.standing(), _no_garbage_collection():
            return compile_for_args(*args, **kws)

    return compile_or_load


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep Python from searching for garbage in a block, a fifth of the time of a compilation."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def cache_folder() -> Path | None:
    """Return the folder with the compiled code of kernels; None if no folder can be written."""
    found = _cache_of(source_stamp.__wrapped__, is_inner=False)
    return None if found is None else Path(found.cache_path)


def _cache_of(kernel: Callable[..., object], *, is_inner: bool) -> _Cache | None:
    try:
        return _Cache(kernel, is_inner=is_inner)
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
        found = _Cache(kernel, is_inner=is_inner)
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

    _impl_class = KernelFiles

    def __init__(self, kernel: Callable[..., object], *, is_inner: bool) -> None:
        super().__init__(kernel)  # type: ignore[no-untyped-call]
        stamp = source_stamp(Path(getfile(kernel)))
        self._cache_file = IndexDataCacheFile(  # type: ignore[no-untyped-call]
            self._cache_path, self._impl.filename_base, stamp
        )
        # numba reads the version first. An older index may hold classes that were since renamed.
        self._cache_file._version += f" {stamp}"
        self._lock: _Lock | None = None
        self._is_inner = is_inner

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        """Tell the code for calls from kernels from that for calls from Python."""
        key = super()._index_key(sig, codegen)  # type: ignore[no-untyped-call]
        return (*key, self._is_inner)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load the code from disk; wait for it while another process compiles it."""
        found = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        if found is None and self._lock is None:
            self._lock = _Lock(Path(self.cache_path, f"{self._impl.filename_base}.lock"))
            if self._lock.acquire():
                found = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
            if found is not None:
                self._unlock()
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save the code to disk; keep it in memory alone if it cannot be written."""
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except OSError as error:
            _tell_once(f"compiled kernels cannot be kept in {self.cache_path}: {error.strerror}")
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class _Lock:
    """Lock of one kernel among processes. Without it two processes would compile the kernel.

    Parameters
    ----------
    path
        Path of the file that is locked, which exists only while a process holds or awaits it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it can be had in time; return True after a wait for another process."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        until = time.perf_counter() + _LONGEST_WAIT_S
        has_waited = False
        while time.perf_counter() < until:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                has_waited = True
                time.sleep(_PAUSE_S)
            except OSError:  # The file system has no locks.
                return False
            else:
                break
        return has_waited

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            with suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)


class _Watch(event.Listener):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """Listener that stops the clock of runs while numba compiles."""

    def __init__(self) -> None:
        self._blocks: list[AbstractContextManager[None]] = []

    def on_start(self, event: Any) -> None:
        """Stop the clock."""
        self._blocks.append(CLOCK.standing())
        self._blocks[-1].__enter__()

    def on_end(self, event: Any) -> None:
        """Let the clock go on."""
        self._blocks.pop().__exit__(None, None, None)


event.register("numba:compile", _Watch())  # type: ignore[no-untyped-call]


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
