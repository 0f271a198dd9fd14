"""Excerpt: the part of the template that a single group of its metadata needs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ALWAYS = ("name", "version")
"""Keys of the metadata that every plug-in has."""


def excerpt(text: str, group: str) -> tuple[str, str]:
    """Return the template with a single group, and the name of the group's only entry.

    Functions, classes and imports without a use in the group are left out, the docstring too.

    Parameters
    ----------
    text
        Text of a plug-in file with the literal ``PLUGIN``.
    group
        Key of the metadata, ``methods`` or ``families``.
    """
    tree = ast.parse(text)
    lines = text.splitlines()
    plugin = next(each for each in tree.body if isinstance(each, ast.Assign))
    entries = {key.value: (key, value) for key, value in _entries(plugin.value)}
    used = _used(tree.body, entries[group][1])
    parts: list[str] = []
    for before, node in zip(tree.body, tree.body[1:], strict=False):
        if node is plugin:
            dropped = [pair for key, pair in entries.items() if key not in (*_ALWAYS, group)]
            kept: Sequence[int] = _without(node, dropped)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            kept = range(0)
            names = [each.name for each in node.names if each.name in used]
            if names:
                parts += [*_blanks(before, node), f"from {node.module} import {', '.join(names)}"]
        else:
            kept = _span(node) if _is_used(node, used) else range(0)
        if kept:
            parts += [*_blanks(before, node), *(lines[number] for number in kept)]
    (name,) = (str(key.value) for key, _ in _entries(entries[group][1]))
    return "\n".join(parts).strip("\n") + "\n", name


def _entries(node: ast.expr) -> Iterator[tuple[ast.Constant, ast.expr]]:
    assert isinstance(node, ast.Dict)
    for key, value in zip(node.keys, node.values, strict=True):
        assert isinstance(key, ast.Constant)
        yield key, value


def _used(body: Iterable[ast.stmt], group: ast.expr) -> set[str]:
    """Return the names that the group needs, those that need each other included."""
    used = {str(each.value) for each in ast.walk(group) if isinstance(each, ast.Constant)}
    defined = {each.name: each for each in body if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    open_names = used & set(defined)
    while open_names:
        node = defined.pop(open_names.pop())
        used |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        open_names |= used & set(defined)
    if any(isinstance(each, ast.If) and _imported(each) & used for each in body):
        used.add("TYPE_CHECKING")
    return used


def _imported(node: ast.AST) -> set[str]:
    return {
        alias.asname or alias.name
        for each in ast.walk(node)
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
    }


def _is_used(node: ast.stmt, used: set[str]) -> bool:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name in used
    return isinstance(node, ast.ImportFrom) or bool(_imported(node) & used)


def _span(node: ast.stmt) -> range:
    """Return the numbers of the lines of a statement, from 0."""
    assert node.end_lineno is not None
    return range(node.lineno - 1, node.end_lineno)


def _without(node: ast.stmt, dropped: Iterable[tuple[ast.expr, ast.expr]]) -> list[int]:
    gone = {
        number
        for key, value in dropped
        for number in range(key.lineno - 1, value.end_lineno or key.lineno)
    }
    return [number for number in _span(node) if number not in gone]


def _blanks(before: ast.stmt, node: ast.stmt) -> list[str]:
    """Return the empty lines above a statement."""
    return [""] * (_span(node).start - _span(before).stop)
