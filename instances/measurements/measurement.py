"""Measurement: the time of one batch, or of a part of it, with the work that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from heuristics.system_models.batch_time import Work, decoding_work, prefill_work

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFILL, DECODING, WHOLE = "prefill", "decoding", "whole"
"""Names of parts: the initial stage, the steps after it, and both together."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A measured time with its work.

    Parameters
    ----------
    name
        :data:`PREFILL`, :data:`DECODING` or :data:`WHOLE`.
    seconds
        Measured time [s].
    work
        Work done in that time.
    """

    name: str
    seconds: float
    work: Work


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One row of a measurement file.

    Parameters
    ----------
    source
        Path of the file.
    place
        Place of the row in the file, such as ``line 12``.
    parts
        Measured times. Their sum is the time of the row.
    batch
        Number of requests in the batch.
    prompt_tokens, output_tokens
        Lengths of prompts and outputs; 0 if the part is missing, None if the row does not state
        them.
    cached_tokens
        Tokens in the KV cache of each request before the row's work began.
    columns
        Columns that name what was measured: device, LLM, options of the engine.
    keys
        Columns of the row's sizes, under the names of the file.
    identity
        Device, LLM, quantization, engine, number of devices, size of the weights, as far as the row
        states them.
    is_batch
        True for a batch that was measured alone, False for a request under load.
    """

    source: str
    place: str
    parts: tuple[Part, ...]
    batch: int
    prompt_tokens: int | None
    output_tokens: int | None
    cached_tokens: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, object] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    is_batch: bool = True

    @property
    def seconds(self) -> float:
        """Measured time of the row [s]."""
        return sum(each.seconds for each in self.parts)

    @property
    def work(self) -> Work:
        """Work of the row."""
        return reduce(add, (each.work for each in self.parts))

    @property
    def part(self) -> str:
        """Name of the part that the row measures."""
        return self.parts[0].name if len(self.parts) == 1 else WHOLE

    @property
    def context_tokens(self) -> int:
        """Tokens of a request in the KV cache at the end."""
        return self.cached_tokens + (self.prompt_tokens or 0) + (self.output_tokens or 0)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A row that is not used.

    Parameters
    ----------
    source, place
        Path of the file, and place of the row in it.
    reason
        Reason, as the second half of a sentence.
    contradicts
        True if the row contradicts itself; False if the model has no term for it.
    """

    source: str
    place: str
    reason: str
    contradicts: bool = False

    def __str__(self) -> str:
        return f"{self.source}: {self.place}: {self.reason}"


def prefill_part(seconds: float, batch: int, prompt_tokens: int) -> Part:
    """Return the part of an initial stage."""
    return Part(name=PREFILL, seconds=seconds, work=prefill_work(batch, prompt_tokens))


def decoding_part(seconds: float, batch: int, cached_tokens: int, steps: int) -> Part:
    """Return the part of some decoding steps after ``cached_tokens`` tokens of each request."""
    work = decoding_work(batch, cached_tokens, steps)
    return Part(name=DECODING, seconds=seconds, work=work)


def whole_part(seconds: float, batch: int, prompt_tokens: int, output_tokens: int) -> Part:
    """Return the part of a whole batch whose requests are alike."""
    work = prefill_work(batch, prompt_tokens) + decoding_work(
        batch, prompt_tokens, output_tokens - 1
    )
    return Part(name=WHOLE, seconds=seconds, work=work)
