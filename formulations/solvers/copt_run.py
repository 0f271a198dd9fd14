"""COPT: its options, its interrupt and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import coptpy

from formulations.solvers.native import NativeRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.solvers.options import Options

_STATUSES = (
    "UNSTARTED",
    "OPTIMAL",
    "INFEASIBLE",
    "UNBOUNDED",
    "INF_OR_UNB",
    "NUMERICAL",
    "NODELIMIT",
    "IMPRECISE",
    "TIMEOUT",
    "UNFINISHED",
    "INTERRUPTED",
    "ITERLIMIT",
)
_STATUS = {getattr(coptpy.COPT, name): name for name in _STATUSES}


class Run(NativeRun):
    """A model inside COPT, with the operations of an exact run.

    COPT holds the interpreter's lock while it solves. Its own handler of Ctrl-C ends the run, which
    keeps the incumbent.
    """

    name = "copt"
    errors = (coptpy.CoptError,)

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Set the options, less the time that has elapsed, and the feasibility tolerance.

        COPT has no seed.
        """
        values: dict[str, float] = {
            "Logging": 0,
            "Threads": options.threads,
            "RelGap": 0.0,
            "AbsGap": 1e-6,  # anything below 1 proves a whole number
            "FeasTol": tolerance,
            "IntTol": tolerance,
        }
        if options.node_limit is not None:
            values["NodeLimit"] = options.node_limit
        if (time_limit := options.less(elapsed_s).time_limit) is not None:
            values["TimeLimit"] = time_limit
        for name, value in values.items():
            self.model.setParam(name, value)

    def start_from(self, positions: list[int], values: list[float]) -> None:
        """Give COPT a value for each of its columns."""
        columns = self.model.getVars()
        self.model.setMipStart([columns[each] for each in positions], values)
        self.model.loadMipStart()

    def solve(self) -> None:
        """Solve the model in the calling thread."""
        self.model.solve()

    def interrupt(self) -> None:
        """Ask COPT to end, from another thread."""
        self.model.interrupt()

    def said(self) -> str:
        """Return the final status of COPT."""
        return _STATUS.get(self.model.status, str(self.model.status))

    def point(self) -> Sequence[float] | None:
        """Return the value of each column in the best point; None without a point."""
        return list(self.model.getValues()) if self.model.HasMipSol else None

    def bound(self) -> float | None:
        """Return the dual bound."""
        return float(self.model.BestBnd)

    def effort(self) -> tuple[int, int]:
        """Return the numbers of nodes and of simplex iterations."""
        return int(self.model.NodeCnt), int(self.model.SimplexIter)

    def reset(self) -> None:
        """Forget the run, but not the model."""
        self.model.reset()
