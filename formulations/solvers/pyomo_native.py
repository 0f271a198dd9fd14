"""Translation of a Pyomo model for the solvers that a MILP method can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from formulations.solvers.native import NativeModel

if TYPE_CHECKING:
    from collections.abc import Callable


def to_gurobi(model: pyo.ConcreteModel) -> NativeModel:
    """Return the model inside Gurobi, by Pyomo's interface ``gurobi_persistent``."""
    solver = _filled("gurobi_persistent", model)
    solver._solver_model.update()
    handle = solver._pyomo_var_to_solver_var_map
    return _native(solver, model, lambda each: int(handle[each].index))


def to_cplex(model: pyo.ConcreteModel) -> NativeModel:
    """Return the model inside CPLEX, by Pyomo's interface ``cplex_persistent``."""
    solver = _filled("cplex_persistent", model)
    position = solver._pyomo_var_to_ndx_map
    return _native(solver, model, lambda each: int(position[each]))


def to_xpress(model: pyo.ConcreteModel) -> NativeModel:
    """Return the model inside Xpress, by Pyomo's interface ``xpress_persistent``."""
    solver = _filled("xpress_persistent", model)
    handle = solver._pyomo_var_to_solver_var_map
    return _native(solver, model, lambda each: int(handle[each].index))


def to_copt(model: pyo.ConcreteModel) -> NativeModel:
    """Return the model inside COPT, for which Pyomo has no interface."""
    import coptpy

    environment = coptpy.Envr()
    inside = environment.createModel(model.name)
    columns: dict[str, dict[Any, int]] = {}
    handles: dict[int, Any] = {}
    for component in model.component_objects(pyo.Var):
        columns[component.local_name] = {}
        for index, each in component.items():
            kind = coptpy.COPT.BINARY if each.is_binary() else coptpy.COPT.CONTINUOUS
            columns[component.local_name][index] = len(handles)
            handles[id(each)] = inside.addVar(each.lb, each.ub, vtype=kind)

    def linear(expression: Any) -> tuple[Any, float]:
        found = generate_standard_repn(expression)
        variables = [handles[id(each)] for each in found.linear_vars]
        return coptpy.LinExpr(variables, list(map(float, found.linear_coefs))), found.constant

    for row in model.component_data_objects(pyo.Constraint):
        total, constant = linear(row.body)
        # No model has a row with only a lower bound.
        sense = coptpy.COPT.EQUAL if row.equality else coptpy.COPT.LESS_EQUAL
        inside.addConstr(total, sense, pyo.value(row.upper) - constant)
    inside.setObjective(linear(model.throughput.expr)[0], coptpy.COPT.MAXIMIZE)
    return NativeModel(model=inside, columns=columns, owner=environment)


def to_scip(model: pyo.ConcreteModel) -> NativeModel:
    """Return the model inside SCIP; see :mod:`formulations.solvers.pyomo_scip`."""
    from formulations.solvers.pyomo_scip import translate

    inside, variables = translate(model)
    return NativeModel(model=inside, columns=variables)


def _filled(interface: str, model: pyo.ConcreteModel) -> Any:
    solver = pyo.SolverFactory(interface)
    solver.set_instance(model)
    return solver


def _native(solver: Any, model: pyo.ConcreteModel, position: Callable[[Any], int]) -> NativeModel:
    return NativeModel(
        model=solver._solver_model,
        columns={
            variables.local_name: {index: position(each) for index, each in variables.items()}
            for variables in model.component_objects(pyo.Var)
        },
        owner=solver,
    )


TRANSLATIONS = {
    "gurobi": to_gurobi,
    "cplex": to_cplex,
    "xpress": to_xpress,
    "copt": to_copt,
    "scip": to_scip,
}
"""Function by solver that returns a Pyomo model inside the solver."""

ERRORS: tuple[type[Exception], ...] = ()
"""Exceptions of Pyomo that carry the message of a solver."""
