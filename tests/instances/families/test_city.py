"""A city has few edge nodes for each request, and districts that share nothing."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from heuristics.errors import InputError
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.system_models.radio import noise_power_w, watt_from_dbm
from instances.families import drawing
from instances.families.city import FAMILY
from instances.families.city_map import (
    DISTRICT_GAP_M,
    Clusters,
    draw_sites,
    draw_users,
)
from instances.files import read_instance, write_instance
from instances.versions import COMPRESSED_ROWS, version_of
from tests.helpers.binding import most_by

SMALL = {"num_edge_nodes": "20", "num_requests": "500"}


def generated(seed=0, **settings):
    (instance,) = FAMILY.generate(SMALL | settings, seed)
    return instance


def covered_pairs(instance):
    rows = [np.array(each.covered, dtype=int) for each in instance.scenario.edge_nodes]
    edge_node = np.repeat(np.arange(len(rows)), [row.size for row in rows])
    return edge_node, np.concatenate(rows)


def test_each_request_is_covered_by_one_to_four_edge_nodes():
    instance = generated()
    _, request = covered_pairs(instance)
    counts = np.bincount(request, minlength=500)
    assert set(counts.tolist()) == {1, 2, 3, 4}
    assert set(np.bincount(covered_pairs(generated(num_further="0"))[1]).tolist()) == {1}


def test_a_further_edge_node_covers_above_the_threshold_and_none_is_stronger_than_the_first():
    """Each user is covered once where the threshold is too high for any other edge node."""
    instance = generated(coverage_db="30")
    setting = instance.scenario.setting
    snr = np.full((20, 500), -np.inf)
    for j, each in enumerate(instance.scenario.edge_nodes):
        noise = noise_power_w(
            each.downlink_bandwidth_hz, setting.noise_density_dbm_per_hz, setting.noise_figure_db
        )
        power = watt_from_dbm(each.downlink_transmit_power_dbm)
        snr[j, list(each.covered)] = 10 * np.log10(power * np.array(each.downlink_gain) / noise)
    ranked = -np.sort(-snr, axis=0)
    further = ranked[1:][np.isfinite(ranked[1:])]
    assert further.size
    assert further.min() >= 30 - 1e-9
    alone = generated(coverage_db="400")
    expected = snr.argmax(axis=0)
    edge_node, request = covered_pairs(alone)
    assert expected[request].tolist() == edge_node.tolist()


def test_a_lower_threshold_keeps_all_pairs_and_their_channels():
    few, many = (generated(coverage_db=each) for each in ("32", "24"))
    assert len(covered_pairs(few)[0]) < len(covered_pairs(many)[0])
    for strict, loose in zip(few.scenario.edge_nodes, many.scenario.edge_nodes, strict=True):
        gains = dict(zip(loose.covered, loose.uplink_gain, strict=True))
        for request, gain in zip(strict.covered, strict.uplink_gain, strict=True):
            assert gains.get(request, gain) == gain
    assert few.requests == many.requests


def test_kinds_have_their_shares_and_names_of_kind_and_cell():
    names = generated(shares="1+2+1").edge_node_names
    kinds = [name.split("-")[0] for name in names]
    assert [name.split("-")[1] for name in names] == [str(j) for j in range(20)]
    assert [kinds.count(each) for each in ("macro", "micro", "vehicle")] == [5, 10, 5]
    only = generated(edge_node="micro")
    assert {each.name.split("-")[0] for each in only.scenario.edge_nodes} == {"micro"}


def test_edge_nodes_draw_their_llm_from_a_list():
    drawn = [each.llm.name for each in generated(llms="bloom-3b+opt-13b").scenario.edge_nodes]
    assert min(drawn.count("bloom-3b"), drawn.count("opt-13b")) > 0
    assert drawn.count("bloom-3b") + drawn.count("opt-13b") == 20
    kinds = {(each.name.split("-")[0], each.llm.name) for each in generated().scenario.edge_nodes}
    assert len(kinds) == 3


@pytest.mark.parametrize("districts", [1, 4, 20])
def test_districts_share_no_request(districts):
    instance = generated(districts=str(districts))
    edge_node, request = covered_pairs(instance)
    size = (520, 520)
    graph = coo_array((np.ones(request.size), (edge_node, 20 + request)), shape=size)
    _, component = connected_components(graph, directed=False)
    district = np.repeat(np.arange(districts), 20 // districts)
    for each in set(component[:20].tolist()):
        assert len(set(district[component[:20] == each].tolist())) == 1


def test_cells_are_a_grid_and_districts_lie_far_apart():
    sites = draw_sites(10, (1.0,), districts=2, cell_m=100.0, seed=0)
    corners = [[0, 0], [100, 0], [200, 0], [0, 100], [100, 100]]
    assert sites.corner_m[:5].tolist() == corners
    assert (sites.corner_m[5:] - sites.corner_m[:5]).tolist() == [[300 + DISTRICT_GAP_M, 0]] * 5
    inside = sites.position_m - sites.corner_m
    assert inside.min() >= 0
    assert inside.max() < 100


def test_users_lie_around_hot_spots_or_anywhere_in_the_cells():
    sites = draw_sites(16, (1.0,), districts=1, cell_m=100.0, seed=0)
    users = draw_users(sites, Clusters(1.0, 0.25, 5.0), 2000, cell_m=100.0, seed=1)
    spots = draw_users(sites, Clusters(1.0, 0.25, 0.0), 2000, cell_m=100.0, seed=1)
    assert len(np.unique(spots.position_m, axis=0)) == 4
    offset = users.position_m - spots.position_m
    assert offset.std() == pytest.approx(5.0, rel=0.05)
    anywhere = draw_users(sites, Clusters(0.0, 0.25, 5.0), 2000, cell_m=100.0, seed=1).position_m
    assert anywhere.min() >= 0
    assert anywhere.max() < 400
    assert np.histogram2d(*anywhere.T, bins=4)[0].min() > 80


def test_a_city_is_written_in_version_2_and_derived_again(tmp_path):
    instance = generated(seed=2)
    path = tmp_path / "city.json"
    write_instance(instance, path)
    read = read_instance(path)
    assert version_of(read) == COMPRESSED_ROWS
    assert read.coefficients.digest() == instance.coefficients.digest()
    assert read.derived().digest() == instance.coefficients.digest()
    assert read.scenario == instance.scenario


def test_a_city_may_have_no_requests():
    instance = generated(num_requests="0")
    assert version_of(instance) == COMPRESSED_ROWS
    assert instance.coefficients.num_requests == 0
    assert instance.derived().digest() == instance.coefficients.digest()


@pytest.mark.parametrize("seed", range(3))
def test_compute_binds(seed):
    """Less than half of the requests are served, while no other capacity stops any batch."""
    data = generated(seed, num_requests="2000").coefficients
    for name in ("uplink", "downlink", "memory"):
        capacity = getattr(data, f"{name}_capacity")
        assert (capacity > 0).all()
        for j in range(20):
            assert most_by(data, j, name) >= most_by(data, j, "compute")
    served = sum(most_by(data, j, "compute") for j in range(20))
    assert served < 2 * 2000
    assert ot_gah_fast(data).objective < 0.7 * 2000


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_edge_nodes": "1001"}, "num_edge_nodes: must be at most 1000, found '1001'"),
        ({"num_requests": "1000001"}, "num_requests: must be at most 1e+06, found '1000001'"),
        ({"copies": "2"}, "copies: "),
        ({"rate_per_s": "5"}, "must be a parameter of the family"),
        ({"shares": "1+1"}, "shares: must be 3 numbers of at least 0, not all 0, one for each"),
        ({"shares": "0+0+0"}, "shares: must be 3 numbers"),
        ({"districts": "21"}, "districts: must be at most num_edge_nodes, 20, found 21"),
        ({"llms": "bloom-3b", "llm": "opt-13b"}, "llm: must be left out beside llms"),
        ({"llms": "no-such-llm"}, "no-such-llm"),
        ({"edge_node": "server"}, "edge_node: must be one of macro, micro, vehicle"),
    ],
)
def test_a_bad_setting_is_refused_in_one_line(settings, message):
    with pytest.raises(InputError) as caught:
        generated(**settings)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_covered_pairs_are_refused(monkeypatch):
    monkeypatch.setattr(drawing, "LARGEST_COVERED", 600)
    with pytest.raises(InputError) as caught:
        generated()
    rule = "must give at most 600 covered pairs of an edge node and a request"
    assert str(caught.value).startswith(f"family city: num_requests: {rule}, found ")
