"""The family choose-padding: three lengths of padded prompts as alternatives of each edge node."""

from __future__ import annotations

from heuristics.system_models.choices import Integers  # noqa: TC001  pydantic reads the annotation
from instances.families.dense import Dense
from instances.families.family import Family
from instances.families.physical import draw


class ChoosePadding(Dense):
    """The family dense, where each edge node chooses the length to which it pads prompts.

    A longer padding takes more prompts, and more memory and compute for each of them.
    """

    padding_tokens: Integers | None = (128, 256, 512)
    """Lengths [token] of padded prompts, s', among which each edge node chooses, joined by +."""


FAMILY = Family(
    name="choose-padding",
    summary="the family dense, where each edge node pads prompts to 128, 256 or 512 tokens",
    binds="compute, (12d), against the number of prompts that fit s'",
    parameters=ChoosePadding,
    draw=draw,
)
