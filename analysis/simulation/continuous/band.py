"""Band: a band in equal shares of those transmitting, by events.

With m transmissions each gets an m-th of the band. Work is counted in the time that the whole band
would take. All transmissions progress alike, so one sum of progress serves all of them: a
transmission ends when the sum has grown by its work.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    import simpy

_FINE = 20
"""Progress counts in 2^-20 of a tick: each change of the number rounds it down by less than one."""

_Item = TypeVar("_Item")


class Band(Generic[_Item]):
    """A band, the transmissions on it, and the time in which it was in use.

    Parameters
    ----------
    clock
        The clock of the simulation, in ticks.
    end
        Function that is called with each item when its transmission has ended.

    Notes
    -----
    Time O(log m) for each start and end.
    """

    def __init__(self, clock: simpy.Environment, end: Callable[[_Item], None]) -> None:
        self._clock, self._end = clock, end
        self._progress = self._now = 0
        self._transmissions: list[tuple[int, int, _Item]] = []
        self._count = self._plan = 0
        self.busy = 0

    @property
    def num_transmissions(self) -> int:
        """Number of transmissions on the band."""
        return len(self._transmissions)

    def start(self, item: _Item, work: int) -> None:
        """Start a transmission.

        Parameters
        ----------
        item
            The item that is transmitted.
        work
            Airtime on the whole band [ticks].
        """
        self._advance()
        self._count += 1
        heapq.heappush(self._transmissions, (self._progress + (work << _FINE), self._count, item))
        self._schedule()

    def _advance(self) -> None:
        """Add the progress since the last change."""
        now = int(self._clock.now)
        if self._transmissions and now > self._now:
            self._progress += ((now - self._now) << _FINE) // len(self._transmissions)
            self.busy += now - self._now
        self._now = now

    def _schedule(self) -> None:
        """Schedule the end of the transmission with the least work left."""
        self._plan += 1
        if not self._transmissions:
            return
        left = (self._transmissions[0][0] - self._progress) * len(self._transmissions)
        event = self._clock.timeout(max(-(-left >> _FINE), 0), value=self._plan)
        event.callbacks.append(self._happened)

    def _happened(self, event: simpy.Event) -> None:
        if event.value != self._plan:
            return
        self._advance()
        ended = []
        while self._transmissions and self._transmissions[0][0] <= self._progress:
            ended.append(heapq.heappop(self._transmissions)[2])
        self._schedule()
        for item in ended:
            self._end(item)
