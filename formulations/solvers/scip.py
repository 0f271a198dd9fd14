"""P1, P2, P3 and P3' with ordered thresholds, solved exactly by SCIP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from formulations.language import Form, Language
from formulations.parameters import Parameters
from formulations.question import Question
from formulations.solvers.conclusion import LARGEST_RESOLVED, Reading
from formulations.solvers.exact_run import solve_exactly
from formulations.solvers.options import Options
from formulations.solvers.watch import Watch, run_interruptibly
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from formulations.solvers.conclusion import Ending
    from heuristics.coefficients import Coefficients
    from heuristics.result import Result

METHOD = "scip"

INFINITY = 1e20
"""``numerics/infinity``: the value that SCIP returns for a missing bound."""

ENDINGS: dict[str, Ending] = {
    "optimal": (Status.OPTIMAL, EndedBy.PROOF),
    "infeasible": (Status.INFEASIBLE, EndedBy.PROOF),
    "inforunbd": (Status.INFEASIBLE, EndedBy.PROOF),  # every variable is bounded
    "timelimit": (Status.FEASIBLE, EndedBy.TIME_LIMIT),
    "nodelimit": (Status.FEASIBLE, EndedBy.NODE_LIMIT),
    "totalnodelimit": (Status.FEASIBLE, EndedBy.NODE_LIMIT),
    "memlimit": (Status.FEASIBLE, EndedBy.MEMORY_LIMIT),
    "userinterrupt": (Status.FEASIBLE, EndedBy.INTERRUPTED),
}
"""Translation of the status of SCIP; any other status is an error.

https://scipopt.org/doc/html/type__stat_8h.php
"""


def scip(
    data: Coefficients,
    *,
    problem: Problem = Problem.P1,
    z: int | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int = 0,
    warm_start: Schedule | None = None,
) -> Result:
    """Solve a problem exactly by SCIP, in one thread.

    Parameters
    ----------
    data
        Coefficients; of one edge node unless the problem is P1.
    problem, z
        P1, P2, P3 or P3', and the cardinality of the last two.
    time_limit, node_limit
        Limits of the solve [s] and [nodes]; a run stopped by a limit keeps its schedule and
        bound.
    seed
        ``randomization/randomseedshift`` of SCIP.
    warm_start
        Feasible schedule to start from; it is kept if SCIP finds nothing better. Pairs that are
        not eligible are removed from it.

    Returns
    -------
    Result
        Optimal only if the bound of SCIP, rounded down, equals a throughput that was recounted
        in integers. Ctrl-C ends the run and keeps its incumbent.

    Raises
    ------
    InputError
        If the problem is not stated for the data, an option is out of range, or the warm start
        is not feasible.
    ImportError
        If PySCIPOpt is not installed.

    Notes
    -----
    The rows are those of ``milp-threshold``; SCIP solves them far faster than big-M rows.

    References
    ----------
    S. Maher et al., PySCIPOpt, ICMS 2016, doi 10.1007/978-3-319-42432-3_37.
    """
    options = Options(time_limit=time_limit, node_limit=node_limit, seed=seed)
    question = Question.of(data, problem, z, warm_start)
    kind = NodeKind.BRANCH_AND_BOUND
    if known := question.without_a_solver(proved_by=METHOD, node_kind=kind):
        return known
    from formulations.solvers.pyomo_scip import Incumbents, translate  # not part of build_s

    started = time.perf_counter()
    parameters = Parameters.of(data)
    stated = Language.PYOMO.build(data, problem=problem, form=Form.THRESHOLD, z=z)
    model, variables = translate(stated)
    watch = Watch(question=question, is_resolved=parameters.largest_value <= LARGEST_RESOLVED)
    run = _Run(model, variables, data.num_edge_nodes)

    def note(primal: float, dual: float) -> None:
        watch.note(_finite(primal), _finite(dual), run.incumbent())

    model.includeEventhdlr(Incumbents(note), "incumbents", "notes each better solution")
    build_s = time.perf_counter() - started
    watch.started = time.perf_counter()
    return solve_exactly(
        run, question, parameters, watch, options=options, build_s=build_s, proved_by=METHOD
    )


class _Run:
    """A model inside SCIP, and its operations for an exact run.

    SCIP measures a violation relative to the row, so it may accept a schedule that exceeds a
    capacity by some units.
    """

    def __init__(
        self, scip: Any, variables: dict[str, dict[Any, Any]], num_edge_nodes: int
    ) -> None:
        self._scip = scip
        self._variables = variables
        self._num_edge_nodes = num_edge_nodes

    @property
    def version(self) -> str:
        scip = self._scip
        parts = scip.getMajorVersion(), scip.getMinorVersion(), scip.getTechVersion()
        return ".".join(map(str, parts))

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        values: dict[str, float] = {
            "limits/gap": 0.0,
            "numerics/feastol": tolerance,
            "randomization/randomseedshift": options.seed,
            # Otherwise SCIP catches Ctrl-C before Python does, and prints a message.
            "misc/catchctrlc": False,
        }
        if options.node_limit is not None:
            values["limits/nodes"] = options.node_limit
        if (time_limit := options.less(elapsed_s).time_limit) is not None:
            values["limits/time"] = time_limit
        self._scip.setParams(values)

    def offer(self, point: dict[str, dict[Any, float]]) -> None:
        """Give SCIP a feasible point to start from."""
        start = self._scip.createSol()
        for name, variables in self._variables.items():
            for index, variable in variables.items():
                self._scip.setSolVal(start, variable, point[name][index])
        self._scip.addSol(start)

    def run(self) -> None:
        # optimizeNogil releases the interpreter's lock, so that another thread can interrupt SCIP.
        run_interruptibly(self._scip.optimizeNogil, self._scip.interruptSolve)

    def incumbent(self) -> Schedule | None:
        """Return the best schedule that SCIP has found; None before the first."""
        scip = self._scip
        if not scip.getNSols():
            return None
        best = scip.getBestSol()
        batches: list[list[int]] = [[] for _ in range(self._num_edge_nodes)]
        for (j, i), variable in self._variables["x"].items():
            if scip.getSolVal(best, variable) > 0.5:
                batches[j].append(i)
        return Schedule.of(batches)

    def read(self) -> Reading:
        scip = self._scip
        said = scip.getStatus()
        return Reading(
            solver="SCIP",
            said=said,
            ending=ENDINGS.get(said),
            schedule=self.incumbent(),
            bound=_finite(scip.getDualbound()),
            num_nodes=scip.getNTotalNodes(),
            simplex_iterations=scip.getNLPIterations(),
        )

    def reset(self) -> None:
        """Forget the run, but not the model."""
        self._scip.freeTransform()


def _finite(value: float) -> float | None:
    return value if abs(value) < INFINITY else None
