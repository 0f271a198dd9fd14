"""Printed algorithms, in the form of the text, as measures of their growth.

The project's own Algorithm 1 keeps the hand of Fig. 6 on a heap, and its tree search is compiled.
The text counts a scan for the longest card, and compares with a search "without pruning" that may
also be read as the enumeration of all sets of requests.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.experiments.measures import Measured, solved
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode
from instances.families.registry import family

if TYPE_CHECKING:
    from analysis.experiments.measures import Work
    from heuristics.coefficients import Coefficients

PRINTED, SUBSETS = "algorithm-1-printed", "all-subsets"
"""Names of the schemes of this module, which are no registered methods."""

LARGEST_ENUMERATION = 20
"""Largest number of eligible requests whose subsets are enumerated."""


def printed_or_solved(work: Work) -> Measured:
    """Time the printed Algorithm 1 on one edge node, or any registered method.

    Parameters
    ----------
    work
        Work whose scheme is `PRINTED`, or as for :func:`analysis.experiments.measures.solved`.
    """
    if work.scheme != PRINTED:
        return solved(work)
    data = _drawn(work)
    edge_node = SortedEdgeNode.of(data, 0)
    began = time.process_time()
    objective = len(printed_algorithm_1(edge_node))
    cpu_s = time.process_time() - began
    return _measured(data, objective, num_nodes=None, cpu_s=cpu_s)


def printed_algorithm_1(edge_node: SortedEdgeNode) -> tuple[int, ...]:
    """Return the batch of Algorithm 1, with the longest card of the hand found by a scan.

    Notes
    -----
    Time O(I^3), as the text has it: I hands, I cards for each, and a scan of at most I cards.
    """
    memory, compute = edge_node.memory, edge_node.compute
    for cardinality in range(edge_node.num_requests, 0, -1):
        hand: list[int] = []
        held_memory = held_compute = 0
        for request, budget in enumerate(edge_node.budget):  # Fig. 6: take a card.
            held_memory += memory[request]
            held_compute += compute[request]
            hand.append(request)
            if len(hand) < cardinality:
                continue
            if held_memory <= edge_node.memory_capacity and held_compute <= budget:
                return tuple(edge_node.requests[each] for each in hand)
            longest = max(hand, key=memory.__getitem__)  # Draw the card of the highest n.
            hand.remove(longest)
            held_memory -= memory[longest]
            held_compute -= compute[longest]
    return ()


def enumerated(work: Work) -> Measured:
    """Enumerate all sets of eligible requests of one edge node; ``num_nodes`` counts the sets.

    The time is absent if there are more than `LARGEST_ENUMERATION` requests: then the sets are
    counted and not visited.
    """
    data = _drawn(work)
    edge_node = SortedEdgeNode.of(data, 0)
    number = edge_node.num_requests
    if number > LARGEST_ENUMERATION:
        return _measured(data, None, num_nodes=2**number, cpu_s=None)
    began = time.process_time()
    objective = _best_subset(edge_node)
    return _measured(data, objective, num_nodes=2**number, cpu_s=time.process_time() - began)


def _best_subset(edge_node: SortedEdgeNode) -> int:
    """Return the size of the largest feasible set, by visiting each set once."""
    size = np.zeros(1, dtype=np.int64)
    sums = {name: np.zeros(1, dtype=np.int64) for name in ("uplink", "downlink", "memory")}
    load, budget = np.zeros(1, dtype=np.int64), np.full(1, np.iinfo(np.int64).max)
    for request in range(edge_node.num_requests):
        # The sets without the request, and those with it.
        size = np.concatenate([size, size + 1])
        for name, values in sums.items():
            sums[name] = np.concatenate([values, values + getattr(edge_node, name)[request]])
        load = np.concatenate([load, load + edge_node.compute[request]])
        budget = np.concatenate([budget, np.minimum(budget, edge_node.budget[request])])
    fits = load <= budget
    for name, values in sums.items():
        fits &= values <= getattr(edge_node, f"{name}_capacity")
    return int(size[fits].max())


def _drawn(work: Work) -> Coefficients:
    settings = dict(work.settings)
    for name in ("problem", "node_limit", "num_edge_nodes"):
        settings.pop(name, None)
    [instance] = family(settings.pop("family")).generate(settings, work.seed)
    return instance.coefficients


def _measured(
    data: Coefficients, objective: int | None, *, num_nodes: int | None, cpu_s: float | None
) -> Measured:
    values: dict[str, Any] = {
        "num_requests": data.num_requests,
        "num_eligible": int(data.eligible.sum()),
        "objective": objective,
        "bound": None,
        "num_nodes": num_nodes,
        "is_cut": int(objective is None),
        "ended_by": "completed" if objective is not None else "node-limit",
    }
    return Measured(values=values, times={"cpu_s": cpu_s, "solve_s": cpu_s})
