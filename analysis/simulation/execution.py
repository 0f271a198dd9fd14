r"""Execution: durations, airtimes and memory of requests, from physical values alone.

Durations follow from FLOPs and speeds, airtimes from bits and spectral efficiency, memory from
weights and cached tokens, each by the equation of its stage: (3), (4), (6), (7). No function reads
the integers of P1 or the constants :math:`k_1` to :math:`k_6` behind these integers. A measurement
made here can therefore contradict a schedule that P1 admits.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from heuristics.system_models.choices import own_setting
from heuristics.system_models.latency import LatencyModel, batch_s, executed_reading_s
from heuristics.system_models.measured_latency import executed_s
from heuristics.system_models.quantization import provided_accuracy, stored_bytes
from heuristics.system_models.radio import noise_power_w, spectral_efficiency
from heuristics.system_models.rounding import as_fraction, float_at_most
from heuristics.system_models.transformer import (
    decoding_flop,
    head_flop,
    kv_cache_bytes,
    prefill_flop,
    state_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heuristics.system_models.scenario import EdgeNode, Scenario, Setting

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]

SHARE_DECIMALS = 9
"""Decimals of a measured airtime, as part of its slot: radio is computed in floating point."""


def prefill_s(edge_node: EdgeNode, prompt_tokens: int, *, num_gpus: int) -> Fraction:
    """Return the time of one request's initial stage, (6) at the speed of (9) [s].

    Parameters
    ----------
    edge_node
        The edge node that computes the request.
    prompt_tokens
        Length of the prompt as it is computed, with its padding.
    num_gpus
        Number of devices that share the work.
    """
    return prefill_flop(edge_node.llm, prompt_tokens) / _flop_per_s(edge_node, num_gpus)


def decoding_s(
    edge_node: EdgeNode, setting: Setting, prompt_tokens: int, output_tokens: int, *, num_gpus: int
) -> Fraction:
    """Return the time of one request's autoregressive stage, (7) at the speed of (9) [s].

    The product of the output layer counts for every output token if the setting includes
    embeddings.
    """
    flop = decoding_flop(edge_node.llm, prompt_tokens, output_tokens)
    if setting.include_embedding:
        flop += head_flop(edge_node.llm) * output_tokens
    return flop / _flop_per_s(edge_node, num_gpus)


def stages_s(
    edge_node: EdgeNode,
    setting: Setting,
    prompt_tokens: int,
    output_tokens: Sequence[int],
    *,
    num_gpus: int,
) -> tuple[Fraction, Fraction]:
    """Return the end of the initial stage and the end of a batch that starts at 0 [s].

    Parameters
    ----------
    edge_node, setting
        The edge node, and the setting with the latency model: (6) and (7) with or without the
        reading of weights.
    prompt_tokens
        Length of every prompt as it is computed, with padding [tokens].
    output_tokens
        Length of each output, at least one [tokens].
    num_gpus
        Number of devices that share the work.
    """
    latency = edge_node.latency_profile
    if setting.latency is LatencyModel.MEASURED and latency is not None:
        return executed_s(latency, prompt_tokens, output_tokens)
    first = len(output_tokens) * prefill_s(edge_node, prompt_tokens, num_gpus=num_gpus)
    computing = first + sum(
        decoding_s(edge_node, setting, prompt_tokens, each, num_gpus=num_gpus)
        for each in output_tokens
    )
    once, all_steps = executed_reading_s(
        edge_node, setting, prompt_tokens, output_tokens, num_gpus=num_gpus
    )
    return batch_s(setting.latency, first, once), batch_s(setting.latency, computing, all_steps)


def _flop_per_s(edge_node: EdgeNode, num_gpus: int) -> Fraction:
    speed = num_gpus * as_fraction(edge_node.gpu_flop_per_s)
    return speed / as_fraction(edge_node.quantization.beta)


def memory_bytes(edge_node: EdgeNode, setting: Setting, *cached_tokens: int) -> Fraction:
    """Return the memory that an edge node holds: (3), (4), both scaled by (9) [byte].

    Parameters
    ----------
    edge_node, setting
        Edge node with its LLM, and the option to count the embedding.
    cached_tokens
        Number of tokens cached of each request; one of 0 has no cache and no state yet.
    """
    llm, quantization = edge_node.llm, edge_node.quantization
    weights = stored_bytes(llm, quantization, include_embedding=setting.include_embedding)
    cache = sum(kv_cache_bytes(llm, each) for each in cached_tokens)
    states = state_bytes(llm) * sum(each > 0 for each in cached_tokens)
    return weights + cache * as_fraction(quantization.alpha_kv_cache) + states


def uplink_airtimes(edge_node: EdgeNode, scenario: Scenario) -> FloatArray:
    """Return the airtime of each prompt on the whole uplink band, as parts of T_U, shape (I,).

    An airtime is infinite if the channel carries nothing. The sum over a batch is the time that all
    its prompts take together, however the band is shared.
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
    """Return the airtime of each output on the whole downlink band, as parts of T_D."""
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
    """Return the time of all these airtimes one after the other on one band [s].

    Parameters
    ----------
    shares
        Airtimes as parts of the slot, finite.
    slot
        T_U or T_D [s].

    Raises
    ------
    ValueError
        If a channel carries nothing, so that the transmission never ends.
    """
    total = float(shares.sum())
    if not np.isfinite(total):
        raise ValueError("every channel must carry its request, found one that carries nothing")
    return Fraction(round(total * 10**SHARE_DECIMALS), 10**SHARE_DECIMALS) * slot


def suits_batches(edge_node: EdgeNode, scenario: Scenario) -> BoolArray:
    """Return the requests that an edge node could serve in some batch, ignoring deadlines.

    Such a request is in coverage, its accuracy is kept (11), its prompt has at most s' tokens and
    its output at most the largest level, the whole band carries it within the slots, and the whole
    memory holds it. Shape (I,).
    """
    setting, requests = own_setting(scenario.setting, edge_node), scenario.requests
    prompts = np.array(requests.prompt_tokens, dtype=np.int64)
    outputs = np.array(requests.output_tokens, dtype=np.int64)
    suits = _suits_radio(edge_node, scenario) & (prompts <= setting.padding_tokens)
    if setting.output_levels_tokens is not None:
        suits &= outputs <= setting.output_levels_tokens[-1]
    if setting.longest_output_tokens is not None:
        longest = setting.longest_output_tokens
        levels = setting.output_levels_tokens
        if levels is not None:  # outputs are rounded up to a level
            longest = max((each for each in levels if each <= longest), default=0)
        suits &= outputs <= longest
    limit = edge_node.num_gpus * edge_node.gpu_memory_bytes
    return suits & _held(edge_node, setting, setting.padding_tokens + outputs, limit)


def suits_one_gpu(edge_node: EdgeNode, scenario: Scenario) -> BoolArray:
    """Return the requests that one device could serve alone, unpadded, ignoring deadlines."""
    return _suits_unpadded(edge_node, scenario, edge_node.gpu_memory_bytes)


def suits_all_gpus(edge_node: EdgeNode, scenario: Scenario) -> BoolArray:
    """Return the requests that all devices together could serve, as :func:`suits_one_gpu`."""
    limit = edge_node.num_gpus * edge_node.gpu_memory_bytes
    return _suits_unpadded(edge_node, scenario, limit)


def _suits_unpadded(edge_node: EdgeNode, scenario: Scenario, limit_bytes: int) -> BoolArray:
    requests = scenario.requests
    tokens = np.array(requests.prompt_tokens, dtype=np.int64) + requests.output_tokens
    held = _held(edge_node, scenario.setting, tokens, limit_bytes)
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
    lengths, index = np.unique(tokens, return_inverse=True)
    held = [memory_bytes(edge_node, setting, each) <= limit_bytes for each in lengths.tolist()]
    return np.array(held, dtype=bool)[index]
