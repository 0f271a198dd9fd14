"""A plug-in that sleeps for some milliseconds and serves nobody: what is left is overhead."""

import time

from heuristics.schedule import Schedule

PLUGIN = {
    "name": "sleeper",
    "version": "1",
    "methods": {
        "sleeper": {
            "summary": "sleeps, and serves nobody",
            "solve": "sleep",
            "options": {"ms": {"summary": "how long", "default": 1000}},
            "is_random": True,
        }
    },
}


def sleep(data, *, ms, **given):
    time.sleep(ms / 1000)
    return Schedule.empty(data.num_edge_nodes)
