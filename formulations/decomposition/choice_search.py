"""ChoiceSearch: branch and bound over the alternatives of the edge nodes.

The bound of the prices mixes alternatives: a request may be served under one of them in one best
batch, and under another in the next. So the alternatives are decided first. The open node of the
largest bound comes next. If it leaves a choice, its rows are cut in two; else the problem of its
rows is solved by :mod:`~formulations.decomposition.fixed_search`, which ends as soon as no better
schedule than the incumbent is possible.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import floor, inf
from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.approach import (
    EXACT_STEPS,
    FEW_NODES,
    OF_FEW,
    OF_MANY,
    SCREEN_STEPS,
)
from formulations.decomposition.fixed_search import FixedSearch
from formulations.decomposition.pricing.bins import Bins
from formulations.decomposition.pricing.dual_ascent import GAIN
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.group_ascent import GroupAscent
from formulations.decomposition.pricing.schedules import Scheduler
from formulations.decomposition.proof.certificates import (
    LARGEST_RESERVE,
    LEAST_RESERVE_S,
    RESERVE,
    TIMES,
)
from formulations.decomposition.proof.choice_tree import (
    ChoiceNode,
    cuts,
    joined,
    of_rows,
    servable,
    sold_out,
)
from formulations.decomposition.proof.proof import certificate
from formulations.decomposition.search import Search
from heuristics.clock import now_s
from heuristics.limits import Limits, Stopped
from heuristics.reporting import report
from heuristics.result import EndedBy, Progress
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulations.decomposition.approach import Ask
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.certificate import Certificate
    from heuristics.coefficients import Coefficients

NODE_STEPS, LEAF_STEPS = 120, 60
"""Maximum number of steps of the prices of a node, and of a choice before it is solved."""

BIN_SIZES = (64, 16, 4)
"""Numbers of requests that share a price at the root, in turn."""

FIRST_RESERVE = 0.3
"""Share of the time limit that is reserved for certificates before the first one is measured."""

MOST_CHOICES = 300
"""Maximum number of nodes whose bound is improved when columns are not listed."""

MOST_DEPTH = 200
"""Maximum number of splits above a leaf: certificate files have at most 500 in all."""


class ChoiceSearch:
    """One run on P1 where edge nodes have alternatives.

    Parameters
    ----------
    data, limits, seed, incumbent, ask
        As for :class:`~formulations.decomposition.approach.Approach`.

    Attributes
    ----------
    incumbent
        Best schedule known.
    trajectory
        Incumbents and bounds over time.
    apart
        Infinite: components are not searched apart.
    cut_by
        Limit that ended the search of some choice of rows early; completed if none did.
    """

    apart = inf
    cut_by = EndedBy.COMPLETED

    def __init__(
        self,
        data: Coefficients,
        limits: Limits,
        *,
        seed: int = 0,
        incumbent: Schedule | None = None,
        ask: Ask | None = None,
    ) -> None:
        self.data, self.limits, self.seed = data, limits, seed
        self.nodes = EdgeNodes.of(data)
        self.incumbent = Schedule.empty(data.num_edge_nodes) if incumbent is None else incumbent
        self.trajectory: list[Progress] = []
        self._ask, self._end_s = ask, limits.time_limit
        if self._end_s is not None:  # until the proof of the root is measured
            limits.time_limit = (1 - FIRST_RESERVE) * self._end_s
        self._is_wide = len(data.alternatives) > FEW_NODES
        self._effort = OF_MANY if self._is_wide else OF_FEW
        self._most = len(servable(data, data.alternatives))
        start = np.zeros(data.num_requests + 4 * data.num_edge_nodes)
        num_chosen = np.zeros(data.num_edge_nodes, dtype=np.int64)
        self._root = ChoiceNode(data.alternatives, start, inf, num_chosen)
        self._schedulers: dict[tuple[int, ...], Scheduler] = {}
        self._whole: Certificate | None = None
        self._num_solved = 0
        self._note()

    @property
    def bound(self) -> int:
        """Upper bound on the throughput of all schedules."""
        return max(self.incumbent.throughput, max(map(self._bound, self._root.leaves())))

    @property
    def value(self) -> float:
        """Largest bound of a leaf by its prices."""
        return max(leaf.value for leaf in self._root.leaves())

    @property
    def left_s(self) -> float | None:
        """Time until the end of the run, reserve included [s]; None without a limit."""
        return None if self._end_s is None else max(0.0, self._end_s - self.limits.runtime_s)

    def _bound(self, node: ChoiceNode) -> int:
        if node.proof is not None:
            return node.proof.bound
        return floor(min(node.value + GAIN, self._most))

    def offer(self, schedule: Schedule | None) -> bool:
        """Make a feasible schedule the incumbent if it is better; return True if so."""
        if schedule is None or schedule.throughput <= self.incumbent.throughput:
            return False
        self.incumbent = schedule
        self._note()
        return True

    def tighten(self) -> None:
        """Improve bound and incumbent as far as prices do without columns."""
        self._run(Search.tighten, most=MOST_CHOICES)

    def finish(self) -> None:
        """Close the gap between bound and incumbent, as far as the limits allow."""
        self._run(Search.finish)

    def _run(self, solve: Callable[[Search], object], *, most: float = inf) -> None:
        self._start()
        waiting = [(-self._root.value, 0, self._root)]
        number = solved = 0
        while waiting and number < most:
            node = heappop(waiting)[2]
            if self._bound(node) <= max(self.incumbent.throughput, solved if most < inf else 0):
                return
            self.limits.check_time()
            self.limits.check_nodes()
            number += 1
            if node.rows is not None:
                self._solve(node, node.rows, solve, is_last=not self._is_open(waiting))
                solved = max(solved, self._bound(node))
            elif not node.is_climbed:
                self._improve(node)
                heappush(waiting, (-node.value, 2 * number, node))
            elif node.depth < MOST_DEPTH:
                self._branch(node)
                for part, half in enumerate(node.halves):
                    heappush(waiting, (-half.value, 2 * number + part, half))
            self._note()

    def _is_open(self, waiting: list[tuple[float, int, ChoiceNode]]) -> bool:
        return any(self._bound(node) > self.incumbent.throughput for *_, node in waiting)

    def _start(self) -> None:
        """Find first prices, schedules, and a certificate of the root if there is a time limit."""
        bins, steps = Bins(self.nodes, self.data.num_requests), SCREEN_STEPS
        with _Climb(self, self._root) as ascent:
            self._climb(ascent, exact=False, step=1.0, num_steps=steps // 4)
            self._schedule(ascent, num_vain=4)
            if self._is_wide and self._ask is not None:
                self.offer(self._ask(self.limits.left_s))
            if self._is_wide:
                for size in BIN_SIZES:
                    options = {"bins": bins.of_size(size)}
                    self._climb(ascent, exact=False, step=1.0, num_steps=steps, **options)
            self._climb(ascent, exact=False, step=1.0, num_steps=steps)
            self._climb(ascent, exact=True, step=0.3, num_steps=EXACT_STEPS)
            self._schedule(ascent, num_vain=self._effort.num_vain)
        self._root.is_climbed = True
        if self._end_s is not None:
            self._prove_root(self._end_s)

    def _prove_root(self, end_s: float) -> None:
        """Prove the bound of the root, and reserve time for the certificate of the whole tree."""
        begin_s, root = now_s(), self._root
        self._whole = self._certificate(root, self._bound(root), self.limits.left_s)
        proof_s = TIMES * (now_s() - begin_s)
        least_s = min(RESERVE * end_s, LEAST_RESERVE_S)
        self.limits.time_limit = end_s - max(least_s, min(proof_s, LARGEST_RESERVE * end_s))

    def _climb(self, ascent: GroupAscent, **options: object) -> None:
        options = {"shortening": self._effort.shortening, **options}
        ascent.climb(self.incumbent.throughput, self.limits, **options)  # type: ignore[arg-type]

    def _improve(self, node: ChoiceNode) -> None:
        """Improve the prices of a node."""
        with _Climb(self, node) as ascent:
            self._climb(ascent, exact=True, step=0.3, num_steps=NODE_STEPS)
        node.is_climbed = True

    def _schedule(self, ascent: GroupAscent, *, num_vain: int) -> None:
        """Make schedules from prices, with the rows that have the best batches."""
        _, _, worth = ascent.evaluate(ascent.point, exact=True)
        groups, prices = self.data.alternatives, ascent.prices()
        choices = {
            tuple(max(rows, key=score.__getitem__) for rows in groups)
            for score in (worth.tolist(), ascent.num_chosen.tolist())
        }
        every = np.arange(self.data.num_requests)
        for rows in sorted(choices):
            scheduler = self._scheduler(rows)
            left = num_vain
            while left and self._bound_of(ascent) > self.incumbent.throughput:
                made = scheduler.make(prices.part(np.array(rows), every), self.limits)
                is_better = self.offer(made.on_rows(rows, self.data.num_edge_nodes))
                left = num_vain if is_better else left - 1

    def _bound_of(self, ascent: GroupAscent) -> int:
        return floor(min(ascent.value + GAIN, self._most))

    def _scheduler(self, rows: tuple[int, ...]) -> Scheduler:
        if rows not in self._schedulers:
            data = self.data.of_rows(rows)
            self._schedulers[rows] = Scheduler(data, EdgeNodes.of(data), self.seed)
        return self._schedulers[rows]

    def _branch(self, node: ChoiceNode) -> None:
        """Split a node, if possible so that one half needs no further search."""
        ascent = GroupAscent(self.nodes, self.data.num_requests, node.groups)
        value, _, worth = ascent.evaluate(node.point, exact=True)
        node.value = min(node.value, value)
        enough = self.incumbent.throughput + 1 - GAIN
        every = list(cuts(node, worth))
        closing = [cut for cut in every if min(cut.values) < enough]
        best = (
            max(closing, key=lambda cut: cut.num_closed(enough))
            if closing
            else min(every, key=lambda cut: cut.imbalance)
        )
        node.cut(best.choice, best.values)

    def _solve(
        self,
        node: ChoiceNode,
        rows: tuple[int, ...],
        solve: Callable[[Search], object],
        *,
        is_last: bool,
    ) -> None:
        """Solve the problem of one choice of rows, and keep the certificate of its bound."""
        limits, left_s = self.limits, self.limits.left_s
        share_s = left_s if left_s is None or is_last else left_s / 2
        left_nodes = None if limits.node_limit is None else limits.node_limit - limits.num_nodes
        search = FixedSearch(
            self.data.of_rows(rows),
            Limits(time_limit=share_s, node_limit=left_nodes),
            seed=self.seed,
            incumbent=self._part(rows),
            is_first=self._num_solved == 0,
            offer_on=lambda schedule: self.offer(schedule.on_rows(rows, self.data.num_edge_nodes)),
        )
        search.reached = self.incumbent.throughput
        self._num_solved += 1
        every = np.arange(self.data.num_requests)
        prices = self._prices(node.point).part(np.array(rows), every)
        search.ascent.start(prices)
        try:
            search.climb(exact=True, step=0.3, num_steps=LEAF_STEPS)
            if not search.is_closed:
                solve(search)
            if search.cut_by is not EndedBy.COMPLETED:
                self.cut_by = search.cut_by
        except Stopped as stopped:
            self.cut_by = stopped.ended_by
        finally:
            limits.num_nodes += search.limits.num_nodes
        made = search.certify(time_limit=search.certificates.left_s)
        node.value = min(node.value, search.ascent.value)
        node.proof = of_rows(self.data, made, rows)

    def _part(self, rows: tuple[int, ...]) -> Schedule | None:
        """Return the incumbent on some rows; None if it uses others."""
        part = self.incumbent.of_rows(rows)
        return part if part.throughput == self.incumbent.throughput else None

    def _prices(self, point: FloatArray) -> DualPrices:
        return GroupAscent(self.nodes, self.data.num_requests, ()).prices(point)

    def certify(self, *, time_limit: float | None) -> Certificate:
        """Return a certificate of the bound, or of a weaker bound if time runs out.

        Parameters
        ----------
        time_limit
            Time limit [s].
        """
        limits = Limits(time_limit=time_limit)
        if self._whole is None and time_limit is not None:
            part_s = LARGEST_RESERVE * time_limit
            self._whole = self._certificate(self._root, self._bound(self._root), part_s)
        leaves = [leaf for leaf in self._root.leaves() if leaf.proof is None]
        target = self.bound
        for done, leaf in enumerate(leaves):
            left_s = limits.left_s
            share_s = None if left_s is None else left_s / (len(leaves) - done)
            leaf.proof = self._certificate(leaf, target, share_s)
        made = joined(self.data, self._root)
        whole = self._whole
        return made if whole is None or made.bound <= whole.bound else whole

    def _certificate(self, node: ChoiceNode, target: int, time_s: float | None) -> Certificate:
        """Return a certificate of the bound of a node's prices."""
        whole = sold_out(self.data, node.groups)
        if whole.bound <= target:
            return whole
        prices, limits = self._prices(node.point), Limits(time_limit=time_s)
        made = certificate(self.data, self.nodes, prices, target, limits, groups=node.groups)
        return made if made.bound < whole.bound else whole

    def _note(self) -> None:
        point = Progress(self.limits.runtime_s, self.incumbent.throughput, self.bound)
        self.trajectory.append(point)
        report(schedule=self.incumbent, bound=self.bound)


class _Climb:
    """Ascent from the prices of a node, which keeps the best prices even if a limit ends it."""

    def __init__(self, search: ChoiceSearch, node: ChoiceNode) -> None:
        self._node = node
        self._ascent = GroupAscent(search.nodes, search.data.num_requests, node.groups)
        self._ascent.point = node.point

    def __enter__(self) -> GroupAscent:
        return self._ascent

    def __exit__(self, *error: object) -> None:
        node, ascent = self._node, self._ascent
        if ascent.value < node.value:
            node.value, node.point = ascent.value, ascent.point
        node.num_chosen = ascent.num_chosen
