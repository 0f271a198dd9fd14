"""Limits: time and node limits of a run, and its progress."""

from __future__ import annotations

from math import isnan

from heuristics.clock import now_s
from heuristics.errors import InputError
from heuristics.result import EndedBy

_SLICE_S = 0.01
"""Target duration of a slice of a search between two checks of the clock [s]."""

_LEAST_SLICE = 1 << 10
"""Tree nodes of the smallest slice, and of the first."""


class Stopped(Exception):  # noqa: N818 - it is the end of a run, not an error.
    """A limit was reached; ``ended_by`` says which."""

    def __init__(self, ended_by: EndedBy) -> None:
        self.ended_by = ended_by
        super().__init__(ended_by)


class Limits:
    """The limits of one run. The clock starts when the object is made.

    The clock stands while kernels are compiled or loaded, see `heuristics.clock`.

    Parameters
    ----------
    time_limit
        Time limit [s]; None for no limit.
    node_limit
        Maximum number of tree nodes of the run; None for no limit.

    Raises
    ------
    InputError
        If a limit is negative or not a number.
    """

    def __init__(self, *, time_limit: float | None = None, node_limit: int | None = None) -> None:
        if time_limit is not None and (isnan(time_limit) or time_limit < 0):
            raise InputError(
                "must be a number of seconds, at least 0", field="time_limit", found=time_limit
            )
        if node_limit is not None and node_limit < 0:
            raise InputError(
                "must be a number of tree nodes, at least 0", field="node_limit", found=node_limit
            )
        self.time_limit = time_limit
        self.node_limit = node_limit
        self.num_nodes = 0
        self._slice = _LEAST_SLICE
        self._nodes_at_grant = 0
        self._grant_s = 0.0
        self._start_s = now_s()

    @property
    def runtime_s(self) -> float:
        """Time since the run began [s]."""
        return now_s() - self._start_s

    @property
    def left_s(self) -> float | None:
        """Time until the limit [s]; None without one."""
        return None if self.time_limit is None else max(0.0, self.time_limit - self.runtime_s)

    def check_time(self) -> float:
        """Check the time limit and return the runtime [s].

        Raises
        ------
        Stopped
            If the time limit is reached.
        """
        runtime_s = self.runtime_s
        if self.time_limit is not None and runtime_s >= self.time_limit:
            raise Stopped(EndedBy.TIME_LIMIT)
        return runtime_s

    def check_nodes(self) -> None:
        """Check the node limit.

        Raises
        ------
        Stopped
            If the node limit is reached.
        """
        if self.node_limit is not None and self.num_nodes >= self.node_limit:
            raise Stopped(EndedBy.NODE_LIMIT)

    def grant(self) -> int:
        """Return the number of tree nodes that may be visited before the next call.

        The number grows or shrinks after a slice that was used up, so that each slice takes some
        milliseconds, whether nodes are fast or slow.

        Raises
        ------
        Stopped
            If the time limit or the node limit is reached.
        """
        at_s = self.check_time()
        if self.num_nodes - self._nodes_at_grant >= self._slice:
            slice_s = at_s - self._grant_s
            if slice_s > _SLICE_S:
                self._slice = max(self._slice // 2, _LEAST_SLICE)
            elif slice_s < _SLICE_S / 2:
                self._slice *= 2
        self._nodes_at_grant, self._grant_s = self.num_nodes, at_s
        self.check_nodes()
        if self.node_limit is None:
            return self._slice
        return min(self.node_limit - self.num_nodes, self._slice)
