"""The family scarce-memory: one real Jetson TX2 of 8 GB an edge node, and patient users."""

from __future__ import annotations

from pydantic import Field

from heuristics.system_models.catalogue.reader import KvCacheMode
from instances.families.family import Family, Sequence
from instances.families.physical import Physical, draw


class ScarceMemory(Physical):
    """Epochs of a minute, so that a TX2 can compute more than it can hold."""

    device: str | None = "tx2"
    """The device of all edge nodes; by default the real TX2, 8 GB."""

    num_gpus: int | None = Field(1, ge=1, le=10**6)
    """Devices of each edge node."""

    llm: str | None = "bloom-7.1b"
    """The LLM of all edge nodes; by default one whose weights take 6 of the 8 GB."""

    kv_cache: KvCacheMode | None = KvCacheMode.STORED
    """By default the KV cache stays in FP16, as W8A16 stores it."""

    rate_per_s: float | None = Field(0.5, ge=0, le=1e6)
    """Arrival rate of the Poisson process, lambda."""

    epoch_s: float | None = Field(60.0, gt=0, le=1e6)
    """Length of the epoch, T_U + T_C + T_D."""

    deadline_s: Sequence[float] | None = (60.0, 120.0)
    """Least and largest deadline, drawn uniformly, joined by +."""


FAMILY = Family(
    name="scarce-memory",
    summary="one real Jetson TX2 of 8 GB an edge node with BLOOM-7.1B, epochs of a minute",
    binds="memory, (12c): the KV cache of half a dozen requests fills a board",
    parameters=ScarceMemory,
    draw=draw,
)
