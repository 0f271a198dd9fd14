"""The instances on which exact methods are measured: hard ones, easy ones, and large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from instances.families.registry import family

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instances.instance import Instance


class Kind(NamedTuple):
    """A family and what is changed in it."""

    family: str
    settings: Mapping[str, object]

    def draw(self, seed: int) -> Instance:
        """Return the instance of a seed."""
        (instance,) = family(self.family).generate(self.settings, seed)
        return instance


_FAINT = {"rate_per_s": 250, "compute_scale": 2.5}
_OWN_DOWNLINK = {"downlink_reading": "per-user", "downlink_bandwidth_hz": 40_000}

HARD = {
    "plain": Kind("dense", {}),
    "spectrum scarce": Kind("scarce-spectrum", _FAINT),
    "spectrum very scarce": Kind("scarce-spectrum", _FAINT | {"uplink_bandwidth_hz": 90_000}),
    "own downlink scarce": Kind("dense", _OWN_DOWNLINK),
    "accuracies bind": Kind("dense", {"ppl_differential": 0.4}),
    "wide deadlines": Kind("dense", {"deadline_s": "0.6+10"}),
}
"""About 500 requests, three edge nodes and batches of some hundred: against the other methods."""

EASY = {
    "the paper's load": Kind("paper", {}),
    "its highest rate": Kind("dense", {"compute_scale": 1.0}),
}
"""Small batches, which the big-M model solves at once."""

LARGE = {
    "J = 6, I = 300": Kind("dense", {"copies": 2, "rate_per_s": 150}),
    "J = 6, I = 2,000": Kind("dense", {"copies": 2, "rate_per_s": 1000}),
    "J = 9, I = 1,000": Kind("dense", {"copies": 3, "rate_per_s": 500}),
    "J = 9, I = 10,000": Kind("dense", {"copies": 3, "rate_per_s": 5000}),
    "J = 10, I = 10,000, uniform": Kind(
        "uniform-random", {"num_edge_nodes": 10, "num_requests": 10_000}
    ),
    "512 levels, I = 200": Kind(
        "dense", {"num_requests": 200, "output_tokens": "+".join(map(str, range(1, 513)))}
    ),
}
"""What no other method comes near: the gap at several limits."""

KINDS = HARD | EASY | LARGE
