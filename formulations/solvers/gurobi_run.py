"""Gurobi: its options, its interrupt and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gurobipy

from formulations.solvers.native import NativeRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.solvers.options import Options

LARGEST_SEED = 2_000_000_000

_STATUS = {
    getattr(gurobipy.GRB.Status, name): name for name in dir(gurobipy.GRB.Status) if name.isupper()
}


class Run(NativeRun):
    """A model inside Gurobi, with the operations of an exact run."""

    name = "gurobi"
    errors = (gurobipy.GurobiError,)

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Set the options, less the time that has elapsed, and the feasibility tolerance."""
        values: dict[str, float] = {
            "OutputFlag": 0,
            "Threads": options.threads,
            "Seed": options.seed % (LARGEST_SEED + 1),
            "MIPGap": 0.0,
            "MIPGapAbs": 1e-6,  # anything below 1 proves a whole number
            "FeasibilityTol": tolerance,
            "IntFeasTol": tolerance,
        }
        if options.node_limit is not None:
            values["NodeLimit"] = options.node_limit
        if (time_limit := options.less(elapsed_s).time_limit) is not None:
            values["TimeLimit"] = time_limit
        for name, value in values.items():
            self.model.setParam(name, value)

    def start_from(self, positions: list[int], values: list[float]) -> None:
        """Give Gurobi a value for each of its columns."""
        columns = self.model.getVars()
        for position, value in zip(positions, values, strict=True):
            columns[position].Start = value

    def solve(self) -> None:
        """Solve the model in the calling thread."""
        self.model.optimize()

    def interrupt(self) -> None:
        """Ask Gurobi to end, from another thread."""
        self.model.terminate()

    def said(self) -> str:
        """Return the final status of Gurobi."""
        return _STATUS.get(self.model.Status, str(self.model.Status))

    def point(self) -> Sequence[float] | None:
        """Return the value of each column in the best point; None without a point."""
        if not self.model.SolCount:
            return None
        return list(self.model.getAttr("X", self.model.getVars()))

    def bound(self) -> float | None:
        """Return the dual bound."""
        return float(self.model.ObjBound)

    def effort(self) -> tuple[int, int]:
        """Return the numbers of nodes and of simplex iterations."""
        return int(self.model.NodeCount), int(self.model.IterCount)

    def reset(self) -> None:
        """Forget the run, but not the model."""
        self.model.reset()
