"""A method whose numbers no store could hold."""

from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status
from heuristics.schedule import Schedule

PLUGIN = {
    "name": "returns-odd-numbers",
    "version": "1.0",
    "methods": {
        "returns-odd-numbers": {
            "summary": "returns numbers that no store could hold",
            "solve": "solve",
        }
    },
}


def solve(data, *, seed, time_limit):
    return Result(
        problem=Problem.P1,
        status=Status.FEASIBLE,
        ended_by=EndedBy.COMPLETED,
        schedule=Schedule.empty(data.num_edge_nodes),
        runtime_s=float("inf"),
        num_nodes=2**80,
        node_kind=NodeKind.TREE,
        message="\ud800",
    )
