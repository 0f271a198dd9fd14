"""A method that reads where nothing is."""

import ctypes

PLUGIN = {
    "name": "segfaults",
    "version": "1.0",
    "methods": {"segfaults": {"summary": "reads where nothing is", "solve": "solve"}},
}


def solve(data, *, seed, time_limit):
    ctypes.string_at(0)
