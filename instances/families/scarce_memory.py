"""The family scarce-memory: one real Jetson TX2 of 8 GB per edge node, and long deadlines."""

from __future__ import annotations

from pydantic import Field

from heuristics.system_models.catalogue.reader import KvCacheMode
from heuristics.system_models.choices import Texts  # noqa: TC001  pydantic reads the annotation
from instances.families.family import Family, Sequence
from instances.families.physical import Physical, draw


class ScarceMemory(Physical):
    """Epochs of one minute, so that memory limits a TX2 more than compute does."""

    device: Texts | None = "tx2"
    """Device of all edge nodes; by default the real TX2 of 8 GB."""

    num_gpus: int | None = Field(1, ge=1, le=10**6)
    """Number of devices of each edge node."""

    llm: Texts | None = "bloom-7.1b"
    """LLM of all edge nodes; by default an LLM whose weights take 6 of the 8 GB."""

    kv_cache: KvCacheMode | None = KvCacheMode.STORED
    """Scaling of the KV cache in (9); by default FP16, as W8A16 stores it."""

    rate_per_s: float | None = Field(0.5, ge=0, le=1e6)
    """Arrival rate of the Poisson process [1/s], lambda."""

    epoch_s: float | None = Field(60.0, gt=0, le=1e6)
    """Length of the epoch [s], T_U + T_C + T_D."""

    deadline_s: Sequence[float] | None = (60.0, 120.0)
    """Smallest and largest deadline [s] of a uniform distribution, joined by +."""


FAMILY = Family(
    name="scarce-memory",
    summary="one real Jetson TX2 of 8 GB per edge node with BLOOM-7.1B, epochs of one minute",
    binds="memory, (12c): the KV cache of half a dozen requests fills a board",
    parameters=ScarceMemory,
    draw=draw,
)
