"""A PuLP model as HiGHS holds it."""

from __future__ import annotations

import pulp

from formulations.solvers.highs import Translation


def translate(model: pulp.LpProblem) -> Translation:
    """Return the model inside a HiGHS of its own.

    PuLP builds the rows; :mod:`~formulations.solvers.highs` runs them. ``LpProblem.solve`` itself
    calls a run that reached its time limit "Optimal", breaks at a node limit, and takes no
    warm start.

    Parameters
    ----------
    model
        A model of one of the ``pulp_p*`` modules.
    """
    solver = pulp.HiGHS(msg=False)
    solver.createAndConfigureSolver(model)
    solver.buildSolverModel(model)
    return Translation(
        highs=model.solverModel,
        columns={
            "x": {pair: variable.index for pair, variable in model.x.items()},
            "batch_load": {j: variable.index for j, variable in model.batch_load.items()},
        },
        # PuLP minimises -c and leaves the constant of the objective out; ours has none.
        sign=-1,
    )
