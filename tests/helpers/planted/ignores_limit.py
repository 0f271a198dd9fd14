"""A method that never looks at its limit."""

import time

PLUGIN = {
    "name": "ignores-limit",
    "version": "1.0",
    "methods": {"ignores-limit": {"summary": "never looks at its limit", "solve": "solve"}},
}


def solve(data, *, seed, time_limit):
    while True:
        time.sleep(60)
