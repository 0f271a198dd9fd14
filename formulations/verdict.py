"""The verdict on a run of HiGHS: what its answer proves, and no more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from heuristics.result import EndedBy, Status

if TYPE_CHECKING:
    from heuristics.schedule import Schedule

LARGEST_RESOLVED = 10**11
"""Beyond this, one unit of a row is lost in the tolerances of floating point.

There HiGHS was seen to call a schedule optimal that was not, so its proofs do not count.
"""

ENDINGS: dict[str, tuple[Status, EndedBy]] = {
    "kOptimal": (Status.OPTIMAL, EndedBy.PROOF),
    "kInfeasible": (Status.INFEASIBLE, EndedBy.PROOF),
    "kUnboundedOrInfeasible": (Status.INFEASIBLE, EndedBy.PROOF),  # every variable is bounded
    "kTimeLimit": (Status.FEASIBLE, EndedBy.TIME_LIMIT),
    "kSolutionLimit": (Status.FEASIBLE, EndedBy.NODE_LIMIT),  # of its limits, nodes alone are set
    "kInterrupt": (Status.FEASIBLE, EndedBy.INTERRUPTED),
    "kHighsInterrupt": (Status.FEASIBLE, EndedBy.INTERRUPTED),
    "kMemoryLimit": (Status.FEASIBLE, EndedBy.MEMORY_LIMIT),
}
"""What a model status of HiGHS means; FEASIBLE is NONE where there is no incumbent.

https://ergo-code.github.io/HiGHS/dev/structures/enums/#HighsModelStatus

Any other code, known or not, is status none, ended by error.
"""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What HiGHS says of a run, in the model's own sense.

    Parameters
    ----------
    model_status
        Name of its ``HighsModelStatus``.
    schedule
        The point that it holds, rounded; None if it holds none.
    is_claimed
        Whether it calls that point feasible.
    bound
        Its dual bound; None if it is not finite.
    num_nodes, simplex_iterations
        Its counts.
    """

    model_status: str
    schedule: Schedule | None
    bound: float | None
    num_nodes: int
    simplex_iterations: int
    is_claimed: bool = True


class Verdict(NamedTuple):
    """What a reading is worth."""

    status: Status
    ended_by: EndedBy
    schedule: Schedule | None = None
    bound: int | None = None
    message: str | None = None


def judge(
    reading: Reading,
    *,
    broken: str | None,
    is_second: bool,
    z: int | None,
    largest_value: int,
) -> Verdict:
    """Return what a reading proves, and no more.

    Parameters
    ----------
    reading
        What HiGHS says.
    broken
        A row that its schedule breaks in integers.
    is_second
        Whether an earlier run gave a schedule that broke a row.
    z
        The cardinality; every feasible schedule has it, so it is a bound.
    largest_value
        The largest number in a row.
    """
    status, ended_by = ENDINGS.get(reading.model_status, (Status.NONE, EndedBy.ERROR))
    schedule, bound = reading.schedule, whole_bound(reading.bound)
    resolved = largest_value <= LARGEST_RESOLVED
    if ended_by is EndedBy.ERROR:
        return _error(f"HiGHS ended with {reading.model_status}")
    if broken is not None:
        return _error(f"the schedule of HiGHS breaks a row: {broken}")
    if not resolved and ended_by is EndedBy.PROOF:
        message = f"a row holds numbers above {LARGEST_RESOLVED}: no proof in floating point"
        return _error(message, schedule)
    if status is Status.INFEASIBLE:
        if z is None:
            return _error("HiGHS calls the model infeasible, but the empty schedule is feasible")
        if is_second:
            return _error("HiGHS found a schedule within its tolerance, and then none")
        return Verdict(status, ended_by)
    if not resolved:
        bound = None
    if schedule is None:
        if status is Status.OPTIMAL:
            return _error("HiGHS calls the model optimal without a schedule")
        return Verdict(Status.NONE, ended_by, bound=bound)
    if z is not None:
        bound = z
    if bound is not None and bound < schedule.throughput:
        return _error(f"the bound of HiGHS, {reading.bound}, lies below its schedule", schedule)
    if bound == schedule.throughput:
        return Verdict(Status.OPTIMAL, EndedBy.PROOF, schedule, bound)
    if status is Status.OPTIMAL:
        message = f"HiGHS calls {schedule.throughput} optimal at a bound of {reading.bound}"
        return Verdict(Status.FEASIBLE, EndedBy.ERROR, schedule, bound, message)
    return Verdict(Status.FEASIBLE, ended_by, schedule, bound)


def whole_bound(bound: float | None) -> int | None:
    """Round a bound on a whole number down, forgiving the noise of floating point."""
    return None if bound is None else math.floor(bound + 1e-6)


def _error(message: str, schedule: Schedule | None = None) -> Verdict:
    status = Status.NONE if schedule is None else Status.FEASIBLE
    return Verdict(status, EndedBy.ERROR, schedule, message=message)
