"""Running a model in HiGHS: limits, warm start, trajectory."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.solvers.verdict import LARGEST_RESOLVED, Reading, conclude
from formulations.solvers.watch import Watch, run_interruptibly
from heuristics.result import EndedBy, NodeKind, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.parameters import Parameters
    from formulations.question import Question
    from formulations.solvers.options import Options
    from formulations.solvers.verdict import Ending
    from heuristics.result import Result

TOLERANCES = (1e-7, 1e-9)
"""``mip_feasibility_tolerance`` of the run, and of a second one if its schedule breaks a row.

With 1e-9 in the first, HiGHS 1.15.1 was seen to cut the optimum off and call a smaller one optimal,
in 1 of 200 small runs; with 1e-7 in none.
"""

FEASIBLE_POINT = 2
"""``kSolutionStatusFeasible`` of https://ergo-code.github.io/HiGHS/dev/structures/enums/."""


ENDINGS: dict[str, Ending] = {
    "kOptimal": (Status.OPTIMAL, EndedBy.PROOF),
    "kInfeasible": (Status.INFEASIBLE, EndedBy.PROOF),
    "kUnboundedOrInfeasible": (Status.INFEASIBLE, EndedBy.PROOF),  # every variable is bounded
    "kTimeLimit": (Status.FEASIBLE, EndedBy.TIME_LIMIT),
    "kSolutionLimit": (Status.FEASIBLE, EndedBy.NODE_LIMIT),  # of its limits, nodes alone are set
    "kInterrupt": (Status.FEASIBLE, EndedBy.INTERRUPTED),
    "kHighsInterrupt": (Status.FEASIBLE, EndedBy.INTERRUPTED),
    "kMemoryLimit": (Status.FEASIBLE, EndedBy.MEMORY_LIMIT),
}
"""What a model status of HiGHS means; any other code is an error.

https://ergo-code.github.io/HiGHS/dev/structures/enums/#HighsModelStatus
"""


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A model as HiGHS holds it, and where its variables are.

    Parameters
    ----------
    highs
        The ``highspy.Highs`` that holds all rows and columns, not yet run.
    columns
        The columns of each variable of the model by its name and index: all that there are.
    sign
        1 if HiGHS maximises the throughput, -1 if it minimises its negative.
    """

    highs: Any
    columns: dict[str, dict[Any, int]]
    sign: int


def solve(
    translation: Translation,
    question: Question,
    parameters: Parameters,
    *,
    options: Options,
    build_s: float,
    proved_by: str,
) -> Result:
    """Run HiGHS and return what can be said of its answer.

    A schedule that breaks a row in integers is solved for once more with a smaller tolerance.

    Parameters
    ----------
    translation
        The model; it is used up.
    question
        What is asked.
    parameters
        The numbers of the model's rows.
    options
        How HiGHS runs.
    build_s
        What building took [s].
    proved_by
        The name of the method.
    """
    highs = translation.highs
    watch = _Watch(
        question=question,
        is_resolved=parameters.largest_value <= LARGEST_RESOLVED,
        translation=translation,
    )
    num_nodes = simplex_iterations = 0
    for tolerance in TOLERANCES:
        _configure(highs, options, tolerance, watch.elapsed_s)
        if question.warm_start is not None:
            _offer(translation, parameters, question.warm_start)
        watch.trajectory.clear()
        _run(highs, watch)
        reading = _read(translation)
        num_nodes += reading.num_nodes or 0
        simplex_iterations += reading.simplex_iterations or 0
        if question.broken_row(reading.schedule) is None:
            break
        if not reading.is_claimed:
            reading = replace(reading, schedule=None)
            break
        highs.clearSolver()
    runtime_s = watch.elapsed_s
    return conclude(
        question,
        replace(reading, num_nodes=num_nodes, simplex_iterations=simplex_iterations),
        version=highs.version(),
        largest_value=parameters.largest_value,
        is_second=tolerance != TOLERANCES[0],
        runtime_s=runtime_s,
        build_s=build_s,
        node_kind=NodeKind.BRANCH_AND_BOUND,
        proved_by=proved_by,
        trajectory=watch.trajectory,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@dataclass(kw_only=True)
class _Watch(Watch):
    """A watch that HiGHS calls back."""

    translation: Translation
    stop: Event = field(default_factory=Event)

    def on_interrupt(self, event: Any) -> None:
        if self.stop.is_set():
            event.interrupt()

    def on_incumbent(self, event: Any) -> None:
        said = event.data_out
        schedule = _schedule(self.translation, said.mip_solution)
        self._note(said.objective_function_value, said.mip_dual_bound, schedule)

    def on_log(self, event: Any) -> None:
        self._note(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)

    def _note(self, primal: float, dual: float, schedule: Schedule | None = None) -> None:
        sign = self.translation.sign
        self.note(_finite(sign * primal), _finite(sign * dual), schedule)


def _configure(highs: Any, options: Options, tolerance: float, elapsed_s: float) -> None:
    values = {
        "output_flag": False,
        "threads": options.threads,
        "random_seed": options.seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-6,  # anything below 1 proves a whole number
        "mip_feasibility_tolerance": tolerance,
        "dual_feasibility_tolerance": 1e-10,  # a smaller price counts as zero; the least there is
    }
    if options.node_limit is not None:
        values["mip_max_nodes"] = options.node_limit
    if options.time_limit is not None:
        values["time_limit"] = max(0.0, options.time_limit - elapsed_s)
    for name, value in values.items():
        if highs.setOptionValue(name, value).name != "kOk":
            raise ValueError(f"HiGHS must take {name}, refused {value}")


def _offer(translation: Translation, parameters: Parameters, schedule: Schedule) -> None:
    # Every column gets a value: HiGHS would search for those left out.
    point = parameters.point(schedule)
    values = {
        column: point[name][index]
        for name, columns in translation.columns.items()
        for index, column in columns.items()
    }
    index = np.fromiter(values, dtype=np.int32)
    translation.highs.setSolution(len(index), index, np.fromiter(values.values(), dtype=float))


def _run(highs: Any, watch: _Watch) -> None:
    """Run HiGHS; Ctrl-C ends the run and keeps its incumbent.

    A new thread also has a task scheduler of its own: in one that HiGHS ran in before, another
    number of threads is refused.
    """
    for event, callback in (
        (highs.cbMipInterrupt, watch.on_interrupt),
        (highs.cbSimplexInterrupt, watch.on_interrupt),
        (highs.cbMipImprovingSolution, watch.on_incumbent),
        (highs.cbMipLogging, watch.on_log),
    ):
        event.clear()
        event.subscribe(callback)
    run_interruptibly(highs.run, watch.stop.set)


def _read(translation: Translation) -> Reading:
    highs, info = translation.highs, translation.highs.getInfo()
    schedule, solution = None, highs.getSolution()
    # HiGHS calls its own incumbent infeasible where the noise of a load, about 10^-8, exceeds the
    # tolerance. Integers decide, so every point is read.
    if solution.value_valid:
        schedule = _schedule(translation, solution.col_value)
    said = highs.getModelStatus().name
    return Reading(
        solver="HiGHS",
        said=said,
        ending=ENDINGS.get(said),
        schedule=schedule,
        is_claimed=info.primal_solution_status == FEASIBLE_POINT,
        bound=_finite(translation.sign * info.mip_dual_bound),
        num_nodes=max(0, info.mip_node_count),
        simplex_iterations=max(0, info.simplex_iteration_count),
    )


def _schedule(translation: Translation, value: Sequence[float]) -> Schedule:
    """Return the schedule of a point."""
    batches: list[list[int]] = [[] for _ in translation.columns["batch_load"]]
    for (j, i), column in translation.columns["x"].items():
        if value[column] > 0.5:
            batches[j].append(i)
    return Schedule.of(batches)
