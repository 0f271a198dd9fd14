import numpy as np
import pytest

from heuristics import limits
from heuristics import ot_gah as module
from heuristics import ot_gah_fast as fast_module
from heuristics.coefficients import Coefficients
from heuristics.errors import InputError
from heuristics.ot import ot
from heuristics.ot_gah import Inner, ot_gah
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.result import EndedBy
from heuristics.schedule import Schedule
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode
from instances.families.registry import family
from tests.helpers.problems import one_edge_node, unit_requests


def test_an_edge_node_chooses_among_what_those_before_it_left():
    """Room for 2, 1 and 1; request 3 is eligible at the last edge node only."""
    eligible = [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    for method, node_kind in ((ot_gah, "tree"), (ot_gah_fast, None)):
        result = method(unit_requests(eligible, [2, 1, 1]))
        assert result.schedule == Schedule.of([[0, 1], [2], [3]])
        assert (result.problem, result.status, result.ended_by) == ("P1", "feasible", "completed")
        assert (result.bound, result.proved_by) == (None, None)
        assert result.node_kind == node_kind
        assert (result.num_nodes is None) == (node_kind is None)


def test_nodes_are_summed_over_the_trees_of_all_edge_nodes():
    """One request each: a root and a leaf per edge node, a root and a leaf of one tree."""
    result = ot_gah(unit_requests([[1, 0], [0, 1]], [1, 1]))
    assert (result.num_nodes, result.node_kind) == (4, "tree")


@pytest.mark.parametrize("inner", list(Inner))
def test_with_every_tree_the_nodes_are_those_of_ot_at_each_edge_node(inner):
    """The first takes requests 0 and 1 of four; the second searches among the two that are left."""
    data = unit_requests([[1] * 4] * 2, [2, 1])
    at_first, at_second = data.at(0), data.at(1).take([2, 3])
    separately = [ot(each, pruning=inner.pruning).num_nodes for each in (at_first, at_second)]
    result = ot_gah(data, inner=inner, start="all")
    assert result.schedule == Schedule.of([[0, 1], [2]])
    assert result.num_nodes == sum(separately)


def test_capacity_order_begins_with_the_largest_compute_budget():
    """Both can take one request; the second edge node has the larger budget."""
    data = Coefficients(
        uplink=[[0], [0]],
        uplink_capacity=[0, 0],
        downlink=[[0], [0]],
        downlink_capacity=[0, 0],
        memory=[[1], [1]],
        memory_capacity=[5, 5],
        compute=[[1], [1]],
        compute_budget=[[1], [2]],
        eligible=[[1], [1]],
    )
    assert ot_gah(data).schedule == Schedule.of([[0], []])
    assert ot_gah(data, order="capacity").schedule == Schedule.of([[], [0]])


def test_capacity_order_goes_on_with_memory():
    data = unit_requests([[1], [1]], [1, 2])
    assert ot_gah(data, order="capacity").schedule == Schedule.of([[], [0]])


def test_random_order_is_drawn_by_the_seed():
    """One request and five edge nodes: it goes to the first of the order."""
    data = unit_requests([[1]] * 5, [1] * 5)
    for seed in range(5):
        first = np.random.default_rng(seed).permutation(5)[0]
        schedule = ot_gah(data, order="random", seed=seed).schedule
        assert schedule.batches[first] == (0,)


def test_all_orders_keep_the_best_schedule():
    """Room for one each. In the given order 0 and 2 are taken and the last has no one left."""
    data = unit_requests([[1, 1, 0], [1, 0, 1], [1, 0, 0]], [1, 1, 1])
    assert ot_gah(data).objective == 2
    result = ot_gah(data, order="all")
    assert result.objective == 3
    assert result.status == "feasible"


def test_all_orders_of_more_than_six_edge_nodes_are_refused():
    assert ot_gah(unit_requests([[1]] * 6, [1] * 6), order="all").objective == 1
    with pytest.raises(InputError, match=r"order: all orders are tried of at most 6 .* found 7"):
        ot_gah(unit_requests([[1]] * 7, [1] * 7), order="all")


def test_among_equal_requests_ties_go_to_the_index_or_to_who_is_eligible_at_fewer():
    data = unit_requests([[1, 1, 1], [0, 1, 0]], [1, 1])
    assert ot_gah(data).schedule == Schedule.of([[0], [1]])
    data = unit_requests([[1, 1, 1], [1, 0, 0]], [1, 1])
    assert ot_gah(data).schedule == Schedule.of([[0], []])
    assert ot_gah(data, ties="eligibility").schedule == Schedule.of([[1], [0]])


def test_a_run_cut_after_the_first_edge_node_keeps_its_batch():
    data = unit_requests([[1, 0], [0, 1]], [1, 1])
    result = ot_gah(data, node_limit=3)
    assert result.schedule == Schedule.of([[0], []])
    assert (result.status, result.ended_by, result.num_nodes) == ("feasible", "node-limit", 3)


def test_a_run_cut_before_any_batch_has_no_schedule():
    data = unit_requests([[1, 0], [0, 1]], [1, 1])
    for limit in ({"time_limit": 0}, {"node_limit": 1}):
        result = ot_gah(data, **limit)
        assert (result.status, result.schedule, result.bound) == ("none", None, None)


def test_an_edge_node_that_takes_too_many_steps_has_the_best_batch_by_then(monkeypatch):
    """The first is stopped with what it has; the second goes on."""
    limits_of_calls = []

    def stopped_at_first(data, edge_node, *, limits, **options):
        limits_of_calls.append(limits.node_limit)
        batch = best_batch(data, edge_node, limits=limits, **options)
        return batch._replace(ended_by=EndedBy.NODE_LIMIT) if edge_node == 0 else batch

    best_batch = fast_module.best_batch
    monkeypatch.setattr(fast_module, "best_batch", stopped_at_first)
    result = ot_gah_fast(unit_requests([[1, 0], [0, 1]], [1, 1]))
    assert result.schedule == Schedule.of([[0], [1]])
    assert (result.status, result.ended_by) == ("feasible", "node-limit")
    assert limits_of_calls == [fast_module.MOST_STEPS] * 2


def test_a_time_that_is_up_ends_the_run_with_the_batches_it_has():
    for method in (ot_gah, ot_gah_fast):
        result = method(unit_requests([[1, 0], [0, 1]], [1, 1]), time_limit=0)
        assert (result.ended_by, result.bound) == ("time-limit", None)


def test_a_run_cut_in_a_later_order_keeps_the_best_of_those_before():
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    whole = ot_gah(data, order="all")
    assert whole.objective == 2
    first = ot_gah(data)
    cut = ot_gah(data, order="all", node_limit=first.num_nodes + 1)
    assert (cut.schedule, cut.ended_by) == (first.schedule, "node-limit")


def test_a_time_limit_is_shared_by_all_edge_nodes(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(limits, "now_s", lambda: now[0])

    def two_seconds(*args, **kwargs):
        now[0] += 2
        return largest_batch(*args, **kwargs)

    largest_batch = module.largest_batch
    monkeypatch.setattr(module, "largest_batch", two_seconds)
    data = unit_requests([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1, 1, 1])
    result = ot_gah(data, time_limit=5)
    assert result.schedule == Schedule.of([[0], [1], []])
    assert (result.ended_by, result.runtime_s) == ("time-limit", 6)


@pytest.mark.parametrize(
    ("method", "where", "place"),
    [
        (ot_gah, module, "largest_batch"),
        (ot_gah, SortedEdgeNode, "of"),
        (ot_gah_fast, fast_module, "best_batch"),
    ],
)
def test_an_interrupted_run_keeps_the_batches_it_has_found(monkeypatch, method, where, place):
    """The interrupt comes at the second edge node, in the search or before it."""
    calls = []

    def interrupt_the_second(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    original = getattr(where, place)
    monkeypatch.setattr(where, place, interrupt_the_second)
    result = method(unit_requests([[1, 0], [0, 1]], [1, 1]))
    assert result.schedule == Schedule.of([[0], []])
    assert (result.status, result.ended_by) == ("feasible", "interrupted")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"order": "best"}, "order: must be one of given, capacity, random, all, found 'best'"),
        ({"ties": "none"}, "ties: must be one of index, eligibility, found 'none'"),
        (
            {"inner": "single-node"},
            "inner: must be one of ot, ot-literal, ot-pseudocode, ot-unpruned, found 'single-node'",
        ),
        ({"start": "end"}, "start: must be one of all, bound, found 'end'"),
    ],
)
def test_an_unknown_option_is_refused(option, message):
    with pytest.raises(InputError, match=message):
        ot_gah(one_edge_node([1], [1]), **option)


def test_without_trees_an_unknown_option_is_refused_too():
    for option in ({"order": "best"}, {"ties": "none"}):
        with pytest.raises(InputError, match=f"{next(iter(option))}: must be one of"):
            ot_gah_fast(one_edge_node([1], [1]), **option)


@pytest.mark.parametrize("num_lengths", [3, 12])
def test_five_hundred_requests_with_two_scarce_resources_need_few_nodes(num_lengths):
    """Uplink and compute bind together, so that the cheap tests leave many trees open."""
    rng = np.random.default_rng(num_lengths)
    output = rng.integers(1, num_lengths + 1, 500)
    compute = 100 + 20 * output + output**2
    uplink = rng.integers(50, 500, (3, 500))
    data = Coefficients(
        uplink=uplink,
        uplink_capacity=[9000, 6000, 3000],
        downlink=[output] * 3,
        downlink_capacity=[10**6] * 3,
        memory=[output] * 3,
        memory_capacity=[10**6] * 3,
        compute=[compute] * 3,
        compute_budget=rng.integers(6000, 18000, (3, 500)),
        eligible=rng.random((3, 500)) < 0.9,
    )
    result = ot_gah(data, node_limit=100_000)
    assert result.ended_by == "completed"
    assert result.objective > 100
    assert ot_gah_fast(data).schedule == result.schedule


def random_levels(seed):
    """Draw 1 to 4 edge nodes and 1 to 30 requests of 1 to 4 output levels, any budgets."""
    rng = np.random.default_rng(seed)
    num_edge_nodes, num_requests = int(rng.integers(1, 5)), int(rng.integers(1, 31))
    shape = num_edge_nodes, num_requests
    output = rng.choice([1, 2, 4, 7][: rng.integers(1, 5)], num_requests)
    tightness = rng.uniform(0.1, 0.8, (3, num_edge_nodes))
    uplink, memory = rng.integers(0, 50, shape), rng.integers(0, 9, (num_edge_nodes, 1)) + output
    compute = rng.integers(0, 9, (num_edge_nodes, 1)) * output + output**2
    totals = uplink.sum(axis=1), np.full(num_edge_nodes, output.sum()), memory.sum(axis=1)
    capacities = [
        (share * total).astype(int) for share, total in zip(tightness, totals, strict=True)
    ]
    return Coefficients(
        uplink=uplink,
        uplink_capacity=capacities[0],
        downlink=[output] * num_edge_nodes,
        downlink_capacity=capacities[1],
        memory=memory,
        memory_capacity=capacities[2],
        compute=compute,
        compute_budget=(rng.random(shape) * compute.sum(axis=1, keepdims=True)).astype(int),
        eligible=rng.random(shape) < rng.uniform(0.3, 1),
    )


def assert_equal_with_and_without_trees(seeds):
    for seed in seeds:
        data = random_levels(seed)
        with_trees, without = ot_gah(data), ot_gah_fast(data)
        assert (with_trees.objective, with_trees.schedule) == (without.objective, without.schedule)


def test_the_schedule_is_the_same_with_and_without_trees():
    """The downlink is the same inside each level, as the worst-channel reading makes it."""
    assert_equal_with_and_without_trees(range(200))


@pytest.mark.long
def test_the_schedule_is_the_same_with_and_without_trees_on_two_thousand_instances():
    assert_equal_with_and_without_trees(range(2000))


def test_the_bound_leaves_ten_nodes_of_the_trees_of_dense():
    (instance,) = family("dense").generate({}, 0)
    result = ot_gah(instance.coefficients)
    assert (result.num_nodes, result.node_kind) == (10, "tree")


@pytest.mark.long
def test_every_tree_of_dense_has_hundreds_of_millions_of_nodes():
    (instance,) = family("dense").generate({}, 0)
    result = ot_gah(instance.coefficients, start="all")
    assert result.num_nodes == 268_947_648
    assert result.schedule == ot_gah(instance.coefficients).schedule
