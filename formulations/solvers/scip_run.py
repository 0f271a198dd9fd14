"""SCIP: its options, its interrupt, its incumbents and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from formulations.solvers import endings
from formulations.solvers.conclusion import Reading
from formulations.solvers.pyomo_scip import Incumbents
from formulations.solvers.watch import run_interruptibly
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from formulations.solvers.native import NativeModel
    from formulations.solvers.options import Options
    from formulations.solvers.watch import Watch

INFINITY = 1e20
"""``numerics/infinity``: the value that SCIP returns for a missing bound."""

ENDINGS = endings.ENDINGS["scip"]
"""Translation of the status of SCIP."""


class Run:
    """A model inside SCIP, and its operations for an exact run.

    SCIP measures a violation relative to the row, so it may accept a schedule that exceeds a
    capacity by some units.
    """

    errors: tuple[type[Exception], ...] = ()

    def __init__(self, native: NativeModel, num_edge_nodes: int) -> None:
        self._scip = native.model
        self._variables = native.columns
        self._num_edge_nodes = num_edge_nodes

    @property
    def version(self) -> str:
        """Version of SCIP."""
        scip = self._scip
        parts = scip.getMajorVersion(), scip.getMinorVersion(), scip.getTechVersion()
        return ".".join(map(str, parts))

    def tell(self, watch: Watch) -> None:
        """Report each better solution to a watch."""
        # A cycle of references would free SCIP when Python ends, where its handler fails.
        run = ref(self)

        def note(primal: float, dual: float) -> None:
            if (held := run()) is not None:
                watch.note(_finite(primal), _finite(dual), held.incumbent())

        handler = Incumbents(note)
        self._scip.includeEventhdlr(handler, "incumbents", "notes each better solution")

    def configure(self, options: Options, tolerance: float, elapsed_s: float) -> None:
        """Set the options, less the time that has elapsed, and the feasibility tolerance."""
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
        """Solve; Ctrl-C ends the run and keeps its incumbent."""
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
        """Return what SCIP reports about the run."""
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
