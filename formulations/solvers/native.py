"""Native models: a model inside the Python interface of a solver, and its exact run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from formulations.solvers.conclusion import LARGEST_RESOLVED, Reading
from formulations.solvers.endings import ENDINGS
from formulations.solvers.exact_run import solve_exactly
from formulations.solvers.silence import silence
from formulations.solvers.solver_entry import SOLVERS
from formulations.solvers.watch import Watch, run_interruptibly
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.parameters import Parameters
    from formulations.question import Question
    from formulations.solvers.options import Options
    from heuristics.result import Result

INFINITY = 1e20
"""Least value that a solver returns for a missing bound."""


@dataclass(frozen=True, kw_only=True)
class NativeModel:
    """A model inside a solver, and the positions of its variables.

    Parameters
    ----------
    model
        Model object of the solver's Python interface; it maximises the throughput.
    columns
        Position of each variable, by its name and index; every column is listed. SCIP has its
        variables in place of positions.
    owner
        Object that must live as long as the model.
    """

    model: Any
    columns: dict[str, dict[Any, Any]]
    owner: object = None


class NativeRun(ABC):
    """A model inside a solver, with the operations of an exact run.

    A refusal of the solver, such as a licence that limits the size of a model, becomes the status
    of the run.

    Parameters
    ----------
    native
        Model inside the solver.
    num_edge_nodes
        Number of rows of a schedule.
    """

    name: str
    errors: tuple[type[Exception], ...]

    def __init__(self, native: NativeModel, num_edge_nodes: int) -> None:
        self.model = native.model
        self.columns = native.columns
        self._owner = native.owner
        self._num_edge_nodes = num_edge_nodes
        self._refusal: str | None = None

    @property
    def version(self) -> str:
        """Version of the solver's package."""
        return metadata.version(SOLVERS[self.name].distribution)

    @abstractmethod
    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Set the options, less the time that has elapsed, and the feasibility tolerance."""

    @abstractmethod
    def start_from(self, positions: list[int], values: list[float]) -> None:
        """Give the solver a value for each of its columns."""

    @abstractmethod
    def solve(self) -> None:
        """Solve the model in the calling thread."""

    @abstractmethod
    def interrupt(self) -> None:
        """Ask the solver to end, from another thread."""

    @abstractmethod
    def said(self) -> str:
        """Return the final status of the solver, as :data:`ENDINGS` lists it."""

    @abstractmethod
    def point(self) -> Sequence[float] | None:
        """Return the value of each column in the best point; None without a point."""

    @abstractmethod
    def bound(self) -> float | None:
        """Return the dual bound; None without a bound."""

    @abstractmethod
    def effort(self) -> tuple[int, int]:
        """Return the numbers of nodes and of simplex iterations."""

    @abstractmethod
    def reset(self) -> None:
        """Forget the run, but not the model."""

    def tell(self, watch: Watch) -> None:  # noqa: B027  # no report unless a solver has one
        """Report incumbents during the run; by default only the last one is known."""

    def offer(self, point: dict[str, dict[Any, float]]) -> None:
        """Give the solver a feasible point to start from, by variable name and index."""
        values = {
            column: float(point[name][index])
            for name, columns in self.columns.items()
            for index, column in columns.items()
        }
        self.start_from(list(values), list(values.values()))

    def run(self) -> None:
        """Solve; Ctrl-C ends the run and keeps its incumbent."""
        try:
            run_interruptibly(self.solve, self.interrupt, keep_handler=True)
        except self.errors as error:
            self._refusal = one_line(error)

    def read(self) -> Reading:
        """Return what the solver reports about the run."""
        title = SOLVERS[self.name].title
        if self._refusal is not None:
            return refused(title, self._refusal)
        said, point = self.said(), self.point()
        num_nodes, simplex_iterations = self.effort()
        bound = self.bound()
        return Reading(
            solver=title,
            said=said,
            ending=ENDINGS[self.name].get(said),
            schedule=None if point is None else self._schedule(point),
            bound=None if bound is None or abs(bound) >= INFINITY else bound,
            num_nodes=num_nodes,
            simplex_iterations=simplex_iterations,
        )

    def _schedule(self, point: Sequence[float]) -> Schedule:
        batches: list[list[int]] = [[] for _ in range(self._num_edge_nodes)]
        for (j, i), column in self.columns["x"].items():
            if point[column] > 0.5:
                batches[j].append(i)
        return Schedule.of(batches)


class RefusedRun:
    """A run of a solver that refused the model before it was complete.

    Parameters
    ----------
    name
        Name of the solver.
    message
        Message of the solver.
    """

    def __init__(self, name: str, message: str) -> None:
        self._entry, self._message = SOLVERS[name], message

    @property
    def version(self) -> str:
        """Version of the solver's package."""
        return metadata.version(self._entry.distribution)

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Do nothing."""

    def tell(self, watch: Watch) -> None:
        """Do nothing."""

    def offer(self, point: dict[str, dict[Any, float]]) -> None:
        """Do nothing."""

    def run(self) -> None:
        """Do nothing."""

    def read(self) -> Reading:
        """Return the refusal."""
        return refused(self._entry.title, self._message)

    def reset(self) -> None:
        """Do nothing."""


def refused(title: str, message: str) -> Reading:
    """Return the reading of a run that the solver refused."""
    return Reading(solver=title, said=message, ending=None, schedule=None, bound=None)


def one_line(error: Exception) -> str:
    """Return the message of an exception in one line."""
    return " ".join(str(error).split()) or type(error).__name__


def import_solver(solver: str, language: str) -> tuple[Any, Any]:
    """Import a solver; return the class of its runs and the module that translates for it.

    Raises
    ------
    ImportError
        If the solver is not installed.
    """
    with silence():
        run = import_module(f"formulations.solvers.{solver}_run").Run
        return run, import_module(f"formulations.solvers.{language}_native")


def native_run(model: Any, language: str, solver: str, num_edge_nodes: int) -> Any:
    """Translate a model for a solver and return its run.

    Parameters
    ----------
    model
        Model in Pyomo or PuLP.
    language
        ``pyomo`` or ``pulp``.
    solver
        Name of the solver.
    num_edge_nodes
        Number of rows of a schedule.
    """
    run, translations = import_solver(solver, language)
    with silence():
        try:
            return run(translations.TRANSLATIONS[solver](model), num_edge_nodes)
        except (*run.errors, *translations.ERRORS) as error:
            return RefusedRun(solver, one_line(error))


def solve(
    run: Any,
    question: Question,
    parameters: Parameters,
    *,
    options: Options,
    build_s: float,
    proved_by: str,
) -> Result:
    """Run a solver and return the result that its answer proves.

    Parameters are those of :func:`formulations.solvers.highs.solve`, with a run in place of the
    translation.
    """
    watch = Watch(question=question, is_resolved=parameters.largest_value <= LARGEST_RESOLVED)
    run.tell(watch)
    return solve_exactly(
        run, question, parameters, watch, options=options, build_s=build_s, proved_by=proved_by
    )
