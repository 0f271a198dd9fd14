"""Template: the recipe of a scenario, from which requests and channels are drawn by seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from heuristics.errors import InputError
from heuristics.system_models import choices
from heuristics.system_models.catalogue import profiles, reader
from heuristics.system_models.catalogue.reader import KvCacheMode
from heuristics.system_models.choices import Counts, Names
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.path_loss import FreeSpace, Infrastructure, Manhattan
from heuristics.system_models.protocol import PeriodMode, compute_slot_s, period_s
from heuristics.system_models.quantization import AccuracyMode
from heuristics.system_models.scenario import DownlinkReading
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
    Signed,
    Time,
    broken_rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


DEFAULT = "section-v"
"""The scenario of the paper's Section V."""


class Workload(Record):
    """Distributions of the requests; each quantity is drawn independently.

    Parameters
    ----------
    rate_per_s
        Rate of the Poisson process of arrivals, lambda.
    num_requests
        Exact number of requests, with arrivals uniform in the period; absent for the process.
    prompt_tokens, output_tokens
        Lengths, drawn with equal probability.
    deadline_s, accuracy
        The two ends of a uniform distribution.
    area_radius_m
        Radius of the disc around the origin in which users lie uniformly.
    """

    rate_per_s: NonNegative
    num_requests: Annotated[int, Field(strict=True, ge=0, le=10**6)] | None = None
    prompt_tokens: Annotated[tuple[Count, ...], Field(min_length=1)]
    output_tokens: Annotated[tuple[Count, ...], Field(min_length=1)]
    deadline_s: tuple[Time, Time]
    accuracy: tuple[Fraction01, Fraction01]
    area_radius_m: NonNegative

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("deadline_s", "accuracy"):
            low, high = getattr(self, name)
            if low > high:
                rule = "must be its least and its largest value, in this order"
                raise broken_rule(name, rule, found=[low, high])
        return self


class Epoch(Record):
    """The slots: T_C is what T_U and T_D leave of the epoch.

    Parameters
    ----------
    epoch_s, uplink_slot_s, downlink_slot_s
        The epoch, T_U and T_D.
    period
        Period of the epochs.
    count_waiting
        True if the wait for the epoch's start counts in (10).
    """

    epoch_s: Duration
    uplink_slot_s: Duration
    downlink_slot_s: Duration
    period: PeriodMode = PeriodMode.EPOCH
    count_waiting: Flag = True

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.compute_slot_s <= 0:
            rule = "must be longer than uplink_slot_s and downlink_slot_s together"
            raise broken_rule("epoch_s", rule, found=self.epoch_s)
        return self

    @property
    def compute_slot_s(self) -> float:
        """T_C [s]."""
        return compute_slot_s(self.epoch_s, self.uplink_slot_s, self.downlink_slot_s)

    @property
    def period_s(self) -> float:
        """Time between the starts of two epochs [s]."""
        return period_s(self.period, self.epoch_s, self.compute_slot_s)


class Inference(Record):
    """LLM and its execution; an edge node may have its own LLM and quantization scheme.

    Several LLMs, quantizations, values of s' or longest outputs, joined by ``+``, are alternatives
    of each edge node, see :mod:`heuristics.system_models.choices`.

    Parameters
    ----------
    llm
        A name of the catalogue or the path of a ``config.json``.
    quantization
        A name of the catalogue, or ``stored`` for the method that the LLM's own file states.
    kv_cache, accuracy_mode, include_embedding
        Readings of (9), (11) and (3), (8).
    beta, ppl_differential
        Values that replace those of the catalogue.
    padding_tokens
        s'.
    longest_output_tokens
        Longest output of a batch; absent for no limit.
    output_levels_tokens
        Levels that output lengths are rounded up to; absent keeps every length.
    latency
        Latency model: computing alone, with the reading of weights, or measured.
    count_kv_reading
        True if a latency model that counts reading counts the KV caches too.
    margin
        Fraction added to every measured time; absent for the margin of the latency profile.
    extrapolate
        True to allow batches outside the measured range of a latency profile.
    switching_s, storage_bytes_per_s
        Time of a change of the alternative, or the bandwidth of the storage that weights are
        loaded from.
    """

    llm: Names
    quantization: Names
    kv_cache: KvCacheMode = KvCacheMode.PAPER
    beta: Positive | None = None
    ppl_differential: Signed | None = None
    accuracy_mode: AccuracyMode = AccuracyMode.ABSOLUTE
    include_embedding: Flag = False
    padding_tokens: Counts
    longest_output_tokens: Counts | None = Field(None, exclude_if=lambda value: value is None)
    output_levels_tokens: tuple[Count, ...] | None = None
    latency: LatencyModel = Field(
        LatencyModel.COMPUTE, exclude_if=lambda value: value is LatencyModel.COMPUTE
    )
    count_kv_reading: Flag = Field(True, exclude_if=lambda value: value is True)
    margin: NonNegative | None = Field(None, exclude_if=lambda value: value is None)
    extrapolate: Flag = Field(False, exclude_if=lambda value: value is False)
    switching_s: Time = Field(0.0, exclude_if=lambda value: value == 0)
    storage_bytes_per_s: Positive | None = Field(None, exclude_if=lambda value: value is None)


class Radio(Record):
    """Radio values of (1) and (2) that all edge nodes share."""

    bits_per_token: Count = 16
    noise_density_dbm_per_hz: Decibel = -174.0
    noise_figure_db: Decibel = 0.0
    downlink_reading: DownlinkReading = DownlinkReading.WORST_CHANNEL


class Rayleigh(Record):
    """Rayleigh fading: an exponential power gain with a mean, drawn for each direction."""

    model: Literal["rayleigh"]
    mean_gain: Positive


Channel = Annotated[Rayleigh | FreeSpace | Manhattan | Infrastructure, Field(discriminator="model")]


class EdgeNodeTemplate(Record):
    """An edge node before its channels are drawn.

    Parameters
    ----------
    name
        Name of the edge node.
    device, num_gpus
        Device of the catalogue or latency profile, by name or path, or several joined by ``+`` as
        alternatives, and number of devices. A latency profile has its own number of devices.
    gpu_flop_per_s, gpu_memory_bytes, gpu_memory_bytes_per_s
        Values that replace those of the device.
    uplink_bandwidth_hz, downlink_bandwidth_hz, uplink_transmit_power_dbm,
    downlink_transmit_power_dbm
        As in the edge node of a scenario.
    position_m
        Position on the ground, east and north of the origin.
    coverage_radius_m
        Largest distance of a covered user on the ground; absent covers all users.
    channel
        Model of the channels.
    llm, quantization, beta, ppl_differential
        Values that replace those of the inference section.
    """

    name: Name
    device: Names
    num_gpus: Count
    gpu_flop_per_s: Positive | None = None
    gpu_memory_bytes: Annotated[int, Field(strict=True, ge=1, le=10**18)] | None = None
    gpu_memory_bytes_per_s: Positive | None = Field(None, exclude_if=lambda value: value is None)
    uplink_bandwidth_hz: Bandwidth
    downlink_bandwidth_hz: Bandwidth
    uplink_transmit_power_dbm: Decibel
    downlink_transmit_power_dbm: Decibel
    position_m: tuple[Signed, Signed] = (0.0, 0.0)
    coverage_radius_m: NonNegative | None = None
    channel: Channel
    llm: Names | None = None
    quantization: Names | None = None
    beta: Positive | None = None
    ppl_differential: Signed | None = None


class Template(Record):
    """Template of a scenario, as a file that a user can copy, edit and pass back.

    Parameters
    ----------
    workload, epoch, inference, radio
        Values that all edge nodes share.
    edge_nodes
        Edge nodes, at least one, with different names.
    """

    workload: Workload
    epoch: Epoch
    inference: Inference
    radio: Radio = Radio()
    edge_nodes: Annotated[tuple[EdgeNodeTemplate, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [edge_node.name for edge_node in self.edge_nodes]
        for index, name in enumerate(names):
            if name in names[:index]:
                rule = "must differ from the other edge nodes' names"
                raise broken_rule(f"edge_nodes[{index}].name", rule, found=name)
        return self

    def changed(self, **sections: Mapping[str, Any]) -> Self:
        """Return a template with some values replaced and validated.

        Parameters
        ----------
        sections
            For ``workload``, ``epoch``, ``inference`` or ``radio`` the values to replace, by
            key; for ``edge_nodes`` those to replace in every edge node.

        Raises
        ------
        InputError
            If a value breaks a rule.
        """
        values = self.model_dump()
        for section, changes in sections.items():
            tables = values[section] if section == "edge_nodes" else [values[section]]
            for table in tables:
                table.update(changes)
        return self.parse(values)

    def with_edge_nodes(self, edge_nodes: Iterable[EdgeNodeTemplate]) -> Self:
        """Return a template with other edge nodes."""
        return self.model_copy(update={"edge_nodes": tuple(edge_nodes)})


def read_template(name_or_path: str) -> Template:
    """Read a scenario of the catalogue, or from a file of the user.

    Parameters
    ----------
    name_or_path
        Name or path, such as ``"section-v"`` or ``"my.toml"``. The path of an LLM's
        configuration or of a latency profile counts from the file's folder and must stay in it.

    Raises
    ------
    InputError
        If it does not exist, or the file breaks a rule; the error names the file and the field.
    """
    if name_or_path in reader.scenario_names():
        source = f"scenarios/{name_or_path}.toml"
        values = reader.parse_toml(reader.catalogue_text(source), source=source)
        return _checked(Template.parse(values, source=source), source)
    if Path(name_or_path).suffix != ".toml" and not Path(name_or_path).exists():
        rule = f"must be one of {', '.join(reader.scenario_names())}, or the path of a TOML file"
        raise InputError(rule, field="scenario", found=name_or_path)
    template = Template.parse(reader.read_toml(name_or_path), source=name_or_path)
    return _checked(_within_folder(template, Path(name_or_path)), name_or_path)


def _within_folder(template: Template, scenario: Path) -> Template:
    """Resolve the paths in a file from its folder, and refuse paths that lead out of it."""
    folder = scenario.parent.resolve()

    def resolved(name: Names | None, field: str) -> Names | None:
        if isinstance(name, tuple):
            return tuple(str(resolved(each, field)) for each in name)
        if name is None or not (reader.is_path(name) or _is_profile_file(name)):
            return name
        # The file itself may be a link: who made the folder chose it. A folder may not.
        path = folder / name
        place = path.parent.resolve()
        if not place.is_relative_to(folder):
            rule = "must be a file in the folder of the scenario"
            raise InputError(rule, source=scenario, field=field, found=name)
        return str(place / path.name)

    llm = resolved(template.inference.llm, "inference.llm")
    inference = template.inference.model_copy(update={"llm": llm})
    edge_nodes = tuple(
        each.model_copy(
            update={
                "llm": resolved(each.llm, f"edge_nodes[{j}].llm"),
                "device": resolved(each.device, f"edge_nodes[{j}].device"),
            }
        )
        for j, each in enumerate(template.edge_nodes)
    )
    return template.model_copy(update={"inference": inference, "edge_nodes": edge_nodes})


def _is_profile_file(name: str) -> bool:
    return name.endswith(profiles.ENDING)


def _checked(template: Template, source: str) -> Template:
    """Refuse a name that is not in the catalogue; the error names the field."""
    tables: dict[str, Record] = {"inference": template.inference}
    tables |= {f"edge_nodes[{j}]": each for j, each in enumerate(template.edge_nodes)}
    lookups = {
        "llm": reader.llm,
        "device": profiles.device,
        "quantization": reader.quantization_entry,
    }
    for place, table in tables.items():
        for field, look_up in lookups.items():
            for name in map(str, choices.split(getattr(table, field, None) or ())):
                try:
                    if (field, name.lower()) != ("quantization", reader.STORED):
                        look_up(name)
                except InputError as error:
                    if error.source is not None:  # the configuration of an LLM, a file of its own
                        raise
                    rule = error.rule
                    raise InputError(
                        rule, source=source, field=f"{place}.{field}", found=name
                    ) from error
    return template
