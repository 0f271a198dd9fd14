"""Row choices: a row at each edge node that has alternatives, and a schedule of each choice."""

from __future__ import annotations

from itertools import cycle, product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from heuristics.improvement.annealing import improvements
from heuristics.limits import Limits
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.schedule import Schedule
from heuristics.single_node.single_node import MOST_STEPS, best_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.coefficients import BoolArray, Coefficients

    Rows = tuple[int, ...]

_MOST_CHOICES = 64
"""Maximum number of choices of rows that are all tried."""

_NUM_MOVES = 20_000
"""Moves of the short annealing of a choice."""


class RowChoices:
    """Choices of a row at each edge node, and the last schedule of each.

    Parameters
    ----------
    data
        Coefficients with alternatives.
    best
        A feasible schedule, the best so far.
    limits
        Limits of the run.
    """

    def __init__(self, data: Coefficients, best: Schedule, limits: Limits) -> None:
        self._data, self._best, self._limits = data, best, limits
        self._made: dict[Rows, Schedule] = {}

    def improve(self, most: int, seed: int) -> Iterator[Schedule]:
        """Make schedules of the choices, and yield each that is better than all before.

        OT-GAH-fast runs for every choice, if they are not too many. Then one edge node after the
        other takes a larger batch of another row, and the best choices are annealed shortly.

        Parameters
        ----------
        most
            Maximum number of choices that are annealed. A single one is not.
        seed
            Seed of the annealings.
        """
        for rows, each in _fixed_rows(self._data, self._limits):
            yield from self._keep(rows, each)
        for each in _other_rows(self._data, self._best, self._limits):
            self._best = each
            yield each
        self._made[_rows_of(self._data, self._best)] = self._best
        choices = self.best_rows(most)
        for rows in choices if len(choices) > 1 else ():
            data, part = self._data.of_rows(rows), self._made[rows].of_rows(rows)
            for better in improvements(data, part, seed=seed, num_moves=_NUM_MOVES):
                if better is not None:
                    yield from self._keep(rows, better.on_rows(rows, self._data.num_edge_nodes))
                self._limits.check_time()

    def _keep(self, rows: Rows, schedule: Schedule) -> Iterator[Schedule]:
        """Keep the schedule of a choice, and yield it if it is the best."""
        self._made[rows] = schedule
        if schedule.throughput > self._best.throughput:
            self._best = schedule
            yield schedule

    def best_rows(self, most: int) -> list[Rows]:
        """Return the choices whose schedules serve the most requests, the best first."""
        return sorted(self._made, key=lambda rows: -self._made[rows].throughput)[:most]

    def schedule(self, rows: Rows) -> Schedule:
        """Return the last schedule of a choice."""
        return self._made[rows]


def _rows_of(data: Coefficients, schedule: Schedule) -> Rows:
    """Return a row of each edge node: the one that serves, else the one of most pairs."""
    pairs, batches = data.pairs.row_pointer, schedule.batches
    return tuple(
        max(each, key=lambda row: (len(batches[row]), pairs[row + 1] - pairs[row]))
        for each in data.alternatives
    )


def _fixed_rows(data: Coefficients, limits: Limits) -> Iterator[tuple[Rows, Schedule]]:
    """Yield each choice of rows with OT-GAH-fast's schedule; none if there are too many."""
    if prod(map(len, data.alternatives)) > _MOST_CHOICES:
        return
    for rows in product(*data.alternatives):
        limits.check_time()
        found = ot_gah_fast(data.of_rows(rows), time_limit=limits.left_s).schedule
        if found is not None:
            yield rows, found.on_rows(rows, data.num_edge_nodes)


def _other_rows(data: Coefficients, start: Schedule, limits: Limits) -> Iterator[Schedule]:
    """Yield better schedules in which one edge node uses another row, until none is better."""
    best, num_vain = start, 0
    for rows in cycle(data.alternatives):
        limits.check_time()
        own = max(len(best.batches[row]) for row in rows)
        others = [
            request
            for row, batch in enumerate(best.batches)
            if row not in rows
            for request in batch
        ]
        remaining = np.ones(data.num_requests, dtype=np.bool_)
        remaining[others] = False
        found = {row: _largest(data, row, remaining, limits) for row in rows if len(rows) > 1}
        row = max(found, key=lambda row: len(found[row]), default=rows[0])
        num_vain += 1
        if len(found.get(row, ())) > own:
            batches = [() if each in rows else batch for each, batch in enumerate(best.batches)]
            batches[row] = found[row]
            best, num_vain = Schedule.of(batches), 0
            yield best
        if num_vain == len(data.alternatives):
            return


def _largest(data: Coefficients, row: int, remaining: BoolArray, limits: Limits) -> tuple[int, ...]:
    own = Limits(time_limit=limits.left_s, node_limit=MOST_STEPS)
    return best_batch(data, row, limits=own, remaining=remaining).requests
