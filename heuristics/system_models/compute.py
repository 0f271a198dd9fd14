r"""Compute of an edge node: the demands and budgets of (12d).

A budget is min(tau', T_C), beside the time that a batch takes whatever its requests are. By the
models of data sheets demands and budgets count in MFLOP at the speed of (9), by a measured latency
in nanoseconds.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.system_models.latency import LatencyModel, cache_reading_s, reading_s
from heuristics.system_models.measured_latency import budget_ticks, request_ticks, shared_s
from heuristics.system_models.quantization import quantized_flop_per_s
from heuristics.system_models.rounding import as_fraction, ceil_ratio
from heuristics.system_models.transformer import request_flop

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from heuristics.system_models.protocol import LatencyBudgets
    from heuristics.system_models.scenario import EdgeNode, Scenario, Setting

    BoolArray = NDArray[np.bool_]
    IntArray = NDArray[np.int64]

FLOP_PER_UNIT = 10**6
"""Compute counts in MFLOP by the latency models of data sheets."""


def compute_unit(scenario: Scenario) -> str | None:
    """Return the unit of (12d) as ``parameters.compute_unit`` has it; None for MFLOP."""
    return "ns" if scenario.setting.latency is LatencyModel.MEASURED else None


def node_compute(
    edge_node: EdgeNode,
    setting: Setting,
    output_tokens: IntArray,
    budgets: LatencyBudgets,
    *,
    candidates: BoolArray | None,
    largest: int,
) -> dict[str, Any]:
    """Return the demand and the budget of each request, (12d).

    Parameters
    ----------
    edge_node, setting
        Edge node, and its own setting.
    output_tokens
        Output length of each request, shape (I,) [tokens].
    budgets
        min(tau', T_C) of each request, shape (I,).
    candidates
        Requests whose longest output counts if the setting gives no limit, shape (I,). None for
        relaxed budgets, in which the output of each request itself counts in its place.
    largest
        Largest value that a row can repeat. A larger demand becomes one above the budgets.
    """
    longest = setting.longest_output_tokens
    levels, level = np.unique(output_tokens, return_inverse=True)
    find = _measured if setting.latency is LatencyModel.MEASURED else _from_data_sheets
    if longest is None and candidates is not None:
        longest = int(output_tokens[candidates].max(initial=0))
    if longest is None and setting.latency is not LatencyModel.COMPUTE:
        find = partial(_of_own_output, find, level)
    demand, budget = find(edge_node, setting, levels.tolist(), longest or 0, budgets)
    budget = np.minimum(budget, largest - 1)
    too_large = int(budget.max(initial=0)) + 1
    demand = [each if each <= largest else too_large for each in demand]
    return {
        "compute": np.array(demand, dtype=np.int64)[level],
        "compute_budget": budget.astype(np.int64),
    }


def _of_own_output(
    find: Callable[..., tuple[list[int], NDArray[Any]]],
    level: IntArray,
    edge_node: EdgeNode,
    setting: Setting,
    levels: list[int],
    _: int,
    budgets: LatencyBudgets,
) -> tuple[list[int], NDArray[Any]]:
    """Return demands and budgets in which each request is the longest output of its batch."""
    demand: list[int] = []
    budget = np.zeros(level.shape, dtype=object)
    for index, own in enumerate(levels):
        at = level == index
        of_level = budgets._replace(capped=budgets.capped[at])
        added, budget[at] = find(edge_node, setting, [own], own, of_level)
        demand += added
    return demand, budget


def _measured(
    edge_node: EdgeNode, setting: Setting, levels: list[int], longest: int, budgets: LatencyBudgets
) -> tuple[list[int], NDArray[Any]]:
    """Return the demand of each level and the budget of each request [ns]."""
    latency = edge_node.latency_profile
    assert latency is not None  # the scenario refuses an edge node without a profile
    taken = shared_s(latency, longest) + as_fraction(edge_node.switching_s or 0.0)
    demand = [request_ticks(latency, setting.padding_tokens, each) for each in levels]
    return demand, budget_ticks(budgets, taken)


def _from_data_sheets(
    edge_node: EdgeNode, setting: Setting, levels: list[int], longest: int, budgets: LatencyBudgets
) -> tuple[list[int], NDArray[Any]]:
    """Return the demand of each level and the budget of each request [MFLOP]."""
    speed = quantized_flop_per_s(
        edge_node.num_gpus * as_fraction(edge_node.gpu_flop_per_s), edge_node.quantization
    )
    reading = reading_s(edge_node, setting, longest, num_gpus=edge_node.num_gpus)
    switching = as_fraction(edge_node.switching_s or 0.0)
    ticks, tick = _computing_ticks(setting.latency, budgets, reading, switching)
    factor = speed * tick / FLOP_PER_UNIT
    budget: NDArray[Any] = ticks * factor.numerator // factor.denominator
    flop = [_batch_time_flop(edge_node, setting, each, speed) for each in levels]
    return [ceil_ratio(each, FLOP_PER_UNIT) for each in flop], budget


def _batch_time_flop(
    edge_node: EdgeNode, setting: Setting, output_tokens: int, speed: Fraction
) -> Fraction:
    """Return what one request adds to the batch's time, as FLOPs at the speed of (9).

    The sum of computing and reading includes the reading of the request's KV cache. The longer of
    the two is no single sum over requests, so computing alone counts there.
    """
    padded = setting.padding_tokens
    flop = request_flop(
        edge_node.llm, padded, output_tokens, include_embedding=setting.include_embedding
    )
    if setting.latency is not LatencyModel.SERIAL:
        return Fraction(flop)
    reading = cache_reading_s(
        edge_node, setting, padded, output_tokens, num_gpus=edge_node.num_gpus
    )
    return flop + reading * speed


def _computing_ticks(
    model: LatencyModel, budgets: LatencyBudgets, reading: Fraction, switching: Fraction
) -> tuple[NDArray[Any], Fraction]:
    """Return the time that each request leaves its batch to compute, in ticks of a length [s].

    The time is 0 where reading alone takes longer: the request then fits no batch.
    """
    ticks: NDArray[Any] = np.maximum(budgets.capped, 0).astype(object)
    denominator = budgets.denominator
    if switching:
        ticks = ticks * switching.denominator - switching.numerator * denominator
        ticks, denominator = np.maximum(ticks, 0), denominator * switching.denominator
    if model is LatencyModel.COMPUTE:
        return ticks, Fraction(1, denominator)
    # Departure 19.
    ticks = ticks * reading.denominator
    taken = reading.numerator * denominator
    left = ticks - taken if model is LatencyModel.SERIAL else ticks
    return (
        np.where(ticks >= taken, left, 0),
        Fraction(1, denominator * reading.denominator),
    )
