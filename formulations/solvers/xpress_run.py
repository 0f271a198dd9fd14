"""Xpress: its options, its interrupt and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xpress

from formulations.solvers.native import NativeRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.solvers.options import Options


class Run(NativeRun):
    """A model inside Xpress, with the operations of an exact run."""

    name = "xpress"
    errors = (xpress.SolverError, xpress.ModelError, xpress.InterfaceError)

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Set the options, less the time that has elapsed, and the feasibility tolerance."""
        values: dict[str, float] = {
            "OUTPUTLOG": 0,
            "THREADS": options.threads,
            "RANDOMSEED": options.seed,
            "MIPRELSTOP": 0.0,
            "MIPABSSTOP": 1e-6,  # anything below 1 proves a whole number
            "MIPTOL": tolerance,
            "FEASTOL": tolerance,
        }
        if options.node_limit is not None:
            values["MAXNODE"] = options.node_limit
        if (time_limit := options.less(elapsed_s).time_limit) is not None:
            values["TIMELIMIT"] = time_limit
        for name, value in values.items():
            self.model.setControl(name, value)

    def start_from(self, positions: list[int], values: list[float]) -> None:
        """Give Xpress a value for each of its columns."""
        self.model.addMipSol(values, positions, "start")

    def solve(self) -> None:
        """Solve the model in the calling thread."""
        self.model.optimize()

    def interrupt(self) -> None:
        """Ask Xpress to end, from another thread."""
        self.model.interrupt(xpress.StopType.USER)

    def said(self) -> str:
        """Return the final status of Xpress."""
        found = self.model.attributes
        if found.solvestatus == xpress.SolveStatus.COMPLETED:
            return str(xpress.SolStatus(found.solstatus).name)
        return str(xpress.StopType(found.stopstatus).name)

    def point(self) -> Sequence[float] | None:
        """Return the value of each column in the best point; None without a point."""
        held = (xpress.SolStatus.OPTIMAL, xpress.SolStatus.FEASIBLE)
        return list(self.model.getSolution()) if self.model.attributes.solstatus in held else None

    def bound(self) -> float | None:
        """Return the dual bound."""
        return float(self.model.attributes.bestbound)

    def effort(self) -> tuple[int, int]:
        """Return the numbers of nodes and of simplex iterations."""
        return int(self.model.attributes.nodes), int(self.model.attributes.simplexiter)

    def reset(self) -> None:
        """Forget the run, but not the model."""
        self.model = self.model.copy()
