"""Trees: the trees that a count of tree nodes covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heuristics.result import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

TREES_LEFT = "of the trees that the bound leaves"
"""Remark on a count of tree nodes with ``start=bound``."""


def is_of_trees_left(options: Mapping[str, Any], node_kind: object) -> bool:
    """Return True if a run counted tree nodes from the bound, not those of every tree."""
    return node_kind == NodeKind.TREE and options.get("start") == "bound"


def trees_text(options: Mapping[str, Any], node_kind: object) -> str | None:
    """Return the trees that a count of tree nodes covers, for a cell; None for other counts.

    Examples
    --------
    >>> trees_text({"start": "bound"}, "tree"), trees_text({"start": "all"}, "tree")
    ('left by the bound (start=bound)', 'all (start=all)')
    >>> trees_text({}, "branch-and-bound")
    """
    if node_kind != NodeKind.TREE or "start" not in options:
        return None
    start = options["start"]
    return f"{'left by the bound' if start == 'bound' else start} (start={start})"


def node_kind_text(options: Mapping[str, Any], node_kind: object) -> str:
    """Return the kind of the nodes that a run counted, with the remark where it applies.

    Examples
    --------
    >>> node_kind_text({"start": "bound"}, "tree"), node_kind_text({"start": "all"}, "tree")
    ('tree, of the trees that the bound leaves', 'tree')
    """
    kind = str(node_kind)
    return f"{kind}, {TREES_LEFT}" if is_of_trees_left(options, node_kind) else kind
