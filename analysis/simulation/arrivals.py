"""Arrivals: the requests of each epoch, drawn once and met by every scheme alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from instances.families import drawing
from instances.families.trace import Windows
from instances.traces import read_trace

if TYPE_CHECKING:
    from os import PathLike

    from heuristics.system_models.scenario import Scenario
    from heuristics.system_models.template import Template

POISSON = "poisson"
"""What arrivals of the template's own rate are called; anything else names a trace."""


class Arrivals(Protocol):
    """Requests, epoch by epoch."""

    @property
    def template(self) -> Template:
        """What is drawn from."""

    @property
    def name(self) -> str:
        """What the arrivals are called, with all that they depend on beside template and seed."""

    @property
    def num_epochs(self) -> int | None:
        """How many epochs there are; None without an end."""

    @property
    def longest_output_tokens(self) -> int:
        """The worst length of an output, before any request has arrived."""

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
        The recipe; its workload has the rate and the lengths.
    seed
        Of all draws. Epoch 0 has the requests that the family of the same template and seed has.
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
    """Requests that were really made; deadlines, accuracies and channels are drawn.

    Parameters
    ----------
    template
        The recipe of what the trace does not have.
    windows
        The trace, cut into periods.
    seed
        Of what is drawn; each epoch is the one that the family ``trace`` has under this seed.
    digest
        Of the trace's file.
    """

    template: Template
    windows: Windows
    seed: int
    digest: str

    @classmethod
    def read(cls, path: str | PathLike[str], template: Template, seed: int) -> TraceArrivals:
        """Read a trace in any of the formats of :mod:`instances.traces`.

        Raises
        ------
        InputError
            If the file is none.
        """
        windows = Windows.of(read_trace(path), template.epoch.period_s)
        trace = windows.trace
        digest = hashlib.sha256(windows.arrival_ns.astype("<i8").tobytes())
        for column in (trace.prompt_tokens, trace.output_tokens):
            digest.update(column.astype("<i8").tobytes())
        return cls(template=template, windows=windows, seed=seed, digest=digest.hexdigest())

    @property
    def name(self) -> str:
        """The digest of the trace's requests: what is in it matters, not where it lies."""
        return f"trace~{self.digest[:12]}"

    @property
    def num_epochs(self) -> int | None:
        """The epochs up to the last request, empty ones counted."""
        return self.windows.num_epochs

    @property
    def longest_output_tokens(self) -> int:
        """The longest output of the trace that can be served, or the level above it."""
        lengths = self.windows.trace.output_tokens
        levels = self.template.inference.output_levels_tokens
        served = lengths if levels is None else lengths[lengths <= levels[-1]]
        return _level(self.template, int(served.max(initial=1)))

    def scenario(self, epoch: int) -> Scenario:
        """Draw what the trace lacks for an epoch; one after its end has no requests."""
        return drawing.draw(
            self.template,
            drawing.epoch_seed(self.seed, epoch),
            arrivals=self.windows.arrivals(epoch),
        )


def _level(template: Template, tokens: int) -> int:
    levels = template.inference.output_levels_tokens or ()
    return next((level for level in levels if level >= tokens), tokens)
