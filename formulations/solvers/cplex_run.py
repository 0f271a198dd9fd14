"""CPLEX: its options, its interrupt and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cplex

from formulations.solvers.native import NativeRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.solvers.options import Options

LARGEST_SEED = 2_100_000_000


class Run(NativeRun):
    """A model inside CPLEX, with the operations of an exact run."""

    name = "cplex"
    errors = (cplex.exceptions.CplexError,)

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Set the options, less the time that has elapsed, and the feasibility tolerance."""
        model = self.model
        for stream in ("log", "error", "warning", "results"):
            getattr(model, f"set_{stream}_stream")(None)
        given = model.parameters
        given.threads.set(options.threads)
        given.randomseed.set(options.seed % (LARGEST_SEED + 1))
        given.mip.tolerances.mipgap.set(0.0)
        given.mip.tolerances.absmipgap.set(1e-6)  # anything below 1 proves a whole number
        given.mip.tolerances.integrality.set(tolerance)
        given.simplex.tolerances.feasibility.set(tolerance)
        if options.node_limit is not None:
            given.mip.limits.nodes.set(options.node_limit)
        if (time_limit := options.less(elapsed_s).time_limit) is not None:
            given.timelimit.set(time_limit)
        self._aborter = model.use_aborter(cplex.Aborter())

    def start_from(self, positions: list[int], values: list[float]) -> None:
        """Give CPLEX a value for each of its columns."""
        starts = self.model.MIP_starts
        starts.add(
            cplex.SparsePair(ind=positions, val=values), starts.effort_level.check_feasibility
        )

    def solve(self) -> None:
        """Solve the model in the calling thread."""
        self.model.solve()

    def interrupt(self) -> None:
        """Ask CPLEX to end, from another thread."""
        self._aborter.abort()

    def said(self) -> str:
        """Return the final status of CPLEX."""
        return str(self.model.solution.status[self.model.solution.get_status()])

    def point(self) -> Sequence[float] | None:
        """Return the value of each column in the best point; None without a point."""
        solution = self.model.solution
        return list(solution.get_values()) if solution.is_primal_feasible() else None

    def bound(self) -> float | None:
        """Return the dual bound."""
        return float(self.model.solution.MIP.get_best_objective())

    def effort(self) -> tuple[int, int]:
        """Return the numbers of nodes and of simplex iterations."""
        progress = self.model.solution.progress
        return int(progress.get_num_nodes_processed()), int(progress.get_num_iterations())

    def reset(self) -> None:
        """Forget the run, but not the model."""
        self.model = cplex.Cplex(self.model)
