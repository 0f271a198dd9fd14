"""Nodes: the trees that a count of tree nodes covers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from heuristics.result import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

TREES_LEFT = "of the trees that the bound leaves"
"""Remark on a count of tree nodes with ``start=bound``."""


def is_of_trees_left(options: Mapping[str, Any], node_kind: object) -> bool:
    """Return True if a run counted tree nodes from the bound, not those of every tree."""
    return node_kind == NodeKind.TREE and options.get("start") == "bound"


def tree_remark(runs: pd.DataFrame) -> str:
    """Return a sentence on the methods that count fewer trees than Algorithm 2; empty without any.

    Parameters
    ----------
    runs
        The table of runs, or of contestants.
    """
    counted = runs[(runs["node_kind"] == NodeKind.TREE) & runs["num_nodes"].notna()]
    about = counted[["method", "options"]].drop_duplicates().to_dict("records")
    names = [
        str(each["method"])
        for each in about
        if is_of_trees_left(json.loads(each["options"]), NodeKind.TREE)
    ]
    if not names:
        return ""
    return (
        f"Tree nodes of {', '.join(dict.fromkeys(names))} are {TREES_LEFT} (start=bound); "
        "--set start=all counts every tree of Algorithm 2."
    )
