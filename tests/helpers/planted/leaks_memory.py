"""A method that takes more and more memory."""

import time

PLUGIN = {
    "name": "leaks-memory",
    "version": "1.0",
    "methods": {"leaks-memory": {"summary": "takes more and more memory", "solve": "solve"}},
}


def solve(data, *, seed, time_limit):
    kept = []
    while True:
        kept.append(bytearray(b"x") * 100_000_000)
        time.sleep(0.01)
