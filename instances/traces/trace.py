"""Trace: requests in the order in which they arrived, with the summary of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from instances.traces.units import NANOSECONDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from instances.traces.summary import Summary


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """Requests of one window of a trace, in the order in which they arrived.

    Parameters
    ----------
    arrival_ns
        Arrival after the first request of the whole trace, ascending, shape (I,) [ns].
    prompt_tokens, output_tokens
        Lengths :math:`s_i` and :math:`n_i`, shape (I,) [tokens].
    ids
        Identifiers as text, shape (I,); None if the format has none.
    summary
        Counts of the whole trace, and how it was read.
    digest
        SHA-256 of all requests of the trace, inside the window or not.
    """

    arrival_ns: NDArray[np.int64]
    prompt_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]
    ids: NDArray[np.object_] | None
    summary: Summary
    digest: str

    def __post_init__(self) -> None:
        for name in ("arrival_ns", "prompt_tokens", "output_tokens", "ids"):
            if getattr(self, name) is not None:
                array = np.array(getattr(self, name))
                array.setflags(write=False)
                object.__setattr__(self, name, array)

    @property
    def arrival_s(self) -> NDArray[np.float64]:
        """Arrival after the first request of the whole trace, ascending, shape (I,) [s]."""
        seconds: NDArray[np.float64] = self.arrival_ns / NANOSECONDS
        seconds.setflags(write=False)
        return seconds

    @property
    def num_requests(self) -> int:
        """I, the number of requests of the window."""
        return len(self.arrival_ns)

    @property
    def last_ns(self) -> int:
        """Arrival of the last request of the whole trace, after the first [ns]."""
        return self.summary.last_ns - self.summary.first_ns
