"""Algorithm 2, optimal tree-search (OT): the largest batch of one edge node, P3'."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from heuristics.best_alternative import best_alternative
from heuristics.compilation import compiles_beside
from heuristics.limits import Limits, Stopped
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.options import chosen
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status
from heuristics.schedule import Schedule
from heuristics.tree_search.candidates import Candidates
from heuristics.tree_search.cheap_tests import largest_open_cardinality, open_depths
from heuristics.tree_search.joint_constraint import JointTest
from heuristics.tree_search.search_tree import EXHAUSTED, FOUND, Pruning
from heuristics.tree_search.sorted_edge_node import the_only_edge_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.coefficients import Coefficients
    from heuristics.tree_search.search_tree import Floor
    from heuristics.tree_search.sorted_edge_node import SortedEdgeNode

_METHODS = {
    Pruning.EXACT: "ot",
    Pruning.LITERAL: "ot-literal",
    Pruning.PSEUDOCODE: "ot-pseudocode",
    Pruning.NONE: "ot-unpruned",
}


class Start(StrEnum):
    """Start of z, and choice of the trees to search; the schedule found is the same."""

    ALL = "all"
    r"""From :math:`|\tilde I|`, with a tree for every z and d, as Algorithm 2 has it."""
    BOUND = "bound"
    """From the largest z that the cheap tests leave open, with a tree only for those z and d that
    neither these nor the joint test refute, and in it only nodes below which a batch may fit."""


class TreeSearchOutcome(NamedTuple):
    """Outcome of the search for the largest batch of an edge node."""

    batch: tuple[int, ...] | None
    """Requests of the batch; None if the search was stopped before it found one."""
    cardinality: int
    """z at the end of the search: every tree of a larger z is exhausted."""
    first_cardinality: int
    """z at the start of the search: a bound on every batch."""
    ended_by: EndedBy


@compiles_beside()
def ot(
    data: Coefficients,
    *,
    pruning: str = "exact",
    start: str = "all",
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Find the largest batch of one edge node by tree-search, Algorithm 2.

    For z from :math:`|\tilde I|` down and d from z up, a tree is searched whose paths are the
    numbers of requests taken of each output length among the d requests of largest budget; of
    each length the cheapest uplinks are taken. The first feasible leaf is the answer.

    Parameters
    ----------
    data
        Coefficients of one edge node. The best of its alternatives is taken.
    pruning
        Rule that cuts off nodes with too few candidates below them: ``"exact"``;
        ``"literal"``, the rule as the text states it; ``"pseudocode"``, line 22 alone; ``"none"``.
        The schedule is the same, the number of nodes is not.
    start
        ``"all"``: every tree of Algorithm 2 is searched, so the number of nodes is the paper's.
        ``"bound"``: trees and nodes that cannot contain a batch are skipped.
    time_limit
        Time limit [s].
    node_limit
        Maximum number of tree nodes.

    Returns
    -------
    Result
        The result of P1, which is P3' as maximisation. A run stopped early has no schedule,
        because z falls; its bound is the z that it had reached.

    Raises
    ------
    InputError
        If the coefficients have more than one edge node, or an option has another value.

    Notes
    -----
    *Guarantee.* Optimal where the downlink is constant inside each level, as the worst-channel
    reading makes it: for given numbers of requests of each level only the uplink depends on which
    are taken, so the cheapest are as good as any; and :math:`\tilde\tau_d` is the budget of the
    batch if d is its last request. Elsewhere requests are taken by the larger of their shares of
    uplink and downlink, and the answer is feasible, without a proof; ``start="bound"`` then still
    gives the bound of the cheap tests.

    *Nodes.* A node counts once, at its first visit, the root and pruned nodes included. The
    children of a node have the indices :math:`\min(z', |F|)` down to 0; a node with z' = 0 is a
    leaf. Levels are those of all eligible requests.

    *Complexity.* :math:`O(I^2 (I/N)^N)` nodes for N levels: polynomial only if N is fixed.

    References
    ----------
    X. Zhang et al., "Beyond the Cloud: Edge Inference for Generative Large Language Models in
    Wireless Networks", IEEE Trans. Wireless Commun. 24(1):643-658, 2025,
    doi:10.1109/TWC.2024.3497923, Algorithm 2 and (15)-(16e).

    Examples
    --------
    Two requests of output 1 with uplinks 5 and 3, two of output 2 with uplink 1 each; 6 of the
    uplink and 5 of memory.

    >>> from heuristics.coefficients import Coefficients
    >>> data = Coefficients(
    ...     uplink=[[5, 3, 1, 1]], uplink_capacity=[6], downlink=[[1, 1, 2, 2]],
    ...     downlink_capacity=[9], memory=[[1, 1, 2, 2]], memory_capacity=[5],
    ...     compute=[[1, 1, 2, 2]], compute_budget=[[9, 8, 7, 6]], eligible=[[1, 1, 1, 1]],
    ... )
    >>> result = ot(data)
    >>> result.schedule.batches, str(result.status), result.bound, result.num_nodes
    (((1, 2, 3),), 'optimal', 3, 16)
    """
    rule = chosen(Pruning, pruning, field="pruning")
    begin = chosen(Start, start, field="start")
    method = _METHODS[rule]
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    return best_alternative(data, method, limits, partial(_at_one_row, rule, begin, limits))


def _at_one_row(rule: Pruning, begin: Start, limits: Limits, data: Coefficients) -> Result:
    """Find the largest batch of an edge node that can be run in one way."""
    method = _METHODS[rule]
    edge_node = the_only_edge_node(data, method)
    nothing = zero_if_nothing_eligible(data, Problem.P1, method, limits, is_tree=True)
    if nothing is not None:
        return nothing
    search = largest_batch(edge_node, pruning=rule, start=begin, limits=limits)
    is_exact = edge_node.downlink_follows_levels
    bound = search.cardinality if is_exact else None
    if not is_exact and begin is Start.BOUND:
        bound = search.first_cardinality
    found = search.batch is not None
    is_proof = is_exact and found
    return Result(
        problem=Problem.P1,
        status=Status.OPTIMAL if is_proof else Status.FEASIBLE if found else Status.NONE,
        ended_by=EndedBy.PROOF if is_proof else search.ended_by,
        schedule=None if search.batch is None else Schedule.of([search.batch]),
        bound=bound,
        runtime_s=limits.runtime_s,
        num_nodes=limits.num_nodes,
        node_kind=NodeKind.TREE,
        proved_by=method if is_proof else None,
    )


def largest_batch(
    edge_node: SortedEdgeNode, *, pruning: Pruning, start: Start, limits: Limits
) -> TreeSearchOutcome:
    """Search the trees of one edge node, z falling and d rising, up to the first feasible leaf.

    Parameters
    ----------
    edge_node
        The sorted requests of the edge node.
    pruning, start
        See `ot`.
    limits
        Limits of the run; the nodes visited are added to its count.
    """
    z = first = edge_node.num_requests
    joint_test = JointTest(edge_node) if start is Start.BOUND else None
    candidates = Candidates(edge_node, pruning)
    try:
        if start is Start.BOUND:
            z = first = largest_open_cardinality(edge_node, limits)
        for z in range(first, 0, -1):  # Line 2. Departure 10.
            candidates.restart(z)
            if joint_test is None:
                found = _is_found(candidates, (z, edge_node.num_requests), None, limits)
            else:
                found = _is_found_among_open(candidates, edge_node, z, joint_test, limits)
            if found:
                return TreeSearchOutcome(candidates.batch(), z, first, EndedBy.COMPLETED)  # Line 9.
    except Stopped as stopped:
        return TreeSearchOutcome(None, z, first, stopped.ended_by)
    except KeyboardInterrupt:
        return TreeSearchOutcome(None, z, first, EndedBy.INTERRUPTED)
    return TreeSearchOutcome((), 0, first, EndedBy.COMPLETED)  # Departure 9.


def _is_found_among_open(
    candidates: Candidates,
    edge_node: SortedEdgeNode,
    cardinality: int,
    joint_test: JointTest,
    limits: Limits,
) -> bool:
    """Search the trees of z that neither the cheap tests nor the joint test refute."""
    for d in _open_depths(edge_node, cardinality, joint_test, limits):
        candidates.grow(d, limits)
        floor = candidates.floor(joint_test.constraint(d))
        if _is_found(candidates, (d, d), floor, limits):
            return True
    return False


def _open_depths(
    edge_node: SortedEdgeNode, cardinality: int, joint_test: JointTest, limits: Limits
) -> Iterator[int]:
    """Yield each d that the cheap tests and the joint test leave, ascending."""
    depths = list(open_depths(edge_node, cardinality))
    position, run = 0, 1
    while position < len(depths):
        limits.check_time()
        several = depths[position : position + run]
        if joint_test.refutes(cardinality, several[0], several[-1]):
            position += run
            run *= 2
        elif run > 1:
            run //= 2
        else:
            yield depths[position]
            position += 1


def _is_found(
    candidates: Candidates, depths: tuple[int, int], floor: Floor | None, limits: Limits
) -> bool:
    """Search the trees of the first to the last d, slice by slice, up to a feasible leaf."""
    while True:
        visited = candidates.num_visits
        max_visits = limits.grant()
        try:
            outcome = candidates.search(depths, floor, max_visits)
        finally:  # An interrupt arrives after a slice, so the slice's nodes count.
            limits.num_nodes += candidates.num_visits - visited
        if outcome == FOUND:
            return True
        if outcome == EXHAUSTED:
            return False
