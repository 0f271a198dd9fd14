r"""Epoch: its slots, the waiting time of a request and its remaining deadline, (10).

An epoch has an uplink slot T_U, a computation slot T_C and a downlink slot T_D. A request that
arrives at :math:`a_i` waits :math:`t_{w,i}` until its epoch starts; it is on time if

.. math:: t_{w,i} + T_U + t_j + T_D \le \tau_i, \qquad t_j \le T_C.

The second condition is in the paper's text but in none of its problems. Both together bound
the batch's latency by :math:`\min(\tau'_i, T_C)` with :math:`\tau'_i = \tau_i - t_{w,i} - T_U -
T_D`, so T_C needs no constraint of its own.

Epoch 0 of a horizon starts at the scenario's start, and epoch k starts k periods later. A request
arrives for the first epoch that starts after its arrival, and waits longer for each later epoch.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heuristics.system_models.rounding import as_fraction, on_decimal_grid

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import ArrayLike, NDArray


class PeriodMode(StrEnum):
    """Period of the epochs: a whole epoch, or one T_C with overlapping slots."""

    EPOCH = "epoch"
    PIPELINED = "pipelined"


class LatencyBudgets(NamedTuple):
    """Exact times: integers over a common denominator [s].

    ``remaining`` is tau' of each request, shape (I,), negative where the deadline is lost;
    ``capped`` is min(tau', T_C). ``arrived`` is True for each request that arrived for this epoch
    or an earlier one.
    """

    remaining: NDArray[Any]
    capped: NDArray[Any]
    arrived: NDArray[np.bool_]
    denominator: int


class HorizonEpochs(NamedTuple):
    """Epochs of a horizon in which each request can be served, shape (I,).

    ``first`` is the epoch that a request arrives for. ``last`` is the last epoch with tau' > 0; it
    lies before ``first`` where the deadline leaves no time at all.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]


def compute_slot_s(epoch_s: float, uplink_slot_s: float, downlink_slot_s: float) -> float:
    """Return T_C, the rest of the epoch beside T_U and T_D [s], exact in decimals."""
    slots = as_fraction(uplink_slot_s) + as_fraction(downlink_slot_s)
    return float(as_fraction(epoch_s) - slots)


def period_s(mode: PeriodMode, epoch_s: float, compute_slot_s: float) -> float:
    """Return the time from one epoch's start to the next one's [s].

    The text has both: slots that overlap such that one T_C follows the other, and arrivals
    "within an epoch" of 2 s. Pipelined, requests wait less and fewer arrive for each epoch.
    """
    return epoch_s if mode is PeriodMode.EPOCH else compute_slot_s


def end_to_end_latency(
    waiting_s: Fraction, uplink_slot_s: Fraction, batch_s: Fraction, downlink_slot_s: Fraction
) -> Fraction:
    """Return the left side of (10), with the whole of T_U and T_D and t_j as of (9) [s]."""
    return waiting_s + uplink_slot_s + batch_s + downlink_slot_s


def latency_budgets(
    arrival_s: ArrayLike,
    deadline_s: ArrayLike,
    *,
    epoch_start_s: float,
    uplink_slot_s: float,
    compute_slot_s: float,
    downlink_slot_s: float,
    count_waiting: bool,
    period_s: float = 1.0,
    epoch: int | None = None,
) -> LatencyBudgets:
    """Return tau' of (10) and min(tau', T_C) of every request.

    Parameters
    ----------
    arrival_s, deadline_s
        Shape (I,); the deadline counts from the arrival, tau_i.
    epoch_start_s
        Start of the epoch's T_U, not before any arrival; with ``epoch`` the start of epoch 0.
    uplink_slot_s, compute_slot_s, downlink_slot_s
        T_U, T_C, T_D.
    count_waiting
        True if t_w is part of (10); otherwise every request counts as just arrived when its first
        epoch starts.
    period_s
        Time between the starts of two epochs of a horizon.
    epoch
        Index of the epoch in a horizon; None if the scenario has one epoch.
    """
    (arrival, deadline, *scalars), denominator = on_decimal_grid(
        arrival_s,
        deadline_s,
        epoch_start_s,
        uplink_slot_s,
        compute_slot_s,
        downlink_slot_s,
        period_s,
    )
    start, uplink_slot, compute_slot, downlink_slot, period = (each[0] for each in scalars)
    first = 0 if epoch is None else _first_epoch(arrival, start, period)
    index = 0 if epoch is None else epoch
    waiting = start + index * period - arrival if count_waiting else (index - first) * period
    remaining = deadline - waiting - uplink_slot - downlink_slot
    capped = np.minimum(remaining, compute_slot)  # Departure 4.
    arrived = np.broadcast_to(np.less_equal(first, index), arrival.shape).astype(bool)
    return LatencyBudgets(remaining, capped, arrived, denominator)


def horizon_epochs(
    arrival_s: ArrayLike,
    deadline_s: ArrayLike,
    *,
    epoch_start_s: float,
    uplink_slot_s: float,
    downlink_slot_s: float,
    period_s: float,
    count_waiting: bool,
) -> HorizonEpochs:
    """Return the first and the last epoch in which each request can be served.

    Parameters
    ----------
    arrival_s, deadline_s, epoch_start_s, uplink_slot_s, downlink_slot_s, period_s, count_waiting
        As of :func:`latency_budgets` with an epoch.
    """
    (arrival, deadline, *scalars), _ = on_decimal_grid(
        arrival_s, deadline_s, epoch_start_s, uplink_slot_s, downlink_slot_s, period_s
    )
    start, uplink_slot, downlink_slot, period = (each[0] for each in scalars)
    first = _first_epoch(arrival, start, period)
    waiting = start - arrival if count_waiting else -first * period
    remaining = deadline - waiting - uplink_slot - downlink_slot  # tau' in epoch 0
    last = -(-remaining // period) - 1
    return HorizonEpochs(first.astype(np.int64), last.astype(np.int64))


def _first_epoch(arrival: NDArray[Any], start: Any, period: Any) -> NDArray[Any]:
    """Return the first epoch that starts after the arrival, or epoch 0."""
    first: NDArray[Any] = np.maximum((arrival - start) // period + 1, 0)
    return first
