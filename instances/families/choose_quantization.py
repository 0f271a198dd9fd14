"""The family choose-quantization: three quantization schemes as alternatives of each edge node."""

from __future__ import annotations

from pydantic import Field

from heuristics.system_models.choices import Texts  # noqa: TC001  pydantic reads the annotation
from heuristics.system_models.latency import LatencyModel
from instances.families.family import Family, Sequence
from instances.families.physical import Physical, draw


class ChooseQuantization(Physical):
    """Three equal edge nodes with BLOOM-7.1B in 8 bits, in 4 bits, and in 4 bits with W4A8.

    None of the schemes dominates another one: W8A16 keeps the accuracy of nearly every request, and
    reads the most bytes for each token; W4A16 reads half as many; W4A8 computes four times as fast
    too, and keeps the accuracy of a fifth of the requests.
    """

    llm: Texts | None = "bloom-7.1b"
    """LLM of all edge nodes: a name of the catalogue, or the path of a config.json."""

    quantization: Texts | None = ("w8a16", "w4a16-gptq", "w4a8-gptq")
    """Quantization schemes among which each edge node chooses, joined by +."""

    latency: LatencyModel | None = LatencyModel.SERIAL
    """Latency model, with or without the reading of weights: compute, roofline or serial."""

    num_gpus: int | None = Field(10, ge=1, le=10**6)
    """Number of devices of each edge node."""

    rate_per_s: float | None = Field(10.0, ge=0, le=1e6)
    """Arrival rate of the Poisson process [1/s], lambda."""

    epoch_s: float | None = Field(20.0, gt=0, le=1e6)
    """Length of the epoch [s], T_U + T_C + T_D."""

    deadline_s: Sequence[float] | None = (16.0, 30.0)
    """Smallest and largest deadline [s] of a uniform distribution, joined by +."""


FAMILY = Family(
    name="choose-quantization",
    summary="each edge node runs BLOOM-7.1B in W8A16, W4A16 or W4A8, the best for the schedule",
    binds="accuracy, (12e), against the reading of weights and compute, (12d)",
    parameters=ChooseQuantization,
    draw=draw,
)
