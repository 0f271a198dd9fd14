"""Hypothesis profiles: 200 examples a theorem in `make test`, 5,000 in `make test-long`."""

import gc
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A suite that a shell starts in the background ignores interrupts, and so would each process of it.
signal.signal(signal.SIGINT, signal.default_int_handler)

for name, examples in (("theorem", 200), ("property", 60)):
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.register_profile(
    "long",
    max_examples=5000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
THEOREMS = ("test_theorems.py", "test_verifier.py", "test_decomposition.py")
"""Files of the theorems; properties of single functions elsewhere take fewer examples."""

LONGEST_FIRST = ("tests/test_readme.py", "tests/analysis/guides/test_notebooks.py")
"""Files of few long tests, which would keep one process at work when the others have ended."""


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Have three workers for two processors, since tests of processes and browsers wait."""
    count = yield
    return count if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else count + (count + 1) // 2


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Choose the profile of a module before its import, when `given` reads it."""
    if isinstance(collector, pytest.Module):
        own = "theorem" if Path(collector.path).name in THEOREMS else "property"
        settings.load_profile(os.environ.get("OTGAH_HYPOTHESIS_PROFILE", own))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without collecting garbage, of which imports leave little."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FIRST))
