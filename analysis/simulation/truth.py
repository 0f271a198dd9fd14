"""Truth: true lengths, channels and computing times, drawn by seed around the estimates.

All schemes of a simulation see the same truth: its random numbers depend on the seed, the epoch
that a request arrives for and its place there, or on the epoch and the edge node of a batch.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.simulation.switching import edge_nodes_of
from heuristics.system_models.radio import ratio_from_db
from heuristics.system_models.rounding import as_fraction, round_significant
from instances.families.drawing import epoch_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.simulation.epoch import Epoch
    from analysis.simulation.errors import Errors
    from analysis.simulation.request import Request
    from heuristics.system_models.scenario import EdgeNode, Scenario

SHORTEST = 0.05
"""Smallest ratio of a true computing time to its estimate."""

_KEPT_EPOCHS = 1024


class _Stream(IntEnum):
    """Streams of random numbers beside those of :class:`instances.families.drawing.Stream`."""

    OUTPUT = 100
    GAIN = 101
    LATENCY_OF_REQUEST = 102
    LATENCY_OF_BATCH = 103

    def normal(self, seed: int, size: int) -> NDArray[np.float64]:
        """Return standard normal numbers."""
        sequence = np.random.SeedSequence(seed, spawn_key=(int(self),))
        return np.random.default_rng(sequence).standard_normal(size)


class Actual(NamedTuple):
    """True values of a request.

    Parameters
    ----------
    request
        The request with its true output length and channels in ``source``.
    latency
        Ratio of the true computing time to its estimate, where the request is computed alone.
    """

    request: Request
    latency: Fraction


class Truth:
    """Truth behind the estimates of one simulation.

    Parameters
    ----------
    errors
        Sizes of the errors; None if the estimates are the truth.
    seed
        Seed of the simulation.
    longest_output_tokens
        Largest level of an output [tokens].
    """

    def __init__(
        self, errors: Errors | None = None, *, seed: int = 0, longest_output_tokens: int = 1
    ) -> None:
        self._errors, self._seed, self._longest = errors, seed, longest_output_tokens
        self._epochs: dict[int, tuple[Scenario, NDArray[np.float64]]] = {}

    def __call__(self, request: Request) -> Actual:
        """Return the true values of a request; without errors the request itself and 1."""
        if self._errors is None:
            return Actual(request, Fraction(1))
        scenario, latencies = self._of_epoch(request.source, request.epoch)
        ratio = _latency_ratio(self._errors.latency * latencies[request.index])
        return Actual(replace(request, source=scenario), ratio)

    @property
    def has_errors(self) -> bool:
        """True if the truth differs from the estimates."""
        return self._errors is not None

    def scenario(self, estimate: Scenario, epoch: int) -> Scenario:
        """Return the true scenario of the requests that arrive for an epoch."""
        return estimate if self._errors is None else self._of_epoch(estimate, epoch)[0]

    def planned(self, estimate: Scenario) -> Scenario:
        """Return the scenario that a controller plans with, at its quantile of each error."""
        errors = self._errors
        if errors is None or not errors.deviations:
            return estimate
        above = errors.deviations
        num_requests = estimate.num_requests
        changed = self._changed(
            estimate,
            np.full(num_requests, errors.output * above),
            np.full(num_requests, -errors.gain * above),
        )
        if not errors.latency:
            return changed
        slower = tuple(_slower(each, self.planned_ratio) for each in changed.edge_nodes)
        return changed.model_copy(update={"edge_nodes": slower})

    def planned_epoch(self, epoch: Epoch) -> Epoch:
        """Return an epoch as a controller plans it; its requests stay the estimates."""
        planned = self.planned(epoch.scenario)
        return epoch if planned is epoch.scenario else replace(epoch, scenario=planned)

    def executed_epoch(self, epoch: Epoch) -> Epoch:
        """Return an epoch with the true values of its requests."""
        if self._errors is None:
            return epoch
        requests = tuple(self(each).request for each in epoch.requests)
        outputs = tuple(each.source.requests.output_tokens[each.index] for each in requests)
        edge_nodes = tuple(
            edge_node.model_copy(
                update={
                    name: tuple(
                        getattr(each.source.edge_nodes[row], name)[each.index] for each in requests
                    )
                    for name in ("uplink_gain", "downlink_gain")
                }
            )
            for row, edge_node in enumerate(epoch.scenario.edge_nodes)
        )
        columns = epoch.scenario.requests.model_copy(update={"output_tokens": outputs})
        true = {"requests": columns, "edge_nodes": edge_nodes}
        return replace(epoch, requests=requests, scenario=epoch.scenario.model_copy(update=true))

    def latency_ratios(self, epoch: Epoch) -> tuple[Fraction, ...] | None:
        """Return the ratio of true computing time to its estimate of each row's batch.

        None without errors. Rows of one edge node have the same ratio.
        """
        if self._errors is None:
            return None
        edge_nodes = edge_nodes_of(epoch.scenario)
        ratios = [Fraction(1)] * len(epoch.scenario.edge_nodes)
        for rows, ratio in zip(edge_nodes, self.ratios(epoch.index, len(edge_nodes)), strict=True):
            for row in rows:
                ratios[row] = ratio
        return tuple(ratios)

    def ratios(self, epoch: int, num_edge_nodes: int) -> tuple[Fraction, ...]:
        """Return the ratio of true computing time to its estimate at each edge node in an epoch."""
        sigma = 0.0 if self._errors is None else self._errors.latency
        seed = epoch_seed(self._seed, epoch)
        drawn = _Stream.LATENCY_OF_BATCH.normal(seed, num_edge_nodes)
        return tuple(_latency_ratio(sigma * each) for each in drawn.tolist())

    @property
    def planned_ratio(self) -> Fraction:
        """Ratio of computing time to its estimate that a controller plans with."""
        errors = self._errors
        return Fraction(1) if errors is None else _latency_ratio(errors.latency * errors.deviations)

    def _of_epoch(self, estimate: Scenario, epoch: int) -> tuple[Scenario, NDArray[np.float64]]:
        """Return the true scenario of an epoch, and Z of the latency of each request."""
        if epoch not in self._epochs:
            if len(self._epochs) == _KEPT_EPOCHS:
                del self._epochs[min(self._epochs)]
            self._epochs[epoch] = self._drawn(estimate, epoch)
        return self._epochs[epoch]

    def _drawn(self, estimate: Scenario, epoch: int) -> tuple[Scenario, NDArray[np.float64]]:
        errors = self._errors
        assert errors is not None
        seed, size = epoch_seed(self._seed, epoch), estimate.num_requests
        scenario = self._changed(
            estimate,
            errors.output * _Stream.OUTPUT.normal(seed, size),
            errors.gain * _Stream.GAIN.normal(seed, size),
        )
        return scenario, _Stream.LATENCY_OF_REQUEST.normal(seed, size)

    def _changed(
        self, estimate: Scenario, logarithms: NDArray[np.float64], gains_db: NDArray[np.float64]
    ) -> Scenario:
        """Return a scenario with other outputs and gains; exponents of 0 change nothing."""
        changes: dict[str, Any] = {}
        if logarithms.any():
            tokens = np.array(estimate.requests.output_tokens, dtype=np.float64)
            tokens = np.clip(np.rint(tokens * np.exp(logarithms)), 1, self._longest)
            outputs = tuple(tokens.astype(np.int64).tolist())
            changes["requests"] = estimate.requests.model_copy(update={"output_tokens": outputs})
        if gains_db.any():
            ratios = ratio_from_db(gains_db)
            changes["edge_nodes"] = tuple(_scaled(each, ratios) for each in estimate.edge_nodes)
        return estimate.model_copy(update=changes) if changes else estimate


def _latency_ratio(change: float) -> Fraction:
    return as_fraction(float(round_significant(max(SHORTEST, 1.0 + change))))


def _scaled(edge_node: EdgeNode, ratios: NDArray[np.float64]) -> EdgeNode:
    """Return an edge node with all gains multiplied."""
    changes = {
        name: tuple(round_significant(np.array(getattr(edge_node, name)) * ratios).tolist())
        for name in ("uplink_gain", "downlink_gain")
    }
    return edge_node.model_copy(update=changes)


def _slower(edge_node: EdgeNode, ratio: Fraction) -> EdgeNode:
    """Return an edge node on which every batch takes its time multiplied by a ratio."""
    changes: dict[str, Any] = {
        "gpu_flop_per_s": float(as_fraction(edge_node.gpu_flop_per_s) / ratio)
    }
    if edge_node.gpu_memory_bytes_per_s is not None:
        speed = as_fraction(edge_node.gpu_memory_bytes_per_s) / ratio
        changes["gpu_memory_bytes_per_s"] = float(speed)
    latency = edge_node.latency_profile
    if latency is not None:
        margin = (1 + as_fraction(latency.margin)) * ratio - 1
        changes["latency_profile"] = latency.model_copy(update={"margin": float(margin)})
    return edge_node.model_copy(update=changes)
