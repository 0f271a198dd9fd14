"""The family mixed-models: a different LLM of different accuracy at each edge node."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class MixedModels(Physical):
    """Edge nodes with OPT-13B, BLOOM-3B and BLOOM-7.1B in 4 bits: f is 0.80, 0.25 and 0.46.

    f(dPPL) of (11) compares each LLM with its own FP16. A larger f means less loss by quantization,
    not a better LLM.
    """

    scenario: str = "mixed-models"
    """Recipe of the scenario: a name of the catalogue, or the path of a TOML file like one."""


FAMILY = Family(
    name="mixed-models",
    summary="edge nodes that host OPT-13B, BLOOM-3B and BLOOM-7.1B in 4 bits",
    binds=(
        "accuracy, (12e): many requests ask for more than their node has, where f(dPPL) compares "
        "each LLM with its own FP16, not with the others; then compute, (12d)"
    ),
    parameters=MixedModels,
    draw=draw,
)
