"""Algorithm 1: the largest batch of one edge node with spectrum to spare, P2."""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from heuristics.best_alternative import best_alternative
from heuristics.limits import Limits, Stopped
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule
from heuristics.tree_search.sorted_edge_node import the_only_edge_node

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients
    from heuristics.tree_search.sorted_edge_node import SortedEdgeNode

_METHOD = "algorithm-1"


def algorithm_1(
    data: Coefficients, *, time_limit: float | None = None, node_limit: int | None = None
) -> Result:
    r"""Find the largest batch of one edge node without its spectrum, Algorithm 1.

    For z from :math:`|\tilde I|` down and d from z up, the d-th request in order of falling
    budget is taken, with the z - 1 shortest of those before it, until that is feasible.

    Parameters
    ----------
    data
        Coefficients of one edge node. A request must fit the band alone to be eligible, see
        departure 20 of ``formulations/notation.md``; otherwise uplink and downlink do not count.
        The best of the edge node's alternatives is taken.
    time_limit
        Time limit [s].
    node_limit
        Accepted for a uniform interface; never reached, as the algorithm has no tree nodes.

    Returns
    -------
    Result
        The result of P2. A run stopped early has no schedule, because z falls; its bound is the
        z that it had reached.

    Raises
    ------
    InputError
        If the coefficients have more than one edge node.

    Notes
    -----
    *Guarantee.* Optimal if one order sorts both memory and compute, as it is where both follow
    from the output length: let :math:`S^*` be feasible with z requests and :math:`d^*` the last
    of them; the z - 1 shortest of the first :math:`d^* - 1` together with :math:`d^*` ask for no
    more memory or compute and have the same budget. Elsewhere the answer is feasible only, and
    no bound is returned.

    *Complexity.* :math:`O(I^2 \log I)`: the z - 1 shortest are kept on a heap while d grows.

    References
    ----------
    X. Zhang et al., "Beyond the Cloud: Edge Inference for Generative Large Language Models in
    Wireless Networks", IEEE Trans. Wireless Commun. 24(1):643-658, 2025,
    doi:10.1109/TWC.2024.3497923, Algorithm 1, (13)-(14c) and Proposition 2.

    Examples
    --------
    Outputs 4, 1, 3, 1, and 6 of memory: the last three fit, and their load of 5 is the least of
    their budgets.

    >>> from heuristics.coefficients import Coefficients
    >>> data = Coefficients(
    ...     uplink=[[0, 0, 0, 0]], uplink_capacity=[0], downlink=[[0, 0, 0, 0]],
    ...     downlink_capacity=[0], memory=[[4, 1, 3, 1]], memory_capacity=[6],
    ...     compute=[[4, 1, 3, 1]], compute_budget=[[20, 8, 6, 5]], eligible=[[1, 1, 1, 1]],
    ... )
    >>> algorithm_1(data).schedule.batches
    ((1, 2, 3),)
    """
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    return best_alternative(data, _METHOD, limits, partial(_at_one_row, limits))


def _at_one_row(limits: Limits, data: Coefficients) -> Result:
    """Find the largest batch of an edge node that can be run in one way."""
    # Departure 20: a request that does not fit the band alone is not eligible.
    edge_node = the_only_edge_node(data, _METHOD)  # Line 2.
    nothing = zero_if_nothing_eligible(data, Problem.P2, _METHOD, limits)
    if nothing is not None:
        return nothing
    batch: tuple[int, ...] | None = ()  # Departure 9.
    z, ended_by = 0, EndedBy.COMPLETED
    try:
        for z in range(edge_node.num_requests, 0, -1):  # Line 3.
            limits.check_time()
            batch = _draw_cards(edge_node, z)
            if batch is not None:
                break
    except Stopped as stopped:
        batch, ended_by = None, stopped.ended_by
    except KeyboardInterrupt:
        batch, ended_by = None, EndedBy.INTERRUPTED
    is_exact = edge_node.memory_and_compute_agree
    found = batch is not None
    is_proof = is_exact and found
    return Result(
        problem=Problem.P2,
        status=Status.OPTIMAL if is_proof else Status.FEASIBLE if found else Status.NONE,
        ended_by=EndedBy.PROOF if is_proof else ended_by,
        schedule=None if batch is None else Schedule.of([batch]),
        bound=z if is_exact else None,
        runtime_s=limits.runtime_s,
        proved_by=_METHOD if is_proof else None,
    )


def _draw_cards(edge_node: SortedEdgeNode, cardinality: int) -> tuple[int, ...] | None:
    """Return the first feasible hand of z requests as d grows, lines 4 to 9 and Fig. 6."""
    hand: list[tuple[int, int, int]] = []  # Negatives, so that the longest request is on top.
    memory = compute = 0
    for request, budget in enumerate(edge_node.budget):  # Lines 4 and 5.
        memory += edge_node.memory[request]
        compute += edge_node.compute[request]
        is_full = len(hand) == cardinality - 1
        if is_full and memory <= edge_node.memory_capacity and compute <= budget:  # Line 8.
            taken = (*(-last for _, _, last in hand), request)  # Line 7.
            return tuple(edge_node.requests[each] for each in taken)  # Line 9.
        # Line 6, for the next d: the request joins, and the longest card goes back.
        heappush(hand, (-edge_node.memory[request], -edge_node.compute[request], -request))
        if is_full:
            most_memory, most_compute, _ = heappop(hand)
            memory += most_memory
            compute += most_compute
    return None
