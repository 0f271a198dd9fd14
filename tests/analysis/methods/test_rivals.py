"""The rivals of OT-GAH on random small instances: none beats the optimum, no bound is false."""

import numpy as np
import pytest

from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.coefficients import FIELDS, RESOURCES, Coefficients
from instances.instance import Instance
from tests.helpers.oracles import optimum

SETTINGS = {
    "greedy-density": {},
    "regret": {},
    "local-search": {"patience": 10},
    "configuration-lp": {"draws": 5},
    "lns": {"patience": 1},
    "simulated-annealing": {"moves": 1000},
    "genetic": {"generations": 2},
}
"""Each rival with a small effort."""


def drawn(seed):
    """Draw up to three edge nodes, some of them alternatives, and up to six requests."""
    random = np.random.default_rng(seed)
    shape = random.integers(1, [4, 7])
    num_edge_nodes = shape[0]
    given = {}
    for name in FIELDS:
        if name.endswith("_capacity"):
            given[name] = random.integers(0, 25, num_edge_nodes)
        else:
            given[name] = random.integers(0, 25 if name == "compute_budget" else 9, shape)
    given["eligible"] = random.random(shape) < random.choice([0.5, 1.0])
    for name in RESOURCES:
        if random.random() < 0.3:  # one resource that never binds, as spectrum or memory may
            given[f"{name}_capacity"] += 100
    groups = None
    if num_edge_nodes == 3 and random.random() < 0.3:
        groups = [[0, 2], [1]]
    return Instance(name=f"drawn-{seed}", coefficients=Coefficients(**given, alternatives=groups))


def trouble(seeds):
    """Yield what is wrong with any answer of a rival."""
    for seed in seeds:
        instance = drawn(seed)
        best = optimum(instance.coefficients)
        for name, settings in SETTINGS.items():
            outcome = perform(plan(instance, name, settings=settings, seed=seed))
            result = outcome.result
            if outcome.violations or result.objective is None or result.objective > best:
                yield seed, name, outcome.violations, result.objective, best
            if result.bound is not None and result.bound < best:
                yield seed, name, f"bound {result.bound}", best


def test_no_rival_beats_the_optimum_on_a_hundred_instances():
    assert list(trouble(range(100))) == []


@pytest.mark.long
@pytest.mark.parametrize("hundred", range(20))
def test_no_rival_beats_the_optimum(hundred):
    assert list(trouble(range(100 * hundred, 100 * hundred + 100))) == []
