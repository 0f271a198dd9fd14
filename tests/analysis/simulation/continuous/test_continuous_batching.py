"""Continuous batching over epochs: a request alone, against no batching, and conservation."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analysis.cli import main
from analysis.simulation import execution
from analysis.simulation.arrivals import PoissonArrivals
from analysis.simulation.continuous.continuous_batching import ContinuousBatching
from analysis.simulation.continuous.policy import (
    OPTIONS,
    Cache,
    DispatchRule,
    Overdue,
    Policy,
    QueueOrder,
)
from analysis.simulation.continuous.step_time import TICKS_PER_S, StepTime
from analysis.simulation.no_batching import NoBatching
from analysis.simulation.request import Fate
from analysis.simulation.simulate import simulate
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.template import read_template
from instances.families.paper import FAMILY
from instances.families.physical import draw_scenario
from tests.helpers.measured import measured_scenario, write_profile
from tests.helpers.worlds import edge_node, scenario

NAME = "continuous-batching"


def served(arrived, **options):
    """Return the endings of the requests of one epoch."""
    scheme = ContinuousBatching(Policy(**options))
    scheme.add(arrived, 0)
    return scheme.finish()


def alone(edge, setting, prompt, output):
    """Return the exact computing time of a request alone [s]."""
    time = StepTime(edge, setting)
    return Fraction(time.alone(prompt, output), time.units_per_tick * TICKS_PER_S)


LENGTHS = [(1, 1), (1, 2), (7, 1), (129, 40), (512, 300), (5000, 1500)]
LLMS = ["bloom-3b", "gemma-2-2b", "mamba-130m", "qwen3-30b-a3b", "llama-4-scout", "gpt-oss-20b"]


def whole(edge, setting, prompt, output, latency=None):
    """Return the stages of a request alone by the execution [s]."""
    if latency is not None:
        setting = setting.model_copy(update={"latency": latency})
    stages = execution.stages_s(edge, setting, prompt, [output], num_gpus=edge.num_gpus)
    return stages[1]


@pytest.mark.parametrize("include_embedding", [False, True])
@pytest.mark.parametrize("llm", LLMS)
def test_a_request_alone_computes_as_the_stages_of_its_prompt(llm, include_embedding):
    """By (6) and (7) and with reading, exactly; roofline lies between its whole and the sum."""
    given = {"scenario": "modern", "llm": llm, "num_requests": 1, "latency": "serial"}
    drawn = draw_scenario(FAMILY.parse(given), 0)
    edge = drawn.edge_nodes[0]
    for latency in (LatencyModel.COMPUTE, LatencyModel.SERIAL, LatencyModel.ROOFLINE):
        changes = {"latency": latency, "include_embedding": include_embedding}
        setting = drawn.setting.model_copy(update=changes)
        for lengths in LENGTHS:
            found = alone(edge, setting, *lengths)
            if latency is LatencyModel.ROOFLINE:
                assert whole(edge, setting, *lengths) <= found
                assert found <= whole(edge, setting, *lengths, LatencyModel.SERIAL)
            else:
                assert found == whole(edge, setting, *lengths)


def test_a_request_alone_computes_as_its_latency_profile_says(tmp_path):
    drawn = measured_scenario(write_profile(tmp_path / "board.toml"))
    edge = drawn.edge_nodes[0]
    for lengths in LENGTHS:
        assert alone(edge, drawn.setting, *lengths) == whole(edge, drawn.setting, *lengths)


def test_a_request_on_its_way_by_hand():
    """T_U and T_D do not count: sent for 2 s, computed for 1 + 1.25 s, fed back for 4 s."""
    nodes = [edge_node(1, uplink=0.5, downlink=0.5)]
    (one,) = served(
        scenario(
            arrivals=[0.5], outputs=[2], edge_nodes=nodes, uplink_slot_s=2.0, downlink_slot_s=4.0
        )
    )
    times = one.times
    assert (times.upload_start, times.upload_end, times.compute_start) == (0.5, 2.5, 2.5)
    assert (times.first_token, times.released, times.last_token) == (3.5, 3.5, 4.75)
    assert (one.received, one.fate) == (8.75, Fate.COMPLETED)


def test_two_requests_share_the_bands_by_hand():
    """Both are sent from 0 to 2 at half of 1 s each, their prompts end at 4, and so on."""
    nodes = [edge_node(2, uplink=1.0, downlink=1.0)]
    ends = served(scenario(arrivals=[0.0] * 2, deadlines=[9.0] * 2, edge_nodes=nodes))
    assert [each.times.upload_end for each in ends] == [2, 2]
    assert [each.times.last_token for each in ends] == [4, 4]
    assert [each.received for each in ends] == [6, 6]


def test_equals_the_computing_of_no_batching_where_one_device_is_alone():
    """A request each 200 s, so that no two meet: first and last token are the same."""
    template = read_template("section-v").changed(workload={"rate_per_s": 0.4})
    one_device = [each.model_copy(update={"num_gpus": 1}) for each in template.edge_nodes[:1]]
    template = template.model_copy(update={"edge_nodes": tuple(one_device)})
    schemes = NoBatching(), ContinuousBatching(Policy(overdue=Overdue.SERVE))
    stream = PoissonArrivals(template=template, seed=3)
    for index in range(40):
        arrived = stream.scenario(index)
        if arrived.num_requests != 1:
            continue
        setting = arrived.setting.model_copy(update={"uplink_slot_s": 0.01})
        columns = arrived.requests.model_copy(
            update={"deadline_s": tuple(1000.0 for _ in arrived.requests.deadline_s)}
        )
        for scheme in schemes:
            scheme.add(
                arrived.model_copy(update={"setting": setting, "requests": columns}), 100 * index
            )
    pairs = list(zip(*(scheme.finish() for scheme in schemes), strict=True))
    took = [
        [
            (
                each.times.first_token - each.times.compute_start,
                each.times.last_token - each.times.compute_start,
            )
            for each in pair
        ]
        for pair in pairs
        if pair[0].received is not None
    ]
    assert len(took) > 2
    assert all(one == other for one, other in took)


@pytest.mark.parametrize(
    ("dispatch", "expected"),
    [("least-loaded", [0, 1, 0, 0]), ("fastest", [0, 0, 0, 0]), ("round-robin", [0, 1, 0, 1])],
)
def test_dispatch(dispatch, expected):
    """The first edge node has two devices, so it is twice as fast and takes twice as many."""
    nodes = [edge_node(4, name="server", num_gpus=2), edge_node(4, name="uav")]
    arrived = scenario(arrivals=[0.0] * 4, deadlines=[99.0] * 4, edge_nodes=nodes)
    ends = served(arrived, dispatch=DispatchRule(dispatch))
    assert [each.edge_node for each in ends] == expected


def test_who_can_be_served_nowhere_is_refused():
    ends = served(scenario(edge_nodes=[edge_node(1) | {"covered": [False]}]))
    assert [each.fate for each in ends] == [Fate.REFUSED]


def holds(simulation):
    """Hold that each request has one fate, and times in order; return the metrics."""
    requests = simulation.requests
    [row] = simulation.to_dict()["schemes"]
    fates = ("completed", "late", "dropped", "refused")
    assert row["arrived"] == len(requests) == sum(row[each] for each in fates)
    assert not requests.duplicated(["epoch", "request"]).any()
    order = ["arrival", "decided", "upload_start", "upload_end", "compute_start", "first_token"]
    columns = [f"{name}_s" for name in (*order, "last_token", "received")]
    for each in requests[columns].to_numpy(dtype=float, na_value=float("nan")):
        there = [value for value in each if value == value]
        assert there == sorted(there)
    served = requests["received_s"].notna()
    assert (served == requests["fate"].isin(["completed", "late"])).all()
    assert requests.loc[served, columns].notna().all(axis=None)
    in_time = requests["received_s"] <= requests["arrival_s"] + requests["deadline_s"] + 1e-9
    assert (in_time[served] == (requests["fate"] == "completed")[served]).all()
    shares = [each for each in row["utilisation"].values() if each is not None]
    assert all(0 <= each <= 1.000001 for each in shares)
    return row


GRID = [
    pytest.param({}, marks=pytest.mark.long),
    {"cache": "paged", "overdue": "serve", "queue": "slack", "latency": "serial"},
    {"prefill": "chunked:64", "dispatch": "fastest", "queue": "deadline", "latency": "roofline"},
    {"dispatch": "round-robin", "queue": "shortest", "max_requests": 3},
]


@pytest.mark.parametrize("settings", GRID)
def test_every_request_has_one_fate_and_times_in_order(settings):
    given = {"llm": "bloom-3b", "rate_per_s": 30.0} | settings
    simulation = simulate("section-v", [NAME], num_epochs=5, settings=given)
    row = holds(simulation)
    assert row["late"] == 0 or settings.get("overdue") == "serve"
    assert row["completed"] + row["late"] > 0
    assert row["release"] == "streamed"
    assert all(0 < each <= 1.000001 for each in row["utilisation"].values())
    again = simulate("section-v", [NAME], num_epochs=5, settings=given).requests
    pd.testing.assert_frame_equal(simulation.requests, again)


def drawn_settings(rng):
    """Draw a scenario and its settings, options of the scheme among them."""
    given = {
        "rate_per_s": float(rng.choice([1.0, 10.0, 60.0])),
        "latency": str(rng.choice(["compute", "roofline", "serial"])),
        "device": str(rng.choice(["agx-orin-64gb", "tx2-paper"])),
        "num_gpus": int(rng.integers(1, 5)),
        "prefill": str(rng.choice(["whole", "chunked:100", "chunked:1000"])),
        "cache": str(rng.choice(["reserved", "paged"])),
        "queue": str(rng.choice(["fcfs", "deadline", "shortest", "slack"])),
        "dispatch": str(rng.choice(["least-loaded", "fastest", "round-robin"])),
        "overdue": str(rng.choice(["drop", "serve"])),
    }
    if rng.integers(2):
        given["max_requests"] = int(rng.integers(1, 20))
    scenario_name = str(rng.choice(["section-v", "modern", "trace", "scarce-spectrum"]))
    if scenario_name == "section-v":
        given["llm"] = "bloom-3b"
    return scenario_name, given


@pytest.mark.long
def test_random_systems_lose_no_request_and_run_no_time_backwards():
    rng = np.random.default_rng(7)
    received = 0
    for seed in range(300):
        name, given = drawn_settings(rng)
        simulation = simulate(name, [NAME], num_epochs=2, settings=given, seed=seed)
        row = holds(simulation)
        received += row["completed"] + row["late"]
    assert received > 3000


@pytest.mark.long
def test_each_option_matters():
    """Under load no two values of an option have the same outcome."""
    base = {"llm": "bloom-3b", "rate_per_s": 30.0, "latency": "serial", "overdue": "serve"}
    values = {
        "prefill": ("whole", "chunked:64"),
        "cache": tuple(Cache),
        "queue": tuple(QueueOrder),
        "dispatch": tuple(DispatchRule),
        "overdue": tuple(Overdue),
        "max_requests": ("1", "5"),
    }
    assert set(values) == {option.name for option in OPTIONS}
    for name, several in values.items():
        given = [base | {"max_requests": "4"} | {name: each} for each in several]
        if name == "cache":  # memory must bind
            given = [
                each | {"num_gpus": 1, "device": "tx2", "max_requests": "99", "rate_per_s": 90.0}
                for each in given
            ]
        outcomes = {
            tuple(simulate("section-v", [NAME], num_epochs=2, settings=each).requests["received_s"])
            for each in given
        }
        assert len(outcomes) == len(several), name


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("prefill=chunked:0", "prefill: must be whole or chunked:N with N of at least 1"),
        ("prefill=half", "prefill: must be whole or chunked:N"),
        ("cache=none", "cache: must be one of reserved, paged"),
        ("max_requests=0", "max_requests: must be an integer of at least 1"),
    ],
)
def test_refuses_bad_options(setting, message, capsys):
    arguments = ["simulate", "section-v", "--epochs", "1", "--method", NAME, "--set", setting]
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
