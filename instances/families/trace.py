"""The family trace: requests that were really made, one instance an epoch.

Arrivals and lengths are the trace's. No public trace has deadlines, accuracies or channels, so
these are drawn by seed, and every instance says so in its notes. Prompts are padded to s' and
outputs rounded up to levels when the coefficients are derived, never down; what is longer than
s' or than the largest level stays in the instance, eligible nowhere, and is named in its notes.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  pydantic reads the annotation
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import Field

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from instances.families import drawing
from instances.families.family import Drawn, Family
from instances.families.physical import Deployment, adjusted_template
from instances.trace_excerpt import EXCERPT
from instances.traces import read_trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heuristics.system_models.scenario import Scenario
    from instances.traces import Trace

LARGEST_EPOCHS = 10**6
"""The most epochs, empty ones counted, that a trace may span."""

_NANOSECONDS = 10**9


class TraceParameters(Deployment):
    """Which requests, and where they are served."""

    path: Path = EXCERPT
    """The trace: CSV with the columns of Azure's traces or with arrival_s, prompt_tokens and
    output_tokens, or JSON lines as Mooncake's; by default a synthetic excerpt."""

    scenario: str = "trace"
    """A scenario of the catalogue, or the path of a TOML file made like one."""

    first_epoch: int = Field(0, ge=0)
    """The first epoch to take, counted from the trace's first request."""

    num_epochs: int | None = Field(None, ge=1)
    """How many epochs to take, empty ones counted; all if absent."""

    keep_empty: bool = False
    """Make instances of epochs without requests too."""


class Windows(NamedTuple):
    """A trace, cut into periods.

    ``arrival_ns`` and ``epochs`` hold the arrival and the epoch of each request, shape (I,), in
    whole nanoseconds as the trace was read: a quotient of floats may miss its epoch.
    """

    trace: Trace
    period_ns: int
    arrival_ns: NDArray[np.int64]
    epochs: NDArray[np.int64]

    @classmethod
    def of(cls, trace: Trace, period_s: float) -> Windows:
        """Cut a trace into periods of this length [s], counted from its first request.

        Raises
        ------
        InputError
            If there are too many periods.
        """
        period = max(1, round(period_s * _NANOSECONDS))
        arrival = np.rint(trace.arrival_s * _NANOSECONDS).astype(np.int64)
        num_epochs = int(arrival[-1]) // period + 1
        if num_epochs > LARGEST_EPOCHS:
            rule = f"must span at most {LARGEST_EPOCHS} epochs"
            raise InputError(rule, field="the trace", found=num_epochs)
        return cls(trace, period, arrival, arrival // period)

    @property
    def num_epochs(self) -> int:
        """The number of periods up to the last request, empty ones counted."""
        return int(self.epochs[-1]) + 1

    def arrivals(self, epoch: int) -> drawing.Arrivals:
        """Return what arrives for an epoch, with times since the start of its period."""
        here = slice(*np.searchsorted(self.epochs, [epoch, epoch + 1]).tolist())
        return drawing.Arrivals(
            arrival_s=(self.arrival_ns[here] - epoch * self.period_ns) / _NANOSECONDS,
            prompt_tokens=self.trace.prompt_tokens[here],
            output_tokens=self.trace.output_tokens[here],
        )


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
    windows = Windows.of(read_trace(parameters.path), template.epoch.period_s)
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
                **_too_long(scenario),
            },
        )


def _taken(parameters: TraceParameters, windows: Windows) -> Iterator[int]:
    first, end, epochs = parameters.first_epoch, windows.num_epochs, windows.epochs
    if first >= end:
        raise InputError(
            f"must be below {end}, the epochs of the trace",
            source="family trace",
            field="first_epoch",
            found=first,
        )
    if parameters.num_epochs is not None:
        end = min(end, first + parameters.num_epochs)
    if parameters.keep_empty:
        yield from range(first, end)
    else:
        yield from np.unique(epochs[(epochs >= first) & (epochs < end)]).tolist()


def _too_long(scenario: Scenario) -> dict[str, Any]:
    """Name the requests that no edge node can serve, whatever the deadline and the channel."""
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
