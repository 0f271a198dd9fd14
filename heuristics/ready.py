"""Ready: importing this module loads every compiled kernel.

A fork server imports it once. Each forked process would otherwise spend a third of a second on
loading the compiled code.
"""

from __future__ import annotations

from heuristics.count_annealing import warm_up as warm_up_annealing
from heuristics.ot_gah_plus import warm_up as warm_up_improvement
from heuristics.rivals.genetic import warm_up_decoder
from heuristics.rivals.regret_passes import warm_up as warm_up_regret
from heuristics.rivals.simulated_annealing import warm_up as warm_up_single_requests
from heuristics.single_node.single_node import warm_up as warm_up_single_node
from heuristics.tree_search.candidates import warm_up as warm_up_trees

warm_up_trees()
warm_up_single_node()
warm_up_improvement()
warm_up_annealing()
warm_up_regret()
warm_up_single_requests()
warm_up_decoder()
