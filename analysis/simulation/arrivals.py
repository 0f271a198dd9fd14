"""Arrivals: the requests of each epoch, drawn once and met by every scheme alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from heuristics.system_models.output_levels import with_output_levels
from instances.families import drawing
from instances.families.trace import LARGEST_EPOCHS, TraceReading, Windows

if TYPE_CHECKING:
    from os import PathLike

    from heuristics.system_models.scenario import Scenario
    from heuristics.system_models.template import Template

LONGEST_WAIT_PERIODS = 1000
"""Longest deadline with carry-over, in periods: waiting requests are followed to their end."""

POISSON = "poisson"
"""Name of arrivals at the template's own rate; any other name is the path of a trace."""


class Arrivals(Protocol):
    """Requests, epoch by epoch."""

    @property
    def template(self) -> Template:
        """Template of the drawn values."""

    @property
    def name(self) -> str:
        """Name of the arrivals; it holds all that they depend on beside template and seed."""

    @property
    def num_epochs(self) -> int | None:
        """Number of epochs; None without an end."""

    @property
    def longest_output_tokens(self) -> int:
        """Longest output that may arrive."""

    def scenario(self, epoch: int) -> Scenario:
        """Return what arrives for an epoch, times counted from the start of its period.

        The same epoch, template and seed give the same scenario, whichever epochs were drawn
        before: common random numbers for all schemes.
        """


@dataclass(frozen=True, kw_only=True)
class PoissonArrivals:
    """The Poisson process of the template's workload, each period from a seed of its own.

    Parameters
    ----------
    template
        Template whose workload has the rate and the lengths.
    seed
        Seed of all draws. Epoch 0 has the requests that the family of the same template and
        seed has.
    """

    template: Template
    seed: int

    @property
    def name(self) -> str:
        """The name of the process."""
        return POISSON

    @property
    def num_epochs(self) -> int | None:
        """None, as the process has no end."""
        return None

    @property
    def longest_output_tokens(self) -> int:
        """The longest output of the workload, or the level that it is rounded up to."""
        return _level(self.template, max(self.template.workload.output_tokens))

    def scenario(self, epoch: int) -> Scenario:
        """Draw what arrives for an epoch."""
        return drawing.draw(self.template, drawing.epoch_seed(self.seed, epoch))


@dataclass(frozen=True, kw_only=True)
class TraceArrivals:
    """Requests of a trace; deadlines, accuracies and channels are drawn.

    Parameters
    ----------
    template
        Template of the values that a trace does not have.
    windows
        Part of the trace, cut into periods.
    seed
        Seed of the drawn values; epoch k is the one that the family ``trace`` draws for epoch
        ``windows.first + k``.
    num_epochs
        Number of epochs asked for, up to the last request, empty ones counted.
    part
        Text that tells parts of one trace apart; empty for a part from the first request on.
    """

    template: Template
    windows: Windows
    seed: int
    num_epochs: int | None
    part: str = ""

    @classmethod
    def read(
        cls,
        path: str | PathLike[str],
        template: Template,
        seed: int,
        *,
        parameters: TraceReading | None = None,
        num_epochs: int | None = None,
    ) -> TraceArrivals:
        """Read a trace in any of the formats of :mod:`instances.traces.formats`.

        Parameters
        ----------
        path
            Path of the trace.
        template
            Template of the values that a trace does not have.
        seed
            Seed of the drawn values.
        parameters
            Part of the trace, and how it is read; None for all of it.
        num_epochs
            Number of epochs asked for beside the parameters; None for no further limit.

        Raises
        ------
        InputError
            If the file is no trace, or the parameters do not fit it.

        Notes
        -----
        Epochs after those asked for have arrivals too, since requests that wait meet them: so
        the part that is read goes on for the longest wait.
        """
        parameters = parameters or TraceReading.model_validate({})
        limits = [each for each in (parameters.num_epochs, num_epochs) if each is not None]
        asked = min(limits, default=None)
        changes: dict[str, Any] = {}
        if asked is not None and parameters.window is None:
            changes["num_epochs"] = max(
                asked, min(asked + LONGEST_WAIT_PERIODS + 2, LARGEST_EPOCHS)
            )
        period_s = template.epoch.period_s
        read = parameters.model_copy(update=changes)
        windows = Windows.read(path, period_s, read, seed=seed)
        template = with_output_levels(template, windows.trace.output_tokens.tolist())
        there = windows.end - windows.first
        part = f"@{windows.first}" if windows.first else ""
        if parameters.window is not None:
            part = "@{:g}s+{:g}s".format(*parameters.window)
        return cls(
            template=template,
            windows=windows,
            seed=seed,
            num_epochs=there if asked is None else min(there, asked),
            part=part,
        )

    @property
    def name(self) -> str:
        """Digest of the trace's requests, whatever the path of the file, and the part taken."""
        return f"trace~{self.windows.trace.digest[:12]}{self.part}"

    @property
    def longest_output_tokens(self) -> int:
        """The longest output of the trace that can be served, or the level above it."""
        lengths = self.windows.trace.summary.output
        levels = self.template.inference.output_levels_tokens
        longest = lengths.longest(None if levels is None else levels[-1])
        return _level(self.template, max(1, longest))

    def scenario(self, epoch: int) -> Scenario:
        """Draw the values that the trace lacks for an epoch; epochs after its end are empty."""
        epoch += self.windows.first
        return drawing.draw(
            self.template,
            drawing.epoch_seed(self.seed, epoch),
            arrivals=self.windows.arrivals(epoch),
        )


def _level(template: Template, tokens: int) -> int:
    levels = template.inference.output_levels_tokens or ()
    return next((level for level in levels if level >= tokens), tokens)
