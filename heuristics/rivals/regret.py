r"""regret: the request goes first whose best and second-best edge nodes differ most, for P1.

At an edge node j with deadline b, a request has the profit 1 less the price of its demand,
:math:`p_{ij} = 1 - \sum_r \lambda_{rj} a_{rij} / (\kappa w_j)`, where :math:`w_j` is the price of
the last request that fits if j alone takes the cheapest. Its regret is the best profit of an edge
node that still has room, less the second best one, or less 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.anytime import run_anytime
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.rivals.greedy_density import greedy_density
from heuristics.rivals.regret_passes import Passes
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.coefficients import Coefficients
    from heuristics.result import Result

METHOD = "regret"


def regret(
    data: Coefficients, *, time_limit: float | None = None, node_limit: int | None = None
) -> Result:
    r"""Serve the request of largest regret first, under many deadlines, then shift requests.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    time_limit
        Time limit [s]; a run stopped by it keeps the best schedule.
    node_limit
        Accepted for a uniform interface; never reached, as the method has no tree nodes.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound; ``trajectory`` has each better schedule.

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    *Deadlines.* A pass fixes the deadline of each edge node, a quantile of its distinct budgets,
    and serves only requests with budgets of at least as much; at the end each request that still
    fits is added. Passes with 24 common quantiles and three values of kappa come first. Then each
    edge node in turn changes its own quantile, until no change makes a better pass.

    *Prices.* In the first pass the price of a resource is the demand of all eligible requests over
    the capacity, and 0 if they fit. Later it is the fourth power of the share that the last pass
    used.

    *Shifts.* A served request moves to another edge node where it fits, if a free request can take
    its place. The 64 free requests of least price are tried.

    *Alternatives.* Each edge node uses the row that it uses in the schedule of
    `heuristics.rivals.greedy_density.greedy_density`.

    *Guarantee.* None: the order may serve a request that leaves no room for two others.

    *Complexity.* A pass takes O(8 N log I) for N eligible pairs, and there are at most
    272 passes; a round of shifts takes O(64 N).

    References
    ----------
    S. Martello, P. Toth, "Knapsack Problems: Algorithms and Computer Implementations", Wiley, 1990,
    section 7.4, MTHG.

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
    >>> regret(data).schedule.batches
    ((1,), (0,))
    """
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, METHOD, limits)
    if nothing is not None:
        return nothing
    return run_anytime(Problem.P1, limits, _with_chosen_rows(data, limits))


def _with_chosen_rows(data: Coefficients, limits: Limits) -> Iterator[Schedule | None]:
    if not data.has_alternatives:
        yield from Passes(data, limits).run()
        return
    first = greedy_density(data, time_limit=limits.left_s).schedule
    batches = Schedule.empty(data.num_edge_nodes).batches if first is None else first.batches
    rows = [max(each, key=lambda row: len(batches[row])) for each in data.alternatives]
    for schedule in Passes(data.of_rows(rows), limits).run():
        yield None if schedule is None else schedule.on_rows(rows, data.num_edge_nodes)
