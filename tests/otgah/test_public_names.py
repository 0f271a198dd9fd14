"""The front door: its names are the verbs of the command line, typed and documented."""

import inspect

import pytest

import analysis.cli  # noqa: F401  registers the verbs
import otgah
from analysis.commands.common import app

VERBS = sorted(
    each.name or each.callback.__name__.replace("_", "-") for each in app.registered_commands
)
FUNCTIONS = [name for name in otgah.__all__ if inspect.isfunction(getattr(otgah, name))]


def test_the_verbs_are_found():
    assert {"generate", "solve", "check", "bound", "batch", "report", "simulate"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_function_of_its_name(verb):
    assert verb.replace("-", "_") in FUNCTIONS


@pytest.mark.parametrize("name", otgah.__all__)
def test_every_public_name_says_what_it_is(name):
    assert inspect.getdoc(getattr(otgah, name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_the_types_of_what_it_takes_and_returns(name):
    signature = inspect.signature(getattr(otgah, name))
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter


def test_the_names_are_in_order_and_there():
    assert sorted(otgah.__all__, key=lambda name: (not name.isupper(), name)) == otgah.__all__
