"""Generalized assignment: each edge node in turn takes its largest batch of what is left."""

from __future__ import annotations

from enum import StrEnum
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.errors import InputError
from heuristics.options import chosen
from heuristics.result import EndedBy
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from heuristics.coefficients import BoolArray, Coefficients, IntArray

_MOST_EDGE_NODES_OF_ALL_ORDERS = 6


class EdgeNodeOrder(StrEnum):
    """Order in which the edge nodes choose their batches."""

    GIVEN = "given"
    """Order of the coefficients."""
    CAPACITY = "capacity"
    """The largest compute budget of an eligible request first, then memory, then the index; of
    alternatives those of the largest."""
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


class BatchFound(NamedTuple):
    """The batch of one edge node, None if the search was cut without one."""

    batch: tuple[int, ...] | None
    ended_by: EndedBy


class Assignment(NamedTuple):
    """The best schedule of all orders, None if no batch was found, and the end of the run."""

    schedule: Schedule | None
    ended_by: EndedBy


class _Pass(NamedTuple):
    """One pass over the edge nodes in one order."""

    batches: list[tuple[int, ...]]
    num_served: int
    """Number of edge nodes whose batch was found."""
    ended_by: EndedBy


def edge_node_orders(data: Coefficients, order: str, seed: int) -> Iterable[Sequence[int]]:
    """Return the orders of the edge nodes that a word of `EdgeNodeOrder` names.

    An edge node is an index of ``data.alternatives``: its alternatives choose together.

    Raises
    ------
    InputError
        If the word names no order, or ``"all"`` is given for more than 6 edge nodes.
    """
    rule = chosen(EdgeNodeOrder, order, field="order")
    num_edge_nodes = len(data.alternatives)
    edge_nodes = range(num_edge_nodes)
    if rule is EdgeNodeOrder.GIVEN:
        return [edge_nodes]
    if rule is EdgeNodeOrder.RANDOM:
        return [np.random.default_rng(seed).permutation(num_edge_nodes).tolist()]
    if rule is EdgeNodeOrder.CAPACITY:
        budget = data.pairs.largest_of(data.pairs.compute_budget)
        room = [(budget[row], data.memory_capacity[row]) for row in range(data.num_edge_nodes)]
        most = [max(room[row] for row in rows) for rows in data.alternatives]
        return [sorted(edge_nodes, key=lambda j: (-most[j][0], -most[j][1], j))]
    if num_edge_nodes > _MOST_EDGE_NODES_OF_ALL_ORDERS:
        raise InputError(
            f"all orders are tried of at most {_MOST_EDGE_NODES_OF_ALL_ORDERS} edge nodes",
            field="order",
            found=num_edge_nodes,
        )
    return permutations(edge_nodes)


def tie_key(data: Coefficients, ties: str) -> IntArray | None:
    """Return the key that breaks ties, smaller first, shape (I,); None for the index alone.

    Raises
    ------
    InputError
        If the word names none of `Ties`.
    """
    rule = chosen(Ties, ties, field="ties")
    if rule is Ties.INDEX:
        return None
    if not data.has_alternatives:
        return data.pairs.num_edge_nodes_of(data.num_requests)
    count = np.zeros(data.num_requests, dtype=np.int64)
    for rows in data.alternatives:
        count += _is_eligible_at(data, rows)
    return count


def _is_eligible_at(data: Coefficients, rows: Sequence[int]) -> BoolArray:
    """Return True for each request that some of the rows may serve, shape (I,)."""
    is_eligible = np.zeros(data.num_requests, dtype=np.bool_)
    for row in rows:
        is_eligible[data.pairs.requests[data.pairs.row(row)]] = True
    return is_eligible


def assign(
    data: Coefficients,
    orders: Iterable[Sequence[int]],
    find: Callable[[int, BoolArray], BatchFound],
) -> Assignment:
    """Let the edge nodes choose in each order, and keep the first of the best schedules.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    orders
        Orders in which the edge nodes choose. A run that is cut tries no further order.
    find
        Function from a row and the remaining requests, shape (I,), to the largest batch of the
        row. An edge node takes the largest batch over its alternatives, of the first among equals.
    """
    best: Schedule | None = None
    ended_by = EndedBy.COMPLETED
    for sequence in orders:
        batches, num_served, ended_by = _one_pass(data, sequence, find)
        schedule = Schedule.of(batches)
        if num_served and (best is None or schedule.throughput > best.throughput):
            best = schedule
        if ended_by is not EndedBy.COMPLETED:
            break
    return Assignment(best, ended_by)


def _one_pass(
    data: Coefficients, order: Iterable[int], find: Callable[[int, BoolArray], BatchFound]
) -> _Pass:
    batches: list[tuple[int, ...]] = [()] * data.num_edge_nodes  # Line 1.
    remaining = np.ones(data.num_requests, dtype=np.bool_)
    num_served = 0
    ended_by = EndedBy.COMPLETED
    try:
        for j in order:  # Line 2.
            # Line 3. Departure 17. The capacities of j do not depend on what is left.
            row, found = _largest_of(data.alternatives[j], remaining, find)
            if found.ended_by is not EndedBy.COMPLETED:
                ended_by = found.ended_by
            if found.batch is None:
                break
            batches[row] = found.batch  # Line 5.
            remaining[list(found.batch)] = False  # Line 4.
            num_served += 1
            if ended_by not in (EndedBy.COMPLETED, EndedBy.NODE_LIMIT):
                break
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    return _Pass(batches, num_served, ended_by)


def _largest_of(
    rows: Sequence[int], remaining: BoolArray, find: Callable[[int, BoolArray], BatchFound]
) -> tuple[int, BatchFound]:
    """Return the row with the largest batch, and that batch with the end of the whole search."""
    best_row, batch, ended_by = rows[0], None, EndedBy.COMPLETED
    for row in rows:
        found = find(row, remaining)
        if found.ended_by is not EndedBy.COMPLETED:
            ended_by = found.ended_by
        if found.batch is not None and (batch is None or len(found.batch) > len(batch)):
            best_row, batch = row, found.batch
        if ended_by not in (EndedBy.COMPLETED, EndedBy.NODE_LIMIT):
            break
    return best_row, BatchFound(batch, ended_by)
