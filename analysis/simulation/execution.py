r"""What it takes to execute requests, from physical values alone.

Durations follow from FLOPs and speeds, airtimes from bits and spectral efficiency, memory from
weights and cached tokens, each by the equation of its stage: (3), (4), (6), (7). None of it
reads the integers of P1 or the constants :math:`k_1` to :math:`k_6` that these are made of, so
what is measured here can contradict a schedule that those admit.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from heuristics.system_models.latency import batch_s, reading_s
from heuristics.system_models.quantization import provided_accuracy
from heuristics.system_models.radio import noise_power_w, spectral_efficiency
from heuristics.system_models.rounding import as_fraction, float_at_most
from heuristics.system_models.transformer import (
    decoding_flop,
    kv_cache_bytes,
    prefill_flop,
    weight_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heuristics.system_models.scenario import EdgeNode, Scenario, Setting

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]

SHARE_DECIMALS = 9
"""Airtimes are measured to a billionth of their slot: radio is known in floating point only."""


def prefill_s(edge_node: EdgeNode, prompt_tokens: int, *, num_gpus: int) -> Fraction:
    """Return the time of one request's initial stage, (6) at the speed of (9) [s].

    Parameters
    ----------
    edge_node
        Where it runs.
    prompt_tokens
        The length of the prompt as it is computed, with its padding.
    num_gpus
        How many devices it runs on.
    """
    return prefill_flop(edge_node.llm, prompt_tokens) / _flop_per_s(edge_node, num_gpus)


def decoding_s(
    edge_node: EdgeNode, setting: Setting, prompt_tokens: int, output_tokens: int, *, num_gpus: int
) -> Fraction:
    """Return the time of one request's autoregressive stage, (7) at the speed of (9) [s].

    The head's product counts for every token of output where the setting says so.
    """
    flop = decoding_flop(edge_node.llm, prompt_tokens, output_tokens)
    if setting.include_embedding:
        flop += 2 * edge_node.llm.vocabulary_size * edge_node.llm.model_dimension * output_tokens
    return flop / _flop_per_s(edge_node, num_gpus)


def stages_s(
    edge_node: EdgeNode,
    setting: Setting,
    prompt_tokens: int,
    output_tokens: Sequence[int],
    *,
    num_gpus: int,
) -> tuple[Fraction, Fraction]:
    """Return when a batch that begins at 0 has ended its initial stage, and all of it [s].

    Parameters
    ----------
    edge_node, setting
        Where it runs, and whether the reading of weights counts beside (6) and (7).
    prompt_tokens
        The length of every prompt as it is computed.
    output_tokens
        The length of each output, one or more.
    num_gpus
        How many devices it runs on.
    """
    first = len(output_tokens) * prefill_s(edge_node, prompt_tokens, num_gpus=num_gpus)
    computing = first + sum(
        decoding_s(edge_node, setting, prompt_tokens, each, num_gpus=num_gpus)
        for each in output_tokens
    )
    once, all_steps = (
        reading_s(edge_node, setting, steps, num_gpus=num_gpus) for steps in (1, max(output_tokens))
    )
    return batch_s(setting.latency, first, once), batch_s(setting.latency, computing, all_steps)


def _flop_per_s(edge_node: EdgeNode, num_gpus: int) -> Fraction:
    speed = num_gpus * as_fraction(edge_node.gpu_flop_per_s)
    return speed / as_fraction(edge_node.quantization.beta)


def memory_bytes(edge_node: EdgeNode, setting: Setting, cached_tokens: int) -> Fraction:
    """Return what an edge node holds with so many tokens cached: (3), (4), both scaled by (9)."""
    weights = weight_bytes(edge_node.llm, include_embedding=setting.include_embedding)
    cache = kv_cache_bytes(edge_node.llm, cached_tokens)
    quantization = edge_node.quantization
    return weights * as_fraction(quantization.alpha_weights) + cache * as_fraction(
        quantization.alpha_kv_cache
    )


def uplink_airtimes(edge_node: EdgeNode, scenario: Scenario) -> FloatArray:
    """Return how long the whole uplink band takes for each prompt, as parts of T_U, shape (I,).

    Infinite where the channel carries nothing. Their sum over a batch is the time that all its
    prompts take together, however the band is shared.
    """
    return _airtimes(
        scenario.requests.prompt_tokens,
        edge_node.uplink_gain,
        scenario.setting,
        bandwidth_hz=edge_node.uplink_bandwidth_hz,
        power_dbm=edge_node.uplink_transmit_power_dbm,
        slot_s=scenario.setting.uplink_slot_s,
    )


def downlink_airtimes(edge_node: EdgeNode, scenario: Scenario) -> FloatArray:
    """Return how long the whole downlink band takes for each output, as parts of T_D."""
    return _airtimes(
        scenario.requests.output_tokens,
        edge_node.downlink_gain,
        scenario.setting,
        bandwidth_hz=edge_node.downlink_bandwidth_hz,
        power_dbm=edge_node.downlink_transmit_power_dbm,
        slot_s=scenario.setting.downlink_slot_s,
    )


def _airtimes(
    tokens: Sequence[int],
    gain: Sequence[float],
    setting: Setting,
    *,
    bandwidth_hz: float,
    power_dbm: float,
    slot_s: float,
) -> FloatArray:
    noise = noise_power_w(bandwidth_hz, setting.noise_density_dbm_per_hz, setting.noise_figure_db)
    bits_per_s = bandwidth_hz * spectral_efficiency(gain, power_dbm, noise)
    bits = np.array(tokens, dtype=np.float64) * setting.bits_per_token
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(bits / (bits_per_s * slot_s))


def airtime_s(shares: FloatArray, slot: Fraction) -> Fraction:
    """Return the time that a band takes for all these airtimes one after the other [s].

    Parameters
    ----------
    shares
        Airtimes as parts of the slot, finite.
    slot
        T_U or T_D [s].

    Raises
    ------
    ValueError
        If a channel carries nothing, so that it never ends.
    """
    total = float(shares.sum())
    if not np.isfinite(total):
        raise ValueError("every channel must carry its request, found one that carries nothing")
    return Fraction(round(total * 10**SHARE_DECIMALS), 10**SHARE_DECIMALS) * slot


def suits_batches(edge_node: EdgeNode, scenario: Scenario) -> BoolArray:
    """Return which requests an edge node could serve in some batch, whatever the deadline.

    In coverage, accuracy kept (11), the prompt at most s' and the output at most the largest
    level, carried by the whole band within the slots, and held by the whole memory; shape (I,).
    """
    setting, requests = scenario.setting, scenario.requests
    prompts = np.array(requests.prompt_tokens, dtype=np.int64)
    outputs = np.array(requests.output_tokens, dtype=np.int64)
    suits = _suits_radio(edge_node, scenario) & (prompts <= setting.padding_tokens)
    if setting.output_levels_tokens is not None:
        suits &= outputs <= setting.output_levels_tokens[-1]
    limit = edge_node.num_gpus * edge_node.gpu_memory_bytes
    return suits & _held(edge_node, setting, setting.padding_tokens + outputs, limit)


def suits_one_gpu(edge_node: EdgeNode, scenario: Scenario) -> BoolArray:
    """Return which requests one device could serve alone, unpadded, whatever the deadline."""
    requests = scenario.requests
    tokens = np.array(requests.prompt_tokens, dtype=np.int64) + requests.output_tokens
    held = _held(edge_node, scenario.setting, tokens, edge_node.gpu_memory_bytes)
    return _suits_radio(edge_node, scenario) & held


def _suits_radio(edge_node: EdgeNode, scenario: Scenario) -> BoolArray:
    accuracy = provided_accuracy(edge_node.quantization, scenario.setting.accuracy_mode)
    return np.asarray(
        np.array(edge_node.covered, dtype=bool)
        & (np.array(scenario.requests.accuracy, dtype=np.float64) <= float_at_most(accuracy))
        & (np.round(uplink_airtimes(edge_node, scenario), SHARE_DECIMALS) <= 1)
        & (np.round(downlink_airtimes(edge_node, scenario), SHARE_DECIMALS) <= 1)
    )


def _held(
    edge_node: EdgeNode, setting: Setting, tokens: NDArray[np.int64], limit_bytes: int
) -> BoolArray:
    free = limit_bytes - memory_bytes(edge_node, setting, 0)
    per_token = memory_bytes(edge_node, setting, 1) - memory_bytes(edge_node, setting, 0)
    most = free // per_token
    return tokens <= (min(most, 2**62) if most >= 0 else -1)
