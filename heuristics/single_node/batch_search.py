r"""Batch search: the largest batch of one edge node, the one that OT finds first.

OT finds first a batch of the smallest d that admits the optimum z. Among the feasible counts of
this d it has the lexicographically largest, levels ascending, because OT visits counts in that
order. From each level it takes the requests of cheapest uplink.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.coefficients import Coefficients
from heuristics.limits import Limits
from heuristics.problem import Problem
from heuristics.single_node.bound import Bound
from heuristics.single_node.feasibility_oracle import FEW_VISITS, FeasibilityOracle
from heuristics.single_node.sorted_requests import SortedRequests, fill, pick

if TYPE_CHECKING:
    from heuristics.coefficients import IntArray


class BatchSearch:
    r"""The search among the requests of one edge node.

    Groups are those of equal budget: at a group's last d, :math:`F_d` holds those of its other d
    at the same budget, so what is infeasible there is so at all of them.

    Parameters
    ----------
    requests
        The sorted requests, at least one.
    limits
        Limits on time and steps: see `FeasibilityOracle`.
    few_visits
        See `FEW_VISITS`.

    Attributes
    ----------
    places
        The best batch so far, as places in latency order.
    bound
        Upper bound on the size of every batch.
    """

    def __init__(
        self, requests: SortedRequests, limits: Limits, *, few_visits: int = FEW_VISITS
    ) -> None:
        self.places: IntArray = np.empty(0, dtype=np.int64)
        self.bound = Bound(requests)
        self._requests = requests
        self._decision = FeasibilityOracle(requests, limits, few_visits=few_visits)
        self._few_visits = few_visits

    @property
    def best(self) -> int:
        """Size of the best batch so far."""
        return int(self.places.size)

    def run(self) -> None:
        """Find the optimum, then the first batch of that size.

        Raises
        ------
        Stopped
            At one of the limits. The batch is optimal if it meets the bound by then.
        """
        self._find_optimum()
        if self.best:
            self._find_first_group(self.best)
            self._find_first_counts(self._first_depth())

    def _find_optimum(self) -> None:
        """Decide the d of largest bound, with z equal to the bound, until a batch meets it."""
        refusals = 0
        while (z := self.bound.largest) > self.best:
            group = self.bound.argmax()
            depth = self._last_depth(group)
            self._decision.gather(depth)
            self._lower_bounds(z, depth)
            if self.bound.at(group) < z:
                continue
            if self._find(z, depth):
                continue
            self.bound.refute(group, group, z)
            refusals += 1
            if refusals == 2:  # The bounds are flat here: whole runs of groups at once.
                refusals = 0
                self._find_first_group(z)

    def _find(self, z: int, depth: int) -> bool:
        """Decide (d, z) and keep the batch; before a long decision, find some batch."""
        budget = self._budget(depth)
        answer = self._decision.fits(z, budget, max_visits=self._few_visits)
        if answer is None:
            self._improve(z, depth)
            if self.best >= z:
                return True
            answer = self._decision.fits(z, budget)
        if answer:
            self._keep(depth)
        return bool(answer)

    def _improve(self, z: int, depth: int) -> None:
        """Search a batch of nearly z requests, by rounding the multipliers and short decisions."""
        weight = self._requests.weigh(self._decision.multipliers)[:depth]
        places = np.empty(depth, dtype=np.int64)
        budget = self._budget(depth)
        num_chosen = fill(self._requests, np.argsort(weight, kind="stable"), budget, places)
        if num_chosen > self.best:
            self.places = places[:num_chosen].copy()
        less = 1
        while z - less > self.best:
            if self._decision.fits(z - less, budget, max_visits=self._few_visits):
                self._keep(depth)
            less *= 2

    def _find_first_group(self, z: int) -> None:
        r"""Find a batch of z in the first group whose last d has one, or refute all groups.

        One decision refutes several groups: no z requests of the last group's :math:`F_d` fit the
        first group's budget. The number of groups doubles after a refutation and halves after a
        batch.
        """
        last = self._group(self.places) if self.best >= z else self._requests.group_end.size - 1
        run = 1
        while (groups := self.bound.open_groups(z, last)).size:
            first, end = int(groups[0]), int(groups[:run][-1])
            if first == last and self.best >= z:
                break
            depth = self._last_depth(end)
            self._decision.gather(depth)
            if first == end:
                self._lower_bounds(z, depth)
                if self.bound.at(first) < z:
                    continue
            if not self._decision.fits(z, self._budget(self._last_depth(first))):
                self.bound.refute(first, end, z)
                run *= 2
                continue
            run = max(run // 2, 1)
            places = self._places(depth, self._decision.counts)
            load = int(self._requests.demand[2] @ self._decision.counts)
            if load <= self._budget(int(places.max()) + 1):
                self.places = places
                last = self._group(places)

    def _first_depth(self) -> int:
        """Return the first d of the best batch's group that has one of its size, by bisection."""
        group = self._group(self.places)
        budget = self._budget(self._last_depth(group))
        low = max(self.best, self._last_depth(group - 1) + 1 if group else 1)
        high = int(self.places.max()) + 1
        while low < high:
            middle = (low + high) // 2
            self._decision.gather(middle)
            if self._decision.fits(self.best, budget):
                self._keep(middle)
                high = int(self.places.max()) + 1
            else:
                low = middle + 1
        return high

    def _find_first_counts(self, depth: int) -> None:
        """Find the lexicographically largest counts, level by level, by bisection."""
        decision, budget = self._decision, self._budget(depth)
        decision.gather(depth)
        low, high = np.zeros_like(decision.size), decision.size.copy()
        counts = np.bincount(self._requests.level[self.places], minlength=low.size)
        for k in range(self._requests.num_levels):
            if counts[k] < high[k]:
                high = decision.largest_counts(self.best, budget, low, high)
            while counts[k] < high[k]:
                trial = low.copy()
                trial[k] = (counts[k] + high[k] + 1) // 2
                if decision.fits(self.best, budget, trial, high):
                    self._keep(depth)
                    counts = decision.counts
                else:
                    high[k] = trial[k] - 1
                if decision.is_first:
                    return
            low[k] = high[k] = counts[k]
        self.places = self._places(depth, counts)

    def _lower_bounds(self, z: int, depth: int) -> None:
        self.bound.lower(self._decision.price(z, self._budget(depth)))
        self._decision.spend(2 * self._requests.num_requests)

    def _keep(self, depth: int) -> None:
        self.places = self._places(depth, self._decision.counts)

    def _places(self, depth: int, counts: IntArray) -> IntArray:
        places = np.empty(int(counts.sum()), dtype=np.int64)
        pick(self._requests, depth, counts, places)
        return places

    def _last_depth(self, group: int) -> int:
        return int(self._requests.group_end[group])

    def _budget(self, depth: int) -> int:
        return int(self._requests.budget[depth - 1])

    def _group(self, places: IntArray) -> int:
        """Return the group of a batch's last request, whose budget is the batch's."""
        return int(np.searchsorted(self._requests.group_end, places.max(), side="right"))


@cache
def warm_up() -> None:
    """Call every kernel once, on four requests for which the search needs all of them."""
    fields: dict[str, Any] = {
        "uplink": [[4, 1, 3, 5]],
        "uplink_capacity": [7],
        "downlink": [[7, 6, 8, 7]],
        "downlink_capacity": [16],
        "memory": [[7, 3, 1, 7]],
        "memory_capacity": [10],
        "compute": [[3, 4, 7, 3]],
        "compute_budget": [[10, 10, 10, 10]],
        "eligible": [[1, 1, 1, 1]],
    }
    data = Coefficients(**fields)
    BatchSearch(SortedRequests.of(data, 0, Problem.P1), Limits(), few_visits=1).run()
