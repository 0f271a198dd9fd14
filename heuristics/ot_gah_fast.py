"""OT-GAH-fast: the schedule of Algorithm 3 without its trees, for P1 at any size."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from heuristics.compilation import compiles_beside
from heuristics.generalized_assignment import BatchFound, assign, edge_node_orders, tie_key
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.single_node.single_node import MOST_STEPS, best_batch

if TYPE_CHECKING:
    from heuristics.anytime import Start
    from heuristics.coefficients import BoolArray, Coefficients, IntArray
    from heuristics.schedule import Schedule

_METHOD = "ot-gah-fast"


@compiles_beside()
def ot_gah_fast(
    data: Coefficients,
    *,
    order: str = "given",
    ties: str = "index",
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Let each edge node in turn take its largest batch, found without trees.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    order, ties, seed
        Order of the edge nodes, preference between equal requests, and seed of the random order,
        see `heuristics.ot_gah.ot_gah`.
    time_limit
        Time limit [s].
    node_limit
        Maximum number of steps, see `heuristics.single_node.single_node.single_node`. Without a
        limit, an edge node that takes too many steps keeps the best batch found by then, and the
        run is ended by node-limit.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound and without a number of nodes. A run stopped
        early keeps the batches found.

    Raises
    ------
    InputError
        If an option has another value, or ``"all"`` is given for more than 6 edge nodes.

    Notes
    -----
    *Guarantee.* The schedule of OT-GAH if the run is completed and the downlink is constant inside
    each level, because the search at an edge node returns the batch that OT finds first. The batch
    of an edge node is optimal for every downlink, so at least half of the optimum is reached, by
    the argument of OT-GAH.

    Examples
    --------
    Room for one request at each of two edge nodes; request 1 may be served at the first only.

    >>> from heuristics.coefficients import Coefficients
    >>> nothing = [[0, 0], [0, 0]]
    >>> data = Coefficients(
    ...     uplink=nothing, uplink_capacity=[0, 0], downlink=nothing, downlink_capacity=[0, 0],
    ...     memory=[[1, 1], [1, 1]], memory_capacity=[1, 1], compute=nothing,
    ...     compute_budget=nothing, eligible=[[1, 1], [1, 0]],
    ... )
    >>> ot_gah_fast(data).schedule.batches, ot_gah_fast(data, order="all").schedule.batches
    (((0,), ()), ((1,), (0,)))
    """
    orders = edge_node_orders(data, order, seed)
    preference = tie_key(data, ties)
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, _METHOD, limits)
    if nothing is not None:
        return nothing
    found = assign(data, orders, partial(_largest, data, preference, limits))
    return Result(
        problem=Problem.P1,
        status=Status.NONE if found.schedule is None else Status.FEASIBLE,
        ended_by=found.ended_by,
        schedule=found.schedule,
        runtime_s=limits.runtime_s,
    )


def given_or_ot_gah_fast(
    data: Coefficients, warm_start: Schedule | None, *, node_limit: int | None = None
) -> Start:
    """Return the start of an improvement: the given schedule, else that of OT-GAH-fast.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    warm_start
        Feasible schedule to start from; None for that of OT-GAH-fast.
    node_limit
        Maximum number of steps of OT-GAH-fast's searches; None for its own limit.
    """

    def start(left_s: float | None) -> Schedule | None:
        if warm_start is not None:
            return warm_start
        return ot_gah_fast(data, time_limit=left_s, node_limit=node_limit).schedule

    return start


def _largest(
    data: Coefficients,
    preference: IntArray | None,
    limits: Limits,
    j: int,
    remaining: BoolArray,
) -> BatchFound:
    """Find the largest batch of j from its bound."""
    if limits.node_limit is None:
        limits = Limits(time_limit=limits.left_s, node_limit=MOST_STEPS)
    found = best_batch(data, j, limits=limits, remaining=remaining, preference=preference)
    is_proof = found.ended_by is EndedBy.PROOF
    return BatchFound(found.requests, EndedBy.COMPLETED if is_proof else found.ended_by)
