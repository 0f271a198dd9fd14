"""Translation of a Pyomo model for HiGHS."""

from __future__ import annotations

import pyomo.environ as pyo
from pyomo.contrib.solver.solvers.highs import Highs

from formulations.solvers.highs import Translation


def translate(model: pyo.ConcreteModel) -> Translation:
    """Return the model inside a new HiGHS object.

    Pyomo builds the rows; :mod:`~formulations.solvers.highs` runs them. ``Highs.solve`` itself
    accepts no warm start, raises an exception at a limit, and does not support callbacks.

    Parameters
    ----------
    model
        Model built by a module of :mod:`formulations.pyomo_models`.
    """
    solver = Highs()
    solver.set_instance(model)
    column = solver._pyomo_var_to_solver_var_map
    return Translation(
        highs=solver._solver_model,
        columns={
            variables.local_name: {i: column[id(each)] for i, each in variables.items()}
            for variables in model.component_objects(pyo.Var)
        },
        sign=1,
    )
