"""A method that starts processes that stay, one of them in a session of its own."""

import subprocess
import sys

from heuristics.schedule import Schedule

PLUGIN = {
    "name": "leaves-children",
    "version": "1.0",
    "methods": {
        "leaves-children": {
            "summary": "starts processes that stay, one of them in a session of its own",
            "solve": "solve",
        }
    },
}


SLEEPER = "import time; time.sleep(600)  # left over by leaves-children"


def solve(data, *, seed, time_limit):
    for is_apart in (False, True):
        subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=is_apart)
    return Schedule.empty(data.num_edge_nodes)
