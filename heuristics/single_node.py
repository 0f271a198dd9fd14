r"""The exact single node: the largest batch of one edge node, at any size, with a proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.errors import InputError
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.single_node_requests import Requests
    from heuristics.system_models.coefficients import BoolArray, Coefficients, IntArray

METHOD = "single-node"
NODE_LIMIT = 40_000_000
_PROBE = 2000


class Batch(NamedTuple):
    places: IntArray
    bound: int
    ended_by: EndedBy


def single_node(
    data: Coefficients,
    *,
    problem: Problem = Problem.P3PRIME,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    limits = Limits(
        time_limit=time_limit, node_limit=NODE_LIMIT if node_limit is None else node_limit
    )
    batch = best_batch(data, 0, problem=problem, limits=limits)
    proven = batch.ended_by is EndedBy.PROOF
    return Result(
        problem=problem,
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        ended_by=batch.ended_by,
        schedule=Schedule.of([batch.places.tolist()]),
        bound=batch.bound,
        runtime_s=limits.runtime_s,
        proved_by=METHOD if proven else None,
    )


def best_batch(data, edge_node, *, problem, limits, remaining=None, preference=None):
    from heuristics.single_node_requests import Requests

    requests = Requests.of(data, edge_node, problem, remaining=remaining, preference=preference)
    if requests.num_requests == 0:
        return Batch(requests.index, 0, EndedBy.PROOF)
    search = _Search(requests, limits)
    ended_by = EndedBy.PROOF
    try:
        search.run()
    except Stopped as stopped:
        ended_by = stopped.ended_by
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    bound = search.bound.largest
    if bound == search.best:
        ended_by = EndedBy.PROOF
    return Batch(requests.index[search.places], bound, ended_by)


class _Search:
    def __init__(self, requests: Requests, limits: Limits) -> None:
        from heuristics.single_node_bound import Bound
        from heuristics.single_node_decision import Decision

        self.requests = requests
        self.bound = Bound(requests)
        self.decision = Decision(requests, limits)
        self.places = np.empty(0, dtype=np.int64)
        self.best = 0
        self.log = []

    def run(self):
        self._maximise()
        if self.best:
            group = self._sweep(self.best)
            depth = self._first_depth(group)
            self._first_counts(depth)

    def _budget(self, depth):
        return int(self.requests.budget[depth - 1])

    def _maximise(self):
        refusals = 0
        while (z := self.bound.largest) > self.best:
            group = self.bound.argmax()
            depth = self.requests.group_end[group]
            budget = self._budget(depth)
            self.decision.among(depth)
            self._lower(z, budget)
            if self.bound.at(group) < z:
                continue
            answer = self.decision.fits(z, budget, max_visits=_PROBE)
            if answer is None and self.best == 0:
                self._grope(depth, z)
            if answer is None:
                answer = self.decision.fits(z, budget)
            if answer:
                self._keep(depth)
                continue
            self.bound.refute(slice(group, group + 1), z)
            refusals += 1
            if refusals >= 2:
                refusals = 0
                self._sweep(z)

    def _grope(self, depth, z):
        step = 1
        while z > 1:
            z = max(z - step, 1)
            step *= 2
            if self.decision.fits(z, self._budget(depth), max_visits=_PROBE):
                self._keep(depth)
                return

    def _ask(self, depth, z, budget, max_visits=None):
        self.decision.among(depth)
        return self.decision.fits(z, budget, max_visits=max_visits)

    def _lower(self, z, budget):
        self.decision.spend(2 * self.requests.num_requests)
        self.bound.lower(self.decision.price(z, budget))

    def _keep(self, depth):
        self.places = self._pick(depth)
        self.best = self.places.size

    def _pick(self, depth):
        from heuristics.single_node_requests import pick

        counts = self.decision.counts
        places = np.empty(int(counts.sum()), dtype=np.int64)
        pick(self.requests, int(depth), counts, places)
        return places

    def _group_of(self, places):
        return int(np.searchsorted(self.requests.group_end, places.max(), side="right"))

    def _sweep(self, z):
        """Return the first group with a batch of z; None if there is none."""
        ends = self.requests.group_end
        last = self._group_of(self.places) if self.best >= z else ends.size - 1
        run = 1
        while (open_groups := self.bound.open_groups(z)).size and open_groups[0] <= last:
            open_groups = open_groups[open_groups <= last][:run]
            first, end = open_groups[0], open_groups[-1]
            if first == end == last and self.best >= z:
                return first
            budget = self._budget(ends[first])
            self.decision.among(ends[end])
            if run == 1:
                self._lower(z, budget)
                if self.bound.at(first) < z:
                    continue
            if not self.decision.fits(z, budget):
                self.bound.refute(slice(first, end + 1), z)
                run *= 2
                continue
            places = self._pick(ends[end])
            group = self._group_of(places)
            load = int(self.requests.demand[2] @ self.decision.counts)
            if load <= self._budget(ends[group]):
                last = group
                if self.best < z:
                    self._keep(ends[end])
                else:
                    self.places = places
                if run == 1:
                    return group
            run = max(run // 2, 1)
        return last if self.best >= z else None

    def _first_depth(self, group):
        ends = self.requests.group_end
        budget = self._budget(ends[group])
        low = max(ends[group - 1] + 1 if group else 1, self.best)
        high = int(self.places.max()) + 1
        while low < high:
            middle = (low + high) // 2
            if self._ask(middle, self.best, budget):
                self._keep(middle)
                high = int(self.places.max()) + 1
            else:
                low = middle + 1
        return high

    def _first_counts(self, depth):
        decision, budget = self.decision, self._budget(depth)
        decision.among(depth)
        low, high = np.zeros_like(decision.size), decision.size.copy()
        counts = np.bincount(self.requests.level[self.places], minlength=low.size)
        for k in range(self.requests.num_levels):
            if counts[k] < high[k]:
                decision.fits(self.best, budget, low, high)
                self.places = self._pick(depth)
                if decision.is_first:
                    return
                high = np.minimum(high, decision.high)
                counts = np.maximum(counts, 0) if decision.counts[k] < counts[k] else decision.counts
            least, most = counts[k], high[k]
            while least < most:
                middle = (least + most + 1) // 2
                trial = low.copy()
                trial[k] = middle
                if decision.fits(self.best, budget, trial, high):
                    self.places = self._pick(depth)
                    if decision.is_first:
                        return
                    counts = decision.counts
                    least = counts[k]
                else:
                    most = middle - 1
            low[k] = high[k] = counts[k]
