"""Algorithm 3, OT with generalized assignment heuristics (OT-GAH): P1, one edge node at a time."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from heuristics.compilation import compiles_beside
from heuristics.generalized_assignment import BatchFound, assign, edge_node_orders, tie_key
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.options import chosen
from heuristics.ot import Start, largest_batch
from heuristics.problem import Problem
from heuristics.result import NodeKind, Result, Status
from heuristics.tree_search.search_tree import Pruning
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode

if TYPE_CHECKING:
    from heuristics.coefficients import BoolArray, Coefficients, IntArray

_METHOD = "ot-gah"


class Inner(StrEnum):
    """Reading of the pruning in the trees of each edge node, by the name of its method."""

    EXACT = "ot"
    LITERAL = "ot-literal"
    PSEUDOCODE = "ot-pseudocode"
    NONE = "ot-unpruned"

    @property
    def pruning(self) -> Pruning:
        """Pruning of the trees."""
        return Pruning[self.name]


@compiles_beside()
def ot_gah(
    data: Coefficients,
    *,
    order: str = "given",
    ties: str = "index",
    inner: str = "ot",
    start: str = "bound",
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Let each edge node in turn take its largest batch of the remaining requests, Algorithm 3.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    order
        Order in which the edge nodes choose, each the best of its alternatives:
        ``"given"``, ``"capacity"``, ``"random"``, or
        ``"all"``, which tries every order and keeps the best schedule.
    ties
        Preference between two requests with equal budget and uplink: ``"index"``, or
        ``"eligibility"``, the request that fewer edge nodes may serve.
    inner
        Pruning of the trees of each edge node: ``"ot"``, ``"ot-literal"``, ``"ot-pseudocode"`` or
        ``"ot-unpruned"``. The schedule is the same.
    start
        Choice of the trees to search, see `heuristics.ot.ot`. The schedule is the same.
        ``"all"`` searches every tree of Algorithm 2, so the number of nodes is the paper's.
    seed
        Seed of the random order.
    time_limit
        Time limit [s].
    node_limit
        Maximum number of tree nodes.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound. A run stopped early keeps the batches found.

    Raises
    ------
    InputError
        If an option has another value, or ``"all"`` is given for more than 6 edge nodes.

    Notes
    -----
    *Guarantee.* At least half of the optimum in every order, if the run is completed and the
    downlink is constant inside each level. Let :math:`O_j` be the optimal batch of edge node j
    and S the set of all scheduled requests. When j chose, :math:`O_j \setminus S` was available,
    and it is feasible as part of a feasible batch. OT is exact, so
    :math:`|S_j| \ge |O_j \setminus S|`. Summed over j, :math:`|S| \ge |O| - |S|`. The factor 1/2
    is attained (departure 18). With alternatives the batches of edge node j are those of any of its
    rows. A part of such a batch is a batch of the same row, and :math:`S_j` is a largest one over
    all rows, so the argument holds unchanged.

    *Why no re-selection.* In the Next-Bin algorithm the profit of a scheduled request drops by the
    profit that it already has, here to 0.

    *Nodes.* The nodes of the trees of all edge nodes. With ``start="bound"``, trees and nodes that
    cannot contain a batch are skipped: the number is that of the trees that the bound leaves, and
    smaller than the paper's.

    *Without trees.* `heuristics.ot_gah_fast.ot_gah_fast` finds the same schedule if the downlink is
    constant inside each level.

    References
    ----------
    X. Zhang et al., "Beyond the Cloud: Edge Inference for Generative Large Language Models in
    Wireless Networks", IEEE Trans. Wireless Commun. 24(1):643-658, 2025,
    doi:10.1109/TWC.2024.3497923, Algorithm 3.

    R. Cohen, L. Katzir, D. Raz, "An efficient approximation for the Generalized Assignment
    Problem", Inf. Process. Lett. 100(4):162-166, 2006, doi:10.1016/j.ipl.2006.06.003.

    Examples
    --------
    Room for one request at each of two edge nodes; request 1 may be served at the first only.

    >>> from heuristics.coefficients import Coefficients
    >>> nothing = [[0, 0], [0, 0]]
    >>> data = Coefficients(
    ...     uplink=nothing, uplink_capacity=[0, 0], downlink=nothing, downlink_capacity=[0, 0],
    ...     memory=[[1, 1], [1, 1]], memory_capacity=[1, 1], compute=nothing,
    ...     compute_budget=nothing, eligible=[[1, 1], [1, 0]],
    ... )
    >>> ot_gah(data).schedule.batches, ot_gah(data, order="all").schedule.batches
    (((0,), ()), ((1,), (0,)))
    """
    orders = edge_node_orders(data, order, seed)
    preference = tie_key(data, ties)
    pruning = chosen(Inner, inner, field="inner").pruning
    begin = chosen(Start, start, field="start")
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, _METHOD, limits, is_tree=True)
    if nothing is not None:
        return nothing
    found = assign(data, orders, partial(_largest, data, preference, limits, pruning, begin))
    return Result(
        problem=Problem.P1,
        status=Status.NONE if found.schedule is None else Status.FEASIBLE,
        ended_by=found.ended_by,
        schedule=found.schedule,
        runtime_s=limits.runtime_s,
        num_nodes=limits.num_nodes,
        node_kind=NodeKind.TREE,
    )


def _largest(
    data: Coefficients,
    preference: IntArray | None,
    limits: Limits,
    pruning: Pruning,
    start: Start,
    j: int,
    remaining: BoolArray,
) -> BatchFound:
    """Find the largest batch of j as Algorithm 2 does."""
    edge_node = SortedEdgeNode.of(data, j, remaining=remaining, preference=preference)
    search = largest_batch(edge_node, pruning=pruning, start=start, limits=limits)
    return BatchFound(search.batch, search.ended_by)
