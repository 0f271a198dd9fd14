"""The family quantized-nodes: one LLM, quantized by another scheme at each edge node, Fig. 2."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class QuantizedNodes(Physical):
    """BLOOM-7.1B in W8A16, and in W4A16 by GPTQ and by ZeroQuant-Local."""

    scenario: str = "quantized-nodes"
    """A scenario of the catalogue, or the path of a TOML file made like one."""


FAMILY = Family(
    name="quantized-nodes",
    summary="one LLM, BLOOM-7.1B, in 8 bits and in 4 bits of two schemes, as Fig. 2 draws it",
    binds="accuracy, (12e): only the server's 8 bits serve demanding requests; then compute, (12d)",
    parameters=QuantizedNodes,
    draw=draw,
)
