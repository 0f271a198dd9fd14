"""Template of a plug-in: copy this file, edit it, and check it by `otgah conform --plugin`.

It defines a method, a family of instances and a device; delete the parts that you do not need.
The literal `PLUGIN` is read without being executed, so it may contain constants only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from otgah import RESOURCES, Coefficients, Drawn, Limits, Parameters, Schedule, Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGIN = {
    "name": "template",
    "version": "1.0",
    "methods": {
        "cheapest-first": {
            "summary": "requests with the smallest share of a resource first, each where it fits",
            "solve": "cheapest_first",
            "options": {
                "share": {
                    "summary": "the share that counts: the largest of all resources, or their sum",
                    "default": "largest",
                    "allowed": ["largest", "sum"],
                },
            },
        },
    },
    "families": {
        "one-of-each": {
            "summary": "edge nodes of capacity for a few requests of one size each",
            "binds": "(12c): each edge node holds `batch` requests",
            "parameters": "OneOfEach",
            "draw": "draw",
        },
    },
    "devices": {
        "template-board": {
            "gpu_flop_per_s": 20e12,
            "gpu_memory_bytes": 16_000_000_000,
            "gpu_memory_bytes_per_s": 200e9,
            "sources": [
                {
                    "values": ["gpu_flop_per_s", "gpu_memory_bytes", "gpu_memory_bytes_per_s"],
                    "source": "invented, to show where a source goes",
                    "verified": "assumed",
                },
            ],
        },
    },
}


def cheapest_first(
    data: Coefficients, *, seed: int, time_limit: float | None, share: str
) -> Schedule:
    """Give each request, the cheapest pair first, to an edge node where it still fits.

    Parameters
    ----------
    data
        The integers of P1: J edge nodes and I requests.
    seed
        Seed of random choices. This method makes none, so `is_random` is left out above.
    time_limit
        Time limit [s]; None for no limit.
    share
        Value of the option that the metadata defines.

    Returns
    -------
    Schedule
        The requests of each edge node. Return a `Result` instead to report a bound, for example.
    """
    limits = Limits(time_limit=time_limit)
    batches: list[list[int]] = [[] for _ in range(data.num_edge_nodes)]
    placed: set[int] = set()
    try:
        for edge_node, request in _pairs_by_cost(data, share):
            limits.check_time()
            batch = [*batches[edge_node], request]
            if request not in placed and _fits(data, edge_node, batch):
                batches[edge_node] = batch
                placed.add(request)
    except Stopped:
        pass  # the requests placed so far are the schedule
    return Schedule.of(batches)


def _pairs_by_cost(data: Coefficients, share: str) -> list[tuple[int, int]]:
    """Return the eligible pairs (edge node, request), the smallest share of capacity first."""
    shares = [
        getattr(data, name) / np.maximum(getattr(data, f"{name}_capacity"), 1)[:, None]
        for name in RESOURCES
    ]
    shares.append(data.compute / np.maximum(data.compute_budget, 1))
    cost = np.sum(shares, axis=0) if share == "sum" else np.max(shares, axis=0)
    edge_nodes, requests = np.nonzero(data.eligible)
    order = np.argsort(cost[edge_nodes, requests], kind="stable")
    return list(zip(edge_nodes[order].tolist(), requests[order].tolist(), strict=True))


def _fits(data: Coefficients, edge_node: int, batch: list[int]) -> bool:
    """Return True if an edge node can batch these requests: (12a)-(12d), in integers."""
    if data.compute[edge_node, batch].sum() > data.compute_budget[edge_node, batch].min():
        return False
    return all(
        getattr(data, name)[edge_node, batch].sum() <= getattr(data, f"{name}_capacity")[edge_node]
        for name in RESOURCES
    )


class OneOfEach(Parameters):
    """Size of the instances."""

    num_requests: int = Field(12, ge=0, le=10_000)
    """Number of requests, I."""

    batch: int = Field(3, ge=1, le=100)
    """Number of requests that an edge node can hold."""


def draw(parameters: OneOfEach, seed: int) -> Iterator[Drawn]:
    """Draw the one problem of a seed: memory binds, everything else is ample."""
    rng = np.random.default_rng(seed)
    shape = (2, parameters.num_requests)
    output = np.tile(rng.integers(90, 100, parameters.num_requests), (2, 1))
    ample = np.full(shape[0], 10**6)
    yield Drawn(
        coefficients=Coefficients(
            uplink=np.ones(shape, dtype=int),
            uplink_capacity=ample,
            downlink=output,
            downlink_capacity=ample,
            memory=output,
            memory_capacity=np.full(shape[0], 100 * parameters.batch),
            compute=output,
            compute_budget=np.full(shape, 10**6),
            eligible=np.ones(shape, dtype=int),
        ),
        edge_node_names=("left", "right"),
    )
