r"""Latency of a batch: its computing, and the reading of weights and KV caches beside it.

Every token of output takes one step, the first of them the initial stage, and each step reads
all weights once for the whole batch; of a mixture of experts the coefficients count all experts,
while a batch that is executed reads those that its tokens are routed to. With N
the longest output of the batch and :math:`B_j` the memory bandwidth of all devices together,
reading takes

.. math:: t^R_j = N \, \alpha_j k_1 / B_j,

which does not depend on how many requests share it. Each request also reads its own keys and
values: step k of the :math:`n_i - 1` steps after the first token reads :math:`s' + k` tokens, so a
request takes

.. math:: t^{KV}_{ij} = (n_i - 1)(s' + n_i / 2) \, \alpha_j k_2 / B_j

more, in proportion to the requests of the batch; fixed states are read once a step. In full batches
the caches take about as long as the weights.

The text runs reading and computing side by side, so that "the overall latency is governed by the
longer of the two durations", takes reading for the shorter and drops it. That holds for a batch
large enough: one request of BLOOM-3B on one TX2 reads 40 ms a step and computes 3.7.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from heuristics.system_models.quantization import step_bytes
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.transformer import (
    decoding_cache_bytes,
    expert_weights,
    state_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.system_models.scenario import EdgeNode, Setting


class LatencyModel(StrEnum):
    """The parts of a batch's latency that count.

    ``compute`` is (8) alone, as in the paper. ``roofline`` is the longer of computing and reading,
    each over the whole batch; ``serial`` is their sum. Where they overlap step by step, and do
    not make up for each other from one step to the next, the latency lies between these two:
    the sum of the longer is at least the longer of the sums, and at most the sum of both.

    The coefficients of ``serial`` add the reading of each request's KV cache to its compute. Those
    of ``roofline`` count the weights alone, as (12d) has no second sum for the caches: they are
    optimistic. An execution counts the caches under both.

    ``measured`` takes the batch time of a latency profile, which
    :mod:`heuristics.system_models.measured_latency` describes, in place of the data sheets.
    """

    COMPUTE = "compute"
    ROOFLINE = "roofline"
    SERIAL = "serial"
    MEASURED = "measured"

    @property
    def counts_reading(self) -> bool:
        """True if the time of reading follows from the data sheet."""
        return self in {LatencyModel.ROOFLINE, LatencyModel.SERIAL}


def reading_s(
    edge_node: EdgeNode, setting: Setting, output_tokens: int, *, num_gpus: int
) -> Fraction:
    """Return the time that a batch reads weights, all experts each step [s].

    Parameters
    ----------
    edge_node
        Edge node with its LLM as it is stored, and the memory bandwidth of its devices.
    setting
        Latency model and the option to count the head; 0 is returned where reading does not
        count.
    output_tokens
        Longest output of the batch, N.
    num_gpus
        Number of devices that the weights are spread over, each reading its part.
    """
    if not setting.latency.counts_reading or edge_node.gpu_memory_bytes_per_s is None:
        return Fraction(0)
    step = step_bytes(
        edge_node.llm, edge_node.quantization, include_embedding=setting.include_embedding
    )
    return output_tokens * step / (num_gpus * as_fraction(edge_node.gpu_memory_bytes_per_s))


def cache_reading_s(
    edge_node: EdgeNode,
    setting: Setting,
    prompt_tokens: int,
    output_tokens: int,
    *,
    num_gpus: int,
) -> Fraction:
    """Return the time that one request reads its KV cache and its states [s].

    Parameters
    ----------
    edge_node, setting, num_gpus
        As of :func:`reading_s`; 0 is returned where the caches do not count.
    prompt_tokens
        Length of the prompt as it is computed, with its padding.
    output_tokens
        Length of the output, one or more.
    """
    speed = edge_node.gpu_memory_bytes_per_s
    if not setting.latency.counts_reading or speed is None or not setting.count_kv_reading:
        return Fraction(0)
    cache = decoding_cache_bytes(edge_node.llm, prompt_tokens, output_tokens)
    states = (output_tokens - 1) * state_bytes(edge_node.llm)
    num_bytes = cache * as_fraction(edge_node.quantization.alpha_kv_cache) + states
    return num_bytes / (num_gpus * as_fraction(speed))


def executed_reading_s(
    edge_node: EdgeNode,
    setting: Setting,
    prompt_tokens: int,
    output_tokens: Sequence[int],
    *,
    num_gpus: int,
) -> tuple[Fraction, Fraction]:
    """Return the time that an executed batch reads in its first step, and in all steps [s].

    The first step reads weights alone, later steps also the KV caches. Without experts the weights
    take :func:`reading_s`. Of a mixture a step reads the experts that its
    tokens are routed to, in the mean under uniform and independent routing: the first step has
    all tokens of the prompts, a later one a token of each request that has not ended.

    Parameters
    ----------
    edge_node, setting, num_gpus
        As of :func:`reading_s`.
    prompt_tokens
        Length of every prompt as it is computed.
    output_tokens
        Length of each output, one or more.
    """
    longest = max(output_tokens)
    caches = sum(
        (
            cache_reading_s(edge_node, setting, prompt_tokens, each, num_gpus=num_gpus)
            for each in output_tokens
        ),
        Fraction(0),
    )
    read_all = [reading_s(edge_node, setting, steps, num_gpus=num_gpus) for steps in (1, longest)]
    if not read_all[0] or not expert_weights(edge_node.llm):
        return read_all[0], read_all[1] + caches

    def step(num_tokens: int) -> Fraction:
        return step_bytes(
            edge_node.llm,
            edge_node.quantization,
            include_embedding=setting.include_embedding,
            num_tokens=num_tokens,
        )

    first = step(len(output_tokens) * prompt_tokens)
    lengths = sorted(output_tokens)
    later = Fraction(0)
    done = 1
    for index, length in enumerate(lengths):
        if length > done:
            later += (length - done) * step(len(lengths) - index)
            done = length
    speed = num_gpus * as_fraction(edge_node.gpu_memory_bytes_per_s or 0)
    return first / speed, (first + later) / speed + caches


def batch_s(model: LatencyModel, computing: Fraction, reading: Fraction) -> Fraction:
    """Return the latency of a batch from its computing and its reading [s]."""
    if model is LatencyModel.SERIAL:
        return computing + reading
    return max(computing, reading) if model is LatencyModel.ROOFLINE else computing


def computing_left(model: LatencyModel, latency: Fraction, reading: Fraction) -> Fraction:
    """Return the time left for computing within a latency [s]; 0 if reading is longer."""
    if not model.counts_reading:
        return latency
    if reading > latency:
        return Fraction(0)
    return latency - reading if model is LatencyModel.SERIAL else latency
