"""Kernel library: the machine code of a kernel, which calls the code of other kernels.

numba copies the code of all kernels that a kernel calls, directly or not, and compiles each copy.
Here a large kernel is compiled once, and its callers refer to it by a symbol. The file of a
compiled kernel on disk also has the machine code of the kernels that it calls by their symbols.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from numba.core.caching import CompileResultCacheImpl
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.typed_passes import NopythonRewrites

from heuristics.borrowed_arrays import BorrowedArrays

_MOST_COPIED = 100
"""Largest kernel that is copied into its callers [LLVM instructions]. LLVM inlines no larger one
anyway."""


@dataclass(eq=False)
class MachineCode:
    """Machine code of a kernel for one kind of arguments, under a symbol that no other has.

    Parameters
    ----------
    symbol
        Name by which callers find the code.
    code
        The code as an object file; None if it was not kept on disk.
    """

    symbol: str
    code: bytes | None = None


_known: dict[str, MachineCode] = {}
"""Machine code of all kernels that this process has compiled or loaded, by symbol."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Callee:
    """Facts on a compiled kernel that a caller needs.

    Parameters
    ----------
    own
        Machine code of the kernel.
    is_copied
        True if the kernel is small, so that its callers copy it.
    called
        Symbols of the kernels that its code calls by name, callees before callers.
    """

    own: MachineCode
    is_copied: bool
    called: tuple[str, ...]


class KernelLibrary(JITCodeLibrary):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """numba's own, which calls large kernels by name."""

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)  # type: ignore[no-untyped-call]
        self.called: dict[str, None] = {}

    def _optimize_functions(self, ll_module: Any) -> None:
        """Leave out the passes over single functions, which those over the module repeat."""
        ll_module.data_layout = self._codegen._data_layout

    def add_linking_library(self, library: Any) -> None:
        """Copy a library into this one, unless it is a large kernel."""
        callee: Callee | None = getattr(library, "callee", None)
        if callee is not None:
            self.called |= dict.fromkeys(callee.called)
        if callee is None or callee.is_copied:
            super().add_linking_library(library)  # type: ignore[no-untyped-call]
        else:
            self.called[callee.own.symbol] = None

    def complete(self, symbol: str) -> None:
        """Note what callers need, once the kernel is compiled."""
        blocks = self.get_function(symbol).blocks  # type: ignore[no-untyped-call]
        num_instructions = sum(1 for block in blocks for _ in block.instructions)
        own = _known[symbol] = MachineCode(symbol)
        self.callee = Callee(
            own=own, is_copied=num_instructions <= _MOST_COPIED, called=tuple(self.called)
        )


class KernelCompiler(Compiler):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """numba's own, which compiles into a kernel library; see also `BorrowedArrays`."""

    def define_pipelines(self) -> Any:
        """Return numba's own passes, with the one that finds borrowed arrays."""
        (pipeline,) = super().define_pipelines()  # type: ignore[no-untyped-call]
        pipeline.add_pass_after(BorrowedArrays, NopythonRewrites)
        pipeline.finalize()
        return [pipeline]

    def _compile_bytecode(self) -> Any:
        state = self.state
        # Processes exchange code on disk, so equal symbols must mean equal code in all of them.
        state.func_id.unique_id = f"{state.func_id.unique_id}p{os.getpid()}r{_token()}"
        library = KernelLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        library.enable_object_caching()  # type: ignore[no-untyped-call]
        state.library = library
        result = super()._compile_bytecode()  # type: ignore[no-untyped-call]
        library.complete(result.fndesc.mangled_name)
        return result


class KernelFiles(CompileResultCacheImpl):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """numba's own form of a kernel on disk, with the code of the kernels that it calls by name."""

    def check_cachable(self, result: Any) -> bool:
        """Return False if the kernel, or a kernel that it calls, cannot be kept on disk."""
        called = result.library.callee.called
        is_whole = all(_known[each].code is not None for each in called)
        can_cache: bool = super().check_cachable(result)  # type: ignore[no-untyped-call]
        return is_whole and can_cache

    def reduce(self, result: Any) -> Any:
        """Return the parts of a compiled kernel that are kept."""
        callee = result.library.callee
        reduced = super().reduce(result)  # type: ignore[no-untyped-call]
        callee.own.code = _object_file(reduced)
        called = {symbol: _known[symbol].code for symbol in callee.called}
        return callee.own.symbol, callee.is_copied, called, reduced

    def rebuild(self, target_context: Any, kept: Any) -> Any:
        """Load a compiled kernel, after the kernels that it calls by name."""
        symbol, is_copied, called, reduced = kept
        codegen = target_context.codegen()
        for each, code in called.items():
            if each not in _known:
                codegen.unserialize_library((each, "object", (code, _no_bitcode(codegen))))
                _known[each] = MachineCode(each, code)
        result = super().rebuild(target_context, reduced)  # type: ignore[no-untyped-call]
        own = _known.setdefault(symbol, MachineCode(symbol, _object_file(reduced)))
        result.library.callee = Callee(own=own, is_copied=is_copied, called=tuple(called))
        return result


def _object_file(reduced: Any) -> bytes:
    """Return the machine code in numba's own form of a compiled kernel."""
    (_, _, (code, _)), *_ = reduced
    found: bytes = code
    return found


@cache
def _token() -> str:
    """Return random digits of this process."""
    return os.urandom(6).hex()


@cache
def _no_bitcode(codegen: Any) -> bytes:
    """Return an empty module: no caller copies a kernel that is called by name."""
    found: bytes = codegen.create_library("nothing").serialize_using_bitcode()[2]
    return found
