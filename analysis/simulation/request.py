"""Request: its arrival, its due time and its fate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from heuristics.system_models.rounding import on_decimal_grid

if TYPE_CHECKING:
    from analysis.simulation.times import Times
    from heuristics.system_models.scenario import Scenario


class Fate(StrEnum):
    """Fate of a request; every request has exactly one.

    A completed request received its output in time, a late one after its due time. A dropped
    request waited until its deadline had passed, or lost its output as its batch outgrew the
    memory, see :mod:`analysis.simulation.overflow`. A refused request can be served by no edge
    node, or was not scheduled and may not wait for another epoch.
    """

    COMPLETED = "completed"
    LATE = "late"
    DROPPED = "dropped"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """Request on the clock of the whole simulation.

    Parameters
    ----------
    epoch, index
        Index of the epoch that the request arrived for, and its index in that epoch.
    source
        The scenario with the lengths and channels of the request.
    arrival
        Arrival time, exact [s].
    due
        Latest time to receive the output, exact [s].
    """

    epoch: int
    index: int
    source: Scenario
    arrival: Fraction
    due: Fraction


@dataclass(frozen=True, kw_only=True, eq=False)
class Ending:
    """End of a request: its fate, its edge node and its times.

    Parameters
    ----------
    request
        The request.
    fate
        Fate of the request.
    edge_node
        Index of the edge node that the request was sent to; None if it was not sent.
    decided
        Index of the epoch in which the request was scheduled, dropped or refused.
    times
        Times on its way.
    received
        Time at which the output was received [s]; None without an output.
    """

    request: Request
    fate: Fate
    decided: int
    times: Times
    edge_node: int | None = None
    received: Fraction | None = None


def requests_of(scenario: Scenario, epoch: int) -> tuple[Request, ...]:
    """Return the requests that arrive for an epoch, in the scenario's order.

    Parameters
    ----------
    scenario
        The new requests, times counted from the start of the period before the epoch.
    epoch
        Index of the epoch, from 0; the epoch starts at (epoch + 1) periods.

    Notes
    -----
    If waiting does not count, "every request counts as just arrived" when its first epoch starts,
    so its deadline runs from that start.
    """
    setting, columns = scenario.setting, scenario.requests
    (arrival, deadline, period), unit = on_decimal_grid(
        columns.arrival_s, columns.deadline_s, setting.period_s
    )
    start = (epoch + 1) * int(period[0])
    arrivals = [start - int(period[0]) + int(each) for each in arrival]
    begins = arrivals if setting.count_waiting else [start] * len(arrivals)
    return tuple(
        Request(
            epoch=epoch,
            index=index,
            source=scenario,
            arrival=Fraction(arrivals[index], unit),
            due=Fraction(begins[index] + int(deadline[index]), unit),
        )
        for index in range(len(arrivals))
    )
