"""Translation of a PuLP model for the solvers that a MILP method can use."""

from __future__ import annotations

from functools import partial
from typing import Any

import pulp

from formulations.solvers.native import NativeModel


def variables_of(model: pulp.LpProblem) -> dict[str, dict[Any, Any]]:
    """Return the variables of a model of :mod:`formulations.pulp_models`, by name and index."""
    return {"x": model.x, "batch_load": model.batch_load, "use": getattr(model, "use", {})}


def translate(model: pulp.LpProblem, *, interface: str) -> NativeModel:
    """Return the model inside a solver, by one of PuLP's interfaces.

    PuLP builds the rows; :mod:`~formulations.solvers.native` runs them. ``LpProblem.solve``
    itself calls a run that reached its time limit "Optimal".

    Parameters
    ----------
    model
        Model built by a module of :mod:`formulations.pulp_models`.
    interface
        Name of the class of PuLP.
    """
    solver = getattr(pulp, interface)(msg=False)
    solver.available()  # imports the module of Xpress
    solver.buildSolverModel(model)
    place = {each.name: position for position, each in enumerate(model.variables())}
    return NativeModel(
        model=model.solverModel,
        columns={
            name: {index: place[each.name] for index, each in variables.items()}
            for name, variables in variables_of(model).items()
        },
        owner=solver,
    )


def to_scip(model: pulp.LpProblem) -> NativeModel:
    """Return the model inside SCIP, with the variables of SCIP in place of positions."""
    pulp.SCIP_PY(msg=False).buildSolverModel(model)
    return NativeModel(
        model=model.solverModel,
        columns={
            name: {index: each.solverVar for index, each in variables.items()}
            for name, variables in variables_of(model).items()
        },
    )


TRANSLATIONS = {
    "gurobi": partial(translate, interface="GUROBI"),
    "cplex": partial(translate, interface="CPLEX_PY"),
    "xpress": partial(translate, interface="XPRESS_PY"),
    "copt": partial(translate, interface="COPT"),
    "scip": to_scip,
}
"""Function by solver that returns a PuLP model inside the solver."""

ERRORS = (pulp.PulpSolverError,)
"""Exceptions of PuLP that carry the message of a solver."""
