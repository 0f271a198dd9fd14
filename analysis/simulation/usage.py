"""Usage of an edge node: how long its bands, its devices and its memory were in use."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from heuristics.system_models.radio import watt_from_dbm

if TYPE_CHECKING:
    from analysis.simulation.measurement import MeasuredBatch
    from heuristics.system_models.scenario import EdgeNode


@dataclass
class Usage:
    """Usage of an edge node since the start of the simulation.

    Parameters
    ----------
    uplink_s, downlink_s
        Time in which the band carries prompts or outputs [s].
    compute_s
        Time in which the devices compute; a part of them counts as this part of the time [s].
    memory_s
        Integral over time of the part that caches fill of the memory beside the weights [s].
    end_s
        End of the last activity [s].
    """

    uplink_s: float = 0.0
    downlink_s: float = 0.0
    compute_s: float = 0.0
    memory_s: float = 0.0
    end_s: float = 0.0

    def add(self, batch: MeasuredBatch) -> None:
        """Add the use of a batch."""
        self.uplink_s += float(batch.upload_end - batch.upload_start)
        self.compute_s += float(batch.batch_end - batch.batch_start)
        self.downlink_s += float(batch.download_end - batch.download_start)
        weights = batch.memory[0].num_bytes
        free = batch.memory_limit - weights
        filled = sum(
            (after.time - before.time) * (before.num_bytes + after.num_bytes - 2 * weights) / 2
            for before, after in pairwise(batch.memory)
        )
        self.memory_s += float(Fraction(filled) / free) if free > 0 else 0.0
        self.end_s = max(self.end_s, float(batch.received))


def usage_row(scheme: str, edge_node: EdgeNode, usage: Usage) -> tuple[object, ...]:
    """Return the usage of an edge node as a row, with the energy of its transmissions [J]."""
    name = edge_node.alternative_of or edge_node.name
    up, down = edge_node.uplink_transmit_power_dbm, edge_node.downlink_transmit_power_dbm
    return (
        scheme,
        name,
        usage.uplink_s,
        usage.downlink_s,
        usage.compute_s,
        usage.memory_s,
        usage.end_s,
        watt_from_dbm(up) * usage.uplink_s,
        watt_from_dbm(down) * usage.downlink_s,
    )


USAGE_COLUMNS = {
    "scheme": "TEXT",
    "edge_node": "TEXT",
    "uplink_s": "REAL",
    "downlink_s": "REAL",
    "compute_s": "REAL",
    "memory_s": "REAL",
    "end_s": "REAL",
    "uplink_joules": "REAL",
    "downlink_joules": "REAL",
}
"""Columns of an edge node: the times of :class:`Usage`, and the energy of its transmissions."""
