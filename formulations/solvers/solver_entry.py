"""Solver entries: the solvers that a MILP method can use, with what installs each of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, kw_only=True)
class SolverEntry:
    """A solver that a MILP method can use.

    Parameters
    ----------
    title
        Name of the solver in results and messages.
    module
        Python module of the solver.
    distribution
        Name of the package that brings the module.
    extra
        Extra of this distribution that installs the package; None for a required package.
    """

    title: str
    module: str
    distribution: str
    extra: str | None = None

    @property
    def is_installed(self) -> bool:
        """True if the module can be imported."""
        return find_spec(self.module) is not None


DEFAULT_SOLVER = "highs"

SOLVERS = {
    "highs": SolverEntry(title="HiGHS", module="highspy", distribution="highspy"),
    "gurobi": SolverEntry(
        title="Gurobi", module="gurobipy", distribution="gurobipy", extra="gurobi"
    ),
    "cplex": SolverEntry(title="CPLEX", module="cplex", distribution="cplex", extra="cplex"),
    "xpress": SolverEntry(title="Xpress", module="xpress", distribution="xpress", extra="xpress"),
    "copt": SolverEntry(title="COPT", module="coptpy", distribution="coptpy", extra="copt"),
    "scip": SolverEntry(title="SCIP", module="pyscipopt", distribution="pyscipopt", extra="scip"),
}
"""Each solver by its name in ``--set solver=NAME``."""

COMMERCIAL = ("gurobi", "cplex", "xpress", "copt")
"""Solvers whose packages carry a licence that limits the size of a model."""
