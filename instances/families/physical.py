"""Physical: parameters and draw of the families that have a system model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.catalogue.profiles import device, profile_of
from heuristics.system_models.catalogue.reader import STORED, KvCacheMode, llm
from heuristics.system_models.choices import Integers, Texts, split
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.output_levels import with_output_levels
from heuristics.system_models.protocol import PeriodMode
from heuristics.system_models.quantization import AccuracyMode
from heuristics.system_models.rounding import as_fraction, round_significant
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
    "epoch": ("epoch_s", "uplink_slot_s", "downlink_slot_s", "period", "count_waiting"),
    "inference": (
        "llm",
        "quantization",
        "kv_cache",
        "beta",
        "ppl_differential",
        "accuracy_mode",
        "padding_tokens",
        "longest_output_tokens",
        "output_levels_tokens",
        "latency",
        "margin",
        "extrapolate",
        "count_kv_reading",
        "switching_s",
        "storage_bytes_per_s",
    ),
    "radio": ("bits_per_token", "downlink_reading"),
    "edge_nodes": ("device", "num_gpus", "uplink_bandwidth_hz", "downlink_bandwidth_hz"),
}
"""Parameters by the section of a recipe in which they replace the value of the same name."""

_OWN = ("llm", "quantization", "beta", "ppl_differential")
"""Values that an edge node may set for itself. A parameter replaces them at all edge nodes."""


class Deployment(Parameters):
    """A recipe and changes to it; a parameter that is None keeps the value of the recipe."""

    scenario: str = DEFAULT
    """Recipe of the scenario: a name of the catalogue, or the path of a TOML file like one."""

    edge_node: str | None = None
    """Name of the only edge node to keep."""

    copies: int | None = Field(None, ge=1, le=1000, exclude_if=lambda copies: copies is None)
    """Number of copies of each edge node: server, server-2 and so on, with separate channels."""

    deadline_s: Sequence[float] | None = None
    """Smallest and largest deadline [s] of a uniform distribution, joined by +."""

    accuracy: Sequence[float] | None = None
    """Smallest and largest required accuracy, uniform, joined by +; 0+0 switches (11) off."""

    epoch_s: float | None = Field(None, gt=0, le=1e6)
    """Length of the epoch [s], T_U + T_C + T_D."""

    uplink_slot_s: float | None = Field(None, gt=0, le=1e6, exclude_if=lambda value: value is None)
    """Length of the uplink slot [s], T_U. T_C is what T_U and T_D leave of the epoch."""

    compute_slot_s: float | None = Field(None, gt=0, le=1e6, exclude_if=lambda value: value is None)
    """Length of the computation slot [s], T_C. The epoch becomes T_U + T_C + T_D."""

    downlink_slot_s: float | None = Field(
        None, gt=0, le=1e6, exclude_if=lambda value: value is None
    )
    """Length of the downlink slot [s], T_D."""

    period: PeriodMode | None = None
    """Time between the starts of epochs: the epoch, or T_C if pipelined."""

    count_waiting: bool | None = None
    """True if the waiting time before the epoch's start counts in (10)."""

    llm: Texts | None = None
    """LLM of all edge nodes: a name of the catalogue, or the path of a config.json. Several, joined
    by +, are alternatives of each edge node, of which at most one is used."""

    quantization: Texts | None = None
    """Quantization method of all edge nodes: a name of the catalogue, or stored for the method of
    the LLM's own file, the default where the file states one. Several, joined by +, are
    alternatives."""

    kv_cache: KvCacheMode | None = None
    """Scaling of the KV cache in (9): as in the paper, or as the quantization stores it."""

    beta: float | None = Field(None, gt=0, le=100)
    """Ratio of the computing time to that of FP16; replaces the catalogue's value."""

    ppl_differential: float | None = Field(None, ge=-1e6, le=1e6)
    """Increase of perplexity over the same LLM in FP16; replaces the catalogue's value."""

    accuracy_mode: AccuracyMode | None = None
    """Perplexity differential that f of (11) takes: absolute or relative."""

    padding_tokens: Integers | None = None
    """Length [token] to which prompts are padded, s'. Several, joined by +, are alternatives."""

    longest_output_tokens: Integers | None = Field(None, exclude_if=lambda value: value is None)
    """Longest output [token] of a batch, counted by roofline and serial in place of the longest
    candidate. Several, joined by +, are alternatives."""

    output_levels_tokens: Sequence[int] | None = None
    """Levels [token] to which output lengths are rounded up, joined by +."""

    latency: LatencyModel | None = Field(None, exclude_if=lambda value: value is None)
    """Latency model of data sheets, with or without the reading of weights: compute, roofline or
    serial; or measured, the default where the device is a latency profile."""

    margin: float | None = Field(None, ge=0, le=100, exclude_if=lambda value: value is None)
    """Fraction added to every measured time; replaces the margin of the latency profile."""

    extrapolate: bool | None = Field(None, exclude_if=lambda value: value is None)
    """True to allow batches outside the measured range of the latency profile."""

    count_kv_reading: bool | None = Field(None, exclude_if=lambda value: value is None)
    """True if a latency model that counts reading counts the KV caches too, the default."""

    switching_s: float | None = Field(None, ge=0, le=1e6, exclude_if=lambda value: value is None)
    """Time [s] that an edge node loses from T_C in an epoch in which it changes its alternative."""

    storage_bytes_per_s: float | None = Field(
        None, gt=0, le=1e18, exclude_if=lambda value: value is None
    )
    """Bandwidth [byte/s] of the storage that weights are loaded from, in place of switching_s."""

    bits_per_token: int | None = Field(None, ge=1, le=10**6)
    """Number of bits that are sent per token."""

    downlink_reading: DownlinkReading | None = None
    """Reading of (12b): k6 of the worst channel, or the share of each request."""

    device: Texts | None = None
    """Device of all edge nodes: a name of the catalogue, or a latency profile by its name or path.
    Several, joined by +, are alternatives."""

    num_gpus: int | None = Field(None, ge=1, le=10**6)
    """Number of devices of each edge node; a latency profile has its own."""

    compute_scale: float = Field(1.0, gt=0, le=1e6)
    """Factor on the speed of every device; memory stays the same."""

    uplink_bandwidth_hz: float | None = Field(None, gt=0, le=1e12)
    """Uplink bandwidth of each edge node [Hz]."""

    downlink_bandwidth_hz: float | None = Field(None, gt=0, le=1e12)
    """Downlink bandwidth of each edge node [Hz]."""

    mean_gain: float | None = Field(None, gt=0, le=1)
    """Mean power gain of Rayleigh channels."""


class Physical(Deployment):
    """A deployment, and the distribution of its requests."""

    rate_per_s: float | None = Field(None, ge=0, le=1e6)
    """Arrival rate of the Poisson process [1/s], lambda."""

    num_requests: int | None = Field(None, ge=0, le=1_000_000)
    """Exact number of requests; replaces the Poisson process."""

    prompt_tokens: Sequence[int] | None = None
    """Prompt lengths [token] to choose from, such as 128+256+512."""

    output_tokens: Sequence[int] | None = None
    """Output lengths [token] to choose from, joined by +."""


def draw(parameters: Physical, seed: int) -> Iterator[Drawn]:
    """Draw the one problem of a seed.

    Raises
    ------
    InputError
        If the recipe, the LLM or a name of the catalogue cannot be read, or a parameter breaks
        a rule of the recipe.
    """
    scenario = draw_scenario(parameters, seed)
    yield Drawn(coefficients=assemble(scenario), scenario=scenario)


def draw_scenario(parameters: Physical, seed: int) -> Scenario:
    """Draw the scenario of a seed; see :func:`draw`."""
    return drawing.draw(adjusted_template(parameters), seed)


def adjusted_template(parameters: Deployment) -> Template:
    """Return the recipe with the values of all given parameters."""
    given = dict(parameters)
    changes: dict[str, dict[str, Any]] = {
        section: {name: given[name] for name in names if given.get(name) is not None}
        for section, names in _SECTIONS.items()
    }
    if parameters.llm is not None and parameters.quantization is None and _is_quantized(parameters):
        changes["inference"]["quantization"] = STORED
    changes["edge_nodes"] |= {name: None for name in _OWN if name in changes["inference"]}
    if parameters.device is not None:
        own = ("gpu_flop_per_s", "gpu_memory_bytes", "gpu_memory_bytes_per_s")
        changes["edge_nodes"] |= dict.fromkeys(own)
        changes["inference"] |= _measured(parameters)
    template = read_template(parameters.scenario)
    changes["epoch"] |= _epoch_of_slots(parameters, template)
    try:
        template = template.changed(**changes)
    except InputError as error:
        # The parameter has the name of the last part of the recipe's field.
        error.field = (error.field or "").partition(".")[2]
        raise
    kept = _kept(parameters, template)
    if parameters.mean_gain is not None and not any(map(_is_rayleigh, kept)):
        rule = "must be left out, as no edge node has a Rayleigh channel"
        raise InputError(rule, field="mean_gain", found=parameters.mean_gain)
    adjusted = [_adjusted(parameters, template, edge_node) for edge_node in kept]
    template = template.with_edge_nodes(_copied(adjusted, parameters.copies or 1))
    if not hasattr(parameters, "output_tokens") or getattr(parameters, "path", None) is not None:
        return template  # the requests, and so the longest outputs of batches, are a trace's
    return with_output_levels(template, template.workload.output_tokens)


def _measured(parameters: Deployment) -> dict[str, Any]:
    """Return the latency model that a latency profile as the device stands for.

    Raises
    ------
    InputError
        If a number of devices is given that is not that of the profile.
    """
    names = () if parameters.device is None else split(parameters.device)
    profiles = [each for each in (profile_of(str(name)) for name in names) if each is not None]
    for each in profiles if "num_gpus" in parameters.model_fields_set else ():
        if parameters.num_gpus not in (None, each.num_devices):
            rule = f"must be left out or that of the latency profile, {each.num_devices}"
            raise InputError(rule, field="num_gpus", found=parameters.num_gpus)
    return {"latency": LatencyModel.MEASURED} if profiles and parameters.latency is None else {}


def _epoch_of_slots(parameters: Deployment, template: Template) -> dict[str, float]:
    """Return the length of the epoch that follows from T_C; nothing where T_C is not given.

    Raises
    ------
    InputError
        If the length of the epoch is given too, and is another one.
    """
    if parameters.compute_slot_s is None:
        return {}
    slots = (
        parameters.uplink_slot_s or template.epoch.uplink_slot_s,
        parameters.compute_slot_s,
        parameters.downlink_slot_s or template.epoch.downlink_slot_s,
    )
    epoch_s = float(sum(map(as_fraction, slots)))
    if parameters.epoch_s not in (None, epoch_s):
        rule = f"must be T_U + T_C + T_D, {epoch_s}, where compute_slot_s is given"
        raise InputError(rule, field="epoch_s", found=parameters.epoch_s)
    return {"epoch_s": epoch_s}


def _is_quantized(parameters: Deployment) -> bool:
    """Return True if the LLM's own file states a quantization method.

    Raises
    ------
    InputError
        If the files of some LLMs among the alternatives state a method, and others do not.
    """
    llms = () if parameters.llm is None else split(parameters.llm)
    states = {llm(str(each)).stored is not None for each in llms}
    if len(states) > 1:
        rule = "must be given, as the files of some LLMs state a method and others do not"
        raise InputError(rule, field="quantization")
    return True in states


def _copied(edge_nodes: list[EdgeNodeTemplate], copies: int) -> Iterator[EdgeNodeTemplate]:
    """Yield all edge nodes once, then all again, so that copies change no channel of the first."""
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


def _adjusted(
    parameters: Deployment, template: Template, edge_node: EdgeNodeTemplate
) -> EdgeNodeTemplate:
    changes: dict[str, Any] = {}
    if parameters.compute_scale != 1:
        names = split(edge_node.device)
        if template.inference.latency is LatencyModel.MEASURED:
            rule = "must be left out where latency is measured"
            raise InputError(rule, field="compute_scale", found=parameters.compute_scale)
        if len(names) > 1:
            rule = "must be left out, as edge nodes have several devices as alternatives"
            raise InputError(rule, field="compute_scale", found=parameters.compute_scale)
        speed = edge_node.gpu_flop_per_s or device(str(names[0])).gpu_flop_per_s
        scaled = round_significant(speed * parameters.compute_scale)
        changes["gpu_flop_per_s"] = float(scaled)
    if parameters.mean_gain is not None and _is_rayleigh(edge_node):
        changes["channel"] = Rayleigh(model="rayleigh", mean_gain=parameters.mean_gain)
    return edge_node.model_copy(update=changes)
