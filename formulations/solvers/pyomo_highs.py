"""A Pyomo model as HiGHS holds it."""

from __future__ import annotations

import pyomo.environ as pyo
from pyomo.contrib.solver.solvers.highs import Highs

from formulations.solvers.highs import Translation


def translate(model: pyo.ConcreteModel) -> Translation:
    """Return the model inside a HiGHS of its own.

    Pyomo builds the rows; :mod:`~formulations.solvers.highs` runs them. ``Highs.solve`` itself
    takes no warm start, raises where a limit is reached, and has no way in for callbacks.

    Parameters
    ----------
    model
        A model of one of the ``pyomo_*`` modules.
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
