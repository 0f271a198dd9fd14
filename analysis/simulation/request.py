"""Request: one that arrived, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from heuristics.system_models.rounding import on_decimal_grid

if TYPE_CHECKING:
    from heuristics.system_models.scenario import Scenario


class Fate(StrEnum):
    """What a request ends as: each exactly one.

    Completed requests had their output in time, late ones after it. Dropped are those whose
    deadline was gone while they waited, refused those that no edge node can serve, and those
    that were not scheduled and may not wait for another epoch.
    """

    COMPLETED = "completed"
    LATE = "late"
    DROPPED = "dropped"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """A request on the clock of the whole simulation.

    Parameters
    ----------
    epoch, index
        The epoch that it arrived for, and its place among those.
    source
        The scenario that it was drawn in, which holds its lengths and channels.
    arrival
        When it arrived, exact [s].
    due
        When its output must be received, exact [s].
    """

    epoch: int
    index: int
    source: Scenario
    arrival: Fraction
    due: Fraction


@dataclass(frozen=True, kw_only=True, eq=False)
class Ending:
    """How a request ended.

    Parameters
    ----------
    request
        The request.
    fate
        What it ended as.
    edge_node
        Index of the edge node that it was sent to; None if it was sent to none.
    decided
        The epoch whose controller scheduled, dropped or refused it.
    received
        When its output was received [s]; None if it never was.
    """

    request: Request
    fate: Fate
    decided: int
    edge_node: int | None = None
    received: Fraction | None = None


def requests_of(scenario: Scenario, epoch: int) -> tuple[Request, ...]:
    """Return what arrives for an epoch, in the scenario's order.

    Parameters
    ----------
    scenario
        Its times count from the start of the period before the epoch.
    epoch
        Its index, from 0; the epoch starts at (epoch + 1) periods.

    Notes
    -----
    Where waiting does not count, "every request counts as just arrived" when its first epoch
    starts, so its deadline runs from there.
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
