"""A Pyomo model as HiGHS holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyomo.contrib.solver.solvers.highs import Highs

from formulations.highs import Translation

if TYPE_CHECKING:
    import pyomo.environ as pyo


def translate(model: pyo.ConcreteModel) -> Translation:
    """Return the model inside a HiGHS of its own.

    Pyomo builds the rows; :mod:`formulations.highs` runs them. ``Highs.solve`` itself takes no
    warm start, raises where a limit is reached, and has no way in for callbacks.

    Parameters
    ----------
    model
        A model of one of the ``pyomo_p*`` modules.
    """
    solver = Highs()
    solver.set_instance(model)
    column = solver._pyomo_var_to_solver_var_map
    return Translation(
        highs=solver._solver_model,
        columns={pair: column[id(variable)] for pair, variable in model.x.items()},
        batch_load={j: column[id(variable)] for j, variable in model.batch_load.items()},
        sign=1,
    )
