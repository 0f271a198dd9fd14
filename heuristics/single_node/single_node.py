r"""Single node: the largest batch of one edge node at any size, with its proof."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from heuristics.alternatives import refuse_several_edge_nodes
from heuristics.best_alternative import best_alternative
from heuristics.compilation import compiles_beside
from heuristics.errors import InputError
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.coefficients import BoolArray, Coefficients, IntArray

METHOD = "single-node"

MOST_STEPS = 1 << 24
"""Maximum number of steps of a run without a given limit: some seconds."""


class Batch(NamedTuple):
    """Outcome of the search at one edge node."""

    requests: tuple[int, ...]
    """The best batch, as indices in the coefficients."""
    bound: int
    """Upper bound on the size of every batch."""
    ended_by: EndedBy
    """PROOF if the batch meets the bound, even if the run was stopped after that."""


@compiles_beside()
def single_node(
    data: Coefficients,
    *,
    problem: Problem = Problem.P1,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Find the largest batch of one edge node, and prove it.

    Lagrange multipliers bound the batches of all d at once. At the d of largest bound the method
    decides whether a batch of that size fits: by the bound or, where the bound is not enough, by an
    exact search among the numbers of requests of each level that the bound leaves. Usually these
    are few, otherwise the search visits points of a lattice.

    Parameters
    ----------
    data
        Coefficients of one edge node. The best of its alternatives is taken.
    problem
        P1, or P3' as maximisation, which is the same problem, or P2, without uplink and downlink.
    time_limit
        Time limit [s].
    node_limit
        Maximum number of steps. A visit of the exact search is one step, and so are some dozens
        of comparisons elsewhere. None stands for `MOST_STEPS` at each alternative, some seconds.

    Returns
    -------
    Result
        The result of the problem, always with a bound and a batch, which may be empty. The batch is
        the one that `ot` finds first: for the smallest d that admits the optimum, the
        lexicographically largest numbers of requests of each level, and of each level the cheapest
        uplinks. Steps are not tree nodes, so the result has no number of nodes.

    Raises
    ------
    InputError
        If there are more edge nodes, the problem is another one, or a limit is negative.

    Notes
    -----
    *Guarantee.* The status is OPTIMAL if the batch meets the bound, as it does unless the run is
    stopped early. Otherwise the batch is feasible, and weak Lagrangian duality makes the bound
    valid at any time. Where downlinks differ inside a level of equal memory and compute, each
    downlink makes a level of its own. With many levels, as where all requests differ, the exact
    search may reach its limit. A run stopped after the bound was met has an optimal batch, but
    possibly another one than OT's.

    *Complexity.* O(I log I) for sorting, and O(I) for each of usually some 10 multipliers and 30
    decisions, each with a search of O(N log I) and some 10^3 visits. In the worst case
    exponential in N.

    Examples
    --------
    Two requests of output 1 with uplinks 5 and 3, two of output 2 with uplink 1 each; 6 of the
    uplink and 5 of memory.

    >>> from heuristics.coefficients import Coefficients
    >>> data = Coefficients(
    ...     uplink=[[5, 3, 1, 1]], uplink_capacity=[6], downlink=[[1, 1, 2, 2]],
    ...     downlink_capacity=[9], memory=[[1, 1, 2, 2]], memory_capacity=[5],
    ...     compute=[[1, 1, 2, 2]], compute_budget=[[9, 8, 7, 6]], eligible=[[1, 1, 1, 1]],
    ... )
    >>> result = single_node(data)
    >>> result.schedule.batches, str(result.status), result.bound
    (((1, 2, 3),), 'optimal', 3)
    """
    refuse_several_edge_nodes(data, METHOD)
    if problem is Problem.P3:
        raise InputError(f"{METHOD} solves P1, P2 and P3prime", field="problem", found=str(problem))
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    return best_alternative(data, METHOD, limits, partial(_at_one_row, problem, limits))


def _at_one_row(problem: Problem, limits: Limits, data: Coefficients) -> Result:
    """Find the largest batch of an edge node that can be run in one way."""
    if limits.node_limit is None:
        limits = Limits(time_limit=limits.left_s, node_limit=MOST_STEPS)
    batch = best_batch(data, 0, problem=problem, limits=limits)
    proven = batch.ended_by is EndedBy.PROOF
    return Result(
        problem=problem,
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        ended_by=batch.ended_by,
        schedule=Schedule.of([batch.requests]),
        bound=batch.bound,
        runtime_s=limits.runtime_s,
        proved_by=METHOD if proven else None,
    )


def best_batch(
    data: Coefficients,
    edge_node: int,
    *,
    limits: Limits,
    problem: Problem = Problem.P1,
    remaining: BoolArray | None = None,
    preference: IntArray | None = None,
) -> Batch:
    """Find the largest batch of one edge node among the requests that are left.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    edge_node
        Index of the edge node.
    limits
        Limits on time and steps; the steps taken are added to its count.
    problem
        P1, or P2 without uplink and downlink.
    remaining
        True for the requests that may be chosen, shape (I,); None for all.
    preference
        Key that breaks ties of budget and uplink before the index, smaller first, shape (I,).
    """
    from heuristics.single_node.batch_search import BatchSearch
    from heuristics.single_node.sorted_requests import SortedRequests

    requests = SortedRequests.of(
        data, edge_node, problem, remaining=remaining, preference=preference
    )
    if requests.num_requests == 0:
        return Batch((), 0, EndedBy.PROOF)
    search = BatchSearch(requests, limits)
    ended_by = EndedBy.PROOF
    try:
        search.run()
    except Stopped as stopped:
        ended_by = stopped.ended_by
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    bound = search.bound.largest
    if search.best == bound:
        ended_by = EndedBy.PROOF
    return Batch(tuple(requests.indices[search.places].tolist()), bound, ended_by)


def warm_up() -> None:
    """Compile the kernels, or load them from disk, so that no run pays for it."""
    from heuristics.single_node.batch_search import warm_up as call_every_kernel

    call_every_kernel()
