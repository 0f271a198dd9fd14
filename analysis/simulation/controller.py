"""Controller: gathers each epoch's requests, has them scheduled, and follows each to its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.simulation import execution
from analysis.simulation.epoch import gather
from analysis.simulation.measurement import Occupancy, measure
from analysis.simulation.request import Ending, Fate
from analysis.simulation.switching import Switching
from analysis.simulation.times import Times
from analysis.simulation.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analysis.simulation.epoch import Epoch
    from analysis.simulation.measurement import MeasuredBatch
    from analysis.simulation.request import Request
    from analysis.simulation.schemes import Decision
    from heuristics.system_models.scenario import Scenario


@dataclass(frozen=True, kw_only=True, eq=False)
class Ran:
    """Record of one epoch: its requests, the decision, and the measurements.

    Parameters
    ----------
    epoch
        The requests that the controller had gathered.
    num_arrived, num_carried_in
        Number of new requests, and number of requests that had waited for this epoch, expired
        ones included.
    decision
        The decision of the scheme.
    batches
        Measurements of each batch that was executed.
    endings
        Fates of all requests that ended with this decision.
    waiting
        Requests that wait for the next epoch.
    """

    epoch: Epoch
    num_arrived: int
    num_carried_in: int
    decision: Decision
    batches: tuple[MeasuredBatch, ...]
    endings: tuple[Ending, ...]
    waiting: tuple[Request, ...]

    def count(self, fate: Fate) -> int:
        """Return the number of requests with this fate."""
        return sum(ending.fate is fate for ending in self.endings)


class Controller:
    """Controller of batches: keeps waiting requests, and the occupancy and alternative in use.

    Parameters
    ----------
    num_edge_nodes
        J, the number of rows.
    carry_over
        True if requests that were not scheduled wait until their deadline has passed.
    truth
        Truth behind the estimates that the controller decides on; the estimates themselves if None.
    """

    def __init__(
        self, num_edge_nodes: int, *, carry_over: bool = False, truth: Truth | None = None
    ) -> None:
        self._truth = truth or Truth()
        self._occupancy = (Occupancy(),) * num_edge_nodes
        self._carry_over = carry_over
        self._switching = Switching()
        self.waiting: tuple[Request, ...] = ()

    def step(self, arrived: Scenario, index: int, decide: Callable[[Epoch], Decision]) -> Ran:
        """Run one epoch. Epochs must be run in order.

        Parameters
        ----------
        arrived
            The requests that arrived for the epoch.
        index
            Index of the epoch, from 0.
        decide
            Function that returns a schedule of the gathered requests.
        """
        carried = self.waiting
        epoch = gather(arrived, index)
        expired = tuple(request for request in carried if request.due <= epoch.last_due)
        alive = tuple(request for request in carried if request.due > epoch.last_due)
        epoch = epoch.with_waiting(alive)
        epoch = replace(epoch, scenario=self._switching.applied(epoch.scenario))
        actual = self._truth.executed_epoch(epoch)
        epoch = self._truth.planned_epoch(epoch)
        decision = decide(epoch)
        self._switching.observe(epoch.scenario, decision.schedule)
        ratios = self._truth.latency_ratios(epoch)
        measured = measure(actual, decision.schedule, self._occupancy, ratios)
        self._occupancy = measured.occupancy
        unscheduled = _unscheduled(epoch, measured.batches)
        refused, dropped, kept = self._sorted(epoch, unscheduled)
        self.waiting = kept
        return Ran(
            epoch=epoch,
            num_arrived=arrived.num_requests,
            num_carried_in=len(carried),
            decision=decision,
            batches=measured.batches,
            endings=(
                *(self._ended(request, Fate.DROPPED, epoch) for request in (*expired, *dropped)),
                *(self._ended(request, Fate.REFUSED, epoch) for request in refused),
                *_served(actual, measured.batches),
            ),
            waiting=kept,
        )

    def _ended(self, request: Request, fate: Fate, epoch: Epoch) -> Ending:
        times = Times(decided=epoch.start)
        actual = self._truth(request).request
        return Ending(request=actual, fate=fate, decided=epoch.index, times=times)

    def _sorted(
        self, epoch: Epoch, unscheduled: list[int]
    ) -> tuple[tuple[Request, ...], tuple[Request, ...], tuple[Request, ...]]:
        """Split requests into those no edge node can serve, those too late, and those that wait."""
        refused, dropped, kept = [], [], []
        suits = np.zeros(len(epoch.requests), dtype=bool)
        for edge_node in epoch.scenario.edge_nodes if unscheduled else ():
            suits |= execution.suits_batches(edge_node, epoch.scenario)
        for index in unscheduled:
            request = epoch.requests[index]
            if not suits[index]:
                refused.append(request)
            elif request.due <= epoch.last_due:
                dropped.append(request)
            elif self._carry_over:
                kept.append(request)
            else:
                refused.append(request)
        return tuple(refused), tuple(dropped), tuple(kept)


def _unscheduled(epoch: Epoch, batches: tuple[MeasuredBatch, ...]) -> list[int]:
    taken = {request for batch in batches for request in batch.requests}
    return [index for index in range(len(epoch.requests)) if index not in taken]


def _served(epoch: Epoch, batches: tuple[MeasuredBatch, ...]) -> Iterator[Ending]:
    for batch in batches:
        for index in batch.requests:
            request = epoch.requests[index]
            is_removed = index in batch.removed
            in_time = Fate.COMPLETED if batch.received <= request.due else Fate.LATE
            yield Ending(
                request=request,
                fate=Fate.DROPPED if is_removed else in_time,
                decided=epoch.index,
                times=batch.times(epoch.start, is_removed=is_removed),
                edge_node=batch.edge_node,
                received=None if is_removed else batch.received,
            )
