"""What two readings of the same bytes must agree in, and what a refusal must be."""

import math

from heuristics.errors import InputError


def same(found, told):
    """Assert that two documents are the same: 1, 1.0 and true are three values."""
    assert type(found) is type(told) or {type(found), type(told)} <= {list, tuple}, (found, told)
    if isinstance(told, dict):
        assert list(found) == list(told), (list(found), list(told))
        for key in told:
            same(found[key], told[key])
    elif isinstance(told, list | tuple):
        assert len(found) == len(told)
        for each, other in zip(found, told, strict=True):
            same(each, other)
    else:
        assert found == told, (found, told)


def holds(found, told):
    """Assert that a document holds all that another says, numbers by their value."""
    if isinstance(told, dict):
        for key, value in told.items():
            assert key in found, key
            holds(found[key], value)
    elif isinstance(told, list | tuple):
        assert len(found) == len(told)
        for each, other in zip(found, told, strict=True):
            holds(each, other)
    else:
        assert isinstance(found, bool) == isinstance(told, bool), (found, told)
        assert found == told or math.isclose(found, told, rel_tol=1e-15), (found, told)


def refused(action):
    try:
        action()
    except InputError:
        return
    raise AssertionError("was not refused")


def one_line(error):
    text = str(error)
    assert "\n" not in text, text
    assert len(text) < 2000, text
