"""The log of a run: its end, without what would push the stack of a crash out of it."""

import os

import pytest

from analysis.engines.log import Log


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    log = Log(reading)
    yield log, writing
    log.close()
    os.close(writing)


def test_the_list_of_modules_does_not_push_the_stack_of_a_crash_out(pipe):
    log, writing = pipe
    os.write(writing, b"Fatal Python error: Segmentation fault\n  File a, line 1\n")
    os.write(writing, b"Extension modules: " + b"scipy.stats, " * 1000 + b"(total: 1000)\n")
    log.drain()
    assert log.tail() == "Fatal Python error: Segmentation fault\n  File a, line 1\n"


def test_a_long_log_keeps_its_end_and_counts_the_rest(pipe):
    log, writing = pipe
    for _ in range(3):
        os.write(writing, b"x" * 40_000)
        log.read()
    text = log.tail()
    assert text.startswith("[116000 bytes left out]\n")
    assert text.endswith("x" * 4000)
    assert log.tail() == ""
