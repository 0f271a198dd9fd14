"""A method that makes the instance easier."""

from heuristics.schedule import Schedule

PLUGIN = {
    "name": "changes-input",
    "version": "1.0",
    "methods": {"changes-input": {"summary": "makes the instance easier", "solve": "solve"}},
}


def solve(data, *, seed, time_limit):
    data.memory.setflags(write=True)
    data.memory[:] = 0
    return Schedule.empty(data.num_edge_nodes)
