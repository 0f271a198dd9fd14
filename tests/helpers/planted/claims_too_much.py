"""A method that claims more requests than its schedule has."""

from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

PLUGIN = {
    "name": "claims-too-much",
    "version": "1.0",
    "methods": {
        "claims-too-much": {
            "summary": "claims more requests than its schedule has",
            "solve": "solve",
        }
    },
}


class Claim(Result):
    @property
    def objective(self):
        return 1000


def solve(data, *, seed, time_limit):
    return Claim(
        problem=Problem.P1,
        status=Status.FEASIBLE,
        ended_by=EndedBy.COMPLETED,
        schedule=Schedule.empty(data.num_edge_nodes),
        runtime_s=0.0,
    )
