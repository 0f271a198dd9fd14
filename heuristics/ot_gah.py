"""Algorithm 3, OT with generalized assignment heuristics (OT-GAH): P1, one edge node at a time."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.errors import InputError
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.options import chosen
from heuristics.ot import Start, largest_batch
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status
from heuristics.schedule import Schedule
from heuristics.single_node.single_node import MOST_STEPS, best_batch, warm_up
from heuristics.tree_search.candidates import warm_up as warm_up_trees
from heuristics.tree_search.search_tree import Pruning
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from heuristics.coefficients import BoolArray, Coefficients, IntArray

_METHOD = "ot-gah"
_MOST_EDGE_NODES_OF_ALL_ORDERS = 6


class EdgeNodeOrder(StrEnum):
    """Order in which the edge nodes choose their batches."""

    GIVEN = "given"
    """Order of the coefficients."""
    CAPACITY = "capacity"
    """The largest compute budget of an eligible request first, then memory, then the index."""
    RANDOM = "random"
    """Drawn by the seed."""
    ALL = "all"
    """Each of the J! orders, J <= 6; the first of the best schedules is kept."""


class Ties(StrEnum):
    """Preference of an edge node between two requests with equal budget and uplink."""

    INDEX = "index"
    """The request of lower index."""
    ELIGIBILITY = "eligibility"
    """The request that fewer edge nodes may serve, then the request of lower index."""


class Inner(StrEnum):
    """Method that finds the largest batch of an edge node."""

    SINGLE_NODE = "single-node"
    """`heuristics.single_node.single_node`: the same batch, without the paper's trees."""
    EXACT = "ot"
    LITERAL = "ot-literal"
    PSEUDOCODE = "ot-pseudocode"
    NONE = "ot-unpruned"

    @property
    def pruning(self) -> Pruning | None:
        """Pruning of the trees that the method searches; None for a method without trees."""
        return None if self is Inner.SINGLE_NODE else Pruning[self.name]


class _Found(NamedTuple):
    """The batch of one edge node, None if the search was cut without one."""

    batch: tuple[int, ...] | None
    ended_by: EndedBy


class _Pass(NamedTuple):
    """One pass over the edge nodes in one order."""

    batches: list[tuple[int, ...]]
    num_served: int
    """Number of edge nodes whose batch was found."""
    ended_by: EndedBy


def ot_gah(
    data: Coefficients,
    *,
    order: str = "given",
    ties: str = "index",
    inner: str = "single-node",
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
        Order in which the edge nodes choose: ``"given"``, ``"capacity"``, ``"random"``, or
        ``"all"``, which tries every order and keeps the best schedule.
    ties
        Preference between two requests with equal budget and uplink: ``"index"``, or
        ``"eligibility"``, the request that fewer edge nodes may serve.
    inner
        Method that finds the largest batch of each edge node: ``"single-node"``, or with
        the paper's trees ``"ot"``, ``"ot-literal"``, ``"ot-pseudocode"``, ``"ot-unpruned"``. The
        schedule is the same if the downlink is constant inside each level.
    start
        Choice of the trees to search, see `heuristics.ot.ot`. The schedule is the same.
    seed
        Seed of the random order.
    time_limit
        Time limit [s].
    node_limit
        Maximum number of tree nodes; with ``"single-node"`` of steps, see there. Without a limit,
        an edge node that takes too many steps keeps the best batch found by then, and the run is
        ended by node-limit.

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
    is attained (departure 18).

    *Why no re-selection.* In the Next-Bin algorithm the profit of a scheduled request drops by the
    profit that it already has, here to 0.

    *Nodes.* The nodes of the trees of all edge nodes; None with ``"single-node"``. With
    ``start="bound"``, trees and nodes that cannot contain a batch are skipped, so fewer nodes are
    visited than by Algorithm 2.

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
    orders = _orders(data, chosen(EdgeNodeOrder, order, field="order"), seed)
    rule = chosen(Ties, ties, field="ties")
    pruning = chosen(Inner, inner, field="inner").pruning
    begin = chosen(Start, start, field="start")
    warm_up() if pruning is None else warm_up_trees()
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(
        data, Problem.P1, _METHOD, limits, is_tree=pruning is not None
    )
    if nothing is not None:
        return nothing
    preference = data.eligible.sum(axis=0) if rule is Ties.ELIGIBILITY else None
    if pruning is None:
        find = partial(_by_single_node, data, preference, limits)
    else:
        find = partial(_by_trees, data, preference, limits, pruning, begin)
    best: Schedule | None = None
    ended_by = EndedBy.COMPLETED
    for sequence in orders:
        batches, num_served, ended_by = _one_pass(data, sequence, find)
        schedule = Schedule.of(batches)
        if num_served and (best is None or schedule.throughput > best.throughput):
            best = schedule
        if ended_by is not EndedBy.COMPLETED:
            break
    return Result(
        problem=Problem.P1,
        status=Status.NONE if best is None else Status.FEASIBLE,
        ended_by=ended_by,
        schedule=best,
        runtime_s=limits.runtime_s,
        num_nodes=None if pruning is None else limits.num_nodes,
        node_kind=None if pruning is None else NodeKind.TREE,
    )


def _orders(data: Coefficients, order: EdgeNodeOrder, seed: int) -> Iterable[Sequence[int]]:
    edge_nodes = range(data.num_edge_nodes)
    if order is EdgeNodeOrder.GIVEN:
        return [edge_nodes]
    if order is EdgeNodeOrder.RANDOM:
        return [np.random.default_rng(seed).permutation(data.num_edge_nodes).tolist()]
    if order is EdgeNodeOrder.CAPACITY:
        budget = np.where(data.eligible, data.compute_budget, 0).max(axis=1, initial=0)
        return [sorted(edge_nodes, key=lambda j: (-budget[j], -data.memory_capacity[j], j))]
    if data.num_edge_nodes > _MOST_EDGE_NODES_OF_ALL_ORDERS:
        raise InputError(
            f"all orders are tried of at most {_MOST_EDGE_NODES_OF_ALL_ORDERS} edge nodes",
            field="order",
            found=data.num_edge_nodes,
        )
    return permutations(edge_nodes)


def _one_pass(
    data: Coefficients, order: Iterable[int], find: Callable[[int, BoolArray], _Found]
) -> _Pass:
    batches: list[tuple[int, ...]] = [()] * data.num_edge_nodes  # Line 1.
    remaining = np.ones(data.num_requests, dtype=np.bool_)
    num_served = 0
    ended_by = EndedBy.COMPLETED
    try:
        for j in order:  # Line 2.
            # Line 3. Departure 17. The capacities of j do not depend on what is left.
            found = find(j, remaining)
            if found.ended_by is not EndedBy.COMPLETED:
                ended_by = found.ended_by
            if found.batch is None:
                break
            batches[j] = found.batch  # Line 5.
            remaining[list(found.batch)] = False  # Line 4.
            num_served += 1
            if ended_by not in (EndedBy.COMPLETED, EndedBy.NODE_LIMIT):
                break
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    return _Pass(batches, num_served, ended_by)


def _by_trees(
    data: Coefficients,
    preference: IntArray | None,
    limits: Limits,
    pruning: Pruning,
    start: Start,
    j: int,
    remaining: BoolArray,
) -> _Found:
    """Find the largest batch of j as Algorithm 2 does."""
    edge_node = SortedEdgeNode.of(data, j, remaining=remaining, preference=preference)
    search = largest_batch(edge_node, pruning=pruning, start=start, limits=limits)
    return _Found(search.batch, search.ended_by)


def _by_single_node(
    data: Coefficients,
    preference: IntArray | None,
    limits: Limits,
    j: int,
    remaining: BoolArray,
) -> _Found:
    """Find the largest batch of j from its bound."""
    if limits.node_limit is None:
        limits = Limits(time_limit=limits.left_s, node_limit=MOST_STEPS)
    found = best_batch(data, j, limits=limits, remaining=remaining, preference=preference)
    is_proof = found.ended_by is EndedBy.PROOF
    return _Found(found.requests, EndedBy.COMPLETED if is_proof else found.ended_by)
