"""Instances of the league: every family in three sizes.

The family of real traces is left out: the size of its instances is that of an epoch of the trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instances.families.registry import family

if TYPE_CHECKING:
    from instances.instance import Instance

SMALL, MEDIUM, LARGE = "small", "medium", "large"


def _sized(small: int, medium: int, large: int) -> dict[str, dict[str, Any]]:
    """Return the settings of a family whose sizes are numbers of requests."""
    return {
        name: {"num_requests": num}
        for name, num in ((SMALL, small), (MEDIUM, medium), (LARGE, large))
    }


SIZES: dict[str, dict[str, dict[str, Any]]] = {
    "paper": _sized(40, 100, 500),
    "scarce-spectrum": {
        **_sized(40, 150, 500),
        LARGE: {"rate_per_s": 250, "compute_scale": 2.5},
    },
    "scarce-memory": _sized(40, 150, 500),
    "dense": {**_sized(60, 250, 1500), LARGE: {"copies": 3, "rate_per_s": 750}},
    "single-node": _sized(60, 300, 2000),
    "mixed-models": {**_sized(40, 150, 500), LARGE: {"compute_scale": 10, "num_requests": 500}},
    "quantized-nodes": _sized(40, 150, 500),
    "choose-quantization": _sized(24, 80, 230),
    "choose-padding": _sized(24, 80, 250),
    "choose-model": _sized(24, 80, 250),
    "modern": _sized(20, 60, 200),
    "uniform-random": {
        SMALL: {"num_requests": 20},
        MEDIUM: {"num_requests": 200},
        LARGE: {"num_requests": 2000, "num_edge_nodes": 10},
    },
    "half-tight": {
        SMALL: {},
        MEDIUM: {"num_pairs": 5, "batch": 10},
        LARGE: {"num_pairs": 20, "batch": 20},
    },
    "horizon": {
        SMALL: {"num_epochs": 3, "num_requests": 20},
        MEDIUM: {"num_epochs": 5, "num_requests": 100},
        LARGE: {"num_epochs": 10, "deadline_s": "2+6", "compute_scale": 4},
    },
    "city": {
        SMALL: {"num_edge_nodes": 6, "num_requests": 60, "compute_scale": 0.1},
        MEDIUM: {"num_edge_nodes": 30, "num_requests": 2000},
        LARGE: {"num_edge_nodes": 200, "num_requests": 20_000},
    },
}
"""Settings of each family by size."""


def draw(name: str, size: str, seed: int) -> Instance:
    """Return the instance of a family, a size and a seed; of several, the first.

    Parameters
    ----------
    name, size
        Family and size, as in `SIZES`.
    seed
        Seed of the instance.
    """
    return next(iter(family(name).generate(SIZES[name][size], seed)))
