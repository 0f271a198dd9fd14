"""HiGHS: its options, its interrupts, and the exact run of a translated model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.solvers import endings
from formulations.solvers.conclusion import LARGEST_RESOLVED, Reading
from formulations.solvers.exact_run import solve_exactly
from formulations.solvers.watch import Watch, run_interruptibly
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from formulations.parameters import Parameters
    from formulations.question import Question
    from formulations.solvers.options import Options
    from heuristics.result import Result

FEASIBLE_POINT = 2
"""``kSolutionStatusFeasible`` of https://ergo-code.github.io/HiGHS/dev/structures/enums/."""


ENDINGS = endings.ENDINGS["highs"]
"""Translation of the model status of HiGHS."""


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A model inside HiGHS, and the positions of its variables.

    Parameters
    ----------
    highs
        The ``highspy.Highs`` that holds all rows and columns, not yet run.
    columns
        Column of each variable of the model, by its name and index; every column is listed.
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
    """Run HiGHS and return the result that its answer proves.

    If the schedule violates a row in integers, HiGHS runs once more with a smaller tolerance.

    Parameters
    ----------
    translation
        Model inside HiGHS; it cannot be used again.
    question
        Problem, data and warm start.
    parameters
        Numbers of the model's rows.
    options
        Limits, seed and threads.
    build_s
        Time for building the model [s].
    proved_by
        Name of the method.
    """
    watch = _Watch(
        question=question,
        is_resolved=parameters.largest_value <= LARGEST_RESOLVED,
        translation=translation,
    )
    return solve_exactly(
        _Run(translation, watch),
        question,
        parameters,
        watch,
        options=options,
        build_s=build_s,
        proved_by=proved_by,
    )


def configure(highs: Any, options: Options, *, tolerance: float) -> None:
    """Set the options of a HiGHS.

    Parameters
    ----------
    highs
        A ``highspy.Highs``.
    options
        Limits, seed and threads.
    tolerance
        ``mip_feasibility_tolerance``.

    Raises
    ------
    ValueError
        If HiGHS refuses a value.
    """
    values = {
        "output_flag": False,
        "threads": options.threads,
        "random_seed": options.seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-6,  # anything below 1 proves a whole number
        "mip_feasibility_tolerance": tolerance,
        "dual_feasibility_tolerance": 1e-10,  # smaller prices count as zero; least value allowed
    }
    if options.node_limit is not None:
        values["mip_max_nodes"] = options.node_limit
    if options.time_limit is not None:
        values["time_limit"] = options.time_limit
    for name, value in values.items():
        if highs.setOptionValue(name, value).name != "kOk":
            raise ValueError(f"HiGHS must take {name}, refused {value}")


def run(
    highs: Any,
    stop: Event,
    callbacks: Iterable[tuple[Any, Callable[[Any], None]]] = (),
    *,
    patience_s: float | None = None,
) -> bool:
    """Run HiGHS; Ctrl-C ends the run, keeps its incumbent and sets ``stop``.

    HiGHS runs in a new thread, so its task scheduler is new too: in a thread where HiGHS ran
    before, HiGHS refuses another number of threads.

    Parameters
    ----------
    highs
        A ``highspy.Highs`` with its model and options.
    stop
        Event that ends this run and every later run with the same event.
    callbacks
        Events of ``highs`` and the functions that they call.
    patience_s
        Time after which HiGHS is left behind [s], since it checks its clock rarely inside the
        presolve and the heuristics of a MILP; None to wait for its end.

    Returns
    -------
    bool
        True if HiGHS has ended; False if it was left behind, so that ``highs`` cannot be read.
    """

    def on_interrupt(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    interrupts = [
        (event, on_interrupt) for event in (highs.cbMipInterrupt, highs.cbSimplexInterrupt)
    ]
    for event, callback in (*interrupts, *callbacks):
        event.clear()
        event.subscribe(callback)
    return run_interruptibly(highs.run, stop.set, patience_s=patience_s)


def found_point(highs: Any) -> bool:
    """Return True if HiGHS calls the point that it holds feasible."""
    return bool(highs.getInfo().primal_solution_status == FEASIBLE_POINT)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@dataclass(kw_only=True)
class _Watch(Watch):
    """A watch that HiGHS calls back."""

    translation: Translation

    def on_incumbent(self, event: Any) -> None:
        found = event.data_out
        schedule = _schedule(self.translation, found.mip_solution)
        self._note(found.objective_function_value, found.mip_dual_bound, schedule)

    def on_log(self, event: Any) -> None:
        self._note(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)

    def _note(self, primal: float, dual: float, schedule: Schedule | None = None) -> None:
        sign = self.translation.sign
        self.note(_finite(sign * primal), _finite(sign * dual), schedule)


class _Run:
    """A model inside HiGHS, and its operations for an exact run."""

    def __init__(self, translation: Translation, watch: _Watch) -> None:
        self._translation, self._highs, self._stop = translation, translation.highs, Event()
        self._callbacks = [
            (self._highs.cbMipImprovingSolution, watch.on_incumbent),
            (self._highs.cbMipLogging, watch.on_log),
        ]

    @property
    def version(self) -> str:
        return str(self._highs.version())

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        configure(self._highs, options.less(elapsed_s), tolerance=tolerance)

    def offer(self, point: dict[str, dict[Any, float]]) -> None:
        # Every column gets a value: HiGHS would search for the missing values.
        values = {
            column: point[name][index]
            for name, columns in self._translation.columns.items()
            for index, column in columns.items()
        }
        index = np.fromiter(values, dtype=np.int32)
        self._highs.setSolution(len(index), index, np.fromiter(values.values(), dtype=float))

    def run(self) -> None:
        run(self._highs, self._stop, self._callbacks)

    def read(self) -> Reading:
        return _read(self._translation)

    def reset(self) -> None:
        self._highs.clearSolver()


def _read(translation: Translation) -> Reading:
    highs, info = translation.highs, translation.highs.getInfo()
    schedule, solution = None, highs.getSolution()
    # HiGHS calls its own incumbent infeasible if the rounding error of a load, about 10^-8,
    # exceeds the tolerance. Feasibility is decided in integers later, so every point is read.
    if solution.value_valid:
        schedule = _schedule(translation, solution.col_value)
    said = highs.getModelStatus().name
    return Reading(
        solver="HiGHS",
        said=said,
        ending=ENDINGS.get(said),
        schedule=schedule,
        is_claimed=found_point(highs),
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
