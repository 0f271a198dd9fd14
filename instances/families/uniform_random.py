"""The family uniform-random: coefficients drawn directly, each constraint with its tightness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from heuristics.coefficients import RESOURCES, Coefficients
from instances.families.family import Drawn, Family, Parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]


class UniformRandom(Parameters):
    """Size, shape and tightness of the instances.

    With a share of 0.5 the edge nodes together have capacity for half of the total demand. With a
    share of ``num_edge_nodes`` each has capacity for all of it, so the constraint cannot bind.
    """

    num_edge_nodes: int = Field(3, ge=1, le=100)
    """Number of edge nodes, J."""

    num_requests: int = Field(20, ge=0, le=100_000)
    """Number of requests, I."""

    uplink: float = Field(0.6, ge=0, le=1000)
    """Share of the total demand that (12a) admits."""

    downlink: float = Field(0.6, ge=0, le=1000)
    """Share of the total demand that (12b) admits."""

    memory: float = Field(0.6, ge=0, le=1000)
    """Share of the total demand that (12c) admits."""

    compute: float = Field(0.6, ge=0, le=1000)
    """Share of the total demand that (12d) admits at the mean deadline."""

    deadline_spread: float = Field(0.5, ge=0, le=1)
    """Largest relative deviation of deadlines from their mean, uniformly distributed."""

    eligible: float = Field(0.8, ge=0, le=1)
    """Probability that an edge node may serve a request, (12e) and coverage."""

    num_levels: int = Field(3, ge=0, le=1000)
    """Number of output lengths; 0 draws memory, compute and downlink independently."""

    per_user_downlink: bool = False
    """True draws downlink independently of output lengths, as in the per-user reading of (2)."""

    largest: int = Field(1000, ge=1, le=10_000)
    """Largest uplink demand of a request, and largest output length."""


def draw(parameters: UniformRandom, seed: int) -> Iterator[Drawn]:
    """Draw the one problem of a seed.

    Notes
    -----
    With levels, ``downlink`` is n, ``memory`` s' + n and ``compute`` k3 + k4 n + k5 n^2 with
    constants drawn for each edge node, as in (12b)-(12d). Without levels, all are uniform.
    """
    rng = np.random.default_rng(seed)
    shape = parameters.num_edge_nodes, parameters.num_requests
    demands = {"uplink": _uniform(rng, parameters.largest, shape)}
    if parameters.num_levels:
        demands |= _by_level(rng, parameters, shape)
    else:
        for name in ("downlink", "memory", "compute"):
            demands[name] = _uniform(rng, parameters.largest, shape)
    if parameters.per_user_downlink:
        demands["downlink"] = _uniform(rng, parameters.largest, shape)
    compute_budget = _capacity(demands["compute"], parameters.compute)
    deadline = 1 + parameters.deadline_spread * rng.uniform(-1, 1, shape)
    yield Drawn(
        coefficients=Coefficients(
            **demands,
            **{
                f"{name}_capacity": _capacity(demands[name], getattr(parameters, name))
                for name in RESOURCES
            },
            compute_budget=(compute_budget[:, None] * deadline).astype(np.int64),
            eligible=rng.random(shape) < parameters.eligible,
        ),
        edge_node_names=tuple(f"edge-node-{j}" for j in range(parameters.num_edge_nodes)),
    )


def _uniform(rng: np.random.Generator, largest: int, shape: tuple[int, ...]) -> IntArray:
    return rng.integers(1, largest, shape, endpoint=True)


def _by_level(
    rng: np.random.Generator, parameters: UniformRandom, shape: tuple[int, int]
) -> dict[str, IntArray]:
    num_edge_nodes, num_requests = shape
    lengths = _uniform(rng, parameters.largest, (parameters.num_levels,))
    output = lengths[rng.integers(0, parameters.num_levels, num_requests)]
    padded = _uniform(rng, parameters.largest, (num_edge_nodes, 1))
    k4, k5 = rng.integers(1, 10, (num_edge_nodes, 1)), rng.integers(0, 2, (num_edge_nodes, 1))
    return {
        "downlink": np.tile(output, (num_edge_nodes, 1)),
        "memory": padded + output,
        "compute": padded * k4 + k4 * output + k5 * output**2,
    }


def _capacity(demand: IntArray, share: float) -> IntArray:
    """Return the capacity of each edge node if all of them together carry this share."""
    capacity: IntArray = (demand.sum(axis=1) * min(share / len(demand), 1)).astype(np.int64)
    return capacity


FAMILY = Family(
    name="uniform-random",
    summary="coefficients drawn directly, without a system model",
    binds="each of (12a)-(12d) with the tightness of its own parameter, all equal by default",
    parameters=UniformRandom,
    draw=draw,
)
