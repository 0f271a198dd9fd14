import os
from pathlib import Path

import pytest

from heuristics.errors import InputError
from heuristics.system_models.catalogue.reader import catalogue_text
from instances.families.trace import FAMILY
from instances.files import read_instance, write_instance
from instances.traces.reader import read_trace
from tests.helpers.binding import optimum, without

HEADER = "arrival_s,prompt_tokens,output_tokens\n"
AZURE = "azure_llm_2023/AzureLLMInferenceTrace_code.csv"

needs_azure = pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="OTGAH_DATA is not set")


def generated(path=None, seed=0, **settings):
    given = settings if path is None else {"path": str(path), **settings}
    return list(FAMILY.generate(given, seed))


@pytest.fixture
def trace(tmp_path):
    def write(*rows):
        path = tmp_path / "my.csv"
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
        return path

    return write


def test_an_epoch_serves_what_arrived_in_the_period_before_it(trace):
    """Periods are [0, 2), [2, 4), ...: 2.0 belongs to the second, and the third is empty."""
    path = trace("0,10,1", "1.999999999,20,2", "2,30,3", "6.5,40,4")
    instances = generated(path)
    assert [each.name.split("-")[-2] for each in instances] == [
        "epoch000000",
        "epoch000001",
        "epoch000003",
    ]
    assert [each.requests["prompt_tokens"] for each in instances] == [[10, 20], [30], [40]]
    assert [each.requests["output_tokens"] for each in instances] == [[1, 2], [3], [4]]
    assert [each.requests["arrival_s"] for each in instances] == [[0, 1.999999999], [0], [0.5]]
    assert all(each.scenario.setting.epoch_start_s == 2 for each in instances)
    assert [each.parameters["notes"]["epoch_starts_after_s"] for each in instances] == [2, 4, 8]


def test_a_period_whose_multiples_are_no_binary_fractions_misses_no_request(trace, tmp_path):
    """In floats 0.6 // 0.2 is 2; the request arrived in [0.6, 0.8), the fourth period."""
    scenario = tmp_path / "short.toml"
    text = catalogue_text("scenarios/trace.toml")
    text = text.replace("epoch_s = 2.0", "epoch_s = 0.2").replace("slot_s = 0.25", "slot_s = 0.05")
    scenario.write_text(text)
    _, second = generated(trace("0,1,1", "0.6,2,1"), scenario=str(scenario))
    assert second.parameters["notes"]["epoch"] == 3
    assert second.requests["arrival_s"] == [0]


def test_lengths_stay_as_they_are_and_are_rounded_up_where_the_coefficients_are_derived(trace):
    """Levels 8 and 64: 8 stays, 9 becomes 64. Memory is s' + n."""
    path = trace("0,100,8", "0,101,9")
    (instance,) = generated(path, padding_tokens="128", output_levels_tokens="8+64")
    assert instance.requests["prompt_tokens"] == [100, 101]
    assert instance.requests["output_tokens"] == [8, 9]
    assert instance.coefficients.memory[0].tolist() == [128 + 8, 128 + 64]
    assert instance.scenario.setting.output_levels_tokens == (8, 64)
    assert instance.derived().digest() == instance.coefficients.digest()


def test_a_request_that_is_too_long_is_named_and_eligible_nowhere(trace):
    path = trace("0,129,1", "0,1,1", "0,1,65", "0,4000,99")
    (instance,) = generated(path, padding_tokens="128", output_levels_tokens="64")
    notes = instance.parameters["notes"]
    assert notes["prompt_longer_than_padding"] == [0, 3]
    assert notes["output_longer_than_levels"] == [2, 3]
    assert instance.coefficients.num_requests == 4
    assert not instance.coefficients.eligible[:, [0, 2, 3]].any()


def test_what_was_drawn_is_called_drawn():
    for instance in generated(num_epochs="3"):
        assert {"deadline_s", "accuracy"} < set(instance.parameters["notes"]["drawn"])


def test_a_part_of_a_trace_gives_the_same_instances_as_the_whole():
    whole = {each.parameters["notes"]["epoch"]: each for each in generated()}
    part = generated(first_epoch="10", num_epochs="10")
    assert [each.parameters["notes"]["epoch"] for each in part] == [
        k for k in whole if 10 <= k < 20
    ]
    assert part
    for each in part:
        twin = whole[each.parameters["notes"]["epoch"]]
        assert (each.requests, each.edge_nodes) == (twin.requests, twin.edge_nodes)


def test_epochs_and_seeds_draw_apart(trace):
    first, second = generated(trace("0,1,1", "2,1,1"))
    other, _ = generated(trace("0,1,1", "2,1,1"), seed=1)
    assert first.requests["deadline_s"] != second.requests["deadline_s"]
    assert first.requests["deadline_s"] != other.requests["deadline_s"]
    assert first.edge_nodes[0]["uplink_gain"] != second.edge_nodes[0]["uplink_gain"]


def test_empty_epochs_are_kept_where_asked_for(trace, tmp_path):
    instances = generated(trace("0,1,1", "6,1,1"), keep_empty="yes")
    assert [each.coefficients.num_requests for each in instances] == [1, 0, 0, 1]
    write_instance(instances[1], tmp_path / "empty.json")
    assert read_instance(tmp_path / "empty.json").coefficients.num_requests == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"path": "missing.csv"}, "missing.csv: must be a file that can be read"),
        ({"first_epoch": "58"}, "family trace: first_epoch: must be below 58, the epochs of the"),
        ({"num_epochs": "0"}, "family trace: num_epochs: must be at least 1"),
        ({"padding_tokens": "0"}, "padding_tokens: must be at least 1"),
        ({"output_levels_tokens": "64+8"}, "output_levels_tokens: must be null or rise"),
        ({"deadline_s": "3+2"}, "deadline_s: must be its least and its largest value"),
        ({"scenario": "nowhere"}, "scenario: must be one of "),
        ({"llm": "gpt"}, "must be one of "),
    ],
)
def test_a_bad_setting_is_refused(settings, message):
    with pytest.raises(InputError) as caught:
        generated(**settings)
    assert message in str(caught.value)


def test_a_malformed_trace_is_refused_by_its_line(trace):
    with pytest.raises(InputError, match=r"my\.csv: line 3: prompt_tokens: must be an integer"):
        generated(trace("0,1,1", "1,x,1"))


def share_eligible_and_binding(instances):
    """Share of requests eligible somewhere; of epochs with a capacity, and with (12d), binding."""
    num_eligible = num_requests = binding = by_deadline = 0
    for instance in instances:
        data = instance.coefficients
        eligible = int(data.eligible.any(axis=0).sum())
        best = optimum(data)
        num_requests += data.num_requests
        num_eligible += eligible
        binding += best < eligible
        by_deadline += best < eligible and optimum(without(data, "compute")) > best
    count = len(instances)
    return num_eligible / num_requests, binding / count, by_deadline / count


def test_the_excerpt_is_served_in_part_and_deadlines_bind():
    eligible, binding, by_deadline = share_eligible_and_binding(generated())
    assert eligible >= 0.5
    assert binding >= 0.3
    assert by_deadline >= 0.3


@needs_azure
def test_the_azure_code_trace_is_served_in_part_and_deadlines_bind():
    """Of 8,819 requests in 514 of 1,718 epochs 84 % are eligible; 52 % of the epochs bind."""
    instances = generated(Path(os.environ["OTGAH_DATA"]) / AZURE)
    assert len(instances) == 514
    assert sum(each.coefficients.num_requests for each in instances) == 8819
    eligible, binding, by_deadline = share_eligible_and_binding(instances[::8])
    assert eligible >= 0.5
    assert binding >= 0.3
    assert by_deadline >= 0.3


@needs_azure
def test_every_request_of_the_azure_code_trace_that_is_too_long_is_named():
    path = Path(os.environ["OTGAH_DATA"]) / AZURE
    named = [
        len(each.parameters["notes"]["prompt_longer_than_padding"]) for each in generated(path)
    ]
    assert sum(named) == int((read_trace(path).prompt_tokens > 4096).sum())
