r"""P1 in PuLP: largest throughput of all edge nodes.

.. math::

    \max\; & \sum_{(j,i)} x_{ji}                                              && (12) \\
    & \sum_j x_{ji} \le 1                             & \forall i     \quad && \text{departure 1} \\
    & \sum_i \rho^U_{ij,min}\, x_{ji} \le 1           & \forall j     \quad && (12a) \\
    & \sum_i \rho^D_{ij,min}\, x_{ji} \le 1           & \forall j     \quad && (12b) \\
    & \sum_i memory_{ji}\, x_{ji} \le capacity_j      & \forall j     \quad && (12c) \\
    & load_j = \sum_i compute_{ji}\, x_{ji}           & \forall j     \quad && (12d) \\
    & load_j \le budget_{ji} + M_{ji} (1 - x_{ji})    & \forall (j,i) \quad && (12d) \\
    & x_{ji} \in \{0, 1\}              & \forall (j,i) \text{ eligible} \quad && (12e, 12f)

The load of an edge node is a variable, so each row of (12d) has two nonzeros instead of one for
each request: O(IJ) nonzeros in total, not O(I^2 J).

Variables and constraints are attributes of the model under the same names as in Pyomo, and
``model.doc`` holds the tag of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulp

from formulations.parameters import Parameters
from formulations.statement import require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from formulations.parameters import Pair, Row
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: None = None) -> pulp.LpProblem:
    """Return P1, (12)-(12f).

    Parameters
    ----------
    data
        Coefficients.
    z
        None: P1 has no cardinality.

    Raises
    ------
    InputError
        If z is given.
    """
    require_statement(Problem.P1, data, z)
    parameters = Parameters.of(data)
    model = pulp.LpProblem("P1", pulp.LpMaximize)
    declare_batches(model, parameters)
    limit_spectrum(model, parameters)
    limit_memory(model, parameters)
    limit_latency(model, parameters)
    return model


def declare_batches(model: pulp.LpProblem, parameters: Parameters) -> None:
    """Declare x, the throughput (12), and that each request is served once."""
    # (12e) holds by construction: only eligible pairs become variables.
    model.pairs = parameters.pairs
    model.x = {(j, i): model.add_variable(f"x_{j}_{i}", cat=pulp.LpBinary) for j, i in model.pairs}
    model.throughput = pulp.LpAffineExpression(dict.fromkeys(model.x.values(), 1))
    model.setObjective(model.throughput)
    model.objective.name = "throughput"
    model.doc = {"x": "(12f)", "throughput": "(12)"}
    # Departure 1.
    once = {
        i: pulp.lpSum(model.x[pair] for pair in pairs) <= 1
        for i, pairs in parameters.contested.items()
    }
    state(model, "once", once, doc="(departure 1)")


def limit_spectrum(model: pulp.LpProblem, parameters: Parameters) -> None:
    """State (12a) and (12b)."""
    # Departure 6: shares of one band add up.
    state(model, "uplink", _capacity(model, parameters.uplink), doc="(12a)")
    state(model, "downlink", _capacity(model, parameters.downlink), doc="(12b)")


def limit_memory(model: pulp.LpProblem, parameters: Parameters) -> None:
    """State (12c)."""
    state(model, "memory", _capacity(model, parameters.memory), doc="(12c)")


def limit_latency(model: pulp.LpProblem, parameters: Parameters) -> None:
    """State (12d): the load of a batch within the budget of each of its requests."""
    budget, big_m = parameters.compute_budget, parameters.big_m
    model.batch_load = {
        j: model.add_variable(f"batch_load_{j}", 0, parameters.largest_load[j])
        for j in range(parameters.num_edge_nodes)
    }
    batch_load_sum = {
        j: model.batch_load[j] == _total(model, demand) for j, demand in parameters.compute.items()
    }
    state(model, "batch_load_sum", batch_load_sum, doc="(12d)")
    # Departure 5: only a request that is chosen binds the load.
    deadline = {
        (j, i): model.batch_load[j] <= budget[j, i] + big_m[j, i] * (1 - model.x[j, i])
        for j, i in budget
    }
    state(model, "deadline", deadline, doc="(12d)")


def state(
    model: pulp.LpProblem, name: str, rows: dict[Any, pulp.LpConstraint], *, doc: str
) -> None:
    """Add the rows of a named constraint; PuLP itself has names for single rows only."""
    for index, row in rows.items():
        parts = index if isinstance(index, tuple) else (index,)
        model.addConstraint(row, "_".join([name, *map(str, parts)]))
    setattr(model, name, rows)
    model.doc[name] = doc


def _capacity(model: pulp.LpProblem, rows: dict[int, Row]) -> dict[int, pulp.LpConstraint]:
    return {j: _total(model, demand) <= capacity for j, (demand, capacity) in rows.items()}


def _total(model: pulp.LpProblem, demand: dict[Pair, float]) -> pulp.LpAffineExpression:
    return pulp.LpAffineExpression({model.x[pair]: value for pair, value in demand.items()})
