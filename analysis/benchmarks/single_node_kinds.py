"""Single-node instances of any size with given binding resources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heuristics.coefficients import RESOURCES, Coefficients
from heuristics.problem import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

_UNIT = 10**4
"""Demand that costs 1, for each resource with a price."""


class SingleNodeKind(NamedTuple):
    """Properties of drawn instances.

    Parameters
    ----------
    binding
        Names of the binding resources.
    num_levels
        Number of levels.
    budgets
        ``equal``, ``different`` for each request, or ``drawn`` from 200 values.
    problem
        Problem to solve.
    """

    binding: tuple[str, ...]
    num_levels: int = 3
    budgets: str = "drawn"
    problem: Problem = Problem.P1


ALL = ("uplink", "downlink", "memory", "compute")

KINDS = {
    "compute only": SingleNodeKind(("compute",)),
    "uplink and compute": SingleNodeKind(("uplink", "compute")),
    "memory and uplink": SingleNodeKind(("memory", "uplink")),
    "downlink, compute, memory": SingleNodeKind(("downlink", "compute", "memory")),
    "all four": SingleNodeKind(ALL, num_levels=6),
    "one level": SingleNodeKind(("uplink", "compute"), num_levels=1),
    "twelve levels": SingleNodeKind(ALL, num_levels=12),
    "equal budgets": SingleNodeKind(("uplink", "memory", "compute"), budgets="equal"),
    "budgets all different": SingleNodeKind(ALL, num_levels=6, budgets="different"),
    "P2, orders disagree": SingleNodeKind(("memory", "compute"), num_levels=8, problem=Problem.P2),
}


def draw(kind: SingleNodeKind, num_requests: int, seed: int = 0) -> Coefficients:
    """Return an instance of a kind.

    Each request has a cost: its demands of the binding resources, each times a price. The batch is
    made of the 60 % of the requests with the largest budgets. It takes those of them that cost
    less than 1, and half of those whose level costs exactly 1. The capacities of the binding
    resources equal the demand of the batch. By duality no batch with the same budget is larger,
    and more of any binding resource allows a larger one, if as many levels cost exactly 1 as
    there are resources with prices. The other capacities suffice for all requests.
    """
    rng = np.random.default_rng(seed)
    level = rng.integers(0, kind.num_levels, num_requests)
    tokens = 64 * (1 + level)
    uplink = np.ceil(_UNIT * rng.lognormal(-1.0, 0.6, num_requests)).astype(np.int64)
    demand: dict[str, Any] = {
        "uplink": uplink,
        "downlink": tokens,
        "memory": 256 + tokens,
        "compute": 2500 + tokens**2,
    }
    linear = [name for name in kind.binding if name != "uplink"]
    cost = _level_costs(kind, len(linear), rng)
    parts = rng.dirichlet(np.full(len(linear), 2.0), kind.num_levels).T
    for name, part in zip(linear, parts, strict=True):
        demand[name] = 1 + np.rint(_UNIT * cost * part).astype(np.int64)[level]
    request_cost = cost[level] + (demand["uplink"] / _UNIT if "uplink" in kind.binding else 0.0)
    rank = _rank(kind, num_requests, rng)
    at_margin = (request_cost == 1.0) & (rng.random(num_requests) < 0.5)
    batch = (rank >= 0.4) & ((request_cost < 1.0) | at_margin)
    use = {
        name: int(each[batch if name in kind.binding else slice(None)].sum())
        for name, each in demand.items()
    }
    spread = np.ones(num_requests) if kind.budgets == "equal" else (9 + 4 * rank) / (9 + 4 * 0.4)
    budget = np.floor(use["compute"] * spread).astype(np.int64)
    return Coefficients(
        **{name: each[None] for name, each in demand.items()},
        **{f"{name}_capacity": np.array([use[name]]) for name in RESOURCES},
        compute_budget=budget[None] * (1 if "compute" in kind.binding else 2),
        eligible=np.ones((1, num_requests), dtype=bool),
    )


def _level_costs(kind: SingleNodeKind, num_at_margin: int, rng: np.random.Generator) -> FloatArray:
    if "uplink" in kind.binding:
        return rng.uniform(0.3, 0.7, kind.num_levels)
    cost = rng.choice([0.8, 0.9, 1.1, 1.2], kind.num_levels)
    cost[rng.permutation(kind.num_levels)[:num_at_margin]] = 1.0
    return cost


def _rank(kind: SingleNodeKind, num_requests: int, rng: np.random.Generator) -> FloatArray:
    if kind.budgets == "drawn":
        return rng.integers(0, 200, num_requests) / 200
    return rng.permutation(num_requests) / num_requests


def relaxed(data: Coefficients, resource: str, percent: int = 5) -> Coefficients:
    """Return the instance with a larger capacity of one resource."""
    name = "compute_budget" if resource == "compute" else f"{resource}_capacity"
    return replace(data, **{name: getattr(data, name) * (100 + percent) // 100})


def small(seed: int, *, most_requests: int, most_levels: int, size: int) -> Coefficients:
    """Draw a small instance in which all four resources are scarce, with levels of any order."""
    rng = np.random.default_rng(seed)
    num_requests = int(rng.integers(1, most_requests + 1))
    num_levels = int(rng.integers(1, most_levels + 1))
    level = rng.integers(0, num_levels, num_requests)
    demand = {name: rng.integers(0, size, num_levels)[level] for name in ALL[1:]}
    demand["uplink"] = rng.integers(0, int(rng.choice([3, size])), num_requests)
    scarce = {name: each.sum() * rng.uniform(0.2, 0.8, 1) for name, each in demand.items()}
    budget = scarce["compute"] * rng.uniform(1, 2, num_requests)
    coarse = max(1, int(budget.max()) // 4) if rng.random() < 0.3 else 1
    return Coefficients(
        **{name: each[None] for name, each in demand.items()},
        **{f"{name}_capacity": scarce[name].astype(np.int64) for name in RESOURCES},
        compute_budget=(budget.astype(np.int64) // coarse * coarse)[None],
        eligible=(rng.random((1, num_requests)) < 0.9),
    )
