r"""Measurement: the execution of a schedule at every edge node, measured.

An edge node has an uplink band, devices and a downlink band. Each of them serves one batch after
the other. By the protocol of Fig. 3 a batch goes through

========  ==================================================================================
upload    from the epoch's start; the slot T_U is reserved; prompts that do not fit into the
          slot take longer
batch     from the end of T_U, the arrival of the last prompt, or the end of the previous batch,
          whichever is last, and after a change of the edge node's alternative where there is
          one; prompts are padded to s', so the batch takes the sum of (6) and (7),
          and the reading of weights if the latency model has it; outputs are released together
download  from the end of the batch; outputs are received T_D later, as (10) counts, or when the
          band has carried all of them, whichever is last
========  ==================================================================================

A request is late if its output is received after its due time. Where the truth differs from the
estimates, a batch that outgrows the memory loses requests, see :mod:`analysis.simulation.overflow`.
The measurement does not need a
feasible schedule: a batch beyond T_C, an upload beyond T_U or memory beyond the limit is measured,
and delays the batches after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.simulation import execution
from analysis.simulation.overflow import Generated, generated
from analysis.simulation.switching import edge_nodes_of
from analysis.simulation.times import Times
from heuristics.system_models.choices import own_setting
from heuristics.system_models.rounding import as_fraction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.simulation.epoch import Epoch
    from heuristics.schedule import Schedule


class Occupancy(NamedTuple):
    """Times at which the uplink, the devices and the downlink of an edge node are free [s]."""

    uplink: Fraction = Fraction(0)
    devices: Fraction = Fraction(0)
    downlink: Fraction = Fraction(0)


class MemoryPoint(NamedTuple):
    """Memory in use at one time [s, byte]; between two points it grows linearly."""

    time: Fraction
    num_bytes: Fraction


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredBatch:
    """One executed batch. Times are exact and count from the start of the simulation [s].

    Parameters
    ----------
    edge_node
        Index of the edge node.
    requests
        Requests of the batch, as indices in the epoch.
    upload_start, upload_end
        Time at which the band begins to carry prompts, and at which it has carried the last one.
    batch_start, prefill_end, batch_end
        Start of computing, end of the initial stage, end of computing.
    download_start, download_end
        Time at which the band begins to carry outputs, and at which it has carried the last one.
    received
        Time at which every request has its output.
    memory
        Memory in use from the start of the batch to its end.
    memory_limit
        Memory of the edge node [byte].
    is_upload_late, is_download_late
        True if the band took longer than the slot.
    is_delayed
        True if the edge node was not free at the end of T_U.
    is_overrun
        True if the batch ended after the epoch's T_C.
    removed
        Requests that lost their output since the batch outgrew the memory, as indices in the epoch.
    """

    edge_node: int
    requests: tuple[int, ...]
    upload_start: Fraction
    upload_end: Fraction
    batch_start: Fraction
    prefill_end: Fraction
    batch_end: Fraction
    download_start: Fraction
    download_end: Fraction
    received: Fraction
    memory: tuple[MemoryPoint, ...]
    memory_limit: int
    is_upload_late: bool
    is_delayed: bool
    is_overrun: bool
    is_download_late: bool
    removed: tuple[int, ...] = ()

    @property
    def peak_memory(self) -> Fraction:
        """Largest memory in use during the batch [byte]."""
        return max(point.num_bytes for point in self.memory)

    @property
    def is_over_memory(self) -> bool:
        """True if the batch needs more memory than the edge node has."""
        return bool(self.removed) or self.peak_memory > self.memory_limit

    def times(self, decided: Fraction, *, is_removed: bool = False) -> Times:
        """Return the times that all requests of the batch have in common.

        Parameters
        ----------
        decided
            Start of the epoch [s].
        is_removed
            True for the requests that lost their output.
        """
        last_token = None if is_removed else self.batch_end
        return Times(
            decided=decided,
            upload_start=self.upload_start,
            upload_end=self.upload_end,
            compute_start=self.batch_start,
            first_token=self.prefill_end,
            last_token=last_token,
            released=last_token,
        )


class Measurement(NamedTuple):
    """Measured batches of an epoch, and the occupancy of each edge node after them."""

    batches: tuple[MeasuredBatch, ...]
    occupancy: tuple[Occupancy, ...]


def measure(
    epoch: Epoch,
    schedule: Schedule,
    occupancy: tuple[Occupancy, ...],
    latency_ratios: Sequence[Fraction] | None = None,
) -> Measurement:
    """Execute a schedule and measure its batches.

    Parameters
    ----------
    epoch
        The epoch and its requests.
    schedule
        A batch for each edge node, as indices of the epoch's requests.
    occupancy
        Occupancy of each edge node after the earlier epochs, which must be measured in order.
    latency_ratios
        Ratio of true computing time to its estimate, by row. None if the estimates are the truth;
        then no request is removed from a batch that outgrows the memory.

    Raises
    ------
    ValueError
        If a request is sent over a channel that carries nothing.

    Notes
    -----
    Time O(J I).
    """
    measured = {
        edge_node: _execute(
            epoch,
            edge_node,
            batch,
            occupancy[edge_node],
            None if latency_ratios is None else latency_ratios[edge_node],
        )
        for edge_node, batch in enumerate(schedule.batches)
        if batch
    }
    after = list(occupancy)
    for rows in edge_nodes_of(epoch.scenario):
        for ran in (measured[row] for row in rows if row in measured):
            for row in rows:  # alternatives share the bands and the devices
                after[row] = Occupancy(ran.upload_end, ran.batch_end, ran.download_end)
    return Measurement(tuple(measured.values()), tuple(after))


def _execute(
    epoch: Epoch,
    index: int,
    batch: tuple[int, ...],
    before: Occupancy,
    latency_ratio: Fraction | None,
) -> MeasuredBatch:
    scenario = epoch.scenario
    edge_node, members = scenario.edge_nodes[index], np.array(batch)
    setting = own_setting(scenario.setting, edge_node)
    padded, num_gpus = setting.padding_tokens, edge_node.num_gpus
    outputs = [scenario.requests.output_tokens[request] for request in batch]

    sent = execution.uplink_airtimes(edge_node, scenario)[members]
    upload_start = max(epoch.start, before.uplink)
    upload_end = upload_start + execution.airtime_s(sent, epoch.uplink_slot)
    slot_start = epoch.start + epoch.uplink_slot

    free = max(slot_start, upload_end, before.devices)
    batch_start = free + as_fraction(edge_node.switching_s or 0.0)
    memory_limit = num_gpus * edge_node.gpu_memory_bytes
    made = Generated(tuple(outputs), ())
    if latency_ratio is not None:
        made = generated(edge_node, setting, padded, outputs, memory_limit)
    first, whole = (
        each * (1 if latency_ratio is None else latency_ratio)
        for each in execution.stages_s(edge_node, setting, padded, made.tokens, num_gpus=num_gpus)
    )
    prefill_end, batch_end = batch_start + first, batch_start + whole

    kept = [place for place in range(len(batch)) if place not in made.removed]
    fed_back = execution.downlink_airtimes(edge_node, scenario)[members[kept]]
    carried = execution.airtime_s(fed_back, epoch.downlink_slot)
    download_start = max(batch_end, before.downlink)
    download_end = download_start + carried
    slot_end = batch_end + epoch.downlink_slot

    in_cache: tuple[list[int], ...] = (
        [],
        [padded] * len(kept if made.removed else batch),
        [padded + outputs[place] for place in kept],
    )
    return MeasuredBatch(
        edge_node=index,
        requests=batch,
        upload_start=upload_start,
        upload_end=upload_end,
        batch_start=batch_start,
        prefill_end=prefill_end,
        batch_end=batch_end,
        download_start=download_start,
        download_end=download_end,
        received=max(slot_end, download_end),
        memory=tuple(
            MemoryPoint(time, execution.memory_bytes(edge_node, setting, *cached))
            for time, cached in zip((batch_start, prefill_end, batch_end), in_cache, strict=True)
        ),
        memory_limit=memory_limit,
        is_upload_late=upload_end > slot_start,
        is_delayed=free > slot_start,
        is_overrun=batch_end > slot_start + epoch.compute_slot,
        is_download_late=download_end > slot_end,
        removed=tuple(batch[place] for place in made.removed),
    )
