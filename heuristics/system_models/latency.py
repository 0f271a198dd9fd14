r"""How long a batch takes: its computing, and the reading of the weights beside it.

Every token of output takes one step, the first of them the initial stage, and each step reads
all weights once for the whole batch. With N the longest output of the batch and :math:`B_j` the
memory bandwidth of all devices together, reading takes

.. math:: t^R_j = N \, \alpha_j k_1 / B_j,

which does not depend on how many requests share it. The text runs reading and computing side by
side, so that "the overall latency is governed by the longer of the two durations", takes reading
for the shorter and drops it. That holds for a batch large enough: one request of BLOOM-3B on
one TX2 reads 40 ms a step and computes 3.7.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.transformer import read_bytes

if TYPE_CHECKING:
    from heuristics.system_models.scenario import EdgeNode, Setting


class LatencyModel(StrEnum):
    """What the latency of a batch is made of.

    ``compute`` is (8) alone, as in the paper. ``roofline`` is the longer of computing and reading,
    each over the whole batch; ``serial`` is their sum. Where they overlap step by step, and do
    not make up for each other from one step to the next, the latency lies between these two:
    the sum of the longer is at least the longer of the sums, and at most the sum of both.
    """

    COMPUTE = "compute"
    ROOFLINE = "roofline"
    SERIAL = "serial"


def reading_s(
    edge_node: EdgeNode, setting: Setting, output_tokens: int, *, num_gpus: int
) -> Fraction:
    """Return how long a batch reads weights [s]; 0 where the setting does not count it.

    Parameters
    ----------
    edge_node
        Its LLM as it is stored, and the memory bandwidth of its devices.
    setting
        The latency model, and whether the head counts.
    output_tokens
        The longest output of the batch, N.
    num_gpus
        How many devices the weights are spread over, each reading its part.
    """
    if setting.latency is LatencyModel.COMPUTE or edge_node.gpu_memory_bytes_per_s is None:
        return Fraction(0)
    step = read_bytes(edge_node.llm, include_embedding=setting.include_embedding) * as_fraction(
        edge_node.quantization.alpha_weights
    )
    return output_tokens * step / (num_gpus * as_fraction(edge_node.gpu_memory_bytes_per_s))


def batch_s(model: LatencyModel, computing: Fraction, reading: Fraction) -> Fraction:
    """Return the latency of a batch from its computing and its reading [s]."""
    if model is LatencyModel.SERIAL:
        return computing + reading
    return max(computing, reading) if model is LatencyModel.ROOFLINE else computing


def computing_left(model: LatencyModel, latency: Fraction, reading: Fraction) -> Fraction:
    """Return how long a batch may compute to end within a latency [s]; 0 if reading is longer."""
    if model is LatencyModel.COMPUTE:
        return latency
    if reading > latency:
        return Fraction(0)
    return latency - reading if model is LatencyModel.SERIAL else latency
