"""The published schemas: each is one, takes what the program writes, refuses what it refuses."""

import json
import tomllib

import jsonschema
import pytest

from analysis.cli import main
from analysis.tables.schemas import SCHEMAS, schema
from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.catalogue.profiles import profiles
from heuristics.system_models.latency_profile import parse_profile
from heuristics.system_models.template import Template
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.examples import problem


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_format_has_a_schema_of_the_dialect_that_it_names(name):
    made = schema(name)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["title"] == f"otgah {name}"
    jsonschema.Draft202012Validator.check_schema(made)


def test_an_unknown_format_is_refused():
    with pytest.raises(InputError, match="schema: must be one of instance, schedule, certificate"):
        schema("instances")


def test_the_command_prints_what_a_validator_takes(tmp_path, capsys):
    write_instance(Instance(name="hand", coefficients=problem()), tmp_path / "hand.json")
    assert main(["schema", "instance"]) == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.validate(json.loads((tmp_path / "hand.json").read_text()), printed)


def test_the_command_lists_what_there_is(capsys):
    assert main(["schema"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(SCHEMAS)
    assert main(["schema", "nothing"]) == 2


@pytest.mark.parametrize("name", reader.scenario_names())
def test_the_scenarios_of_the_catalogue_keep_to_the_schema(name):
    values = tomllib.loads(reader.catalogue_text(f"scenarios/{name}.toml"))
    jsonschema.validate(values, schema("scenario"))


SPOILT = {
    "an unknown key": lambda values: values["workload"].update(rate=1.0),
    "a number in words": lambda values: values["workload"].update(rate_per_s="fifty"),
    "a negative slot": lambda values: values["epoch"].update(uplink_slot_s=-1.0),
    "no edge node": lambda values: values.update(edge_nodes=[]),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_scenario_that_is_refused_does_not_keep_to_the_schema(spoil):
    values = tomllib.loads(reader.catalogue_text("scenarios/section-v.toml"))
    Template.parse(values)
    spoil(values)
    with pytest.raises(InputError):
        Template.parse(values)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, schema("scenario"))


@pytest.mark.parametrize("name", profiles())
def test_the_profiles_of_the_catalogue_keep_to_the_schema(name):
    values = tomllib.loads(reader.catalogue_text(f"profiles/{name}.toml"))
    jsonschema.validate(values, schema("profile"))


SPOILT_PROFILE = {
    "an unknown key": lambda values: values.update(speed=1.0),
    "no margin": lambda values: values.pop("margin"),
    "a negative time": lambda values: values["coefficients"]["c0_s"].update(value=-1.0),
    "a time in words": lambda values: values["coefficients"]["d0_s"].update(value="15 ms"),
    "half a range": lambda values: values["measured_range"].update(batch=[16]),
    "another version": lambda values: values.update(version=2),
}


@pytest.mark.parametrize("spoil", SPOILT_PROFILE.values(), ids=SPOILT_PROFILE)
def test_a_profile_that_is_refused_does_not_keep_to_the_schema(spoil):
    values = tomllib.loads(reader.catalogue_text("profiles/rtx-4090-llama-3.1-8b.toml"))
    parse_profile(values)
    spoil(values)
    with pytest.raises(InputError):
        parse_profile(values)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, schema("profile"))
