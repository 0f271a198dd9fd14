"""A method that calls an empty schedule optimal, and itself exact."""

from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

PLUGIN = {
    "name": "claims-a-proof",
    "version": "1.0",
    "methods": {
        "claims-a-proof": {
            "summary": "calls an empty schedule optimal, and itself exact",
            "solve": "solve",
            "proves": "optimum",
        }
    },
}


def solve(data, *, seed, time_limit):
    return Result(
        problem=Problem.P1,
        status=Status.OPTIMAL,
        ended_by=EndedBy.PROOF,
        schedule=Schedule.empty(data.num_edge_nodes),
        bound=0,
        runtime_s=0.0,
        proved_by="me",
    )
