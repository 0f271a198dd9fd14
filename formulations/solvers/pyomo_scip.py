"""Translation of a Pyomo model for SCIP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pyscipopt
from pyomo.repn import generate_standard_repn
from pyscipopt.scip import PY_SCIP_EVENTTYPE

if TYPE_CHECKING:
    from collections.abc import Callable

Variables = dict[str, dict[Any, pyscipopt.Variable]]


def translate(model: pyo.ConcreteModel) -> tuple[pyscipopt.Model, Variables]:
    """Return the model inside a new SCIP object, and its variables by name and index.

    Pyomo builds the rows. Pyomo's own interface to SCIP is not used: it needs the command
    ``scip``, which the wheel of PySCIPOpt does not contain, and it accepts no warm start.

    Parameters
    ----------
    model
        Model built by a module of :mod:`formulations.pyomo_models`.
    """
    scip = pyscipopt.Model(model.name)
    scip.hideOutput()
    variables: Variables = {}
    by_id: dict[int, pyscipopt.Variable] = {}
    for component in model.component_objects(pyo.Var):
        variables[component.local_name] = {
            index: by_id.setdefault(id(each), _added(scip, each))
            for index, each in component.items()
        }
    for row in model.component_data_objects(pyo.Constraint):
        total = _total(row.body, by_id)
        if row.equality:
            scip.addCons(total == pyo.value(row.upper), row.name)
        else:  # no model has a row with only a lower bound
            scip.addCons(total <= pyo.value(row.upper), row.name)
    scip.setObjective(_total(model.throughput.expr, by_id), "maximize")
    return scip, variables


def _added(scip: pyscipopt.Model, variable: Any) -> pyscipopt.Variable:
    kind = "B" if variable.is_binary() else "C"
    return scip.addVar(variable.name, vtype=kind, lb=variable.lb, ub=variable.ub)


def _total(expression: Any, by_id: dict[int, pyscipopt.Variable]) -> Any:
    linear = generate_standard_repn(expression)
    terms = zip(linear.linear_coefs, linear.linear_vars, strict=True)
    return pyscipopt.quicksum(value * by_id[id(each)] for value, each in terms) + linear.constant


class Incumbents(pyscipopt.Eventhdlr):
    """Event handler that reports each better solution of SCIP.

    Parameters
    ----------
    tell
        Function called with the objective and the bound.
    """

    def __init__(self, tell: Callable[[float, float], None]) -> None:
        self._tell = tell

    def eventinit(self) -> None:
        """Subscribe to better solutions."""
        self.model.catchEvent(PY_SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexit(self) -> None:
        """Unsubscribe from better solutions."""
        self.model.dropEvent(PY_SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexec(self, event: Any) -> None:
        """Report the objective and the bound."""
        self._tell(self.model.getPrimalbound(), self.model.getDualbound())
