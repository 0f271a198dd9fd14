"""The family modern: Jetson Orin boards and LLMs with grouped-query attention."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class Modern(Physical):
    """Llama-3-8B on four AGX Orin, Qwen2.5-7B on an Orin Nano, Mistral-7B on two Orin NX."""

    scenario: str = "modern"
    """Recipe of the scenario: a name of the catalogue, or the path of a TOML file like one."""


FAMILY = Family(
    name="modern",
    summary="Llama-3-8B, Qwen2.5-7B and Mistral-7B on Jetson Orin boards",
    binds="compute, (12d): grouped-query attention leaves memory free even on 8 GB",
    parameters=Modern,
    draw=draw,
)
