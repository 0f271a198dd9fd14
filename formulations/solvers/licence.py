"""Licence: the limit of size that the licence of a solver sets, as the solver itself states it."""

from __future__ import annotations

import pulp

from formulations.solvers.native import RefusedRun, native_run
from formulations.solvers.options import Options

NUM_COLUMNS = 6000
"""Columns of the model that is tried, above the limit of every licence that is free of charge."""


def size_limit(solver: str, *, num_columns: int = NUM_COLUMNS) -> str | None:
    """Return the message with which a solver refuses a large model; None if it solves the model.

    Parameters
    ----------
    solver
        Name of an installed solver.
    num_columns
        Number of binary variables of the model, which are all 1 in its optimum.
    """
    model = pulp.LpProblem("licence", pulp.LpMaximize)
    model.x = {
        (0, i): model.add_variable(f"x_0_{i}", cat=pulp.LpBinary) for i in range(num_columns)
    }
    model.batch_load = {}
    model.setObjective(pulp.lpSum(model.x.values()))
    model.addConstraint(pulp.lpSum(model.x.values()) <= num_columns, "uplink_0")
    run = native_run(model, "pulp", solver, 1)
    run.configure(Options(time_limit=10.0), 1e-7, 0.0)
    run.run()
    reading = run.read()
    return reading.said if isinstance(run, RefusedRun) or reading.ending is None else None
