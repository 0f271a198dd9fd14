r"""The replay: a schedule executed at every edge node, and what is measured of it.

An edge node has an uplink band, its devices and a downlink band, each of which does one thing
after the other. By the protocol of Fig. 3 a batch goes through

========  ==================================================================================
upload    from the epoch's start; the slot T_U is reserved, and prompts that do not fit in it
          take longer
batch     from the end of T_U, or when the last prompt has arrived, or when the batch before it
          is done, whichever is last; prompts are padded to s', so it takes the sum of (6) and
          (7), and the reading of weights where that counts; its outputs are released together
download  from the end of the batch; outputs are received T_D later, as (10) counts them, or
          when the band has carried them all
========  ==================================================================================

A request is late if its output is received after it was due. Nothing here asks whether the
schedule is feasible: a batch beyond T_C, an upload beyond T_U or memory beyond the limit is
measured, and delays what comes after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.simulation import execution

if TYPE_CHECKING:
    from analysis.simulation.epoch import Epoch
    from heuristics.schedule import Schedule


class Occupancy(NamedTuple):
    """When each resource of an edge node is free again [s]."""

    uplink: Fraction = Fraction(0)
    devices: Fraction = Fraction(0)
    downlink: Fraction = Fraction(0)


class MemoryPoint(NamedTuple):
    """What an edge node holds at a time [s, byte]; between two points it grows evenly."""

    time: Fraction
    num_bytes: Fraction


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredBatch:
    """One batch as it was executed; times are exact, since the simulation began [s].

    Parameters
    ----------
    edge_node
        Index of the edge node.
    requests
        The batch, indices in the epoch.
    upload_end
        When the last prompt has arrived, by the band's own time.
    batch_start, prefill_end, batch_end
        Of the computing.
    download_end
        When the band has carried the last output.
    received
        When every request has its output.
    memory
        What the edge node held from the start of the batch to its end.
    memory_limit
        What it can hold [byte].
    is_upload_late, is_download_late
        Whether the band took longer than the slot.
    is_delayed
        Whether the batch could not start at the end of T_U.
    is_overrun
        Whether the batch ended after the epoch's T_C.
    """

    edge_node: int
    requests: tuple[int, ...]
    upload_end: Fraction
    batch_start: Fraction
    prefill_end: Fraction
    batch_end: Fraction
    download_end: Fraction
    received: Fraction
    memory: tuple[MemoryPoint, ...]
    memory_limit: int
    is_upload_late: bool
    is_delayed: bool
    is_overrun: bool
    is_download_late: bool

    @property
    def peak_memory(self) -> Fraction:
        """The most that the edge node held [byte]."""
        return max(point.num_bytes for point in self.memory)

    @property
    def is_over_memory(self) -> bool:
        """Whether the edge node would have had to hold more than it can."""
        return self.peak_memory > self.memory_limit


class Replay(NamedTuple):
    """The batches that an epoch's schedule came to, and when each edge node is free again."""

    batches: tuple[MeasuredBatch, ...]
    occupancy: tuple[Occupancy, ...]


def replay(epoch: Epoch, schedule: Schedule, occupancy: tuple[Occupancy, ...]) -> Replay:
    """Execute a schedule and measure it.

    Parameters
    ----------
    epoch
        The epoch and its requests.
    schedule
        A batch for each edge node, indices of the epoch's requests.
    occupancy
        When each edge node is free of the epochs before; those begin in order.

    Raises
    ------
    ValueError
        If a request is sent over a channel that carries nothing.

    Notes
    -----
    Time O(J I).
    """
    measured = {
        edge_node: _execute(epoch, edge_node, batch, occupancy[edge_node])
        for edge_node, batch in enumerate(schedule.batches)
        if batch
    }
    after = tuple(
        Occupancy(ran.upload_end, ran.batch_end, ran.download_end)
        if (ran := measured.get(edge_node)) is not None
        else before
        for edge_node, before in enumerate(occupancy)
    )
    return Replay(tuple(measured.values()), after)


def _execute(epoch: Epoch, index: int, batch: tuple[int, ...], before: Occupancy) -> MeasuredBatch:
    scenario, setting = epoch.scenario, epoch.scenario.setting
    edge_node, members = scenario.edge_nodes[index], np.array(batch)
    padded, num_gpus = setting.padding_tokens, edge_node.num_gpus
    outputs = [scenario.requests.output_tokens[request] for request in batch]

    sent = execution.uplink_airtimes(edge_node, scenario)[members]
    upload_end = max(epoch.start, before.uplink) + execution.airtime_s(sent, epoch.uplink_slot)
    slot_start = epoch.start + epoch.uplink_slot

    batch_start = max(slot_start, upload_end, before.devices)
    first, whole = execution.stages_s(edge_node, setting, padded, outputs, num_gpus=num_gpus)
    prefill_end, batch_end = batch_start + first, batch_start + whole

    fed_back = execution.downlink_airtimes(edge_node, scenario)[members]
    carried = execution.airtime_s(fed_back, epoch.downlink_slot)
    download_end = max(batch_end, before.downlink) + carried
    slot_end = batch_end + epoch.downlink_slot

    in_cache = (0, len(batch) * padded, len(batch) * padded + sum(outputs))
    times = (batch_start, prefill_end, batch_end)
    return MeasuredBatch(
        edge_node=index,
        requests=batch,
        upload_end=upload_end,
        batch_start=batch_start,
        prefill_end=prefill_end,
        batch_end=batch_end,
        download_end=download_end,
        received=max(slot_end, download_end),
        memory=tuple(
            MemoryPoint(time, execution.memory_bytes(edge_node, setting, tokens))
            for time, tokens in zip(times, in_cache, strict=True)
        ),
        memory_limit=num_gpus * edge_node.gpu_memory_bytes,
        is_upload_late=upload_end > slot_start,
        is_delayed=batch_start > slot_start,
        is_overrun=batch_end > slot_start + epoch.compute_slot,
        is_download_late=download_end > slot_end,
    )
