r"""Nested pools: the conditions under which counts of requests by class decide the throughput.

A *state* is a count :math:`q_{jl}` of requests of class l at each edge node j. Its load fixes
:math:`k_j`, the last request in the common order whose budget covers the load. The *pool* of class
l at j is then the first :math:`k_{jl}` requests of that class. Pools of one class are nested, so
the number of places of class l that no assignment fills is Hall's defect

.. math:: \max_t \Bigl(\sum_{j: k_{jl} \le t} q_{jl} - t\Bigr)^+ ,

and the state serves exactly the sum of its counts less the defects of all classes. The schedule is
feasible, because unfilled places only lighten a batch. The counts of an optimal schedule have no
defect, so the best state has the value of the optimum.

The conditions are tested on the data:

a. Compute and every resource that can bind are constant in each class at every edge node: by the
   definition of the classes.
b. One order of the requests has falling budgets at every edge node.
c. The eligible requests of a class at an edge node are the first of that class in this order.
d. No uplink can bind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.improvement.common_order import common_order
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.improvement.request_classes import RequestClasses

_MOST_CLASSES = 256
"""Maximum number of classes: a value takes O(J L)."""

COMPUTE, MEMORY, DOWNLINK = 0, 1, 2
"""Positions in `NestedPools.demand`."""


class NestedPools(NamedTuple):
    """The requests in the common order, and the demands of each class at each edge node."""

    row_pointer: IntArray
    """Place of the first pair of each edge node, shape (J + 1,)."""
    budget: IntArray
    """Compute budget of each pair, by edge node and common order: falling, shape (N,)."""
    rank: IntArray
    """Number of requests of the common order up to that of the pair, shape (N,)."""
    prefix: IntArray
    """Number of requests of class l among the first k of the common order, shape (I' + 1, L)."""
    num_eligible: IntArray
    """Number of eligible requests of each class, shape (J, L)."""
    demand: IntArray
    """Compute, memory and downlink of a request of a class, shape (J, L, 3)."""
    capacity: IntArray
    """Capacities of compute, memory and downlink, that of compute is the largest budget, (J, 3)."""
    member: IntArray
    """Requests by class, then by the common order, shape (I',)."""
    class_pointer: IntArray
    """Place in ``member`` of the first request of each class, shape (L + 1,)."""

    @classmethod
    def of(cls, data: Coefficients, classes: RequestClasses) -> NestedPools | None:
        """Return the pools, or None if a condition does not hold."""
        if classes.num_classes > _MOST_CLASSES or classes.can_bind[:, 0].any():
            return None
        pairs = data.pairs
        order = common_order(pairs, data.num_requests)
        if order is None:
            return None
        rank = np.zeros(data.num_requests, dtype=np.int64)
        rank[order] = np.arange(1, order.size + 1)
        of_pair = classes.of_request[pairs.requests]
        shape = (data.num_edge_nodes, classes.num_classes)
        cell = pairs.edge_nodes() * shape[1] + of_pair
        num_eligible = np.bincount(cell, minlength=shape[0] * shape[1])
        prefix = np.zeros((order.size + 1, shape[1]), dtype=np.int64)
        prefix[np.arange(1, order.size + 1), classes.of_request[order]] = 1
        prefix = np.cumsum(prefix, axis=0)
        in_class = prefix[rank[pairs.requests], of_pair]
        if (in_class > num_eligible[cell]).any():
            return None
        by_rank = np.lexsort((rank[pairs.requests], pairs.edge_nodes()))
        demand = np.zeros((shape[0] * shape[1], 3), dtype=np.int64)
        capacity = np.zeros((shape[0], 3), dtype=np.int64)
        row = pairs.edge_nodes()
        demand[cell, COMPUTE] = pairs.compute
        demand[cell, MEMORY] = np.where(classes.can_bind[row, 2], pairs.memory, 0)
        demand[cell, DOWNLINK] = np.where(classes.can_bind[row, 1], pairs.downlink, 0)
        np.maximum.at(capacity[:, COMPUTE], row, pairs.compute_budget)
        capacity[:, MEMORY], capacity[:, DOWNLINK] = data.memory_capacity, data.downlink_capacity
        by_class = np.argsort(classes.of_request[order], kind="stable")
        return cls(
            row_pointer=pairs.row_pointer,
            budget=pairs.compute_budget[by_rank],
            rank=rank[pairs.requests[by_rank]],
            prefix=prefix,
            num_eligible=num_eligible.reshape(shape),
            demand=demand.reshape(*shape, 3),
            capacity=capacity,
            member=order[by_class],
            class_pointer=np.concatenate([[0], np.cumsum(prefix[-1])]),
        )


def filled(count: IntArray, pool: IntArray, member: IntArray, class_pointer: IntArray) -> Schedule:
    """Return a schedule with given counts: the smallest pool of a class chooses first.

    Parameters
    ----------
    count, pool
        Counts of each class at each edge node, and sizes of the pools, shape (J, L).
    member
        Requests by class, then by the common order, shape (I',).
    class_pointer
        Place in ``member`` of the first request of each class, shape (L + 1,).

    Returns
    -------
    Schedule
        Places that no assignment fills are left empty.
    """
    batches: list[list[int]] = [[] for _ in range(count.shape[0])]
    for each in range(count.shape[1]):
        first = int(class_pointer[each])
        used = 0
        for j in np.argsort(pool[:, each], kind="stable").tolist():
            end = min(used + int(count[j, each]), max(used, int(pool[j, each])))
            batches[j] += member[first + used : first + end].tolist()
            used = end
    return Schedule.of(batches)
