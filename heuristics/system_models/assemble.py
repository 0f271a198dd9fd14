"""From physics to integers: the coefficients of P1 that a scenario defines."""

from __future__ import annotations

from functools import cache, partial
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heuristics.coefficients import RESOURCES, Coefficients
from heuristics.integers import LARGEST_ROW_SUM, LARGEST_VALUE
from heuristics.pairs import AMOUNTS, Pairs
from heuristics.system_models.choices import own_setting, rows_by_edge_node
from heuristics.system_models.compute import node_compute
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.measured_range import refuse_outside
from heuristics.system_models.memory import memory_unit, node_memory
from heuristics.system_models.protocol import LatencyBudgets, latency_budgets
from heuristics.system_models.quantization import (
    provided_accuracy,
    stored_bytes,
)
from heuristics.system_models.radio import (
    carried_tokens,
    noise_power_w,
    smallest_share,
    spectral_efficiency,
)
from heuristics.system_models.rounding import float_at_most, round_significant
from heuristics.system_models.scenario import DownlinkReading

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from heuristics.system_models.scenario import EdgeNode, Scenario, Setting

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

BAND_UNITS = 10**9
"""The integers that stand for a whole band: shares count in 10^-9 of it."""


class _Columns(NamedTuple):
    """Columns of requests, the same at each edge node."""

    arrival_s: FloatArray
    deadline_s: FloatArray
    prompt_tokens: IntArray
    output_tokens: IntArray
    accuracy: FloatArray

    def take(self, requests: IntArray) -> _Columns:
        return self._replace(**{name: getattr(self, name)[requests] for name in self._fields})


class _Workload(NamedTuple):
    """Columns of the requests of one row, ``covered`` of them, in a scenario of I requests.

    ``in_time`` is true where a request has arrived and tau' > 0.
    """

    num_requests: int
    prompt_tokens: IntArray
    output_tokens: IntArray
    accuracy: FloatArray
    budgets: LatencyBudgets
    in_time: BoolArray


def assemble(scenario: Scenario, *, compress: bool = False, relax: bool = False) -> Coefficients:
    r"""Derive the integers of P1.

    No integer is optimistic: demands are rounded up, capacities and budgets down. Memory and
    compute follow from exact rationals, spectrum from floats rounded to 12 significant digits,
    so that every platform finds the same integers.

    Parameters
    ----------
    scenario
        The physical description of one epoch.
    compress
        True to return compressed rows whatever the scenario has. Otherwise coefficients are
        compressed if the scenario has the channels of covered requests alone.
    relax
        True for the relaxed rows of a horizon. They admit every schedule that the rows of single
        epochs admit, whichever requests earlier epochs served. Such rows may be optimistic.

    Returns
    -------
    Coefficients
        A pair is eligible if the request is in coverage, the accuracy is kept (11), the
        deadline leaves time to compute (:math:`\tau'_{ij} > 0`), the prompt is at most s' and
        the output at most the largest level and the longest output of a batch, the LLM's weights
        fit, and it fits alone. Rows of one ``alternative_of`` are alternatives.

    Notes
    -----
    In the worst-channel reading k6 takes the worst channel among the requests in coverage whose
    accuracy is kept and whose :math:`\tau' > 0`: a set fixed before anything is chosen, so that
    what is feasible stays so with fewer requests. A latency model that counts the reading of
    weights takes the given longest output of a batch, or else the longest output among those of
    them that fit s' and the levels, fixed alike:
    of the sum of computing and reading, or of the longer, the coefficients have no more than
    that, and of the sum also the reading of each request's KV cache, as part of its compute. A
    demand beyond what a row of 62 bits can hold is written as one more than the capacity. In a
    horizon the requests in coverage of a row are those that have arrived by its epoch, whether or
    not an earlier epoch serves them. Time O(J I), or in the number of covered pairs if the scenario
    has the channels of these alone.
    """
    columns, unit = _columns(scenario), memory_unit(scenario)
    if compress or scenario.is_sparse:
        return _assemble_sparse(scenario.to_sparse(), columns, unit, relax=relax)
    workload = cache(partial(_workload, columns, scenario))
    rows = [
        _row(
            each,
            scenario.setting,
            workload(each.epoch),
            unit,
            covered=np.array(each.covered, dtype=bool),
            relax=relax,
        )
        for each in scenario.edge_nodes
    ]
    return Coefficients(
        **{name: np.array([row[name] for row in rows]) for name in rows[0]},
        alternatives=rows_by_edge_node(scenario.edge_nodes),
    )


def _assemble_sparse(
    scenario: Scenario, columns: _Columns, unit: int | None, *, relax: bool
) -> Coefficients:
    """Return the integers of the eligible pairs alone, each row from its covered requests."""
    sizes, requests, capacities = [0], [], []
    amounts: list[dict[str, IntArray]] = []
    for edge_node in scenario.edge_nodes:
        covered = np.array(edge_node.covered, dtype=np.int64)
        workload = _workload(columns.take(covered), scenario, edge_node.epoch)
        everyone = np.ones(covered.size, dtype=bool)
        row = _row(edge_node, scenario.setting, workload, unit, covered=everyone, relax=relax)
        eligible = row["eligible"]
        sizes.append(int(eligible.sum()))
        requests.append(covered[eligible])
        amounts.append({name: row[name][eligible] for name in AMOUNTS})
        capacities.append([row[f"{name}_capacity"] for name in RESOURCES])
    joined = {name: np.concatenate([row[name] for row in amounts]) for name in AMOUNTS}
    return Coefficients.from_pairs(
        Pairs(
            row_pointer=np.cumsum(sizes, dtype=np.int64),
            requests=np.concatenate(requests),
            **joined,
        ),
        scenario.num_requests,
        *np.array(capacities, dtype=np.int64).T,
        alternatives=rows_by_edge_node(scenario.edge_nodes),
    )


def served_output_tokens(scenario: Scenario) -> IntArray:
    """Return n_i as the coefficients count it: rounded up to a level, shape (I,) [tokens].

    A length above the largest level stays as it is.
    """
    tokens = np.array(scenario.requests.output_tokens, dtype=np.int64)
    if scenario.setting.output_levels_tokens is None:
        return tokens
    levels = np.array(scenario.setting.output_levels_tokens, dtype=np.int64)
    index = np.searchsorted(levels, tokens)
    return np.where(index < levels.size, levels[np.minimum(index, levels.size - 1)], tokens)


def fits_padding(scenario: Scenario) -> BoolArray:
    """Return which prompts are at most s' and outputs at most the largest level, shape (I,)."""
    prompts = np.array(scenario.requests.prompt_tokens, dtype=np.int64)
    return _fits(prompts, served_output_tokens(scenario), scenario.setting)


def _fits(prompt_tokens: IntArray, served_tokens: IntArray, setting: Setting) -> BoolArray:
    fits = prompt_tokens <= setting.padding_tokens
    if setting.output_levels_tokens is not None:
        fits &= served_tokens <= setting.output_levels_tokens[-1]
    if setting.longest_output_tokens is not None:
        fits &= served_tokens <= setting.longest_output_tokens
    return np.asarray(fits)


def _columns(scenario: Scenario) -> _Columns:
    requests = scenario.requests
    return _Columns(
        arrival_s=np.array(requests.arrival_s, dtype=np.float64),
        deadline_s=np.array(requests.deadline_s, dtype=np.float64),
        prompt_tokens=np.array(requests.prompt_tokens, dtype=np.int64),
        output_tokens=served_output_tokens(scenario),
        accuracy=np.array(requests.accuracy, dtype=np.float64),
    )


def _workload(columns: _Columns, scenario: Scenario, epoch: int | None) -> _Workload:
    setting = scenario.setting
    budgets = latency_budgets(
        columns.arrival_s,
        columns.deadline_s,
        epoch_start_s=setting.epoch_start_s,
        uplink_slot_s=setting.uplink_slot_s,
        compute_slot_s=setting.compute_slot_s,
        downlink_slot_s=setting.downlink_slot_s,
        count_waiting=setting.count_waiting,
        period_s=setting.period_s,
        epoch=epoch,
    )
    return _Workload(
        num_requests=scenario.num_requests,
        prompt_tokens=columns.prompt_tokens,
        output_tokens=columns.output_tokens,
        accuracy=columns.accuracy,
        budgets=budgets,
        in_time=budgets.arrived & np.greater(budgets.remaining, 0).astype(bool),
    )


def _row(
    edge_node: EdgeNode,
    setting: Setting,
    workload: _Workload,
    unit: int | None,
    *,
    covered: BoolArray,
    relax: bool,
) -> dict[str, Any]:
    """Return one edge node's row of every field, an entry for each request of the workload."""
    setting = own_setting(setting, edge_node)
    padded = _fits(workload.prompt_tokens, workload.output_tokens, setting)
    accuracy = float_at_most(provided_accuracy(edge_node.quantization, setting.accuracy_mode))
    # Departure 2.
    candidates = covered & (workload.accuracy <= accuracy) & workload.in_time
    weights = stored_bytes(
        edge_node.llm, edge_node.quantization, include_embedding=setting.include_embedding
    )
    free = edge_node.num_gpus * edge_node.gpu_memory_bytes - weights
    row: dict[str, Any] = {
        **_uplink(edge_node, setting, workload),
        **_downlink(edge_node, setting, workload, candidates, relax=relax),
        **_memory(edge_node, setting, workload, free, unit, relax=relax),
        **node_compute(
            edge_node,
            setting,
            workload.output_tokens,
            workload.budgets,
            candidates=None if relax else candidates & padded,
            largest=_largest(workload.num_requests),
        ),
    }
    fits = row["compute"] <= row["compute_budget"]
    for name in RESOURCES:
        fits &= row[name] <= row[f"{name}_capacity"]
    row["eligible"] = candidates & padded & fits & (free >= 0)
    if setting.latency is LatencyModel.MEASURED and not setting.extrapolate and not relax:
        refuse_outside(edge_node, setting, workload.output_tokens, row)
    return row


def _memory(
    edge_node: EdgeNode,
    setting: Setting,
    workload: _Workload,
    free: Fraction,
    unit: int | None,
    *,
    relax: bool,
) -> dict[str, Any]:
    """Return (12c): s' + n_i in tokens, or the request's cache in units of so many bytes."""
    tokens = setting.padding_tokens + workload.output_tokens
    levels, level = np.unique(tokens, return_inverse=True)
    # An epoch has fewer requests than a horizon, so its unit may be smaller.
    to_integer = floor if relax else ceil
    demand, capacity = node_memory(edge_node, levels.tolist(), free, unit, to_integer)
    capacity = _capacity(capacity, workload.num_requests)
    largest = _largest(workload.num_requests)
    demand = [each if each <= largest else capacity + 1 for each in demand]
    return {
        "memory": np.array(demand, dtype=np.int64)[level],
        "memory_capacity": capacity,
    }


def _uplink(edge_node: EdgeNode, setting: Setting, workload: _Workload) -> dict[str, Any]:
    """Return (12a): rho^U_min of (1) in 10^-9 of the band."""
    noise = _noise_w(edge_node.uplink_bandwidth_hz, setting)
    efficiency = spectral_efficiency(
        edge_node.uplink_gain, edge_node.uplink_transmit_power_dbm, noise
    )
    share = smallest_share(
        workload.prompt_tokens * setting.bits_per_token,  # Departure 7.
        setting.uplink_slot_s,
        edge_node.uplink_bandwidth_hz,
        efficiency,
    )
    units = _band_units(share, workload.num_requests)
    return {"uplink": units, "uplink_capacity": BAND_UNITS}


def _downlink(
    edge_node: EdgeNode,
    setting: Setting,
    workload: _Workload,
    candidates: BoolArray,
    *,
    relax: bool,
) -> dict[str, Any]:
    """Return (12b): n_i against k6 in tokens, or rho^D_min of (2) in 10^-9 of the band."""
    noise = _noise_w(edge_node.downlink_bandwidth_hz, setting)
    efficiency = spectral_efficiency(
        edge_node.downlink_gain, edge_node.downlink_transmit_power_dbm, noise
    )
    slot, band = setting.downlink_slot_s, edge_node.downlink_bandwidth_hz
    by_user = setting.downlink_reading is DownlinkReading.PER_USER
    if by_user or relax:
        num_bits = workload.output_tokens * setting.bits_per_token  # Departure 7.
        share = smallest_share(num_bits, slot, band, efficiency)
        units = _band_units(share, workload.num_requests, np.ceil if by_user else np.floor)
        return {"downlink": units, "downlink_capacity": BAND_UNITS}
    worst = float(efficiency[candidates].min()) if candidates.any() else 0.0
    tokens = carried_tokens(slot, band, worst, setting.bits_per_token)
    k6 = _capacity(int(np.floor(round_significant(tokens))), workload.num_requests)
    return {"downlink": workload.output_tokens, "downlink_capacity": k6}


def _noise_w(bandwidth_hz: float, setting: Setting) -> float:
    return noise_power_w(bandwidth_hz, setting.noise_density_dbm_per_hz, setting.noise_figure_db)


def _band_units(share: FloatArray, num_requests: int, to_integer: np.ufunc = np.ceil) -> IntArray:
    """Round shares of a band to integers; those far beyond the band become one above it."""
    with np.errstate(over="ignore"):
        units = to_integer(round_significant(share * BAND_UNITS))
    return np.where(units <= _largest(num_requests), units, BAND_UNITS + 1).astype(np.int64)


def _capacity(value: int, num_requests: int) -> int:
    """Cut a capacity to leave room for one more in a row of 62 bits."""
    return min(value, _largest(num_requests) - 1)


def _largest(num_requests: int) -> int:
    """Return the largest value that a row of so many can repeat within 62 bits."""
    return min(LARGEST_VALUE, LARGEST_ROW_SUM // max(num_requests, 1))
