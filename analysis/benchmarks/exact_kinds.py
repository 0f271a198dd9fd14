"""Instances on which exact methods are measured: hard, easy and large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from instances.families.registry import family

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instances.instance import Instance


class FamilyKind(NamedTuple):
    """A family with changed settings."""

    family: str
    settings: Mapping[str, object]

    def draw(self, seed: int) -> Instance:
        """Return the instance of a seed."""
        (instance,) = family(self.family).generate(self.settings, seed)
        return instance


_FAINT = {"rate_per_s": 250, "compute_scale": 2.5}
_OWN_DOWNLINK = {"downlink_reading": "per-user", "downlink_bandwidth_hz": 40_000}

HARD = {
    "plain": FamilyKind("dense", {}),
    "spectrum scarce": FamilyKind("scarce-spectrum", _FAINT),
    "spectrum very scarce": FamilyKind("scarce-spectrum", _FAINT | {"uplink_bandwidth_hz": 90_000}),
    "own downlink scarce": FamilyKind("dense", _OWN_DOWNLINK),
    "accuracies bind": FamilyKind("dense", {"ppl_differential": 0.4}),
    "wide deadlines": FamilyKind("dense", {"deadline_s": "0.6+10"}),
}
"""Instances with about 500 requests, three edge nodes and batches of about a hundred requests, for
the comparison with other methods."""

EASY = {
    "the paper's load": FamilyKind("paper", {}),
    "its highest rate": FamilyKind("dense", {"compute_scale": 1.0}),
}
"""Instances with small batches, which the big-M model solves at once."""

LARGE = {
    "J = 6, I = 300": FamilyKind("dense", {"copies": 2, "rate_per_s": 150}),
    "J = 6, I = 2,000": FamilyKind("dense", {"copies": 2, "rate_per_s": 1000}),
    "J = 9, I = 1,000": FamilyKind("dense", {"copies": 3, "rate_per_s": 500}),
    "J = 9, I = 10,000": FamilyKind("dense", {"copies": 3, "rate_per_s": 5000}),
    "J = 10, I = 10,000, uniform": FamilyKind(
        "uniform-random", {"num_edge_nodes": 10, "num_requests": 10_000}
    ),
    "512 levels, I = 200": FamilyKind(
        "dense", {"num_requests": 200, "output_tokens": "+".join(map(str, range(1, 513)))}
    ),
}
"""Instances beyond the reach of the other methods, for the gap at several time limits."""

WITHIN_LICENCES = {"plain, I = 330": FamilyKind("dense", {"num_requests": 330})}
"""Instances whose models fit the licences that are free of charge, for the comparison with
commercial solvers: about 1,050 columns and 1,120 rows as thresholds, 580 and 660 as big-M."""

KINDS = HARD | EASY | LARGE
