import json
import re
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import Field, model_validator

from heuristics.coefficients import FIELDS, Coefficients
from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.validation import broken_rule
from instances.families.family import Drawn, Family, Parameters, Sequence
from instances.families.registry import family


class Colour(StrEnum):
    RED = "red"


class Numbers(Parameters):
    """Parameters of every kind."""

    low: int = Field(1, ge=0)
    """The least."""

    high: int = 5
    share: float = 0.5
    levels: Sequence[int] = (1, 2)
    colour: Colour = Colour.RED
    llm: str = "bloom-3b"
    path: Path | None = None

    @model_validator(mode="after")
    def _ordered(self):
        if self.low > self.high:
            raise broken_rule("low", "must be at most high", found=self.low)
        return self


def draw(parameters, seed):
    row = [[parameters.low + seed]]
    vector = [parameters.high + seed]
    problem = Coefficients(
        **{
            name: vector if name.endswith("_capacity") else [[1]] if name == "eligible" else row
            for name in FIELDS
        }
    )
    for suffix in ("a", "b"):
        yield Drawn(
            coefficients=problem, suffix=suffix, edge_node_names=("x",), notes={"drawn": ["all"]}
        )


FAMILY = Family(name="toy", summary="s", binds="b", parameters=Numbers, draw=draw)


def names(settings, seed=0):
    return [instance.name for instance in FAMILY.generate(settings, seed)]


def refusal(settings, seed=0):
    with pytest.raises(InputError) as caught:
        list(FAMILY.generate(settings, seed))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_instance_records_all_that_made_it():
    first, second = FAMILY.generate({"low": "2"}, 3)
    assert (first.family, first.seed, first.name) == ("toy", 3, "toy-low=2-a-seed3")
    assert second.name == "toy-low=2-b-seed3"
    assert first.parameters == {
        "low": 2,
        "high": 5,
        "share": 0.5,
        "levels": [1, 2],
        "colour": "red",
        "llm": "bloom-3b",
        "path": None,
        "notes": {"drawn": ["all"]},
    }
    assert first.edge_node_names == ("x",)
    assert first.coefficients.uplink.tolist() == [[5]]


def test_a_name_holds_the_settings_given_in_one_order_and_spelling():
    assert names({}) == ["toy-a-seed0", "toy-b-seed0"]
    assert names({"share": "2.0", "low": "2"}) == names({"low": " 2", "share": "2"})
    assert names({"levels": "1+4", "share": "0.25"})[0] == "toy-levels=1+4-share=0.25-a-seed0"


def test_a_name_is_safe_for_a_file_and_tells_odd_values_apart():
    odd = names({"llm": "a:b"})[0], names({"llm": "a*b"})[0], names({"llm": "a_b"})[0]
    assert len(set(odd)) == 3
    for name in odd:
        assert not set(name) & set('/\\:*?"<>| \t\n'), name
    assert len(names({"llm": "x" * 500})[0]) < 200
    assert names({"llm": "x" * 500}) != names({"llm": "x" * 501})


@pytest.mark.parametrize("key", ["llm", "path"])
def test_a_file_is_named_by_what_it_holds_and_not_by_where_it_lies(tmp_path, key):
    (tmp_path / "elsewhere").mkdir()
    here, there = tmp_path / "my.config.json", tmp_path / "elsewhere" / "my.config.json"
    here.write_text("{}")
    there.write_text("{}")
    (first, _), (second, _) = (FAMILY.generate({key: str(each)}, 0) for each in (here, there))
    assert first.name == second.name
    assert first.parameters == second.parameters
    assert first.parameters[key].startswith("my~")
    there.write_text("{ }")
    assert names({key: str(there)})[0] != first.name


def test_the_description_of_a_parameter_is_its_docstring():
    assert Numbers.model_fields["low"].description == "The least."


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"low": "x"}, "family toy: low: must be an integer, found 'x'"),
        ({"low": "-1"}, "family toy: low: must be at least 0, found '-1'"),
        ({"low": "1.5"}, "family toy: low: must be an integer, found '1.5'"),
        ({"low": ""}, "family toy: low: must not be empty, found ''"),
        ({"share": "nan"}, "family toy: share: must be a finite number, found 'nan'"),
        ({"share": "1e999"}, "family toy: share: must be a finite number, found '1e999'"),
        ({"low": "9"}, "family toy: low: must be at most high, found 9"),
        ({"levels": "1+x"}, "family toy: levels[1]: must be an integer, found 'x'"),
        ({"colour": "blue"}, "family toy: colour: must be one of 'red', found 'blue'"),
        (
            {"lo\nw": "1"},
            "family toy: must be a parameter of the family "
            "(colour, high, levels, llm, low, path, share), found 'lo\\nw'; did you mean low?",
        ),
    ],
)
def test_a_bad_setting_is_refused_in_one_line(settings, message):
    assert refusal(settings) == message


@pytest.mark.parametrize("seed", [-1, 10**15 + 1, True, "0", 1.0])
def test_a_bad_seed_is_refused(seed):
    assert refusal({}, seed).startswith("family toy: seed: must be an integer of 0..10^15, found")


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    missing = tmp_path / "missing.json"
    assert "must be a file that can be read (No such file" in refusal({"llm": str(missing)})
    assert "must be a file that can be read (Is a directory" in refusal({"path": str(tmp_path)})
    assert re.search(
        r"must be a file that can be read \(.*embedded null", refusal({"path": "a\0b.csv"})
    )


def test_the_name_changes_with_a_configuration_behind_a_scenario(tmp_path):
    """A swapped config.json is another problem, so it has another name."""
    config = {
        "model_type": "llama",
        "hidden_size": 64,
        "num_attention_heads": 4,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "vocab_size": 1000,
    }
    scenario = tmp_path / "my.toml"
    text = reader.catalogue_text("scenarios/section-v.toml")
    text = text.replace('"bloom-3b"', '"config.json"').replace("# ppl_diff", "ppl_diff")
    scenario.write_text(text)

    def name(**changes):
        (tmp_path / "config.json").write_text(json.dumps(config | changes))
        settings = {"scenario": str(scenario), "num_requests": 5}
        [instance] = family("paper").generate(settings, 0)
        return instance.name, instance.parameters["scenario"]

    first, second = name(), name(num_hidden_layers=3)
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert name() == first
