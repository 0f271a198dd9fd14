"""Joint test: one weighted sum of the four constraints, in place of the four."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.tree_search.sorted_edge_node import SortedEdgeNode

_CAPACITY_BITS = 30
_WEIGHT_SUM = 1 << 10
_ROUNDS = 10


class JointConstraint(NamedTuple):
    """A constraint that follows from the four constraints: every feasible batch keeps it."""

    demand: list[int]
    """Demand of each of the first d requests, in latency order."""
    capacity: int


class JointTest:
    r"""A test that searches weights y under which no z of the first d requests fit.

    A batch that keeps all four constraints keeps their sum with any weights y >= 0. If the z
    smallest demands of the sum exceed its capacity, no batch of z requests is feasible: the
    surrogate, or Lagrangian, test. It decides pairs (z, d) that the cheap tests leave open because
    several constraints bind.

    A subgradient method in integers searches the weights: a constraint that the z smallest
    requests violate gets more weight, a constraint that they keep gets less. The next test, whose
    d is near, starts from these weights. A refutation is a proof for any weights.

    Parameters
    ----------
    edge_node
        The requests, in latency order.

    Notes
    -----
    O(d) a test. Demands are divided by a common unit, rounded down, and so are the
    capacities, which keeps every batch that fits and every sum of 10^6 requests below 2^62.
    """

    def __init__(self, edge_node: SortedEdgeNode) -> None:
        node = edge_node
        demands = (node.uplink, node.downlink, node.memory, node.compute)
        largest_budget = max(node.budget, default=0)
        capacities = (
            node.uplink_capacity,
            node.downlink_capacity,
            node.memory_capacity,
            largest_budget,
        )
        units = [(capacity >> _CAPACITY_BITS) + 1 for capacity in capacities]
        unit = np.array(units, dtype=np.int64)
        self._demand: IntArray = np.array(demands, dtype=np.int64) // unit[:, None]
        self._capacity: IntArray = np.array(capacities, dtype=np.int64) // unit
        self._budget: IntArray = np.array(node.budget, dtype=np.int64) // unit[-1]
        self._weight: IntArray = np.full(len(demands), _WEIGHT_SUM // len(demands))

    def refutes(self, cardinality: int, first: int, last: int) -> bool:
        """Return True if no batch of z requests is feasible for any d from first to last.

        Parameters
        ----------
        cardinality
            z.
        first, last
            Range of d. The requests of the last d with the budget of the first contain every
            batch of the range. False leaves the range undecided.
        """
        demand, capacity = self._of(last, self._budget[first - 1])
        for round_ in range(_ROUNDS):
            price = self._price(capacity)
            smallest = _smallest(price @ demand, cardinality)
            excess = demand[:, smallest].sum(axis=1) - capacity
            if price @ excess > 0:
                return True
            self._reweigh(excess * _per_unit(capacity), round_)
        return False

    def constraint(self, depth: int) -> JointConstraint:
        """Return the weighted sum of the constraints for the first d requests."""
        demand, capacity = self._of(depth, self._budget[depth - 1])
        price = self._price(capacity)
        return JointConstraint((price @ demand).tolist(), int(price @ capacity))

    def _of(self, depth: int, budget: np.int64) -> tuple[IntArray, IntArray]:
        capacity = self._capacity.copy()
        capacity[-1] = budget
        # A request that alone exceeds a capacity is in no batch, whatever its excess. In units of
        # a small budget its demand could exceed 62 bits, so it is capped.
        return np.minimum(self._demand[:, :depth], capacity[:, None] + 1), capacity

    def _price(self, capacity: IntArray) -> IntArray:
        price: IntArray = self._weight * _per_unit(capacity)
        return price

    def _reweigh(self, excess: IntArray, round_: int) -> None:
        largest = int(np.abs(excess).max())
        if largest == 0:
            return
        step = [int(each) * _WEIGHT_SUM // (2 * largest * (round_ + 1)) for each in excess]
        weight = np.maximum(self._weight + step, 0)
        self._weight = weight * _WEIGHT_SUM // max(int(weight.sum()), 1)


def _smallest(demand: IntArray, count: int) -> NDArray[np.intp]:
    """Return the places of the smallest demands, equal ones by place, on every platform."""
    largest = np.partition(demand, count - 1)[count - 1]
    below = np.flatnonzero(demand < largest)
    ties = np.flatnonzero(demand == largest)
    return np.concatenate([below, ties[: count - len(below)]])


def _per_unit(capacity: IntArray) -> IntArray:
    """Return a factor for each capacity that scales it to about 2^30: weights compare shares."""
    per_unit: IntArray = (1 << _CAPACITY_BITS) // np.maximum(capacity, 1)
    return per_unit
