"""Problems and prices for tests of the decomposition, and what is best at them by brute force."""

import numpy as np
from hypothesis import strategies as st

from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.problem import Problem
from instances.families.registry import FAMILIES, family
from tests.helpers.oracles import feasible_batches
from tests.helpers.strategies import coefficients, levelled

CLOSE = 1e-7

any_problem = st.one_of(
    coefficients(),
    levelled(),
    coefficients(max_edge_nodes=2, largest=1),
    levelled(lengths=(1, 2, 3, 4, 5, 6, 7)),
)
seeds = st.integers(0, 2**32 - 1)


def problem(**changes):
    """Three requests, two of one level, and an edge node that carries any two of them."""
    fields = {
        "uplink": [[1, 2, 3]],
        "uplink_capacity": [4],
        "downlink": [[1, 1, 2]],
        "downlink_capacity": [4],
        "memory": [[2, 2, 3]],
        "memory_capacity": [8],
        "compute": [[1, 1, 4]],
        "compute_budget": [[3, 6, 6]],
        "eligible": [[1, 1, 1]],
    }
    return Coefficients(**(fields | changes))


def some_prices(data, seed):
    """Return the edge nodes, and an ascent at prices drawn at random, some of them 0."""
    nodes, random = EdgeNodes.of(data), np.random.default_rng(seed)
    ascent = DualAscent(nodes, data.num_requests)
    requests = random.random(data.num_requests) * random.choice([0, 0.5, 1])
    bands = random.random((4, data.num_edge_nodes)) * random.choice([0, 0.3, 1, 4], (4, 1))
    ascent.point = np.concatenate([requests, bands.ravel()])
    return nodes, ascent


def profits_of(data, nodes, prices, j):
    """Return the profit of every request at an edge node, shape (I,)."""
    profit = (
        1 - prices.request - prices.uplink[j] * data.uplink[j] / max(data.uplink_capacity[j], 1)
    )
    if nodes.relaxes_downlink[j]:
        share = data.downlink[j] / max(data.downlink_capacity[j], 1)
        profit -= prices.downlink[j] * share
    return profit


def priced_batches(data, nodes, j):
    """Return, as bit masks, the batches that keep all that is not priced."""
    is_feasible = feasible_batches(data, j, Problem.P2)
    if not nodes.relaxes_downlink[j]:
        is_feasible &= chosen(data) @ data.downlink[j] <= data.downlink_capacity[j]
    return np.flatnonzero(is_feasible)


def chosen(data):
    """Return whether each subset, a bit mask, has each request, shape (2^I, I)."""
    return (np.arange(2**data.num_requests)[:, None] >> np.arange(data.num_requests)) & 1


def values_of(data, nodes, prices, j):
    """Return the batches of an edge node and the profit of each."""
    batches = priced_batches(data, nodes, j)
    return batches, chosen(data)[batches] @ profits_of(data, nodes, prices, j)


def mask(requests):
    """Return a batch as a bit mask."""
    return sum(1 << int(request) for request in requests)


def counts_of(nodes, j, batch):
    """Return how many requests of each level a batch, a bit mask, has at an edge node."""
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    counts = np.zeros(nodes.first_level[j + 1] - nodes.first_level[j], dtype=int)
    np.add.at(counts, nodes.level[pairs], int(batch) >> nodes.request[pairs] & 1)
    return tuple(counts.tolist())


def part_of_a_family(seed, *, most_requests, most_edge_nodes=5):
    """Return some requests and edge nodes of an instance of a family, with scarcer resources.

    Either reading of the downlink; capacities and budgets are cut so that they bind few requests.
    """
    random = np.random.default_rng(seed)
    name = str(random.choice([each for each in FAMILIES if each not in ("horizon", "city")]))
    settings = {}
    if random.random() < 0.5:
        if name == "uniform-random":
            settings = {"per_user_downlink": "true", "num_levels": str(random.integers(0, 5))}
        elif "downlink_reading" in family(name).parameters.model_fields:
            settings = {"downlink_reading": "per-user"}
    whole = next(iter(family(name).generate(settings, int(seed)))).coefficients
    size = min(whole.num_requests, int(random.integers(1, most_requests + 1)))
    requests = random.choice(whole.num_requests, size, replace=False)
    edge_nodes = random.integers(0, whole.num_edge_nodes, random.integers(1, most_edge_nodes + 1))
    fields = {each: getattr(whole.take(requests), each)[edge_nodes] for each in FIELDS}
    for resource in ("uplink", "downlink", "memory"):
        total = fields[resource].sum(axis=1) * random.uniform(0.1, 0.9)
        cut = np.maximum(total, fields[resource].max(axis=1)).astype(int)
        if random.random() < 0.5:
            capacity = f"{resource}_capacity"
            fields[capacity] = np.minimum(fields[capacity], cut)
    if random.random() < 0.7:
        load = fields["compute"].sum(axis=1) * random.uniform(0.2, 1.0)
        largest = np.maximum(fields["compute_budget"].max(axis=1), 1)
        scale = np.minimum(load / largest, 1)[:, None]
        fields["compute_budget"] = (fields["compute_budget"] * scale).astype(int)
    return Coefficients(**fields)
