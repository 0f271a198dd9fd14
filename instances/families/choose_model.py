"""The family choose-model: three LLMs as alternatives of each edge node."""

from __future__ import annotations

from heuristics.system_models.choices import Texts  # noqa: TC001  pydantic reads the annotation
from instances.families.dense import Dense
from instances.families.family import Family
from instances.families.physical import draw


class ChooseModel(Dense):
    """The family dense, where each edge node hosts BLOOM-3B, BLOOM-7.1B or OPT-13B in 4 bits.

    f(dPPL) of (11) is 0.25, 0.46 and 0.80: a larger LLM loses less by quantization, and takes
    longer for each request. f compares each LLM with its own FP16, not with the others.
    """

    llm: Texts | None = ("bloom-3b", "bloom-7.1b", "opt-13b")
    """LLMs among which each edge node chooses, joined by +."""

    quantization: Texts | None = "w4a16-gptq"
    """Quantization scheme of all edge nodes."""


FAMILY = Family(
    name="choose-model",
    summary="the family dense, where each edge node hosts BLOOM-3B, BLOOM-7.1B or OPT-13B",
    binds="compute, (12d), against accuracy, (12e)",
    parameters=ChooseModel,
    draw=draw,
)
