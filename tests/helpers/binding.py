"""Which constraints bind: the proven optimum, and the optimum without one of them."""

from dataclasses import replace
from functools import cache

import numpy as np

from analysis.checks.replay.enumeration import ReplayStatus, replay
from formulations.decomposition.decomposition import decomposition
from heuristics.judges.checker import check
from heuristics.judges.verifier import verify
from instances.families.registry import family

CAPACITIES = ("uplink", "downlink", "memory")

SEEDS = (0, 1, 2)
"""The seeds of a family's instances."""


@cache
def drawn(name, seed, **settings):
    """Return the problem of one seed, the settings over the family's defaults."""
    (instance,) = family(name).generate(settings, seed)
    return instance.coefficients


def without(data, resource):
    """Return the same pairs with all the capacity that they could ask for.

    A pair that the resource alone took out of ``eligible`` is back in it.
    """
    if resource == "compute":
        budget = np.full_like(data.compute_budget, data.compute.sum())
        lifted = {"compute_budget": budget}
    else:
        lifted = {f"{resource}_capacity": getattr(data, resource).sum(axis=1)}
    return replace(data, eligible=data.eligible | data.unfit, **lifted)


@cache
def optimum(data):
    """Return the optimum of P1, proven by a schedule and a certificate that the judges accept."""
    result = decomposition(data)
    assert check(data, result.schedule) == ()
    if verify(data, result.certificate) > result.objective:  # the rest is an enumeration
        assert replay(data, result.certificate).ended is ReplayStatus.CONFIRMED
    return result.objective


def most_by(data, edge_node, resource):
    """Return how many requests this resource alone lets through at one edge node.

    For compute: the batch whose least budget is b holds the shortest requests of at least b.
    """
    here = np.flatnonzero(data.eligible[edge_node])
    demand = getattr(data, resource)[edge_node, here]
    if resource != "compute":
        capacity = getattr(data, f"{resource}_capacity")[edge_node]
        return int((np.cumsum(np.sort(demand)) <= capacity).sum())
    budget = data.compute_budget[edge_node, here]
    batches = [(np.cumsum(np.sort(demand[budget >= b])) <= b).sum() for b in np.unique(budget)]
    return int(max(batches, default=0))


def bound(data):
    """Return an upper bound: at each edge node what its scarcest resource alone lets through.

    Where the optimum without a constraint is above it, that constraint binds.
    """
    names = (*CAPACITIES, "compute")
    nodes = range(data.num_edge_nodes)
    return sum(min(most_by(data, j, name) for name in names) for j in nodes)
