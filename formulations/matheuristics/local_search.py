r"""local-search: ejections, in which one edge node chooses anew and the losers choose after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.schedules import Scheduler
from formulations.matheuristics.price_ascent import PriceAscent
from heuristics.anytime import first_schedule, run_anytime
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.anytime import Start
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.result import Result

METHOD = "local-search"

NOBODY = -1
"""Edge node of a request that is not served."""

CLIMBS = ((False, 50), (False, 200), (True, 100))
"""Kind and number of steps of the prices' ascent before each of the first rounds of moves."""

ROUND = 4
"""Number of moves of a round, times the number of edge nodes."""

ALPHAS = (1.0, 0.98, 0.95, 0.9, 0.7, 0.4)
"""Weights of the price of a request that another edge node serves; a move draws one."""

NOISES = (0.0, 0.01, 0.05)
"""Upper limits of the noise on a request's profit; a move draws one."""

OTHERS = 1e-3
"""Least profit of a request that another edge node serves."""

DEFAULT_PATIENCE = 500
"""Number of moves in succession without a better schedule after which the run ends."""


def local_search(
    data: Coefficients,
    *,
    start: Start,
    seed: int = 0,
    patience: int = DEFAULT_PATIENCE,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Improve a schedule by ejections until moves bring nothing.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    start
        Function that returns a feasible schedule within a number of seconds, None without one.
    seed
        Seed of all random choices.
    patience
        Number of moves in succession without a better schedule after which the run ends, at most
        2 for each eligible pair.
    time_limit
        Time limit [s].
    node_limit
        Accepted for a uniform interface; never reached, as the moves have no tree nodes.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound; ``trajectory`` has each better schedule.

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    *Move.* One edge node chooses its batch anew. A free request has the profit 1, and a request i
    that another edge node serves has the profit :math:`1 - \alpha \pi_i`: its price says how much
    is lost where it leaves. Then the edge nodes that lost requests choose anew in random order
    among the requests that are free by then, each with profit 1. The move is kept if the throughput
    is not lower, so that slack wanders until one more request fits. With profits of 1 alone, no
    edge node could improve OT-GAH's schedule by taking requests: each batch is largest.

    *Choice of a batch.* The search of the decomposition's pricing: exact with a limit on its nodes
    where uplink and per-user downlink are slack; else their prices are raised until the batch
    fits.

    *Guarantee.* Never worse than the start: at least half of the optimum from OT-GAH's schedule.

    *End.* The run is completed when the bound of the prices is met, or after ``patience`` moves
    without a better schedule.

    References
    ----------
    S. Martello, P. Toth, "Knapsack Problems: Algorithms and Computer Implementations", Wiley, 1990,
    chapter 7: local exchanges. M. Yagiura, T. Ibaraki, F. Glover, "An ejection chain approach for
    the generalized assignment problem", INFORMS Journal on Computing 16(2):133-151, 2004,
    doi:10.1287/ijoc.1030.0036.
    """
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, METHOD, limits)
    if nothing is not None:
        return nothing
    first = first_schedule(data, limits, start)
    steps = _moves(data, first, seed, patience, limits)
    return run_anytime(Problem.P1, limits, steps, best=first)


def _moves(
    data: Coefficients, start: Schedule, seed: int, patience: int, limits: Limits
) -> Iterator[Schedule | None]:
    """Yield a schedule for each move that gained, None for each other."""
    limits.check_time()
    prices = PriceAscent(data)
    search = _Ejections(data, prices, start, seed)
    for exact, num_steps in CLIMBS:
        if prices.is_met(search.throughput):
            return
        prices.climb(search.throughput, limits, exact=exact, num_steps=num_steps)
        for _ in range(ROUND * len(data.alternatives)):
            if prices.is_met(search.throughput):
                return
            yield search.move(limits)
    num_vain = 0
    while num_vain < min(patience, 2 * data.pairs.num_pairs):
        if prices.is_met(search.throughput):
            return
        better = search.move(limits)
        num_vain = 0 if better is not None else num_vain + 1
        yield better


class _Ejections:
    """A schedule, and the moves that change it."""

    def __init__(self, data: Coefficients, prices: PriceAscent, start: Schedule, seed: int) -> None:
        self._groups = data.alternatives
        self._group = {row: g for g, rows in enumerate(self._groups) for row in rows}
        self._prices = prices
        self._scheduler = Scheduler(data, prices.nodes, seed)
        self._random = np.random.default_rng(seed)
        self._batches: list[IntArray] = [np.array(batch, dtype=np.int64) for batch in start.batches]
        self._at = np.full(data.num_requests, NOBODY)
        for row, batch in enumerate(self._batches):
            self._at[batch] = row

    @property
    def throughput(self) -> int:
        """Throughput of the current schedule."""
        return sum(map(len, self._batches))

    def move(self, limits: Limits) -> Schedule | None:
        """Make one move, and undo it if it is worse; return a schedule if it is better."""
        before, batches, at = self.throughput, list(self._batches), self._at.copy()
        is_kept = False
        try:
            self._choose(int(self._random.integers(len(self._groups))), limits)
            is_kept = self.throughput >= before
        finally:
            if not is_kept:
                self._batches, self._at = batches, at
        return Schedule.of(self._batches) if self.throughput > before else None

    def _choose(self, group: int, limits: Limits) -> None:
        """Let an edge node choose among all requests, and then those that lost some."""
        random, price = self._random, self._prices.prices.request
        alpha, noise = random.choice(ALPHAS), random.choice(NOISES)
        row = int(random.choice(self._groups[group]))
        own = self._clear(group)
        request = self._scheduler.requests(row)
        is_free = self._at[request] == NOBODY
        profit = np.where(is_free, 1.0, np.maximum(1 - alpha * price[request], OTHERS))
        profit += noise * random.random(len(request))
        batch = self._scheduler.fitting(self._prices.prices, row, profit, 1.0)
        losers = np.unique(self._at[batch])
        for loser in losers[losers != NOBODY].tolist():
            kept = self._batches[loser]
            self._batches[loser] = kept[~np.isin(kept, batch)]
        self._put(row, batch)
        for loser in random.permutation(losers[losers != NOBODY]).tolist():
            self._fill(self._group[loser], limits)
        if len(batch) < len(own):  # the edge node itself may serve what the others left
            self._fill(group, limits)

    def _fill(self, group: int, limits: Limits) -> None:
        """Let an edge node choose its largest batch among the free requests and its own."""
        limits.check_time()
        rows = [row for row in self._groups[group] if len(self._batches[row])]
        row = rows[0] if rows else int(self._random.choice(self._groups[group]))
        own = self._clear(group)
        request = self._scheduler.requests(row)
        profit = np.where(self._at[request] == NOBODY, 1.0, -1.0)
        batch = self._scheduler.fitting(self._prices.prices, row, profit, 1.0)
        self._put(row, own if len(own) > len(batch) else batch)

    def _clear(self, group: int) -> IntArray:
        """Free all requests of an edge node, and return them."""
        own = np.concatenate([self._batches[row] for row in self._groups[group]])
        for row in self._groups[group]:
            self._batches[row] = own[:0]
        self._at[own] = NOBODY
        return own

    def _put(self, row: int, batch: IntArray) -> None:
        self._batches[row] = batch
        self._at[batch] = row
