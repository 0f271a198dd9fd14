"""A method that returns a schedule that breaks a constraint."""

from heuristics.schedule import Schedule

PLUGIN = {
    "name": "returns-infeasible",
    "version": "1.0",
    "methods": {
        "returns-infeasible": {
            "summary": "returns a schedule that breaks a constraint",
            "solve": "solve",
        }
    },
}


def solve(data, *, seed, time_limit):
    everyone = range(data.num_requests)
    return Schedule.of([everyone for _ in range(data.num_edge_nodes)])
