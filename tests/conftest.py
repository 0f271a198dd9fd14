"""Hypothesis profiles: 200 examples a theorem in `make test`, 5,000 in `make test-long`."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    max_examples=200,
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
settings.load_profile(os.environ.get("OTGAH_HYPOTHESIS_PROFILE", "default"))

LONGEST_FIRST = ("tests/test_readme.py", "tests/analysis/guides/test_notebooks.py")
"""Files of few long tests, which would keep one process at work when the others have ended."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FIRST))
