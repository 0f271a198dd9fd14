"""What the families with a system model share: their parameters, and drawing from a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.catalogue.reader import KvCacheMode, device
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.protocol import PeriodMode
from heuristics.system_models.quantization import AccuracyMode
from heuristics.system_models.rounding import round_significant
from heuristics.system_models.scenario import DownlinkReading
from heuristics.system_models.template import DEFAULT, Rayleigh, read_template
from instances.families import drawing
from instances.families.family import Drawn, Parameters, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.system_models.scenario import Scenario
    from heuristics.system_models.template import EdgeNodeTemplate, Template

_SECTIONS = {
    "workload": (
        "rate_per_s",
        "num_requests",
        "prompt_tokens",
        "output_tokens",
        "deadline_s",
        "accuracy",
    ),
    "epoch": ("epoch_s", "period", "count_waiting"),
    "inference": (
        "llm",
        "quantization",
        "kv_cache",
        "beta",
        "ppl_differential",
        "accuracy_mode",
        "padding_tokens",
        "output_levels_tokens",
        "latency",
    ),
    "radio": ("bits_per_token", "downlink_reading"),
    "edge_nodes": ("device", "num_gpus", "uplink_bandwidth_hz", "downlink_bandwidth_hz"),
}
"""The section of a scenario in which each parameter replaces the value of the same name."""

_OWN = ("llm", "quantization", "beta", "ppl_differential")
"""What an edge node may have of its own, which a parameter for all of them overrules."""


class Deployment(Parameters):
    """A scenario and what to change in it; a parameter that is none leaves the scenario's value."""

    scenario: str = DEFAULT
    """A scenario of the catalogue, or the path of a TOML file made like one."""

    edge_node: str | None = None
    """Keep the edge node of this name alone."""

    copies: int | None = Field(None, ge=1, le=1000, exclude_if=lambda copies: copies is None)
    """So many of each edge node, server, server-2 and so on, each with channels of its own."""

    deadline_s: Sequence[float] | None = None
    """Least and largest deadline, drawn uniformly, joined by +."""

    accuracy: Sequence[float] | None = None
    """Least and largest required accuracy, drawn uniformly, joined by +; 0+0 switches (11) off."""

    epoch_s: float | None = Field(None, gt=0, le=1e6)
    """Length of the epoch, T_U + T_C + T_D."""

    period: PeriodMode | None = None
    """How often an epoch starts: each epoch, or pipelined each T_C."""

    count_waiting: bool | None = None
    """Whether the wait for the epoch's start counts in (10)."""

    llm: str | None = None
    """The LLM of all edge nodes: a name of the catalogue, or the path of a config.json."""

    quantization: str | None = None
    """The quantization method of all edge nodes, a name of the catalogue."""

    kv_cache: KvCacheMode | None = None
    """Whether (9) scales the KV cache as in the paper, or as the method stores it."""

    beta: float | None = Field(None, gt=0, le=100)
    """Computing time over that of FP16, instead of the catalogue's."""

    ppl_differential: float | None = Field(None, ge=-1e6, le=1e6)
    """Perplexity lost, instead of the catalogue's."""

    accuracy_mode: AccuracyMode | None = None
    """Whether f of (11) reads the absolute or the relative perplexity differential."""

    padding_tokens: int | None = Field(None, ge=1, le=10**9)
    """s', the length that prompts are padded to."""

    output_levels_tokens: Sequence[int] | None = None
    """Levels that output lengths are rounded up to, joined by +."""

    latency: LatencyModel | None = Field(None, exclude_if=lambda value: value is None)
    """Whether reading the weights counts beside computing: compute, roofline or serial."""

    bits_per_token: int | None = Field(None, ge=1, le=10**6)
    """Bits sent for a token."""

    downlink_reading: DownlinkReading | None = None
    """(12b) by k6 of the worst channel, or by each request's own share."""

    device: str | None = None
    """The device of all edge nodes, a name of the catalogue."""

    num_gpus: int | None = Field(None, ge=1, le=10**6)
    """Devices of each edge node."""

    compute_scale: float = Field(1.0, gt=0, le=1e6)
    """Speeds every device up by this factor, its memory unchanged."""

    uplink_bandwidth_hz: float | None = Field(None, gt=0, le=1e12)
    """Uplink band of each edge node."""

    downlink_bandwidth_hz: float | None = Field(None, gt=0, le=1e12)
    """Downlink band of each edge node."""

    mean_gain: float | None = Field(None, gt=0, le=1)
    """Mean power gain of Rayleigh channels."""


class Physical(Deployment):
    """A deployment, and requests that are drawn for it."""

    rate_per_s: float | None = Field(None, ge=0, le=1e6)
    """Arrival rate of the Poisson process, lambda."""

    num_requests: int | None = Field(None, ge=0, le=1_000_000)
    """Exactly so many requests instead."""

    prompt_tokens: Sequence[int] | None = None
    """Prompt lengths to choose from, such as 128+256+512."""

    output_tokens: Sequence[int] | None = None
    """Output lengths to choose from."""


def draw(parameters: Physical, seed: int) -> Iterator[Drawn]:
    """Draw the one problem of a seed.

    Raises
    ------
    InputError
        If the scenario, the LLM or the catalogue's names cannot be read, or a parameter breaks
        a rule of the scenario.
    """
    scenario = draw_scenario(parameters, seed)
    yield Drawn(coefficients=assemble(scenario), scenario=scenario)


def draw_scenario(parameters: Physical, seed: int) -> Scenario:
    """Draw the scenario of a seed; see :func:`draw`."""
    return drawing.draw(adjusted_template(parameters), seed)


def adjusted_template(parameters: Deployment) -> Template:
    """Return the scenario with everything replaced that a parameter gives."""
    given = dict(parameters)
    changes: dict[str, dict[str, Any]] = {
        section: {name: given[name] for name in names if given.get(name) is not None}
        for section, names in _SECTIONS.items()
    }
    changes["edge_nodes"] |= {name: None for name in _OWN if name in changes["inference"]}
    if parameters.device is not None:
        own = ("gpu_flop_per_s", "gpu_memory_bytes", "gpu_memory_bytes_per_s")
        changes["edge_nodes"] |= dict.fromkeys(own)
    template = read_template(parameters.scenario)
    try:
        template = template.changed(**changes)
    except InputError as error:
        # The parameter is called like the last part of the scenario's field.
        error.field = (error.field or "").partition(".")[2]
        raise
    kept = _kept(parameters, template)
    if parameters.mean_gain is not None and not any(map(_is_rayleigh, kept)):
        rule = "must be left out, as no edge node has a Rayleigh channel"
        raise InputError(rule, field="mean_gain", found=parameters.mean_gain)
    adjusted = [_adjusted(parameters, edge_node) for edge_node in kept]
    return template.with_edge_nodes(_copied(adjusted, parameters.copies or 1))


def _copied(edge_nodes: list[EdgeNodeTemplate], copies: int) -> Iterator[EdgeNodeTemplate]:
    """Yield all edge nodes once, then all again: more copies change no channel of the first."""
    yield from edge_nodes
    for number in range(2, copies + 1):
        for edge_node in edge_nodes:
            yield edge_node.model_copy(update={"name": f"{edge_node.name}-{number}"})


def _is_rayleigh(edge_node: EdgeNodeTemplate) -> bool:
    return isinstance(edge_node.channel, Rayleigh)


def _kept(parameters: Deployment, template: Template) -> list[EdgeNodeTemplate]:
    if parameters.edge_node is None:
        return list(template.edge_nodes)
    kept = [each for each in template.edge_nodes if each.name == parameters.edge_node]
    if not kept:
        names = ", ".join(each.name for each in template.edge_nodes)
        raise InputError(f"must be one of {names}", field="edge_node", found=parameters.edge_node)
    return kept


def _adjusted(parameters: Deployment, edge_node: EdgeNodeTemplate) -> EdgeNodeTemplate:
    changes: dict[str, Any] = {}
    if parameters.compute_scale != 1:
        speed = edge_node.gpu_flop_per_s or device(edge_node.device).gpu_flop_per_s
        scaled = round_significant(speed * parameters.compute_scale)
        changes["gpu_flop_per_s"] = float(scaled)
    if parameters.mean_gain is not None and _is_rayleigh(edge_node):
        changes["channel"] = Rayleigh(model="rayleigh", mean_gain=parameters.mean_gain)
    return edge_node.model_copy(update=changes)
