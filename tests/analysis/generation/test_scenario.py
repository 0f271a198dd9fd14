import numpy as np
import pytest

import otgah
from heuristics.coefficients import FIELDS


def test_what_is_built_is_what_is_generated(tmp_path):
    [path] = otgah.generate("paper", tmp_path, seeds=[3], grid={"num_requests": [9]})
    scenario = otgah.build_scenario(seed=3, num_requests=9)
    built, read = otgah.build_instance(scenario, "built"), otgah.read_instance(path)
    assert scenario == read.scenario
    for name in FIELDS:
        assert np.array_equal(getattr(built.coefficients, name), getattr(read.coefficients, name))


def test_a_built_instance_survives_its_file(tmp_path):
    path = tmp_path / "five.json"
    otgah.write_instance(otgah.build_instance(otgah.build_scenario(num_requests=5), "five"), path)
    verdict = otgah.check(path)
    assert verdict.passed
    assert verdict.derived_again is True


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"recipe": "no-such-scenario"}, "no-such-scenario"),
        ({"no_such_parameter": 1}, "no_such_parameter"),
        ({"rate_per_s": -1}, "-1"),
        ({"seed": -1}, "-1"),
        ({"llm": "no-such-llm"}, "no-such-llm"),
    ],
)
def test_bad_input_is_named(arguments, found):
    with pytest.raises(otgah.InputError, match=found):
        otgah.build_scenario(**arguments)


def test_a_scenario_is_built_without_an_instance_of_it(monkeypatch):
    def refused(*args, **options):
        raise AssertionError("nothing but the scenario is needed")

    monkeypatch.setattr("instances.families.physical.assemble", refused)
    monkeypatch.setattr("instances.families.family.Instance", refused)
    assert otgah.build_scenario(num_requests=5).num_requests == 5


def test_an_instance_holds_its_scenario():
    scenario = otgah.build_scenario(num_requests=5)
    instance = otgah.build_instance(scenario, "five")
    assert instance.scenario is scenario
    requests, edge_nodes, _ = scenario.to_parts()
    assert (instance.requests, list(instance.edge_nodes)) == (requests, edge_nodes)
