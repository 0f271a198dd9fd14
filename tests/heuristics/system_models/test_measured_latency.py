import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.batch_time import batch_work
from heuristics.system_models.latency_profile import parse_profile
from heuristics.system_models.measured_latency import MeasuredLatency, request_ticks
from heuristics.system_models.protocol import latency_budgets
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.scenario import Scenario
from tests.helpers.measured import measured_scenario, profile_table, write_profile

TIMES = st.floats(0, 0.05, allow_subnormal=False).map(lambda value: float(f"{value:.9g}"))


@pytest.fixture
def board(tmp_path):
    return write_profile(tmp_path / "board.toml")


def latency_of(**changes):
    return MeasuredLatency.of(parse_profile(profile_table(**changes)))


def test_demands_and_budgets_are_those_worked_out_by_hand(board):
    """1.1 (0.0001 512 + 127 0.0005 + 1e-7 (127 512 + 127 64)) s for an output of 128.

    The budget of a batch of outputs up to 256 is min(tau', T_C) - 1.1 (0.02 + 255 0.01).
    """
    scenario = measured_scenario(board, margin=0.1)
    data, setting = assemble(scenario), scenario.setting
    names = [each.name for each in scenario.edge_nodes]
    assert names[:3] == ["server/output128", "server/output256", "server/output512"]
    outputs = np.array(scenario.requests.output_tokens)
    assert set(data.compute[1][outputs == 128].tolist()) == {134_216_720}
    budgets = latency_budgets(
        scenario.requests.arrival_s,
        scenario.requests.deadline_s,
        epoch_start_s=setting.epoch_start_s,
        uplink_slot_s=setting.uplink_slot_s,
        compute_slot_s=setting.compute_slot_s,
        downlink_slot_s=setting.downlink_slot_s,
        count_waiting=setting.count_waiting,
    )
    ticks = budgets.capped * (10**9 // budgets.denominator) - 2_827_000_000
    assert data.compute_budget[1].tolist() == np.maximum(ticks, 0).tolist()
    assert not data.eligible[1][outputs == 512].any()
    assert data.alternatives is not None


def test_a_margin_by_option_replaces_that_of_the_profile(board):
    plain, cautious = (measured_scenario(board, margin=margin) for margin in (0, 0.5))
    assert plain.edge_nodes[0].latency_profile.margin == 0
    ratio = assemble(cautious).compute / assemble(plain).compute
    assert np.allclose(ratio, 1.5)


def test_a_request_without_a_time_of_its_own_fits_no_batch_that_is_late():
    latency = latency_of(c1_s=0.0, d1_s=0.0, d2_s=0.0)
    assert request_ticks(latency, 512, 128) == 1


def test_instances_have_the_numbers_of_the_profile_and_derive_again(board):
    scenario = measured_scenario(board)
    parts = scenario.to_parts()
    assert parts[1][0]["latency_profile"]["d0_s"] == 0.01
    assert parts[2]["latency"] == "measured"
    again = Scenario.from_parts(*parts)
    assert assemble(again).digest() == assemble(scenario).digest()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"llm": "mistral-7b", "ppl_differential": 0.1}, r"edge_nodes\[0\].llm: must be the LLM"),
        ({"quantization": "w16a16"}, r"edge_nodes\[0\].quantization: must be the quantization"),
        ({"num_gpus": 2}, "num_gpus: must be left out or that of the latency profile, 1"),
        ({"compute_scale": 2.0}, "compute_scale: must be left out where latency is measured"),
        ({"device": "agx-orin-64gb", "latency": "measured"}, "must be a latency profile where"),
    ],
)
def test_what_the_profile_was_not_measured_with_is_refused(board, changes, message):
    with pytest.raises(InputError, match=message):
        measured_scenario(changes.pop("device", board), **changes)


@pytest.mark.parametrize("name", ["llm", "quantization", "base_device"])
def test_a_profile_must_name_what_it_belongs_to(tmp_path, name):
    table = profile_table()
    del table[name]
    path = write_profile(tmp_path / "board.toml", **dict.fromkeys([name]))
    with pytest.raises(InputError, match=name):
        measured_scenario(path)


def test_batches_outside_the_measured_range_are_named_and_allowed_on_request(tmp_path):
    narrow = {
        "batch": [1, 2],
        "prompt_tokens": [1, 256],
        "output_tokens": [1, 128],
        "context_tokens": [0, 400],
    }
    path = write_profile(tmp_path / "board.toml", measured_range=narrow)
    scenario = measured_scenario(path)
    with pytest.raises(InputError, match=r"edge node server/output128: .*extrapolate") as caught:
        assemble(scenario)
    for part in ("batch sizes of 1 to", "prompts of 512 \\(measured 1 to 256", "contexts of 512"):
        assert caught.match(part)
    assemble(measured_scenario(path, extrapolate=True))


def test_other_latency_models_take_the_data_sheet_of_the_profile(board):
    scenario = measured_scenario(board, latency="serial")
    sheet = measured_scenario("agx-orin-64gb", latency="serial", num_gpus=1)
    assert assemble(scenario).digest() == assemble(sheet).digest()


@given(
    st.tuples(TIMES, TIMES, TIMES, TIMES, TIMES.map(lambda value: value / 1000)),
    st.lists(st.integers(1, 600), min_size=1, max_size=20),
    st.integers(0, 30),
    st.sampled_from([0.0, 0.0613692, 0.25]),
)
def test_the_demands_of_a_batch_are_at_least_its_exact_time(values, outputs, more, margin):
    names = ("c0_s", "c1_s", "d0_s", "d1_s", "d2_s")
    latency = latency_of(**dict(zip(names, values, strict=True)), margin=margin)
    longest = max(outputs) + more
    shared = (1 + as_fraction(margin)) * (
        as_fraction(latency.c0_s) + (longest - 1) * as_fraction(latency.d0_s)
    )
    demand = sum(request_ticks(latency, 64, each) for each in outputs)
    promised = (1 + as_fraction(margin)) * latency.batch_time.seconds(batch_work(64, outputs))
    assert promised * 10**9 <= demand + shared * 10**9
