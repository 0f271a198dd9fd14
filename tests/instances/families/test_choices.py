"""Values joined by + as alternatives of each edge node, in families and in scenario files."""

import json
from itertools import product

import numpy as np
import pytest

from analysis.checks.brute_force import brute_force
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.errors import InputError
from heuristics.system_models.catalogue.reader import catalogue_text
from heuristics.system_models.choices import split
from instances.families.registry import family
from instances.files import instance_text, parse_instance
from tests.helpers.alternatives import grouped

SMALL = {"num_requests": "8", "accuracy": "0.2+0.9", "latency": "serial"}
ONE = {"edge_node": "server", **SMALL}


def made(seed=0, name="dense", **settings):
    (instance,) = family(name).generate(settings, seed)
    return instance


def rows_of(data, row):
    return {name: getattr(data, name)[row].tolist() for name in FIELDS}


def test_several_quantizations_are_rows_of_one_edge_node():
    instance = made(**SMALL, quantization="w8a16+w4a16-gptq")
    names = ("server/w8a16", "server/w4a16-gptq", "uav/w8a16", "uav/w4a16-gptq")
    assert instance.edge_node_names[:4] == names
    assert instance.coefficients.alternatives == ((0, 1), (2, 3), (4, 5))
    assert instance.selection_names[6:] == ("server", "uav", "vehicle")
    assert instance.name == "dense-accuracy=0.2+0.9-latency=serial-num_requests=8-" + (
        "quantization=w8a16+w4a16-gptq-seed0"
    )


def test_each_row_is_that_of_the_instance_with_this_value_alone():
    values = {"padding_tokens": ("256", "512"), "quantization": ("w8a16", "w4a16-gptq")}
    joined = made(**ONE, **{name: "+".join(each) for name, each in values.items()})
    alone = [
        made(**ONE, padding_tokens=padding, quantization=scheme)
        for scheme, padding in product(values["quantization"], values["padding_tokens"])
    ]
    assert joined.coefficients.alternatives == ((0, 1, 2, 3),)
    for row, each in enumerate(alone):
        assert rows_of(joined.coefficients, row) == rows_of(each.coefficients, 0)
    assert joined.edge_node_names == (
        "server/w8a16/padding256",
        "server/w8a16/padding512",
        "server/w4a16-gptq/padding256",
        "server/w4a16-gptq/padding512",
    )


@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.long) for s in range(50))])
def test_paddings_as_alternatives_have_the_optimum_of_the_best_enumerated_choice(seed):
    settings = {"num_requests": "7", "rate_per_s": "200", "accuracy": "0+0", "epoch_s": "0.9"}
    alone = [made(seed, **settings, padding_tokens=each) for each in ("128", "256", "512")]
    joined = made(seed, **settings, padding_tokens="128+256+512").coefficients
    best = 0
    for choice in product(range(3), repeat=3):
        fields = {
            name: np.stack(
                [getattr(alone[way].coefficients, name)[j] for j, way in enumerate(choice)]
            )
            for name in FIELDS
        }
        best = max(best, brute_force(Coefficients(**fields)))
    assert brute_force(joined) == best


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"quantization": "w8a16+w8a16"}, "quantization: must differ from each other, found ['w8a"),
        ({"quantization": "w8a16+w9"}, "quantization: must be one of "),
        ({"padding_tokens": "128+x"}, "padding_tokens: must be an integer, found 'x'"),
        ({"padding_tokens": "128+0"}, "padding_tokens: must be at least 1, found 0"),
        ({"llm": "bloom-3b+"}, "llm: must "),
        (
            {"padding_tokens": "+".join(map(str, range(1, 66)))},
            "edge node server: must have at most 64 alternatives, found 65",
        ),
        (
            {
                "padding_tokens": "+".join(map(str, range(1, 10))),
                "longest_output_tokens": "+".join(map(str, range(1, 10))),
            },
            "edge node server: must have at most 64 alternatives, found 81",
        ),
        ({"device": "tx2+agx-orin-64gb", "compute_scale": "2"}, "compute_scale: must be left out,"),
    ],
)
def test_bad_choices_are_refused_in_one_line(settings, message):
    with pytest.raises(InputError) as caught:
        made(**SMALL | settings)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_range_stays_a_range():
    assert made(num_requests="5", deadline_s="2+6").coefficients.num_edge_nodes == 3


def test_the_longest_output_limits_who_fits_and_counts_the_readings():
    settings = {"num_requests": "30", "edge_node": "server", "accuracy": "0+0"}
    outputs = np.array(made(**settings).requests["output_tokens"])
    for latency in ("compute", "roofline", "serial"):
        free = made(**settings, latency=latency).coefficients
        data = made(**settings, latency=latency, longest_output_tokens="128+256+512").coefficients
        for row, longest in enumerate((128, 256, 512)):
            assert not data.eligible[row, outputs > longest].any()
        assert (np.diff(data.compute_budget, axis=0) <= 0).all()
        assert (data.compute_budget[2] == free.compute_budget[0]).all()
        assert (data.compute_budget[0] > data.compute_budget[2]).any() == (latency != "compute")


def test_a_file_of_alternatives_is_read_and_derived_again():
    instance = made(**SMALL, padding_tokens="256+512", longest_output_tokens="128+512")
    document = json.loads(instance_text(instance))
    assert document["edge_nodes"][0]["alternative_of"] == "server"
    assert document["edge_nodes"][0]["padding_tokens"] == 256
    assert document["edge_nodes"][0]["longest_output_tokens"] == 128
    assert document["parameters"]["padding_tokens"] == [256, 512]
    back = parse_instance(document)
    assert back.derived().digest() == back.coefficients.digest() == instance.coefficients.digest()
    again = made(**SMALL, padding_tokens=[256, 512], longest_output_tokens=[128, 512])
    assert again.coefficients.digest() == instance.coefficients.digest()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"alternative_of": "uav/w8a16"},
            "edge_nodes[0].alternative_of: must differ from the name",
        ),
        (
            {"alternative_of": "uav"},
            "edge_nodes[0].alternative_of: must be that of exactly the",
        ),
        ({"alternative_of": 3}, "edge_nodes[0].alternative_of: must be a string, found 3"),
        ({"padding_tokens": 0}, "edge_nodes[0].padding_tokens: must be at least 1, found 0"),
        ({"padding_tokens": True}, "edge_nodes[0].padding_tokens: must be an integer, found true"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(changes, message):
    document = json.loads(instance_text(made(**SMALL, quantization="w8a16+w4a16-gptq")))
    document["edge_nodes"][0] |= changes
    with pytest.raises(InputError) as caught:
        parse_instance(document)
    assert str(caught.value).startswith(message)


def test_a_scenario_file_may_join_values_too(tmp_path):
    text = catalogue_text("scenarios/section-v.toml")
    text = text.replace("padding_tokens = 512", 'padding_tokens = "256 + 512"')
    (tmp_path / "own.toml").write_text(text)
    instance = made(name="paper", scenario=str(tmp_path / "own.toml"), num_requests="4")
    assert instance.coefficients.alternatives == ((0, 1), (2, 3), (4, 5))
    assert instance.scenario.setting.padding_tokens == 512


def test_alternatives_of_a_horizon_belong_to_one_epoch():
    settings = {"num_requests": "3", "num_epochs": 2, "quantization": "w8a16+w4a16-gptq"}
    instance = made(name="horizon", **settings)
    assert instance.edge_node_names[:2] == ("server@0/w8a16", "server@0/w4a16-gptq")
    names = {each["alternative_of"] for each in instance.edge_nodes}
    assert {"server@0", "server@1", "uav@0"} <= names
    assert all(len(rows) == 2 for rows in instance.coefficients.alternatives)
    assert instance.coefficients.is_compressed


def test_alternatives_of_a_city_belong_to_one_cell():
    instance = made(name="city", num_requests="20", num_edge_nodes=3, quantization="w8a16+w8a8")
    assert all(len(rows) == 2 for rows in instance.coefficients.alternatives)
    assert instance.selection_names[6].endswith("-0")


def test_an_existing_file_with_a_plus_in_its_path_is_one_value(tmp_path):
    path = tmp_path / "a+b.json"
    path.write_text("{}")
    assert split(str(path)) == (str(path),)
    assert split("a+b") == ("a", "b")


def test_fixed_rows_are_those_of_the_same_problem_without_groups():
    data = made(**SMALL, quantization="w8a16+w4a16-gptq").coefficients
    assert grouped(data, None).alternatives == tuple((row,) for row in range(6))
