"""Borrowed arrays: kernels that create no array count no references to arrays.

numba counts the references to every array, also to those in named tuples, at each call of a kernel:
up to half of the time where calls are short. A kernel that neither creates nor returns an array
borrows those of its caller, which last longer than the call, and needs no count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = frozenset({"getattr", "static_getitem", "exhaust_iter", "build_tuple", "cast"})
"""Expressions whose arrays are those of their operands."""

_ITEMS = frozenset({"getitem", "typed_getitem"})
"""Expressions that do the same unless the index is an array."""


@register_pass(mutates_CFG=False, analysis_only=False)  # type: ignore[no-untyped-call]
class BorrowedArrays(FunctionPass):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """Compiler pass that leaves the count out of a kernel that only borrows arrays.

    It follows the inference of types and precedes the generation of code. Statements that are not
    known to borrow are taken to create an array, so that a doubt costs time alone.
    """

    _name = "borrowed_arrays"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def run_pass(self, state: Any) -> bool:
        """Leave the count out if no statement needs it; return True if so."""
        is_borrower = not _has_arrays(state, state.return_type) and not any(_needs_count(state))
        if is_borrower:
            state.targetctx = state.targetctx.subtarget(enable_nrt=False)
            vars(state.targetctx).pop("nrt", None)  # It is kept from the first use on.
        return is_borrower


def _has_arrays(state: Any, kind: Any) -> bool:
    """Return True if values of a type have arrays, or other memory with counted references."""
    has_memory: bool = state.targetctx.data_model_manager[kind].contains_nrt_meminfo()
    return has_memory


def _needs_count(state: Any) -> Iterator[bool]:
    """Yield for each statement True if it may create an array, or receive one that is new."""
    for block in state.func_ir.blocks.values():
        for statement in block.body:
            if isinstance(statement, ir.Assign):
                has_arrays = _has_arrays(state, state.typemap[statement.target.name])
                yield has_arrays and not _borrows(state, statement.value)
            elif isinstance(statement, ir.SetItem | ir.StaticSetItem):
                yield _has_arrays(state, state.typemap[statement.value.name])
            else:
                yield not isinstance(statement, ir.Jump | ir.Branch | ir.Return | ir.StaticRaise)


def _borrows(state: Any, value: Any) -> bool:
    """Return True if the arrays of a value are arguments, or parts of them."""
    if not isinstance(value, ir.Expr):
        return isinstance(value, ir.Arg | ir.Var | ir.Global | ir.FreeVar)
    if value.op in _ITEMS:
        index = state.typemap[value.index.name]
        return not _has_arrays(state, index)
    return value.op in _PARTS
