"""Nodes: the methods whose tree nodes are of the trees that the bound leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analysis.runs.trees import TREES_LEFT, is_of_trees_left
from heuristics.result import NodeKind

if TYPE_CHECKING:
    import pandas as pd


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
