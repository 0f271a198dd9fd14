"""Readings: each changes the scenario of Section V, and two about different things go together."""

import itertools

import pytest

from analysis.experiments.measures import Work
from analysis.experiments.readings import (
    AS_READ,
    PAIRS,
    READINGS,
    Reading,
    merged,
    parts,
    settings_of,
)
from analysis.experiments.solved_epochs import adjusted, solved_epochs
from heuristics.errors import InputError
from heuristics.system_models.template import read_template

NAMES = [each.name for each in READINGS]


def measured(scheme, reading, **settings):
    settings = {"rate_per_s": 30.0, **settings_of(reading), **settings}
    work = Work(measure=solved_epochs, scheme=scheme, settings=settings, seed=0, num_epochs=2)
    return work.measured().values


OF_ALGORITHM_3 = [each.name for each in READINGS if each.options]


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "cap of" not in name and name not in OF_ALGORITHM_3]
)
def test_each_reading_changes_the_scenario(name):
    plain = read_template("section-v")
    assert adjusted(settings_of(AS_READ)) == plain
    assert adjusted(settings_of(name)) != plain


@pytest.mark.parametrize("name", OF_ALGORITHM_3)
def test_a_reading_of_algorithm_3_changes_it_alone(name):
    plain = read_template("section-v")
    assert adjusted(settings_of(name)) == plain
    assert measured("decomposition", name) == measured("decomposition", AS_READ)
    [option] = settings_of(name)["options"].items()
    assert option in {("order", "capacity"), ("order", "all"), ("ties", "eligibility")}


def test_the_best_order_of_edge_nodes_serves_no_fewer():
    given, best = (
        measured("ot-gah-fast", name, rate_per_s=5.0)["completed"]
        for name in (AS_READ, "best order of edge nodes")
    )
    assert best >= given


def test_caches_are_read_on_top_of_weights():
    weights, both = (
        measured("decomposition", name)["completed"]
        for name in ("weights read in series", "weights and KV caches read in series")
    )
    assert both <= weights


def test_a_cap_changes_how_an_epoch_is_solved():
    assert settings_of("s' a cap of each batch") == {"is_capped": True}


def test_names_are_unique_and_hold_no_sign_of_two():
    assert len(set(NAMES)) == len(NAMES)
    assert not any("+" in name for name in NAMES)


def test_pairs_are_all_of_two_readings_about_different_things():
    about = {each.name: each.about for each in READINGS}
    expected = {
        frozenset(pair)
        for pair in itertools.combinations(NAMES, 2)
        if about[pair[0]] != about[pair[1]]
    }
    assert {frozenset(parts(pair)) for pair in PAIRS} == expected
    assert len(PAIRS) == len(expected)


def test_both_readings_of_a_pair_are_there():
    template = adjusted(settings_of("vehicle at 2 GHz + vehicle 1 km away"))
    vehicle = template.edge_nodes[2]
    assert (vehicle.channel.carrier_hz, vehicle.position_m) == (2e9, (1000.0, 0.0))
    assert vehicle.channel.model == "manhattan"
    assert template.edge_nodes[:2] == read_template("section-v").edge_nodes[:2]


def test_another_model_of_a_channel_keeps_nothing_of_the_one_before():
    changes = {"channel": {"model": "infrastructure"}}
    assert merged({"channel": {"model": "manhattan", "carrier_hz": 1.0}}, changes) == changes


def test_a_reading_that_names_no_edge_node_is_refused():
    settings = Reading(name="x", about="x", edge_nodes={"drone": {"num_gpus": 2}}).to_settings()
    with pytest.raises(InputError, match="must be one of server, uav, vehicle, found 'drone'"):
        adjusted(settings)


def test_the_optimum_is_at_least_ot_gah_and_a_cap_at_least_a_constant():
    rows = {
        (scheme, reading): measured(scheme, reading)
        for scheme in ("ot-gah", "decomposition")
        for reading in (AS_READ, "s' a cap of each batch")
    }
    for reading in (AS_READ, "s' a cap of each batch"):
        best = rows["decomposition", reading]
        assert best["completed"] >= rows["ot-gah", reading]["completed"]
        assert best["num_unproved"] == 0
        assert best["num_epochs"] == 2
    capped, plain = (
        rows["decomposition", reading] for reading in ("s' a cap of each batch", AS_READ)
    )
    assert capped["completed"] > plain["completed"]
    assert len({row["arrived"] for row in rows.values()}) == 1


def test_the_model_does_not_change_whether_a_batch_reads_longer():
    """W8A16 at beta = 0.01 computes in no time, so each batch reads for longer."""
    row = measured("ot-gah", AS_READ, beta=0.01)
    assert row["num_read_longer"] == row["num_batches"] > 0
    row = measured(
        "ot-gah",
        AS_READ,
        llm="bloom-3b",
        compute_scale=0.05,
        epoch_s=60.0,
        deadline_s=[60.0, 60.0],
        edge_node="server",
    )
    assert (row["num_read_longer"], row["num_batches"]) == (0, 2)


def test_a_measurement_is_the_same_again():
    assert measured("ot-gah", PAIRS[0]) == measured("ot-gah", PAIRS[0])


def test_nobody_arrived():
    row = measured("ot-gah", AS_READ, num_requests=0)
    assert (row["arrived"], row["completed"], row["completion_rate"]) == (0, 0, None)
