"""Summary: counts of a whole trace, and the line that tells them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from instances.traces.block import Skipped
from instances.traces.units import NANOSECONDS, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from instances.traces.block import Block

_DENSE = 2**20
_SHARES = (50, 90, 99)


class Lengths:
    """Counts of each length [tokens], exact, in memory that does not grow with the trace."""

    def __init__(self) -> None:
        self._dense = np.zeros(_DENSE, dtype=np.int64)
        self._large: Counter[int] = Counter()

    def add(self, lengths: NDArray[np.int64]) -> None:
        """Count lengths."""
        small = lengths[lengths < _DENSE]
        if small.size:
            counts = np.bincount(small)
            self._dense[: counts.size] += counts
        if small.size < lengths.size:
            self._large.update(lengths[lengths >= _DENSE].tolist())

    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        small = np.flatnonzero(self._dense)
        large = sorted(self._large)
        values = np.concatenate([small, np.array(large, dtype=np.int64)])
        counts = [
            self._dense[small],
            np.array([self._large[each] for each in large], dtype=np.int64),
        ]
        return values, np.concatenate(counts)

    def percentile(self, share: float) -> int:
        """Return the least length that this share of the requests does not exceed [%]."""
        values, counts = self._sorted()
        below = np.cumsum(counts)
        return int(values[np.searchsorted(below, share / 100 * below[-1])])

    def longest(self, at_most: int | None = None) -> int:
        """Return the longest length, of those up to a limit if one is given; 0 if there is none."""
        values, _ = self._sorted()
        values = values if at_most is None else values[values <= at_most]
        return int(values.max(initial=0))


@dataclass(kw_only=True)
class Summary:
    """Counts of all requests of a trace, those outside the window asked for included.

    Parameters
    ----------
    source
        Path of the file as given.
    read_as
        Format and time unit, in words.
    num_requests
        Number of requests.
    num_taken
        Number of requests inside the window asked for.
    first_ns, last_ns
        Earliest and latest arrival on the trace's own clock [ns].
    prompt, output
        Counts of the lengths.
    skipped
        Rows that are no requests.
    remarks
        Facts that a reader of results must know.
    """

    source: str
    read_as: str
    num_requests: int = 0
    num_taken: int = 0
    first_ns: int = 0
    last_ns: int = 0
    prompt: Lengths = field(default_factory=Lengths)
    output: Lengths = field(default_factory=Lengths)
    skipped: Skipped = field(default_factory=Skipped)
    remarks: list[str] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Count requests with their arrivals."""
        if not block.num_rows or block.arrival_ns is None:
            return
        first, last = int(block.arrival_ns.min()), int(block.arrival_ns.max())
        is_start = self.num_requests == 0
        self.first_ns = first if is_start else min(self.first_ns, first)
        self.last_ns = last if is_start else max(self.last_ns, last)
        self.num_requests += block.num_rows
        self.prompt.add(block.prompt_tokens)
        self.output.add(block.output_tokens)

    @property
    def span_s(self) -> float:
        """Time from the first request to the last [s]."""
        return (self.last_ns - self.first_ns) / NANOSECONDS

    @property
    def line(self) -> str:
        """One line: requests, span, mean rate, percentiles of the lengths, rows skipped.

        The span and the rate are those after scaling and sampling.
        """
        rate = f"{number(self.num_requests / self.span_s)}/s" if self.span_s > 0 else "no mean rate"
        noun = "request" if self.num_requests == 1 else "requests"
        parts = [
            f"{self.num_requests:,} {noun} in {number(self.span_s)} s ({rate})",
            f"prompt tokens {self._percentiles(self.prompt)}",
            f"output tokens {self._percentiles(self.output)}",
            self._skips(),
        ]
        if self.num_taken != self.num_requests:
            parts.append(f"{self.num_taken:,} requests in the part that is read")
        parts += self.remarks
        return f"trace {self.source} read as {self.read_as}: " + "; ".join(parts)

    def _percentiles(self, lengths: Lengths) -> str:
        told = ", ".join(f"{lengths.percentile(each):,} (p{each})" for each in _SHARES)
        return f"{told}, {lengths.longest():,} (longest)"

    def _skips(self) -> str:
        if not self.skipped.num_rows:
            return "no row skipped"
        told = ", ".join(
            f"{count:,} row{'s' * (count > 1)} of {reason} (first in line {line})"
            for reason, (count, line) in self.skipped.reasons.items()
        )
        return f"skipped {told}"
