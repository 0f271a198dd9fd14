"""A method that hangs when it is imported."""

import time

PLUGIN = {
    "name": "hangs-at-import",
    "version": "1.0",
    "methods": {"hangs-at-import": {"summary": "hangs when it is imported", "solve": "solve"}},
}


def solve(data, *, seed, time_limit):
    return None


time.sleep(600)
