"""Drawing: arrivals, requests, positions and channels of a scenario, by seed."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heuristics.errors import InputError
from heuristics.system_models.choices import choices, split
from heuristics.system_models.hosting import hosted, measured_values
from heuristics.system_models.output_levels import with_output_levels
from heuristics.system_models.path_loss import (
    FreeSpace,
    Infrastructure,
    Manhattan,
    free_space_loss_db,
    infrastructure_loss_db,
    manhattan_loss_db,
)
from heuristics.system_models.radio import ratio_from_db
from heuristics.system_models.rounding import round_significant
from heuristics.system_models.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from heuristics.system_models.choices import Choice
    from heuristics.system_models.template import EdgeNodeTemplate, Template, Workload

    FloatArray = NDArray[np.float64]

LARGEST_REQUESTS = 10**6
"""Largest number of requests of an epoch."""

LARGEST_PAIRS = 3 * 10**6
"""Largest number of pairs of an edge node and a request."""

LARGEST_COVERED = 5 * 10**6
"""Largest number of covered pairs where an instance has these alone."""

TIME_DECIMALS = 9
"""Number of decimals of drawn times: whole nanoseconds."""


class Stream(IntEnum):
    """Quantities that are drawn, each from its own stream of random numbers.

    The same seed draws the same requests for every LLM, and the same channels for all deadlines.
    Differences between two scenarios are therefore not noise.
    """

    ARRIVAL = 0
    PROMPT = 1
    OUTPUT = 2
    DEADLINE = 3
    ACCURACY = 4
    POSITION = 5
    CHANNEL = 6

    def generator(self, seed: int, *index: int) -> np.random.Generator:
        """Return the stream of this quantity; with an index, that of one edge node."""
        return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(self), *index)))


class Arrivals(NamedTuple):
    """Arrival time, prompt length and output length of requests, shape (I,) [s, token, token]."""

    arrival_s: ArrayLike
    prompt_tokens: ArrayLike
    output_tokens: ArrayLike


def epoch_seed(seed: int, epoch: int) -> int:
    """Return the seed of one epoch of many; epoch 0 has the seed itself.

    Seeds are below 2^64, so no two epochs of any two seeds share their draws. The draws of an epoch
    do not depend on the number of epochs.
    """
    return seed + (epoch << 64)


class Channels(NamedTuple):
    """Coverage and channels of the requests at one edge node, shape (I,) each, as a file has them.

    Gains have 12 significant digits.
    """

    covered: NDArray[np.bool_]
    uplink_gain: FloatArray
    downlink_gain: FloatArray


class Draws(NamedTuple):
    """The drawn values of one epoch, as a file has them.

    ``requests`` has the columns of :class:`heuristics.system_models.scenario.Requests`, shape (I,)
    each, ``channels`` an entry for each edge node.
    """

    requests: dict[str, NDArray[Any]]
    channels: tuple[Channels, ...]

    @property
    def num_requests(self) -> int:
        """I, the number of requests."""
        return len(self.requests["arrival_s"])


def draw(template: Template, seed: int, *, arrivals: Arrivals | None = None) -> Scenario:
    """Draw one epoch's scenario.

    Parameters
    ----------
    template
        Recipe of the scenario.
    seed
        Seed of all streams.
    arrivals
        Known arrivals and lengths, for example of a trace, with times since the start of the
        period before the epoch; None draws them from the recipe's workload.

    Returns
    -------
    Scenario
        Requests in the order of their arrival, within the period before the epoch. Times are
        whole nanoseconds; other drawn values have 12 significant digits.

    Raises
    ------
    InputError
        If the catalogue lacks a name of the recipe, there are too many requests, or an
        arrival lies after the period.
    """
    lengths = template.workload.output_tokens if arrivals is None else arrivals.output_tokens
    template = with_output_levels(template, np.asarray(lengths).tolist())
    drawn = draw_values(template, seed, arrivals=arrivals)
    requests = {name: column.tolist() for name, column in drawn.requests.items()}
    edge_nodes = [
        row | {name: column.tolist() for name, column in channels._asdict().items()}
        for edge_node, channels in zip(template.edge_nodes, drawn.channels, strict=True)
        for row in fixed_rows(template, edge_node)
    ]
    return Scenario.from_parts(requests, edge_nodes, setting(template))


def draw_values(template: Template, seed: int, *, arrivals: Arrivals | None = None) -> Draws:
    """Draw the values of one epoch; see :func:`draw`."""
    requests = draw_requests(template, seed, arrivals=arrivals)
    num_requests = len(requests["arrival_s"])
    num_pairs = num_requests * num_rows(template)
    if num_pairs > LARGEST_PAIRS:
        rule = f"must be at most {LARGEST_PAIRS} pairs of an edge node and a request"
        raise InputError(rule, field="edge_nodes", found=num_pairs)
    places = _places(template.workload, num_requests, seed)
    return Draws(
        requests=requests,
        channels=tuple(
            _channels(edge_node, places, Stream.CHANNEL.generator(seed, index))
            for index, edge_node in enumerate(template.edge_nodes)
        ),
    )


def draw_requests(
    template: Template, seed: int, *, arrivals: Arrivals | None = None
) -> dict[str, NDArray[Any]]:
    """Draw the columns of the requests of one epoch, by the names of a scenario."""
    if arrivals is None:
        arrivals = draw_arrivals(template.workload, template.epoch.period_s, seed)
    times = np.asarray(arrivals.arrival_s, dtype=np.float64)
    return {
        "arrival_s": np.round(times, TIME_DECIMALS),
        "prompt_tokens": np.asarray(arrivals.prompt_tokens),
        "output_tokens": np.asarray(arrivals.output_tokens),
        **_demands(template.workload, len(times), seed),
    }


def refuse_covered(num_pairs: int, *, source: str, field: str) -> None:
    """Refuse an instance with too many covered pairs.

    Raises
    ------
    InputError
        If there are more than :data:`LARGEST_COVERED` pairs; it names the parameter to change.
    """
    if num_pairs > LARGEST_COVERED:
        rule = f"must give at most {LARGEST_COVERED} covered pairs of an edge node and a request"
        raise InputError(rule, source=source, field=field, found=num_pairs)


def draw_arrivals(workload: Workload, period_s: float, seed: int) -> Arrivals:
    """Draw arrivals of a Poisson process over one period, and lengths."""
    rng = Stream.ARRIVAL.generator(seed)
    num_requests = workload.num_requests
    if num_requests is None:
        expected = workload.rate_per_s * period_s
        if expected > LARGEST_REQUESTS:
            rule = f"must be of at most {LARGEST_REQUESTS} requests an epoch"
            raise InputError(rule, field="rate_per_s", found=workload.rate_per_s)
        num_requests = int(rng.poisson(expected))
    prompts = np.array(workload.prompt_tokens)
    outputs = np.array(workload.output_tokens)
    return Arrivals(
        arrival_s=np.sort(rng.uniform(0, period_s, num_requests)),
        prompt_tokens=prompts[
            Stream.PROMPT.generator(seed).integers(prompts.size, size=num_requests)
        ],
        output_tokens=outputs[
            Stream.OUTPUT.generator(seed).integers(outputs.size, size=num_requests)
        ],
    )


def _demands(workload: Workload, num_requests: int, seed: int) -> dict[str, FloatArray]:
    deadline = Stream.DEADLINE.generator(seed).uniform(*workload.deadline_s, num_requests)
    accuracy = Stream.ACCURACY.generator(seed).uniform(*workload.accuracy, num_requests)
    return {
        "deadline_s": np.round(deadline, TIME_DECIMALS),
        "accuracy": round_significant(accuracy),
    }


def _places(workload: Workload, num_requests: int, seed: int) -> FloatArray:
    """Draw positions uniformly in the disc, shape (I, 2) [m]."""
    radius, turn = Stream.POSITION.generator(seed).random((num_requests, 2)).T
    distance = workload.area_radius_m * np.sqrt(radius)
    angle = 2 * np.pi * turn
    return np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)


def _channels(
    edge_node: EdgeNodeTemplate, places: FloatArray, rng: np.random.Generator
) -> Channels:
    offset = places - np.array(edge_node.position_m)
    distance = np.hypot(offset[:, 0], offset[:, 1])
    radius = edge_node.coverage_radius_m
    uplink_gain, downlink_gain = gains(edge_node, offset, rng)
    return Channels(
        covered=distance <= (np.inf if radius is None else radius),
        uplink_gain=round_significant(uplink_gain),
        downlink_gain=round_significant(downlink_gain),
    )


def num_rows(template: Template) -> int:
    """Return the number of rows of a scenario of one epoch: all alternatives of all edge nodes."""
    return sum(len(choices(template.inference, each)) for each in template.edge_nodes)


def fixed_rows(template: Template, edge_node: EdgeNodeTemplate) -> list[dict[str, Any]]:
    """Return the values of each alternative of an edge node that are not drawn.

    Parameters
    ----------
    template, edge_node
        Recipe, and one of its edge nodes.

    Returns
    -------
    list of dict
        Values by the names of a scenario. The row of the only alternative has the edge node's name.
    """
    name = edge_node.name
    rows = []
    for choice in choices(template.inference, edge_node):
        row = {"name": name, **_fixed_values(template, edge_node, choice)}
        if choice.label:
            row |= {
                "name": f"{name}/{choice.label}",
                "alternative_of": name,
                "padding_tokens": choice.padding_tokens,
                "longest_output_tokens": choice.longest_output_tokens,
            }
        rows.append(row)
    return rows


def renamed(row: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a row of :func:`fixed_rows` for another edge node that is run in the same way.

    Parameters
    ----------
    row
        Values of a row.
    name
        Name of the other edge node.

    Examples
    --------
    >>> renamed({"name": "server/w8a16", "alternative_of": "server"}, "server@3")
    {'name': 'server@3/w8a16', 'alternative_of': 'server@3'}
    """
    old = row.get("alternative_of")
    if old is None:
        return row | {"name": name}
    return row | {"name": name + row["name"].removeprefix(old), "alternative_of": name}


def _fixed_values(
    template: Template, edge_node: EdgeNodeTemplate, choice: Choice
) -> dict[str, Any]:
    llm, quantization, device = hosted(template, edge_node, choice)
    reads = template.inference.latency.counts_reading
    return {
        **measured_values(template.inference, edge_node, choice),
        "gpu_flop_per_s": edge_node.gpu_flop_per_s or device.gpu_flop_per_s,
        "gpu_memory_bytes": edge_node.gpu_memory_bytes or device.gpu_memory_bytes,
        "gpu_memory_bytes_per_s": (
            edge_node.gpu_memory_bytes_per_s or device.gpu_memory_bytes_per_s if reads else None
        ),
        "uplink_bandwidth_hz": edge_node.uplink_bandwidth_hz,
        "downlink_bandwidth_hz": edge_node.downlink_bandwidth_hz,
        "uplink_transmit_power_dbm": edge_node.uplink_transmit_power_dbm,
        "downlink_transmit_power_dbm": edge_node.downlink_transmit_power_dbm,
        "llm": llm,
        "quantization": quantization,
    }


def gains(
    edge_node: EdgeNodeTemplate, offset: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw h^2 of uplink and downlink; path loss and shadowing are the same in both.

    Parameters
    ----------
    edge_node
        Edge node with the model of its channels.
    offset
        Offsets of the users from the edge node, east and north, shape (I, 2) [m].
    rng
        Stream of the random numbers.
    """
    channel = edge_node.channel
    num_requests = len(offset)
    distance = np.hypot(offset[:, 0], offset[:, 1])
    if isinstance(channel, FreeSpace):
        slant = np.hypot(distance, channel.height_m)
        loss = free_space_loss_db(slant, channel.carrier_hz)
    elif isinstance(channel, Manhattan):
        loss, sight = manhattan_loss_db(offset[:, 0], offset[:, 1], channel)
        deviation = np.where(sight, channel.los_shadowing_db, channel.nlos_shadowing_db)
        loss = loss + deviation * rng.standard_normal(num_requests)
    elif isinstance(channel, Infrastructure):
        shadowing = channel.shadowing_db * rng.standard_normal(num_requests)
        loss = infrastructure_loss_db(distance) + shadowing
    else:
        uplink, downlink = channel.mean_gain * rng.exponential(size=(2, num_requests))
        return uplink, downlink
    gain = ratio_from_db(-loss)
    return gain, gain


def setting(template: Template) -> dict[str, Any]:
    """Return the values that all requests and edge nodes share, by the names of a scenario.

    Where rows have their own s' or longest output, the largest value stands here.
    """
    epoch, inference, radio = template.epoch, template.inference, template.radio
    return {
        "epoch_start_s": epoch.period_s,
        "uplink_slot_s": epoch.uplink_slot_s,
        "compute_slot_s": epoch.compute_slot_s,
        "downlink_slot_s": epoch.downlink_slot_s,
        "period_s": epoch.period_s,
        "count_waiting": epoch.count_waiting,
        "padding_tokens": _largest(inference.padding_tokens),
        "output_levels_tokens": inference.output_levels_tokens,
        "longest_output_tokens": _largest(inference.longest_output_tokens),
        "bits_per_token": radio.bits_per_token,
        "noise_density_dbm_per_hz": radio.noise_density_dbm_per_hz,
        "noise_figure_db": radio.noise_figure_db,
        "downlink_reading": radio.downlink_reading,
        "accuracy_mode": inference.accuracy_mode,
        "include_embedding": inference.include_embedding,
        "latency": inference.latency,
        "count_kv_reading": inference.count_kv_reading and inference.latency.counts_reading,
        "extrapolate": inference.extrapolate,
        "switching_s": inference.switching_s,
        "storage_bytes_per_s": inference.storage_bytes_per_s,
    }


def _largest(given: int | tuple[int, ...] | None) -> int | None:
    return None if given is None else max(int(str(each)) for each in split(given))
