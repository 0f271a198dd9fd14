"""The family horizon: a run of epochs as one problem, a row for each edge node and epoch.

A request may be served in any epoch from the one it arrives for to the last that its deadline
leaves time for. P1 with these rows is the hindsight optimum of the epochs: one schedule that knows
all arrivals from the start. The requests and channels are those of
:func:`analysis.simulation.simulate.simulate` with the same scenario and seed, and a request that
waits keeps its channels.

The coefficients of a row hold whichever requests earlier rows serve. In the worst-channel reading
k6 of a row takes the worst channel of all requests that have arrived by its epoch and have tau' >
0, while a controller takes those that still wait. So k6 of a row is at most that of a controller
in the same epoch, and where (12b) binds a controller may serve more. The same holds for the longest
output of a latency model that counts the reading of weights.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  pydantic reads the annotation
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import Field

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.output_levels import with_output_levels
from heuristics.system_models.protocol import horizon_epochs
from heuristics.system_models.rounding import on_decimal_grid
from heuristics.system_models.scenario import Scenario
from instances.families import drawing
from instances.families.family import Drawn, Family
from instances.families.physical import Physical, adjusted_template
from instances.families.trace import TraceReading, Windows, notes_of_lengths, notes_of_trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from heuristics.system_models.protocol import HorizonEpochs
    from heuristics.system_models.template import Template

LARGEST_ROWS = 10**5
"""Largest number of rows, edge nodes times epochs."""

_SOURCE = "family horizon"

_OF_TRACE = ("first_epoch", "window", "columns", "time_unit", "rate_scale", "sample")
"""Parameters that select and read a trace."""

_OF_WORKLOAD = ("num_requests", "prompt_tokens", "output_tokens")
"""Parameters of the drawn requests that a trace has itself."""


class Horizon(Physical, TraceReading):
    """Section V over many epochs, each with requests of its own, or a part of a trace."""

    scenario: str = "section-v"
    """Recipe of the scenario: a name of the catalogue, or the path of a TOML file like one."""

    num_requests: int | None = Field(None, ge=0, le=1_000_000)
    """Exact number of requests of each epoch; replaces the Poisson process."""

    path: Path | None = None  # type: ignore[assignment]  # without a trace requests are drawn
    """Trace of the requests, as of the family trace; they are drawn if absent."""

    num_epochs: int = Field(30, ge=1)
    """Number of epochs with arrivals; of a trace at most this number, empty ones counted."""


class _Run(NamedTuple):
    """Recipe and draws of consecutive epochs, and remarks on the trace that they are from."""

    template: Template
    epochs: list[drawing.Draws]
    notes: dict[str, Any]


def draw(parameters: Horizon, seed: int) -> Iterator[Drawn]:
    """Draw the one problem of a seed.

    Raises
    ------
    InputError
        If the recipe or the trace is bad, parameters exclude each other, or there are too many
        rows, requests or covered pairs.

    Notes
    -----
    Rows are epoch by epoch, the edge nodes of an epoch in the order of the recipe, each with its
    alternatives. They end after the last epoch in which a request has tau' > 0, and not before the
    last epoch with arrivals.
    """
    _refuse_excluded(parameters)
    template = adjusted_template(parameters)
    refuse_rows(template, parameters.num_epochs if parameters.path is None else 1)
    run = (_drawn if parameters.path is None else _from_trace)(parameters, template, seed)
    scenario = horizon_scenario(run.template, run.epochs)
    notes = run.notes | (notes_of_lengths(scenario) if run.notes else {})
    yield Drawn(coefficients=assemble(scenario, compress=True), scenario=scenario, notes=notes)


def _refuse_excluded(parameters: Horizon) -> None:
    excluded: tuple[str, ...] = ()
    if parameters.path is None:
        excluded, rule = _OF_TRACE, "must be left out, as no trace is given by path"
    else:
        excluded, rule = _OF_WORKLOAD, "must be left out, as the trace has it"
        if parameters.rate_per_s == 0:
            positive = "must be greater than 0 beside path"
            raise InputError(positive, source=_SOURCE, field="rate_per_s", found=0.0)
    for name in excluded:
        value = getattr(parameters, name)
        if value != Horizon.model_fields[name].default:
            found = list(value) if isinstance(value, tuple) else value
            raise InputError(rule, source=_SOURCE, field=name, found=found)


def refuse_rows(template: Template, num_epochs: int) -> None:
    """Refuse a horizon with too many rows.

    Raises
    ------
    InputError
        If there are more than :data:`LARGEST_ROWS` rows, edge nodes times epochs.
    """
    num_rows = drawing.num_rows(template) * num_epochs
    if num_rows > LARGEST_ROWS:
        rule = f"must give at most {LARGEST_ROWS} rows, one for each edge node and epoch"
        raise InputError(rule, source=_SOURCE, field="num_epochs", found=num_rows)


def _drawn(parameters: Horizon, template: Template, seed: int) -> _Run:
    epochs, num_requests = [], 0
    _refuse_requests((parameters.num_requests or 0) * parameters.num_epochs)
    for epoch in range(parameters.num_epochs):
        epochs.append(drawing.draw_values(template, drawing.epoch_seed(seed, epoch)))
        num_requests += epochs[-1].num_requests
        _refuse_requests(num_requests)
    return _Run(template, epochs, {})


def _from_trace(parameters: Horizon, template: Template, seed: int) -> _Run:
    assert parameters.path is not None
    part: TraceReading = parameters
    if parameters.window is not None and "num_epochs" not in parameters.model_fields_set:
        part = parameters.model_copy(update={"num_epochs": None})
    windows = Windows.read(parameters.path, template.epoch.period_s, part, seed=seed)
    template = with_output_levels(template, windows.trace.output_tokens.tolist())
    refuse_rows(template, windows.end - windows.first)
    _refuse_requests(len(windows.epochs))
    epochs = [
        drawing.draw_values(
            template, drawing.epoch_seed(seed, epoch), arrivals=windows.arrivals(epoch)
        )
        for epoch in range(windows.first, windows.end)
    ]
    notes = {
        "first_epoch": windows.first,
        "drawn": ["deadline_s", "accuracy", "covered", "uplink_gain", "downlink_gain"],
        **notes_of_trace(parameters, windows.trace.summary),
    }
    return _Run(template, epochs, notes)


def _refuse_requests(num_requests: int) -> None:
    if num_requests > drawing.LARGEST_REQUESTS:
        rule = f"must give at most {drawing.LARGEST_REQUESTS} requests in all epochs"
        raise InputError(rule, source=_SOURCE, field="num_epochs", found=num_requests)


def horizon_scenario(template: Template, epochs: list[drawing.Draws]) -> Scenario:
    """Return the scenario of all epochs, with a row for each edge node and epoch.

    Parameters
    ----------
    template
        Recipe of the scenario.
    epochs
        Drawn values of consecutive epochs, at least one.

    Raises
    ------
    InputError
        If there are too many rows or covered pairs.
    """
    columns = {
        name: np.concatenate([each.requests[name] for each in epochs])
        for name in epochs[0].requests
    }
    sizes = [each.num_requests for each in epochs]
    period_s = template.epoch.period_s
    columns |= _on_clock(columns, sizes, period_s, count_waiting=template.epoch.count_waiting)
    served = horizon_epochs(
        columns["arrival_s"],
        columns["deadline_s"],
        epoch_start_s=period_s,
        uplink_slot_s=template.epoch.uplink_slot_s,
        downlink_slot_s=template.epoch.downlink_slot_s,
        period_s=period_s,
        count_waiting=template.epoch.count_waiting,
    )
    num_epochs = max(len(epochs), int(served.last.max(initial=-1)) + 1)
    refuse_rows(template, num_epochs)
    channels = [
        drawing.Channels(*map(np.concatenate, zip(*each, strict=True)))
        for each in zip(*(each.channels for each in epochs), strict=True)
    ]
    fixed = [(each.name, drawing.fixed_rows(template, each)) for each in template.edge_nodes]
    _refuse_pairs(served, channels, [len(ways) for _, ways in fixed])
    rows = [
        drawing.renamed(row, f"{name}@{epoch}") | {"epoch": epoch, **of_pairs(there, requests)}
        for epoch, requests in enumerate(_alive(served, num_epochs))
        for (name, ways), there in zip(fixed, channels, strict=True)
        for row in ways
    ]
    return Scenario.from_parts(
        {name: column.tolist() for name, column in columns.items()}, rows, drawing.setting(template)
    )


def _on_clock(
    columns: Mapping[str, NDArray[Any]], sizes: list[int], period_s: float, *, count_waiting: bool
) -> dict[str, NDArray[np.float64]]:
    """Return arrivals and deadlines on one clock, exact in decimals [s].

    Arrivals count from the starts of their periods before. Rounding may have moved an arrival to
    the end of its period, where the next period starts. The arrival is then set to the last tick
    of its period, and its due time stays.
    """
    (ticks, deadline, (period,)), denominator = on_decimal_grid(
        columns["arrival_s"], columns["deadline_s"], period_s
    )
    early = np.minimum(ticks, period - 1)
    epoch = np.repeat(np.arange(len(sizes)), sizes)
    if count_waiting:
        deadline = deadline + (ticks - early)
    return {
        "arrival_s": np.asarray((epoch * period + early) / denominator, dtype=np.float64),
        "deadline_s": np.asarray(deadline / denominator, dtype=np.float64),
    }


def _alive(served: HorizonEpochs, num_epochs: int) -> Iterator[NDArray[np.int64]]:
    """Yield for each epoch the requests that have arrived and have tau' > 0, ascending."""
    starts = np.searchsorted(served.first, np.arange(num_epochs + 1))
    alive = np.zeros(0, dtype=np.int64)
    for epoch in range(num_epochs):
        alive = np.concatenate([alive, np.arange(starts[epoch], starts[epoch + 1])])
        alive = alive[served.last[alive] >= epoch]
        yield alive


def _refuse_pairs(
    served: HorizonEpochs, channels: list[drawing.Channels], num_ways: list[int]
) -> None:
    num_epochs = np.maximum(served.last - served.first + 1, 0)
    num_pairs = (int(num_epochs[each.covered].sum()) for each in channels)
    drawing.refuse_covered(
        sum(ways * each for ways, each in zip(num_ways, num_pairs, strict=True)),
        source=_SOURCE,
        field="num_epochs",
    )


def of_pairs(channels: drawing.Channels, requests: NDArray[np.int64]) -> dict[str, list[Any]]:
    """Return the columns of an edge node for those of the given requests that it covers."""
    covered = requests[channels.covered[requests]]
    return {
        "covered": covered.tolist(),
        "uplink_gain": channels.uplink_gain[covered].tolist(),
        "downlink_gain": channels.downlink_gain[covered].tolist(),
    }


FAMILY = Family(
    name="horizon",
    summary="many epochs as one problem: a row for each edge node and epoch, requests may wait",
    binds="compute, (12d), and the deadlines that requests of earlier epochs have left",
    parameters=Horizon,
    draw=draw,
)
