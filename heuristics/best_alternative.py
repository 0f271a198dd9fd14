"""Best alternative: the best of the ways to run one edge node, for methods of one edge node."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from heuristics.alternatives import refuse_several_edge_nodes
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits

_GOES_ON = (EndedBy.PROOF, EndedBy.COMPLETED, EndedBy.NODE_LIMIT)


def best_alternative(
    data: Coefficients, method: str, limits: Limits, solve: Callable[[Coefficients], Result]
) -> Result:
    """Solve each alternative of the only edge node, and return the best result.

    Parameters
    ----------
    data
        Coefficients of one edge node.
    method
        Name of the method.
    limits
        Limits of the run, shared by all alternatives. Nodes add up.
    solve
        Function that solves the case of one row. It counts its nodes in ``limits``.

    Returns
    -------
    Result
        The result of ``solve`` if there is one row. Otherwise the largest batch of all rows, of
        the first row among equals, with the largest of the bounds. It is optimal if the batch
        meets this bound. A run that is stopped does not solve the remaining rows, whose bounds
        are their numbers of eligible requests.

    Raises
    ------
    InputError
        If there are more edge nodes.
    """
    refuse_several_edge_nodes(data, method)
    if not data.has_alternatives:
        return solve(data)
    results: list[Result] = []
    for row in range(data.num_edge_nodes):
        results.append(solve(data.at(row)))
        if results[-1].ended_by not in _GOES_ON:
            break
    served = [-1 if each.objective is None else each.objective for each in results]
    row = max(range(len(results)), key=served.__getitem__)
    best, bound = results[row], _bound(data, results)
    is_proof = best.schedule is not None and bound == best.objective
    completed = (EndedBy.PROOF, EndedBy.COMPLETED)
    stops = [each.ended_by for each in results if each.ended_by not in completed]
    ended_by = EndedBy.PROOF if is_proof else (*stops, EndedBy.COMPLETED)[0]
    status = Status.NONE if best.schedule is None else Status.FEASIBLE
    return replace(
        best,
        status=Status.OPTIMAL if is_proof else status,
        ended_by=ended_by,
        schedule=None if best.schedule is None else _at_row(best.schedule, row, data),
        bound=bound,
        runtime_s=limits.runtime_s,
        num_nodes=None if best.num_nodes is None else limits.num_nodes,
        proved_by=method if is_proof else None,
    )


def _bound(data: Coefficients, results: list[Result]) -> int | None:
    """Return the largest bound of all rows; None if a solved row has none."""
    bounds = [each.bound for each in results]
    rows = range(len(results), data.num_edge_nodes)
    unsolved = [data.pairs.row(row).stop - data.pairs.row(row).start for row in rows]
    known = [each for each in (*bounds, *unsolved) if each is not None]
    return max(known) if len(known) == data.num_edge_nodes else None


def _at_row(schedule: Schedule, row: int, data: Coefficients) -> Schedule:
    """Return the schedule of one row as a schedule of all rows."""
    batches: list[tuple[int, ...]] = [()] * data.num_edge_nodes
    (batches[row],) = schedule.batches
    return Schedule.of(batches)
