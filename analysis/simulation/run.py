"""Run of one scheme through all epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from analysis.simulation.controller import Controller
from analysis.simulation.rows import (
    batch_row,
    decision_of,
    refuse_other_outcome,
    request_row,
)
from analysis.simulation.usage import Usage, usage_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analysis.simulation.controller import Ran
    from analysis.simulation.epoch import Epoch
    from analysis.simulation.request import Ending
    from analysis.simulation.rows import Heading
    from analysis.simulation.schemes import Decision, Scheme
    from analysis.simulation.slots import SlotTuner
    from analysis.simulation.truth import Truth
    from heuristics.system_models.scenario import EdgeNode, Scenario

    Row = dict[str, Any]


class Run(Protocol):
    """Run of one scheme, epochs in order.

    ``epochs`` holds the rows of the epochs so far, ``requests``, ``batches`` and ``usage`` the rows
    of these tables; those of ``usage`` are there at the end.
    """

    epochs: list[Row]
    requests: list[tuple[Any, ...]]
    batches: list[tuple[Any, ...]]
    usage: list[tuple[Any, ...]]

    def step(self, scenario: Scenario, epoch: int) -> list[Row]:
        """Run an epoch; return the rows that the store lacks."""

    def is_open(self, num_epochs: int) -> bool:
        """Return True if a request that arrived in the first epochs has not ended."""

    def finish(self) -> list[Row]:
        """End all requests; return the rows that the store lacks."""


class BatchedRun:
    """Run of a scheme that decides epoch by epoch.

    Parameters
    ----------
    scheme
        The scheme that decides each epoch.
    heading
        Columns that all its rows share.
    stored
        Rows of the store, by epoch. Such an epoch is not decided again; its decision is executed
        and compared with the row.
    num_edge_nodes, carry_over
        As in :class:`analysis.simulation.controller.Controller`.
    tuner
        Controller of the slots; None for the slots of the scenario.
    truth
        Truth behind the estimates; the estimates themselves if None.
    """

    def __init__(
        self,
        scheme: Scheme,
        heading: Heading,
        stored: Mapping[int, Mapping[str, Any]],
        *,
        num_edge_nodes: int,
        carry_over: bool,
        tuner: SlotTuner | None = None,
        truth: Truth | None = None,
    ) -> None:
        self._tuner = tuner
        self._scheme, self._heading, self._stored = scheme, heading, stored
        self._controller = Controller(num_edge_nodes, carry_over=carry_over, truth=truth)
        self.epochs: list[Row] = []
        self.requests: list[tuple[Any, ...]] = []
        self.batches: list[tuple[Any, ...]] = []
        self.usage: list[tuple[Any, ...]] = []
        self._used: dict[str, tuple[EdgeNode, Usage]] = {}

    def step(self, scenario: Scenario, epoch: int) -> list[Row]:
        """Run an epoch; return its row if the store lacks it."""
        if self._tuner is not None:
            scenario = self._tuner.slots.applied(scenario)
        ran = self._controller.step(scenario, epoch, self._decide)
        if self._tuner is not None:
            self._tuner.observe(ran.epoch.scenario)
        row = self._heading.batched(ran)
        name = self._heading.scheme
        self.requests += [request_row(name, ending) for ending in ran.endings]
        self.batches += [batch_row(name, ran, batch) for batch in ran.batches]
        self._use(ran)
        stored = self._stored.get(epoch)
        if stored is not None:
            refuse_other_outcome(stored, row)
            self.epochs.append(dict(stored))
            return []
        self.epochs.append(row)
        return [row]

    def is_open(self, num_epochs: int) -> bool:
        """Return True if a request that arrived in the first epochs still waits."""
        return any(request.epoch < num_epochs for request in self._controller.waiting)

    def finish(self) -> list[Row]:
        """Return no row: every batch has been executed to its end."""
        name = self._heading.scheme
        self.usage = [usage_row(name, *used) for used in self._used.values()]
        return []

    def _use(self, ran: Ran) -> None:
        for edge_node in ran.epoch.scenario.edge_nodes:
            name = edge_node.alternative_of or edge_node.name
            self._used.setdefault(name, (edge_node, Usage()))
        for batch in ran.batches:
            edge_node = ran.epoch.scenario.edge_nodes[batch.edge_node]
            self._used[edge_node.alternative_of or edge_node.name][1].add(batch)

    def _decide(self, epoch: Epoch) -> Decision:
        stored = self._stored.get(epoch.index)
        if stored is None:
            return self._scheme.decide(epoch)
        shape = len(epoch.scenario.edge_nodes), epoch.scenario.num_requests
        return decision_of(stored, self._scheme.problem(epoch), shape=shape)


class Unslotted(Protocol):
    """A scheme without epochs: requests arrive by epoch, and have all ended at the end."""

    def add(self, scenario: Scenario, epoch: int) -> None:
        """Let the requests of an epoch arrive. Epochs must be added in order."""

    def finish(self) -> tuple[Ending, ...]:
        """Run to the end, and return the fate of each request, in the order of arrival."""

    def usage(self) -> Iterator[tuple[EdgeNode, Usage]]:
        """Yield the usage of each edge node."""


class UnbatchedRun:
    """Run of a scheme without epochs. It decides nothing and is simulated anew each time.

    Parameters
    ----------
    scheme
        The scheme.
    heading
        Columns that all its rows share.
    """

    def __init__(self, scheme: Unslotted, heading: Heading) -> None:
        self._scheme, self._heading = scheme, heading
        self._arrived: dict[int, Scenario] = {}
        self.epochs: list[Row] = []
        self.requests: list[tuple[Any, ...]] = []
        self.batches: list[tuple[Any, ...]] = []
        self.usage: list[tuple[Any, ...]] = []

    def step(self, scenario: Scenario, epoch: int) -> list[Row]:
        """Let the requests of an epoch arrive. The row of the epoch is known at the end."""
        self._arrived[epoch] = scenario
        self._scheme.add(scenario, epoch)
        return []

    def is_open(self, num_epochs: int) -> bool:
        """Return False: no later arrival changes an earlier epoch."""
        return False

    def finish(self) -> list[Row]:
        """End all requests; return the row of each epoch, by the arrival of its requests."""
        ended: dict[int, list[Ending]] = {epoch: [] for epoch in self._arrived}
        for ending in self._scheme.finish():
            ended[ending.request.epoch].append(ending)
            self.requests.append(request_row(self._heading.scheme, ending))
        self.usage = [usage_row(self._heading.scheme, *used) for used in self._scheme.usage()]
        self.epochs = [
            self._heading.unbatched(self._arrived[epoch], epoch, endings)
            for epoch, endings in ended.items()
        ]
        return self.epochs
