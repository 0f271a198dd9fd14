"""Literal: the metadata of a plug-in, read from its text without executing any code."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.system_models.catalogue.reader import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "PLUGIN"
"""Name of the literal in a Python file."""

LARGEST_DEPTH = 12
"""Greatest nesting depth of metadata that is read."""


def toml_literal(text: str, *, source: str) -> dict[str, Any]:
    """Return the metadata of a plug-in without code.

    Raises
    ------
    InputError
        If the text is not TOML.
    """
    return parse_toml(text, source=source)


def python_literal(text: str, *, source: str) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the metadata of a plug-in with code, and the names that its code defines.

    Parameters
    ----------
    text
        Text of the file. It assigns ``PLUGIN = {...}`` at the top level, a literal of
        constants, lists and dicts.
    source
        Path of the file, for error messages.

    Raises
    ------
    InputError
        If the text is not Python, or does not contain exactly one such literal.
    """
    tree = _parsed(text, source)
    found = [
        each
        for each in tree.body
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == VARIABLE for target in each.targets)
    ]
    if len(found) != 1:
        rule = f"must be assigned once at the top level: {VARIABLE} = {{...}}"
        raise InputError(rule, source=source, field=VARIABLE, found=len(found))
    try:
        value = _value(found[0].value, VARIABLE, 0)
    except InputError as error:
        raise error.within(source) from error
    if not isinstance(value, dict):
        raise InputError("must be a dict", source=source, field=VARIABLE, found=value)
    return value, frozenset(_names(tree.body))


def _parsed(text: str, source: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, filename=source)
    except SyntaxError as error:
        place = f"line {error.lineno}"
        raise InputError(f"must be Python: {error.msg}", source=source, field=place) from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        told = str(error) or type(error).__name__
        raise InputError(f"must be Python: {told}", source=source) from error


def _value(node: ast.expr, field: str, depth: int) -> Any:
    """Return the value of a literal; refuse every other expression."""
    if depth > LARGEST_DEPTH:
        raise InputError("must not be nested this deep", field=field)
    match node:
        case ast.Constant(value=str() as value) if not _is_whole(value):
            raise InputError("must hold whole characters", field=field, found=value)
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(each, f"{field}[{i}]", depth + 1) for i, each in enumerate(items)]
        case ast.Dict(keys=keys, values=values):
            return _object(keys, values, field, depth)
    rule = "must be a constant, a list or a dict: metadata is read and not executed"
    raise InputError(rule, field=f"{field}, line {node.lineno}", found=type(node).__name__)


def _is_whole(text: str) -> bool:
    """Return True if a text has no half of a surrogate pair, which UTF-8 cannot encode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(
    keys: list[ast.expr | None], values: list[ast.expr], field: str, depth: int
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node, value in zip(keys, values, strict=True):
        key = None if node is None else _value(node, field, depth + 1)
        if not isinstance(key, str):
            raise InputError("must have strings as keys", field=field, found=key)
        if key in found:
            raise InputError("must hold each key once", field=f"{field}.{key}", found=key)
        found[key] = _value(value, f"{field}.{key}", depth + 1)
    return found


def _names(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements bind at the top level of a module."""
    waiting = list(body)
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (each.asname or each.name for each in statement.names)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (each.id for each in targets if isinstance(each, ast.Name))
        else:
            waiting += [
                each for each in ast.iter_child_nodes(statement) if isinstance(each, ast.stmt)
            ]
