"""Scenario: the physical description of one epoch or of a horizon, as an instance file has it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from heuristics.system_models.choices import refuse_alternatives_of_names, refuse_switching
from heuristics.system_models.coverage import (
    Covered,
    Index,
    holds_indices,
    num_covered,
    refuse_columns,
    to_flags,
    to_indices,
)
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.measured_latency import MeasuredLatency, refuse_other_profile
from heuristics.system_models.quantization import AccuracyMode, Quantization
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.transformer import Transformer
from heuristics.system_models.validation import (
    Bandwidth,
    Count,
    Decibel,
    Duration,
    Flag,
    Fraction01,
    Name,
    NonNegative,
    Positive,
    Record,
    Time,
    broken_rule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike


class DownlinkReading(StrEnum):
    """Reading of (12b): tokens against k6 of the worst channel, or each request's own share."""

    WORST_CHANNEL = "worst-channel"
    PER_USER = "per-user"


class Requests(Record):
    r"""The requests of one epoch as columns of I values each.

    Parameters
    ----------
    arrival_s
        Arrival times, not after the start of the last epoch.
    prompt_tokens, output_tokens
        :math:`s_i` and :math:`n_i`.
    deadline_s
        :math:`\tau_i`, from the arrival to the output's receipt.
    accuracy
        :math:`a_i`, the required accuracy.
    """

    arrival_s: tuple[Time, ...]
    prompt_tokens: tuple[Count, ...]
    output_tokens: tuple[Count, ...]
    deadline_s: tuple[Time, ...]
    accuracy: tuple[Fraction01, ...]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in type(self).model_fields:
            length = len(getattr(self, name))
            if length != self.num_requests:
                rule = f"must have one value a request, {self.num_requests} as arrival_s has"
                raise broken_rule(name, rule, found=length)
        return self

    @property
    def num_requests(self) -> int:
        """I, the number of requests."""
        return len(self.arrival_s)


class EdgeNode(Record):
    r"""An edge node, the LLM that it hosts, and its channels to all requests.

    Parameters
    ----------
    name
        Name of the edge node.
    alternative_of
        Name of the edge node that several rows are alternatives of, of which at most one has a
        batch; absent for an edge node that can be run in one way.
    epoch
        Index of the epoch in a horizon, where each edge node has a row for each epoch; absent in
        a scenario of one epoch.
    num_gpus, gpu_flop_per_s, gpu_memory_bytes
        Devices of the edge node; :math:`C_j` and :math:`M_j` are sums over them, and the weights
        are stored once.
    gpu_memory_bytes_per_s
        Memory bandwidth of a device; only a latency model that counts reading needs it.
    uplink_bandwidth_hz, downlink_bandwidth_hz
        :math:`B_j^U` and :math:`B_j^D`.
    uplink_transmit_power_dbm, downlink_transmit_power_dbm
        :math:`p^U`, which carries prompts to the node, and :math:`p^D`, which carries outputs.
    uplink_gain, downlink_gain
        :math:`h^2` of each channel, a power ratio: of all requests, shape (I,), or of the covered
        requests alone if ``covered`` holds indices.
    covered
        Requests in the coverage of the edge node: a flag for each, shape (I,), or their indices in
        ascending order. With an epoch, they have arrived for it and have tau' > 0.
    llm, quantization
        LLM and quantization scheme as numbers, so that a file does not depend on the catalogue.
    padding_tokens, longest_output_tokens
        Values that replace those of the setting; absent without own values.
    switching_s
        Time that a batch of the row loses from :math:`T_C`, as the edge node changes to this
        alternative; absent where it does not change.
    latency_profile
        Numbers of the latency profile of the device, the LLM and the quantization; only the
        measured latency model needs them.
    """

    name: Name
    alternative_of: Name | None = Field(None, exclude_if=lambda value: value is None)
    epoch: Index | None = Field(None, exclude_if=lambda value: value is None)
    num_gpus: Count
    gpu_flop_per_s: Positive
    gpu_memory_bytes: Annotated[int, Field(strict=True, ge=1, le=10**18)]
    gpu_memory_bytes_per_s: Positive | None = Field(None, exclude_if=lambda value: value is None)
    uplink_bandwidth_hz: Bandwidth
    downlink_bandwidth_hz: Bandwidth
    uplink_transmit_power_dbm: Decibel
    downlink_transmit_power_dbm: Decibel
    llm: Transformer
    quantization: Quantization
    covered: Covered
    uplink_gain: tuple[NonNegative, ...]
    downlink_gain: tuple[NonNegative, ...]
    padding_tokens: Count | None = Field(None, exclude_if=lambda value: value is None)
    longest_output_tokens: Count | None = Field(None, exclude_if=lambda value: value is None)
    switching_s: Time | None = Field(None, exclude_if=lambda value: value is None)
    latency_profile: MeasuredLatency | None = Field(None, exclude_if=lambda value: value is None)


class Setting(Record):
    r"""Values that all requests and edge nodes share.

    Parameters
    ----------
    epoch_start_s
        Start of the uplink slot; in a horizon that of epoch 0.
    uplink_slot_s, compute_slot_s, downlink_slot_s
        :math:`T_U, T_C, T_D`.
    period_s
        Time between the starts of two epochs, in which the requests arrived.
    count_waiting
        True if the waiting time is part of (10).
    padding_tokens
        :math:`s'`; a longer prompt fits no batch.
    output_levels_tokens
        Levels that output lengths are rounded up to; a longer output fits no batch. Null keeps
        every length.
    longest_output_tokens
        Longest output of a batch, after rounding up to a level; a longer one fits no batch. A
        latency model that counts reading counts so many readings of the weights. Absent, it
        counts those of the longest candidate.
    bits_per_token
        Number of bits sent for each token, 16 in the paper.
    noise_density_dbm_per_hz, noise_figure_db
        Density of thermal noise, and noise figure of the receiver.
    downlink_reading
        The reading of (12b).
    accuracy_mode
        The differential that f of (11) reads.
    include_embedding
        True if the embedding and the output layer count in (3) and (8).
    latency
        Latency model: computing alone, with the reading of weights, or measured.
    extrapolate
        True to allow batches outside the measured range of a latency profile.
    count_kv_reading
        True if a latency model that counts reading counts the KV caches too. Absent means False,
        as in files written before the caches counted.
    switching_s
        Time that an edge node loses from :math:`T_C` when it changes its alternative; 0 in a
        horizon, since P1 does not join epochs.
    storage_bytes_per_s
        Bandwidth of the storage that weights are loaded from: a change to other weights then takes
        the time of loading them. Absent, a change takes ``switching_s``.
    """

    epoch_start_s: Time
    uplink_slot_s: Duration
    compute_slot_s: Duration
    downlink_slot_s: Duration
    period_s: Duration
    count_waiting: Flag
    padding_tokens: Count
    output_levels_tokens: tuple[Count, ...] | None
    longest_output_tokens: Count | None = Field(None, exclude_if=lambda value: value is None)
    bits_per_token: Count
    noise_density_dbm_per_hz: Decibel
    noise_figure_db: Decibel
    downlink_reading: DownlinkReading
    accuracy_mode: AccuracyMode
    include_embedding: Flag
    latency: LatencyModel = Field(
        LatencyModel.COMPUTE, exclude_if=lambda value: value is LatencyModel.COMPUTE
    )
    extrapolate: Flag = Field(False, exclude_if=lambda value: value is False)
    count_kv_reading: Flag = Field(False, exclude_if=lambda value: value is False)
    switching_s: Time = Field(0.0, exclude_if=lambda value: value == 0)
    storage_bytes_per_s: Positive | None = Field(None, exclude_if=lambda value: value is None)

    @model_validator(mode="after")
    def _check(self) -> Self:
        levels = self.output_levels_tokens
        if levels is not None and (not levels or list(levels) != sorted(set(levels))):
            rule = "must be null or rise from level to level"
            raise broken_rule("output_levels_tokens", rule, found=list(levels))
        return self


class Scenario(Record):
    """The physical description of one epoch or of a horizon, from which P1's coefficients follow.

    Parameters
    ----------
    requests
        The requests, columns of I values.
    edge_nodes
        The J rows, at least one, of different names: one for each edge node or each of its
        alternatives; in a horizon for each of these and each epoch.
    setting
        Everything else, called ``scenario`` in an instance file.

    See Also
    --------
    heuristics.system_models.assemble.assemble : derives the coefficients.
    """

    requests: Requests
    edge_nodes: Annotated[tuple[EdgeNode, ...], Field(min_length=1)]
    setting: Setting = Field(alias="scenario")

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._check_arrivals()
        names: set[str] = set()
        for index, edge_node in enumerate(self.edge_nodes):
            place = f"edge_nodes[{index}]"
            if edge_node.name in names:
                rule = "must differ from the other edge nodes' names"
                raise broken_rule(f"{place}.name", rule, found=edge_node.name)
            names.add(edge_node.name)
            if (edge_node.epoch is None) != (self.edge_nodes[0].epoch is None):
                rule = "must be there at every edge node or at none"
                raise broken_rule(f"{place}.epoch", rule, found=edge_node.epoch)
            if holds_indices(edge_node, self.num_requests) != self.is_sparse:
                rule = "must hold flags or indices, as at the other edge nodes"
                raise broken_rule(f"{place}.covered", rule)
            refuse_columns(edge_node, place, self.num_requests)
            self._check_hosted(edge_node, place)
        refuse_alternatives_of_names(self.edge_nodes)
        refuse_switching(self.setting, is_horizon=self.edge_nodes[0].epoch is not None)
        return self

    def _check_arrivals(self) -> None:
        setting = self.setting
        start = setting.epoch_start_s
        rule = f"must not be after epoch_start_s, {start}"
        epochs = [each.epoch for each in self.edge_nodes if each.epoch is not None]
        if epochs:
            periods = max(epochs) * as_fraction(setting.period_s)
            start = float(as_fraction(start) + periods)
            rule = f"must not be after the start of the last epoch, {start}"
        for request, arrival in enumerate(self.requests.arrival_s):
            if arrival > start:
                raise broken_rule(f"requests.arrival_s[{request}]", rule, found=arrival)

    def _check_hosted(self, edge_node: EdgeNode, place: str) -> None:
        """Refuse an edge node without the values that the readings need."""
        relative = self.setting.accuracy_mode is AccuracyMode.RELATIVE
        method = edge_node.quantization
        if relative and method.ppl_differential and method.ppl_reference is None:
            rule = "must be a number where accuracy_mode is relative"
            raise broken_rule(f"{place}.quantization.ppl_reference", rule, found=None)
        latency = self.setting.latency
        if latency.counts_reading and edge_node.gpu_memory_bytes_per_s is None:
            rule = f"must be a number where latency is {latency}"
            raise broken_rule(f"{place}.gpu_memory_bytes_per_s", rule, found=None)
        if latency is LatencyModel.MEASURED:
            refuse_other_profile(edge_node, place)

    @property
    def is_sparse(self) -> bool:
        """True if each edge node has the channels of its covered requests alone."""
        return holds_indices(self.edge_nodes[0], self.num_requests)

    def num_covered(self, edge_node: int) -> int:
        """Return the number of requests in the coverage of the edge node of this index."""
        return num_covered(self.edge_nodes[edge_node], self.num_requests)

    def to_sparse(self) -> Self:
        """Return the same scenario with the channels of covered requests alone."""
        edge_nodes = self.edge_nodes if self.is_sparse else map(to_indices, self.edge_nodes)
        return self.model_copy(update={"edge_nodes": tuple(edge_nodes)})

    def to_dense(self) -> Self:
        """Return the same scenario with a flag and channels for each request.

        A gain that the scenario does not have is 0.
        """
        if not self.is_sparse:
            return self
        edge_nodes = tuple(to_flags(each, self.num_requests) for each in self.edge_nodes)
        return self.model_copy(update={"edge_nodes": edge_nodes})

    @property
    def num_requests(self) -> int:
        """I, the number of requests."""
        return self.requests.num_requests

    @classmethod
    def from_parts(
        cls,
        requests: Mapping[str, Any],
        edge_nodes: Sequence[Mapping[str, Any]],
        scenario: Mapping[str, Any],
        *,
        source: str | PathLike[str] | None = None,
    ) -> Self:
        """Validate the three parts of an instance file.

        Parameters
        ----------
        requests, edge_nodes, scenario
            The values of the keys of the same names.
        source
            The file, for the error.

        Raises
        ------
        InputError
            If a value breaks a rule; it names the field's path in the file.
        """
        parts = {"requests": requests, "edge_nodes": edge_nodes, "scenario": scenario}
        return cls.parse(parts, source=source)

    def to_parts(self) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
        """Return ``requests``, ``edge_nodes`` and ``scenario``, ready for JSON.

        ``from_parts`` of the result gives an equal scenario.
        """
        parts = self.model_dump(mode="json", by_alias=True)
        return parts["requests"], parts["edge_nodes"], parts["scenario"]

    def _repr_html_(self) -> str:
        from heuristics.display.scenario import scenario_html

        return scenario_html(self)
