"""Which constraints bind: the proven optimum, and the optimum without one of them."""

from dataclasses import replace
from functools import cache

import numpy as np
from ortools.sat.python import cp_model

from instances.families.registry import family

CAPACITIES = ("uplink", "downlink", "memory")


@cache
def drawn(name, seed, **settings):
    """Return the problem of one seed, the settings over the family's defaults."""
    (instance,) = family(name).generate(settings, seed)
    return instance.coefficients


def without(data, resource):
    """Return the same pairs with all the capacity that they could ask for."""
    everything = getattr(data, resource).sum(axis=1)
    return replace(data, **{f"{resource}_capacity": everything})


@cache
def optimum(data):
    """Return the optimum of P1, proven by CP-SAT on a formulation of its own."""
    model = cp_model.CpModel()
    pairs = np.argwhere(data.eligible).tolist()
    chosen = {(j, i): model.new_bool_var(f"x_{j}_{i}") for j, i in pairs}
    for i in range(data.num_requests):
        model.add_at_most_one(chosen[j, i] for j in range(data.num_edge_nodes) if (j, i) in chosen)
    for j in range(data.num_edge_nodes):
        here = [i for node, i in pairs if node == j]
        for name in CAPACITIES:
            demand = getattr(data, name)[j].tolist()
            capacity = int(getattr(data, f"{name}_capacity")[j])
            model.add(sum(demand[i] * chosen[j, i] for i in here) <= capacity)
        load = model.new_int_var(0, int(data.compute_budget[j].max(initial=0)), f"load_{j}")
        compute = data.compute[j].tolist()
        model.add(sum(compute[i] * chosen[j, i] for i in here) <= load)
        for i in here:
            budget = int(data.compute_budget[j, i])
            model.add(load <= budget).only_enforce_if(chosen[j, i])
    model.maximize(sum(chosen.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 120
    status = solver.solve(model)
    assert status == cp_model.OPTIMAL
    return round(solver.objective_value)


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
