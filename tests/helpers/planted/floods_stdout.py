"""A method that writes a gigabyte to stdout."""

import os

from heuristics.schedule import Schedule

PLUGIN = {
    "name": "floods-stdout",
    "version": "1.0",
    "methods": {"floods-stdout": {"summary": "writes a gigabyte to stdout", "solve": "solve"}},
}


def solve(data, *, seed, time_limit):
    block = b"noise " * 200_000
    left = 10**9
    while left > 0:
        left -= os.write(1, block)
    return Schedule.empty(data.num_edge_nodes)
