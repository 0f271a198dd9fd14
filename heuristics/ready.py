"""Importing this module makes every compiled kernel ready, for processes that are forked from here.

Each process would else spend a third of a second on loading what was compiled.
"""

from __future__ import annotations

from heuristics.ot_gah_plus import warm_up as warm_up_improvement
from heuristics.single_node.single_node import warm_up as warm_up_single_node
from heuristics.tree_search.candidates import warm_up as warm_up_trees

warm_up_trees()
warm_up_single_node()
warm_up_improvement()
