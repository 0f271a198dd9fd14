"""`otgah families`, `otgah methods` and `otgah catalogue`: names, parameters and sources."""

import json

import pytest

import otgah
from analysis.cli import main
from analysis.simulation.schemes import RIVALS


@pytest.fixture
def command(capsys):
    def run(*arguments, status=0):
        assert main(list(arguments)) == status
        return capsys.readouterr()

    return run


@pytest.mark.parametrize("family", otgah.families(), ids=lambda each: each.name)
def test_a_family_shows_each_parameter_with_its_default_on_a_line(command, family):
    lines = _first_lines(command("families", family.name).out)
    described = otgah.describe_family(family)
    for name, schema in described["parameters"].items():
        (line,) = (each for each in lines if each[:1] == [name])
        assert line[1] == _shown(schema.get("default"))
        assert line[2:]
    assert json.loads(command("families", family.name, "--json").out) == described


@pytest.mark.parametrize("method", otgah.methods(), ids=lambda each: each.name)
def test_a_method_shows_each_option_with_its_default_on_a_line(command, method):
    text = command("methods", method.name).out
    lines = _first_lines(text)
    for option in method.options:
        (line,) = (each for each in lines if each[:1] == [option.name])
        assert line[1] == _shown(option.default)
        assert all(each in text for each in option.allowed)
    assert method.options or "The method has no options." in text
    described = json.loads(json.dumps(otgah.describe_method(method)))
    assert json.loads(command("methods", method.name, "--json").out) == described


@pytest.mark.parametrize("name", ["static-batching", "no-batching", "continuous-batching"])
def test_a_scheme_of_the_simulation_shows_its_options(command, name):
    text = command("methods", name).out
    document = json.loads(command("methods", name, "--json").out)
    assert text.startswith(f"{name}: {document['summary']}")
    assert [each["name"] for each in document["options"]] == [
        option.name for option in RIVALS[name]
    ]
    for option in RIVALS[name]:
        (line,) = (each for each in _first_lines(text) if each[:1] == [option.name])
        assert line[1] == _shown(option.default)


def _first_lines(text):
    """Return the words of each line but the continued ones, which are indented."""
    return [line.split() for line in text.splitlines() if not line.startswith(" ")]


def _shown(default):
    if default is None:
        return "-"
    if isinstance(default, list):
        return "+".join(map(str, default))
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_values_of_an_enumeration_are_named(command):
    assert "One of" in command("families", "half-tight").out


def test_no_line_of_a_listing_is_wider_than_a_terminal(command):
    for arguments in (["methods", "ot-gah"], ["families", "paper"], ["catalogue", "devices"]):
        assert max(map(len, command(*arguments).out.splitlines())) <= 102


@pytest.mark.parametrize("kind", otgah.CATALOGUE_KINDS)
def test_the_catalogue_names_each_setting_and_each_source(command, kind):
    text = command("catalogue", kind).out
    flat = " ".join(text.split())
    for each in otgah.catalogue(kind):
        assert f"{each.usage}{each.name}\n" in text
        assert all(" ".join(source.source.split()) in flat for source in each.sources)
    listed = json.loads(command("catalogue", kind, "--json").out)
    assert [each["name"] for each in listed] == [each.name for each in otgah.catalogue(kind)]


def test_the_overview_names_every_entry(command):
    words = command("catalogue").out.replace(",", " ").split()
    assert {each.name for each in otgah.catalogue()} <= set(words)


@pytest.mark.parametrize("verb", ["families", "methods", "catalogue"])
def test_an_unknown_name_is_bad_input(command, verb):
    told = command(verb, "none-such", status=2)
    assert told.out == ""
    assert "must be one of" in told.err
