"""Epoch: the requests at its start, new arrivals and those that waited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.simulation.request import requests_of
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.scenario import Requests, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from analysis.simulation.request import Request
    from heuristics.system_models.scenario import EdgeNode


@dataclass(frozen=True, kw_only=True, eq=False)
class Epoch:
    """One epoch and the requests that the controller has gathered for it.

    Parameters
    ----------
    index
        Index of the epoch, from 0.
    start
        Start of its uplink slot, exact [s].
    requests
        Requests that waited, in the order of arrival, then the new ones.
    scenario
        Their physical description, a column a request in the same order.
    """

    index: int
    start: Fraction
    requests: tuple[Request, ...]
    scenario: Scenario

    @cached_property
    def uplink_slot(self) -> Fraction:
        """T_U [s]."""
        return as_fraction(self.scenario.setting.uplink_slot_s)

    @cached_property
    def compute_slot(self) -> Fraction:
        """T_C [s]."""
        return as_fraction(self.scenario.setting.compute_slot_s)

    @cached_property
    def downlink_slot(self) -> Fraction:
        """T_D [s]."""
        return as_fraction(self.scenario.setting.downlink_slot_s)

    @cached_property
    def last_due(self) -> Fraction:
        """Latest due time at which no batch is short enough, tau' = 0 in (10) [s]."""
        return self.start + self.uplink_slot + self.downlink_slot

    def with_waiting(self, waiting: tuple[Request, ...]) -> Epoch:
        """Return the epoch with requests of earlier epochs before its own.

        Parameters
        ----------
        waiting
            Requests that have not expired, in the order of arrival.

        Notes
        -----
        The clock of the scenario then starts at the period of the oldest. A request that waits
        keeps the channels it was drawn with.
        """
        if not waiting:
            return self
        requests = (*waiting, *self.requests)
        scenario = _joined(self.scenario, requests, self.start)
        return replace(self, requests=requests, scenario=scenario)


def gather(arrived: Scenario, index: int) -> Epoch:
    """Return an epoch with its new requests. Its scenario is the one that was drawn.

    Parameters
    ----------
    arrived
        The new requests, times counted from the start of the period before the epoch.
    index
        Index of the epoch, from 0.
    """
    return Epoch(
        index=index,
        start=(index + 1) * as_fraction(arrived.setting.period_s),
        requests=requests_of(arrived, index),
        scenario=arrived,
    )


def _joined(arrived: Scenario, requests: tuple[Request, ...], start: Fraction) -> Scenario:
    """Return the scenario of requests that were drawn in different scenarios."""
    setting = arrived.setting
    origin = requests[0].epoch * as_fraction(setting.period_s)
    columns = {
        "arrival_s": tuple(float(each.arrival - origin) for each in requests),
        "prompt_tokens": _column("prompt_tokens", requests),
        "output_tokens": _column("output_tokens", requests),
        "deadline_s": tuple(
            float(each.due - (each.arrival if setting.count_waiting else start))
            for each in requests
        ),
        "accuracy": _column("accuracy", requests),
    }
    return Scenario(
        requests=Requests(**columns),
        edge_nodes=tuple(
            _with_columns(edge_node, index, requests)
            for index, edge_node in enumerate(arrived.edge_nodes)
        ),
        scenario=setting.model_copy(update={"epoch_start_s": float(start - origin)}),
    )


def _column(name: str, requests: Iterable[Request]) -> tuple[Any, ...]:
    return tuple(getattr(each.source.requests, name)[each.index] for each in requests)


def _with_columns(edge_node: EdgeNode, index: int, requests: Iterable[Request]) -> EdgeNode:
    columns = {
        name: tuple(getattr(each.source.edge_nodes[index], name)[each.index] for each in requests)
        for name in ("covered", "uplink_gain", "downlink_gain")
    }
    return edge_node.model_copy(update=columns)
