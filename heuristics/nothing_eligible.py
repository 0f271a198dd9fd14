"""Nothing eligible: the case without eligible requests, which every method proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.result import EndedBy, NodeKind, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits
    from heuristics.problem import Problem


def zero_if_nothing_eligible(
    data: Coefficients, problem: Problem, method: str, limits: Limits, *, is_tree: bool = False
) -> Result | None:
    """Return throughput 0 with its proof, or None if some pair is eligible."""
    if data.pairs.num_pairs:
        return None
    return Result(
        problem=problem,
        status=Status.OPTIMAL,
        ended_by=EndedBy.PROOF,
        schedule=Schedule.empty(data.num_edge_nodes),
        bound=0,
        runtime_s=limits.runtime_s,
        num_nodes=0 if is_tree else None,
        node_kind=NodeKind.TREE if is_tree else None,
        proved_by=method,
    )
