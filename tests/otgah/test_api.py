"""The front door: its names are the verbs of the command line, typed and documented."""

import inspect

import pytest

import analysis.cli  # noqa: F401  registers the verbs
from analysis import api
from analysis.commands.common import app

OTHER_NAMES = {"show": "show_run", "doctor": "examine"}
"""Verbs whose names would say too little in Python."""

VERBS = sorted(
    each.name or each.callback.__name__.replace("_", "-") for each in app.registered_commands
)
FUNCTIONS = [name for name in api.__all__ if inspect.isfunction(getattr(api, name))]


def test_the_verbs_are_found():
    assert {"generate", "solve", "check", "bound", "batch", "report", "simulate"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_function_of_its_name(verb):
    assert OTHER_NAMES.get(verb, verb.replace("-", "_")) in FUNCTIONS


@pytest.mark.parametrize("name", api.__all__)
def test_every_public_name_says_what_it_is(name):
    assert inspect.getdoc(getattr(api, name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_the_types_of_what_it_takes_and_returns(name):
    signature = inspect.signature(getattr(api, name))
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter


def test_the_names_are_in_order_and_there():
    assert sorted(api.__all__) == api.__all__
