"""Scenario: everything physical about one epoch, as it stands in an instance file."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.quantization import AccuracyMode, Quantization
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
    """What (12b) counts: tokens against k6 of the worst channel, or each request's own share."""

    WORST_CHANNEL = "worst-channel"
    PER_USER = "per-user"


class Requests(Record):
    r"""The requests of one epoch as columns of I values each.

    Parameters
    ----------
    arrival_s
        When each arrived, not after the epoch's start.
    prompt_tokens, output_tokens
        :math:`s_i` and :math:`n_i`.
    deadline_s
        :math:`\tau_i`, from the arrival to the output's receipt.
    accuracy
        :math:`a_i`, required.
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
        What it is called.
    num_gpus, gpu_flop_per_s, gpu_memory_bytes
        Its devices; :math:`C_j` and :math:`M_j` are their sums, the weights stored once.
    gpu_memory_bytes_per_s
        Memory bandwidth of a device; only a latency model that counts reading needs it.
    uplink_bandwidth_hz, downlink_bandwidth_hz
        :math:`B_j^U` and :math:`B_j^D`.
    uplink_transmit_power_dbm, downlink_transmit_power_dbm
        :math:`p^U`, which carries prompts to the node, and :math:`p^D`, which carries outputs.
    uplink_gain, downlink_gain
        :math:`h^2` of each request's channel, a power ratio, shape (I,).
    covered
        Whether each request is in the node's coverage, shape (I,).
    llm, quantization
        Resolved to numbers, so that the file outlives any change of a catalogue.
    """

    name: Name
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
    covered: tuple[Flag, ...]
    uplink_gain: tuple[NonNegative, ...]
    downlink_gain: tuple[NonNegative, ...]


class Setting(Record):
    r"""What requests and edge nodes share.

    Parameters
    ----------
    epoch_start_s
        When the uplink slot starts.
    uplink_slot_s, compute_slot_s, downlink_slot_s
        :math:`T_U, T_C, T_D`.
    period_s
        From one epoch's start to the next one's: the time in which the requests arrived.
    count_waiting
        Whether the waiting time is part of (10).
    padding_tokens
        :math:`s'`; a longer prompt fits no batch.
    output_levels_tokens
        Output lengths are rounded up to these levels, and a longer one fits no batch; null
        takes every length as it is.
    bits_per_token
        Sent for each token, 16 in the paper.
    noise_density_dbm_per_hz, noise_figure_db
        Thermal noise and what the receiver adds to it.
    downlink_reading
        The reading of (12b).
    accuracy_mode
        The differential that f of (11) reads.
    include_embedding
        Whether the embedding and the head count in (3) and (8).
    latency
        Whether reading the weights counts beside computing.
    """

    epoch_start_s: Time
    uplink_slot_s: Duration
    compute_slot_s: Duration
    downlink_slot_s: Duration
    period_s: Duration
    count_waiting: Flag
    padding_tokens: Count
    output_levels_tokens: tuple[Count, ...] | None
    bits_per_token: Count
    noise_density_dbm_per_hz: Decibel
    noise_figure_db: Decibel
    downlink_reading: DownlinkReading
    accuracy_mode: AccuracyMode
    include_embedding: Flag
    latency: LatencyModel = Field(
        LatencyModel.COMPUTE, exclude_if=lambda value: value is LatencyModel.COMPUTE
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        levels = self.output_levels_tokens
        if levels is not None and (not levels or list(levels) != sorted(set(levels))):
            rule = "must be null or rise from level to level"
            raise broken_rule("output_levels_tokens", rule, found=list(levels))
        return self


class Scenario(Record):
    """The physical description of one epoch, from which P1's coefficients follow.

    Parameters
    ----------
    requests
        The requests, columns of I values.
    edge_nodes
        The J edge nodes, at least one, of different names.
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
        num_requests = self.requests.num_requests
        start = self.setting.epoch_start_s
        for request, arrival in enumerate(self.requests.arrival_s):
            if arrival > start:
                place = f"requests.arrival_s[{request}]"
                raise broken_rule(place, f"must not be after epoch_start_s, {start}", found=arrival)
        names: set[str] = set()
        for index, edge_node in enumerate(self.edge_nodes):
            place = f"edge_nodes[{index}]"
            if edge_node.name in names:
                rule = "must differ from the other edge nodes' names"
                raise broken_rule(f"{place}.name", rule, found=edge_node.name)
            names.add(edge_node.name)
            for column in ("covered", "uplink_gain", "downlink_gain"):
                length = len(getattr(edge_node, column))
                if length != num_requests:
                    rule = f"must have one value a request, {num_requests}"
                    raise broken_rule(f"{place}.{column}", rule, found=length)
            relative = self.setting.accuracy_mode is AccuracyMode.RELATIVE
            method = edge_node.quantization
            if relative and method.ppl_differential and method.ppl_reference is None:
                rule = "must be a number where accuracy_mode is relative"
                raise broken_rule(f"{place}.quantization.ppl_reference", rule, found=None)
            counts_reading = self.setting.latency is not LatencyModel.COMPUTE
            if counts_reading and edge_node.gpu_memory_bytes_per_s is None:
                rule = f"must be a number where latency is {self.setting.latency}"
                raise broken_rule(f"{place}.gpu_memory_bytes_per_s", rule, found=None)
        return self

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
