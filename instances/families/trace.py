"""The family trace: requests that were really made, one instance an epoch.

Arrivals and lengths are the trace's. No public trace has deadlines, accuracies or channels, so
these are drawn by seed, and every instance says so in its notes. Prompts are padded to s' and
outputs rounded up to levels when the coefficients are derived, never down; what is longer than
s' or than the largest level stays in the instance, eligible nowhere, and is named in its notes.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  pydantic reads the annotation
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.output_levels import with_output_levels
from heuristics.system_models.validation import broken_rule
from instances.families import drawing
from instances.families.family import Drawn, Family, Sequence
from instances.families.physical import Deployment, adjusted_template
from instances.traces.excerpt import EXCERPT
from instances.traces.formats import SERVEGEN
from instances.traces.reader import read_trace
from instances.traces.reading import Columns, Reading
from instances.traces.units import Unit  # noqa: TC001  pydantic reads the annotation
from instances.traces.window import Window

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heuristics.system_models.scenario import Scenario
    from instances.traces.summary import Summary
    from instances.traces.trace import Trace

LARGEST_EPOCHS = 10**6
"""Largest number of epochs, empty ones counted, that are taken of a trace."""

_SOURCE = "family trace"

_NANOSECONDS = 10**9


def _columns(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return Columns.parse(value)
    except ValueError as error:
        raise broken_rule("", str(error), found=value) from error


class TraceReading(Deployment):
    """A deployment, the part of a trace that it serves, and how the trace is read."""

    path: Path = EXCERPT
    """The trace: Azure 2023 to 2025, Mooncake, Qwen-Bailian, BurstGPT, Vidur, splitwise-sim,
    LLMServingSim, Etalon, ServeGen, or CSV with arrival_s, prompt_tokens and output_tokens; by
    default a synthetic excerpt."""

    first_epoch: int = Field(0, ge=0)
    """First epoch to take, counted from the trace's first request."""

    num_epochs: int | None = Field(None, ge=1)
    """Number of epochs to take, empty ones counted; all if absent."""

    window: Sequence[float] | None = Field(None, exclude_if=lambda value: value is None)
    """Part to take instead of epochs, start and end in seconds after the trace's first request,
    joined by +."""

    columns: Annotated[Columns, BeforeValidator(_columns)] | None = Field(
        None, exclude_if=lambda value: value is None
    )
    """Columns of any other CSV or JSON lines, arrival:prompt:output; :prompt:output without
    arrivals."""

    time_unit: Unit | None = Field(None, exclude_if=lambda value: value is None)
    """Unit of arrivals that are numbers, s, ms, us or ns, where the file does not settle it."""

    rate_per_s: float | None = Field(None, gt=0, le=1e6, exclude_if=lambda value: value is None)
    """Rate at which arrivals are drawn for a trace of lengths alone."""

    rate_scale: float | None = Field(None, ge=1e-6, le=1e6, exclude_if=lambda value: value is None)
    """Factor of the arrival rate: 2 compresses time to half."""

    sample: float | None = Field(None, gt=0, le=1, exclude_if=lambda value: value is None)
    """Probability that a request is kept, drawn by seed."""

    @property
    def reading(self) -> Reading:
        """The choices that the reader of traces takes."""
        return Reading(
            columns=self.columns,
            time_unit=self.time_unit,
            rate_per_s=self.rate_per_s,
            rate_scale=self.rate_scale,
            sample=self.sample,
        )


class TraceParameters(TraceReading):
    """Parameters of the family."""

    scenario: str = "trace"
    """A scenario of the catalogue, or the path of a TOML file made like one."""

    keep_empty: bool = False
    """Make instances of epochs without requests too."""


class Windows(NamedTuple):
    """A part of a trace, cut into periods.

    Parameters
    ----------
    trace
        Requests of the part.
    period_ns
        Length of a period [ns].
    first, end
        First epoch of the part, and the first epoch after it, counted from the trace's first
        request.
    epochs
        Epoch of each request, shape (I,).
    """

    trace: Trace
    period_ns: int
    first: int
    end: int
    epochs: NDArray[np.int64]

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        period_s: float,
        parameters: TraceReading | None = None,
        *,
        seed: int = 0,
    ) -> Windows:
        """Read the part of a trace that is asked for, and cut it into periods.

        Parameters
        ----------
        path
            Path of the trace.
        period_s
            Length of a period [s].
        parameters
            Part of the trace, and how it is read; None for all of it.
        seed
            Seed of whatever is drawn.

        Raises
        ------
        InputError
            If the trace is bad, ends before the part, or the part has too many periods.
        """
        parameters = parameters or TraceReading.model_validate({})
        period = max(1, round(period_s * _NANOSECONDS))
        asked = _asked(parameters, period)
        trace = read_trace(path, parameters.reading, window=asked, seed=seed)
        first, end = asked.start_ns // period, trace.last_ns // period + 1
        if first >= end:
            field = "first_epoch" if parameters.window is None else "window"
            rule = f"must be below {end}, the epochs of the trace"
            raise InputError(rule, source=_SOURCE, field=field, found=first)
        if asked.end_ns is not None:
            end = min(end, -(-asked.end_ns // period))
        if end - first > LARGEST_EPOCHS:
            rule = (
                f"must span at most {LARGEST_EPOCHS} epochs; num_epochs or window=start+end takes"
                " a part"
            )
            raise InputError(rule, field="the trace", found=end - first)
        return cls(trace, period, first, end, trace.arrival_ns // period)

    def arrivals(self, epoch: int) -> drawing.Arrivals:
        """Return what arrives for an epoch, with times since the start of its period."""
        here = slice(*np.searchsorted(self.epochs, [epoch, epoch + 1]).tolist())
        return drawing.Arrivals(
            arrival_s=(self.trace.arrival_ns[here] - epoch * self.period_ns) / _NANOSECONDS,
            prompt_tokens=self.trace.prompt_tokens[here],
            output_tokens=self.trace.output_tokens[here],
        )


def _asked(parameters: TraceReading, period_ns: int) -> Window:
    """Return the part of the trace in nanoseconds."""
    first, number = parameters.first_epoch, parameters.num_epochs
    if parameters.window is None:
        end = None if number is None else (first + number) * period_ns
        return Window(first * period_ns, end)
    if first or number is not None:
        rule = "must be left out beside first_epoch and num_epochs"
        raise InputError(rule, source=_SOURCE, field="window", found=list(parameters.window))
    if len(parameters.window) != 2 or not 0 <= parameters.window[0] < parameters.window[1] <= 1e10:
        rule = "must be a start and a later end, in seconds of 0 to 1e10, joined by +"
        raise InputError(rule, source=_SOURCE, field="window", found=list(parameters.window))
    start, end = (round(each * _NANOSECONDS) for each in parameters.window)
    return Window(start, end)


def draw(parameters: TraceParameters, seed: int) -> Iterator[Drawn]:
    """Draw deadlines, accuracies and channels for each epoch of the trace.

    Raises
    ------
    InputError
        If the trace or the scenario is bad, or the trace ends before the first epoch.

    Notes
    -----
    Epoch k serves what arrived in [kP, (k+1)P), P the period; times count from kP. What is
    drawn for an epoch depends on the seed and on k alone, so a part of a trace gives the same
    instances as the whole.
    """
    template = adjusted_template(parameters)
    period_s = template.epoch.period_s
    windows = Windows.read(parameters.path, period_s, parameters, seed=seed)
    template = with_output_levels(template, windows.trace.output_tokens.tolist())
    for epoch in _taken(parameters, windows):
        scenario = drawing.draw(
            template, drawing.epoch_seed(seed, epoch), arrivals=windows.arrivals(epoch)
        )
        yield Drawn(
            coefficients=assemble(scenario),
            scenario=scenario,
            suffix=f"epoch{epoch:06}",
            notes={
                "epoch": epoch,
                "epoch_starts_after_s": (epoch + 1) * windows.period_ns / _NANOSECONDS,
                "drawn": ["deadline_s", "accuracy", "covered", "uplink_gain", "downlink_gain"],
                **notes_of_trace(parameters, windows.trace.summary),
                **notes_of_lengths(scenario),
            },
        )


def _taken(parameters: TraceParameters, windows: Windows) -> Iterator[int]:
    if parameters.keep_empty:
        yield from range(windows.first, windows.end)
    else:
        yield from np.unique(windows.epochs).tolist()


def notes_of_trace(parameters: TraceReading, summary: Summary) -> dict[str, Any]:
    """Return the notes of an instance on rows that were left out, and on drawn arrivals."""
    skipped = {
        reason: {"rows": count, "first_line": line}
        for reason, (count, line) in summary.skipped.reasons.items()
    }
    is_drawn = parameters.rate_per_s is not None or summary.read_as.startswith(SERVEGEN)
    return {
        **({"skipped": skipped} if skipped else {}),
        **({"drawn_arrivals": summary.read_as} if is_drawn else {}),
    }


def notes_of_lengths(scenario: Scenario) -> dict[str, Any]:
    """Return the requests that no edge node can serve, whatever the deadline and the channel."""
    requests, setting = scenario.requests, scenario.setting
    levels = setting.output_levels_tokens
    return {
        "prompt_longer_than_padding": [
            request
            for request, tokens in enumerate(requests.prompt_tokens)
            if tokens > setting.padding_tokens
        ],
        "output_longer_than_levels": [
            request
            for request, tokens in enumerate(requests.output_tokens)
            if levels is not None and tokens > levels[-1]
        ],
    }


FAMILY = Family(
    name="trace",
    summary="requests of a real trace, one instance an epoch; deadlines and channels drawn",
    binds="(12d): prefill of long prompts against deadlines, in bursts",
    parameters=TraceParameters,
    draw=draw,
)
