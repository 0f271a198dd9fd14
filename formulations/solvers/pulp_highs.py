"""Translation of a PuLP model for HiGHS."""

from __future__ import annotations

import pulp

from formulations.solvers.highs import Translation


def translate(model: pulp.LpProblem) -> Translation:
    """Return the model inside a new HiGHS object.

    PuLP builds the rows; :mod:`~formulations.solvers.highs` runs them. ``LpProblem.solve`` itself
    calls a run that reached its time limit "Optimal", fails at a node limit, and accepts no
    warm start.

    Parameters
    ----------
    model
        Model built by a module of :mod:`formulations.pulp_models`.
    """
    solver = pulp.HiGHS(msg=False)
    solver.createAndConfigureSolver(model)
    solver.buildSolverModel(model)
    named = {"x": model.x, "batch_load": model.batch_load, "use": getattr(model, "use", {})}
    return Translation(
        highs=model.solverModel,
        columns={
            name: {index: variable.index for index, variable in variables.items()}
            for name, variables in named.items()
        },
        # PuLP minimises -c and drops the objective's constant, which is 0 in our models.
        sign=-1,
    )
