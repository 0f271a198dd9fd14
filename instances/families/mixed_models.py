"""The family mixed-models: each edge node hosts another LLM of another accuracy."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class MixedModels(Physical):
    """OPT-13B, BLOOM-3B and BLOOM-7.1B, each in 4 bits: f is 0.80, 0.25 and 0.46."""

    scenario: str = "mixed-models"
    """A scenario of the catalogue, or the path of a TOML file made like one."""


FAMILY = Family(
    name="mixed-models",
    summary="edge nodes that host OPT-13B, BLOOM-3B and BLOOM-7.1B in 4 bits",
    binds="accuracy, (12e): of every node's requests many ask for more; then compute, (12d)",
    parameters=MixedModels,
    draw=draw,
)
