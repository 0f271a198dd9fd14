r"""Step time: the time of an iteration of an edge node, by its latency model.

An iteration computes p prompt tokens, and one token of each of b decoding requests with k cached
tokens. By a measured latency it takes :math:`[p > 0](c_0 + c_1 p) + [b > 0](d_0 + b d_1 + d_2 k)`.
By data sheets it computes the FLOPs of (6) and (7) at the speed of (9), reads the weights once and
the caches of the decoding requests, and takes the computing, the longer of the two, or their sum.
A chunk of a prompt has the FLOPs that (6) grows by, so that chunks add up to the whole prompt; the
cache of its earlier chunks is not read anew.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import lcm
from typing import TYPE_CHECKING

from analysis.simulation.continuous.linear_time import Decoding, LinearTime, larger_sum
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.layer import WindowAttention
from heuristics.system_models.quantization import step_bytes
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.transformer import (
    FP16_BYTES,
    expert_weights,
    head_flop,
    prefill_flop,
    state_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from heuristics.system_models.layer import FullAttention, LatentAttention
    from heuristics.system_models.measured_latency import MeasuredLatency
    from heuristics.system_models.scenario import EdgeNode, Setting

TICKS_PER_S = 10**9
_EXPERT_DECIMALS = 10**12  # the mean number of distinct experts has twelve decimals


class StepTime:
    """Times of iterations in integer units, of which a whole number makes a tick: exact sums.

    Parameters
    ----------
    edge_node, setting
        The edge node, all of whose devices compute together, and the setting.

    Attributes
    ----------
    units_per_tick
        Number of units in a nanosecond.
    has_windows
        True if the time of a step needs the cached tokens of each request.
    """

    def __init__(self, edge_node: EdgeNode, setting: Setting) -> None:
        self._model = setting.latency
        latency = edge_node.latency_profile
        is_measured = setting.latency is LatencyModel.MEASURED and latency is not None
        parts = _measured(latency) if is_measured and latency else _sheet(edge_node, setting)
        units_per_s = lcm(TICKS_PER_S, *(each.denominator for each in parts.values()))
        if expert_weights(edge_node.llm):
            units_per_s *= _EXPERT_DECIMALS
        self._units_per_s = units_per_s
        self.units_per_tick = units_per_s // TICKS_PER_S
        self._in_units = {name: int(each * units_per_s) for name, each in parts.items()}
        self._is_measured = is_measured
        self._edge_node, self._setting = edge_node, setting
        self._prompt = cache(self._prompt_time)
        self._weights = cache(self._weights_time)
        self._computing, self._reading = self._linear_times()
        self.has_windows = not is_measured and edge_node.llm.has_windows

    def steps(self, decoding: Decoding, num_steps: int) -> int:
        """Return the time of so many steps that decode alone."""
        if self._model is LatencyModel.ROOFLINE:
            return larger_sum(self._computing, self._reading, decoding, num_steps)
        computing = self._computing.steps(decoding, num_steps)
        if self._model is LatencyModel.SERIAL:
            return computing + self._reading.steps(decoding, num_steps)
        return computing

    def iteration(
        self, chunks: Iterable[tuple[int, int]], num_ending: int, decoding: Decoding
    ) -> int:
        """Return the time of an iteration with prompts.

        Parameters
        ----------
        chunks
            First token and end of each part of a prompt that is computed.
        num_ending
            Number of prompts that end, each with a token of output.
        decoding
            Requests that decode.
        """
        prompts, num_tokens = 0, 0
        for start, end in chunks:
            prompts += self._prompt(end) - self._prompt(start)
            num_tokens += end - start
        if self._is_measured:
            decoded = self._computing.steps(decoding, 1) if decoding.num_requests else 0
            return self._in_units["prefill"] + prompts + decoded
        computing = prompts + num_ending * self._in_units["head"]
        computing += self._computing.beside_fixed(decoding, 1)
        reading = self._weights(num_tokens + decoding.num_requests)
        reading += self._reading.beside_fixed(decoding, 1)
        if self._model is LatencyModel.SERIAL:
            return computing + reading
        return max(computing, reading) if self._model is LatencyModel.ROOFLINE else computing

    def alone(self, prompt_tokens: int, output_tokens: int) -> int:
        """Return the time of a request alone, its prompt computed whole."""
        first = self.iteration([(0, prompt_tokens)], 1, Decoding(0, 0))
        if output_tokens == 1:
            return first
        return first + self.steps(Decoding(1, prompt_tokens, (prompt_tokens,)), output_tokens - 1)

    def _linear_times(self) -> tuple[LinearTime, LinearTime]:
        units = self._in_units
        if self._is_measured:
            time = LinearTime(lambda _: units["step"], units["request"], ((None, units["token"]),))
            return time, time
        computing, reading = [], []
        for place, window in enumerate(_windows(self._edge_node)):
            computing.append((window, units[f"pair {place}"]))
            reading.append((window, units[f"cache {place}"]))
        return (
            LinearTime(lambda _: 0, units["decoded"], tuple(computing)),
            LinearTime(self._weights, units["state"], tuple(reading)),
        )

    def _prompt_time(self, num_tokens: int) -> int:
        """Return the time to compute the first tokens of a prompt."""
        if self._is_measured:
            return num_tokens * self._in_units["prompt"]
        if not num_tokens:
            return 0
        return prefill_flop(self._edge_node.llm, num_tokens) * self._in_units["flop"]

    def _weights_time(self, num_tokens: int) -> int:
        """Return the time to read the weights in a step with so many tokens."""
        units = self._in_units
        if not units["byte"] or not expert_weights(self._edge_node.llm):
            return units["weights"]
        read = _step_bytes(self._edge_node, self._setting, num_tokens)
        return int(read / _bytes_per_s(self._edge_node) * self._units_per_s)


def _measured(latency: MeasuredLatency) -> dict[str, Fraction]:
    names = {"prefill": "c0_s", "prompt": "c1_s", "step": "d0_s", "request": "d1_s"}
    names["token"] = "d2_s"
    return {name: as_fraction(getattr(latency, each)) for name, each in names.items()}


def _sheet(edge_node: EdgeNode, setting: Setting) -> dict[str, Fraction]:
    """Return the times of the parts of a step by the data sheet [s]."""
    llm, quantization = edge_node.llm, edge_node.quantization
    speed = edge_node.num_gpus * as_fraction(edge_node.gpu_flop_per_s)
    flop = as_fraction(quantization.beta) / speed
    has_reading = setting.latency.counts_reading and edge_node.gpu_memory_bytes_per_s is not None
    byte = 1 / _bytes_per_s(edge_node) if has_reading else Fraction(0)
    cache_byte = byte if setting.count_kv_reading else Fraction(0)
    head = head_flop(llm) if setting.include_embedding else 0
    token = sum(each.count * each.token_flop(llm.model_dimension) for each in llm.kinds)
    all_alphas = lcm(*(each.denominator for each in quantization.alphas()))
    parts = {
        "flop": flop,
        "head": head * flop,
        "decoded": (token + head) * flop,
        "byte": byte / all_alphas,
        "weights": _step_bytes(edge_node, setting, None) * byte,
        "state": state_bytes(llm) * cache_byte,
    }
    alpha = as_fraction(quantization.alpha_kv_cache)
    for place, window in enumerate(_windows(edge_node)):
        pair = cached = 0
        for each in llm.kinds:
            if each.attention is not None and _window(each.attention) == window:
                pair += each.count * each.attention.decoding_pair_flop
                cached += each.count * each.attention.cached_values(1)
        parts[f"pair {place}"] = pair * flop
        parts[f"cache {place}"] = FP16_BYTES * cached * alpha * cache_byte
    return parts


def _step_bytes(edge_node: EdgeNode, setting: Setting, num_tokens: int | None) -> Fraction:
    return step_bytes(
        edge_node.llm,
        edge_node.quantization,
        include_embedding=setting.include_embedding,
        num_tokens=num_tokens,
    )


def _bytes_per_s(edge_node: EdgeNode) -> Fraction:
    return edge_node.num_gpus * as_fraction(edge_node.gpu_memory_bytes_per_s or 0)


def _window(attention: FullAttention | LatentAttention) -> int | None:
    return attention.window if isinstance(attention, WindowAttention) else None


def _windows(edge_node: EdgeNode) -> Sequence[int | None]:
    """Return the windows of an LLM's layers, None for layers that attend to all tokens."""
    found = (each.attention for each in edge_node.llm.kinds)
    return list(dict.fromkeys(_window(each) for each in found if each is not None))
