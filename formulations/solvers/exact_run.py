"""Exact run of a MILP solver: solve, check the schedule in integers, solve again if it fails.

A MILP solver works in floating point, so its schedule may violate a row by a few units. Such a
run is repeated once with a smaller feasibility tolerance.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from formulations.solvers.conclusion import conclude
from heuristics.result import NodeKind

if TYPE_CHECKING:
    from formulations.parameters import Parameters
    from formulations.question import Question
    from formulations.solvers.conclusion import Reading
    from formulations.solvers.options import Options
    from formulations.solvers.watch import Watch
    from heuristics.result import Result

TOLERANCES = (1e-7, 1e-9)
"""Feasibility tolerance of the first run, and of a second run if the first schedule breaks a row.

With 1e-9 in the first run, HiGHS 1.15.1 cut the optimum off and called a smaller schedule optimal
in 1 of 200 small runs; with 1e-7 in none. The LP solver of the SCIP wheel, built without GMP,
writes warnings to stderr below 1e-7.
"""


class SolverRun(Protocol):
    """A model inside a MILP solver, ready to be solved."""

    @property
    def version(self) -> str:
        """Version of the solver."""
        ...

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Set the options, less the time that has elapsed, and the feasibility tolerance."""
        ...

    def offer(self, point: dict[str, dict[Any, float]]) -> None:
        """Give the solver a feasible point to start from, by variable name and index."""
        ...

    def run(self) -> None:
        """Solve; Ctrl-C ends the run and keeps its incumbent."""
        ...

    def read(self) -> Reading:
        """Return what the solver reports about the run."""
        ...

    def reset(self) -> None:
        """Forget the run, but not the model."""
        ...


def solve_exactly(
    run: SolverRun,
    question: Question,
    parameters: Parameters,
    watch: Watch,
    *,
    options: Options,
    build_s: float,
    proved_by: str,
) -> Result:
    """Run a MILP solver and return the result that its answer proves.

    Parameters
    ----------
    run
        Model inside the solver; it cannot be used again.
    question
        Problem, data and warm start.
    parameters
        Numbers of the model's rows.
    watch
        Clock of the run, and its incumbents and bounds.
    options
        Limits, seed and threads.
    build_s
        Time for building the model [s].
    proved_by
        Name of the method.
    """
    num_nodes = simplex_iterations = 0
    for tolerance in TOLERANCES:
        run.configure(options, tolerance, watch.elapsed_s)
        if question.warm_start is not None:
            run.offer(parameters.point(question.warm_start))
        watch.trajectory.clear()
        run.run()
        reading = run.read()
        num_nodes += reading.num_nodes or 0
        simplex_iterations += reading.simplex_iterations or 0
        if question.broken_row(reading.schedule) is None:
            break
        if not reading.is_claimed:
            reading = replace(reading, schedule=None)
            break
        run.reset()
    runtime_s = watch.elapsed_s
    return conclude(
        question,
        replace(reading, num_nodes=num_nodes, simplex_iterations=simplex_iterations),
        version=run.version,
        largest_value=parameters.largest_value,
        is_second=tolerance != TOLERANCES[0],
        runtime_s=runtime_s,
        build_s=build_s,
        node_kind=NodeKind.BRANCH_AND_BOUND,
        proved_by=proved_by,
        trajectory=watch.trajectory,
    )
