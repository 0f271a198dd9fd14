"""The order of an edge node's requests and their levels, against naive definitions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from heuristics.improvement.subgradient_prices import Market
from heuristics.latency_order import by_budget, eligible_requests, latency_order, levels
from heuristics.problem import Problem
from heuristics.single_node.sorted_requests import SortedRequests
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode
from tests.helpers.strategies import coefficients, levelled

PROBLEMS = st.one_of(coefficients(), levelled(), coefficients(max_edge_nodes=2, largest=1))
SEEDS = st.integers(0, 2**32 - 1)


def naive_order(data, j, remaining, *keys):
    """Sort tuples in plain Python: the budget falls, each key rises, then the index."""
    chosen = [i for i in range(data.num_requests) if data.eligible[j, i] and remaining[i]]
    return sorted(
        chosen, key=lambda i: (-int(data.compute_budget[j, i]), *(int(k[i]) for k in keys), i)
    )


def naive_levels(rows):
    table = sorted(set(rows))
    return table, [table.index(row) for row in rows]


@given(PROBLEMS, SEEDS)
def test_the_order_is_that_of_the_definition(data, seed):
    rng = np.random.default_rng(seed)
    remaining = rng.random(data.num_requests) < 0.7
    preference = rng.integers(0, 3, data.num_requests)
    everyone = np.ones(data.num_requests, dtype=bool)
    for j in range(data.num_edge_nodes):
        uplink = data.uplink[j]
        assert latency_order(data, j).tolist() == naive_order(data, j, everyone)
        expected = naive_order(data, j, remaining, uplink, preference)
        ties = [uplink, preference]
        assert latency_order(data, j, remaining=remaining, ties=ties).tolist() == expected
        requests = eligible_requests(data, j, remaining=remaining, ties=ties)
        keys = [(uplink[i], preference[i], i) for i in requests]
        assert keys == sorted(keys)
        assert requests[by_budget(data, j, requests)].tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**15), st.integers(0, 2))))
def test_the_levels_are_those_of_the_definition(rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    table, level = levels(*columns)
    assert (list(zip(*table.tolist(), strict=True)), level.tolist()) == naive_levels(rows)


@given(PROBLEMS)
def test_every_solver_that_uses_them_has_the_naive_order_and_levels(data):
    """The trees and the single node prefer cheap uplinks of equal budgets; prices do not."""
    everyone = np.ones(data.num_requests, dtype=bool)
    market, nodes = Market.of(data), EdgeNodes.of(data)
    for j in range(data.num_edge_nodes):
        plain = naive_order(data, j, everyone)
        by_uplink = naive_order(data, j, everyone, data.uplink[j])
        memory_compute = [(int(data.memory[j, i]), int(data.compute[j, i])) for i in by_uplink]
        table, level = naive_levels(memory_compute)
        tree = SortedEdgeNode.of(data, j)
        assert (list(tree.requests), list(tree.levels), list(tree.level)) == (
            by_uplink,
            table,
            level,
        )
        assert SortedRequests.of(data, j, Problem.P1).indices.tolist() == by_uplink
        assert market.request[j, : len(plain)].tolist() == plain
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        assert nodes.request[pairs].tolist() == plain
        of_request = dict(zip(by_uplink, level, strict=True))
        assert nodes.level[pairs].tolist() == [of_request[i] for i in plain]
