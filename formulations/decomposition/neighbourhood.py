"""Neighbourhood: moves that reschedule a few edge nodes of a schedule.

A move removes the batches of a few edge nodes and schedules these edge nodes again, with the
requests that the others do not serve, at prices computed for this part. The result is accepted if
it is no worse: most moves keep the throughput, but a later move from there may raise it.

The method is large neighbourhood search [1]_.

References
----------
.. [1] P. Shaw, "Using constraint programming and local search methods to solve vehicle routing
   problems", CP 1998, 417-431.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.approach import Approach
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from formulations.decomposition.approach import ApproachEffort
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.limits import Limits

NUM_FREE = 4
"""Number of edge nodes that a move reschedules."""

SCREEN_STEPS, EXACT_STEPS = (50, 200), 100
"""Maximum number of steps of an ascent: with the screen alone, with best batches."""

VAIN_SCHEDULES = 4, 24
"""Numbers of successive schedules without improvement after which no more are made."""


class Neighbourhood:
    """Moves from one schedule to another.

    Parameters
    ----------
    data
        Coefficients of P1.
    prices
        Prices of the whole problem, from which each move starts.
    seed
        Seed of the random choices.
    effort
        Computing effort of a move.
    """

    def __init__(
        self, data: Coefficients, prices: DualPrices, seed: int, effort: ApproachEffort
    ) -> None:
        self._data = data
        self._prices = prices
        self._effort = effort
        self._random = np.random.default_rng(seed)

    def move(self, schedule: Schedule, limits: Limits) -> Schedule | None:
        """Return a schedule with at least as many requests; None if the move found a worse one."""
        num_free = min(NUM_FREE, self._data.num_edge_nodes)
        free = np.sort(self._random.permutation(self._data.num_edge_nodes)[:num_free])
        request = _left_by_others(self._data, schedule, free)
        approach = Approach(
            _part(self._data, free, request),
            limits,
            seed=int(self._random.integers(1 << 31)),
            effort=self._effort,
        )
        approach.ascent.start(self._prices.part(free, request))
        approach.climb(exact=False, step=1.0, num_steps=SCREEN_STEPS[0])
        approach.schedule(num_vain=VAIN_SCHEDULES[0])
        approach.climb(exact=False, step=1.0, num_steps=SCREEN_STEPS[1])
        approach.climb(exact=True, step=0.3, num_steps=EXACT_STEPS)
        approach.schedule(num_vain=VAIN_SCHEDULES[1])
        batches = [list(batch) for batch in schedule.batches]
        for j, batch in zip(free, approach.incumbent.batches, strict=True):
            batches[j] = [int(request[i]) for i in batch]
        moved = Schedule.of(batches)
        return moved if moved.throughput >= schedule.throughput else None


def _left_by_others(data: Coefficients, schedule: Schedule, free: IntArray) -> IntArray:
    is_left = np.ones(data.num_requests, dtype=bool)
    for j in set(range(data.num_edge_nodes)) - set(free.tolist()):
        is_left[list(schedule.batches[j])] = False
    return np.flatnonzero(is_left)


def _part(data: Coefficients, edge_node: IntArray, request: IntArray) -> Coefficients:
    """Return the problem restricted to some edge nodes and requests."""
    return data.of_rows(edge_node.tolist()).take(request)
