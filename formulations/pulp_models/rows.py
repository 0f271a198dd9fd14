r"""Rows in PuLP: the variables and constraints that the problems share, tagged by each of them.

Each function takes the tag of its equation in the problem that calls it. Variables, constraints
and coefficients are attributes of the model under the same names as in Pyomo: coefficients by the
paper's symbols, as dictionaries of the nonzero values by the indices of Pyomo's parameters.
``model.doc`` holds the tag of each variable and constraint. Coefficients are scaled as
:class:`formulations.parameters.Parameters` describes.

The load of an edge node is a variable, so each deadline has two nonzeros instead of one for each
request: O(IJ) nonzeros in total, not O(I^2 J).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulp

from formulations.row_titles import row_title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formulations.parameters import Pair, Parameters, Row


def choose_requests(
    model: pulp.LpProblem, parameters: Parameters, *, objective: str, domain: str
) -> None:
    """Declare the binary x of each eligible pair, and their sum as the objective.

    Parameters
    ----------
    model
        Model to extend.
    parameters
        Numbers of the rows.
    objective, domain
        Tags of the objective and of the domain of x.
    """
    model.pairs = parameters.pairs
    model.x = {(j, i): model.add_variable(f"x_{j}_{i}", cat=pulp.LpBinary) for j, i in model.pairs}
    model.throughput = pulp.LpAffineExpression(dict.fromkeys(model.x.values(), 1))
    model.setObjective(model.throughput)
    model.objective.name = "throughput"
    model.doc = {"x": domain, "throughput": objective}


def serve_once(model: pulp.LpProblem, parameters: Parameters) -> None:
    """State that no request is served by two edge nodes."""
    # Departure 1.
    once = {
        i: pulp.lpSum(model.x[pair] for pair in pairs) <= 1
        for i, pairs in parameters.contested.items()
    }
    _state(model, "once", once, tag="(departure 1)")


def choose_alternatives(model: pulp.LpProblem, parameters: Parameters) -> None:
    """State that at most one alternative of each edge node serves requests.

    An edge node that can be run in one way only has no such rows.
    """
    groups = {rows[0]: rows for rows in parameters.alternatives}
    if not groups:
        return
    model.use = {
        row: model.add_variable(f"use_{row}", cat=pulp.LpBinary)
        for rows in groups.values()
        for row in rows
    }
    model.doc["use"] = "(E1)"
    alternative = {
        first: pulp.lpSum(model.use[row] for row in rows) <= 1 for first, rows in groups.items()
    }
    _state(model, "alternative", alternative, tag="(E1)")
    alternative_used = {
        (j, i): model.x[j, i] <= model.use[j] for j, i in model.pairs if j in model.use
    }
    _state(model, "alternative_used", alternative_used, tag="(E1)")


def limit(
    model: pulp.LpProblem,
    resource: str,
    rows: Mapping[int, Row],
    *,
    demand: str,
    capacity: str,
    tag: str,
) -> None:
    """State that the demands of a batch add up to at most the capacity of the edge node.

    Parameters
    ----------
    model
        Model to extend.
    resource
        Name of the constraint.
    rows
        Demands and capacity by edge node; an edge node without a demand has no row.
    demand, capacity
        Names of the coefficients, by pair and by edge node.
    tag
        Tag of the constraint.
    """
    demands = {pair: value for terms, _ in rows.values() for pair, value in terms.items()}
    setattr(model, demand, demands)
    setattr(model, capacity, {j: most for j, (_, most) in rows.items()})
    # Departure 6: shares of one band add up.
    limits = {j: _total(model, terms) <= most for j, (terms, most) in rows.items()}
    _state(model, resource, limits, tag=tag)


def limit_latency(model: pulp.LpProblem, parameters: Parameters, *, tag: str) -> None:
    """State that the load of a batch is within the budget of each of its requests."""
    model.k_of_n = {
        pair: value for terms in parameters.compute.values() for pair, value in terms.items()
    }
    model.tau_tilde, model.big_m = parameters.compute_budget, parameters.big_m
    model.batch_load = {
        j: model.add_variable(f"batch_load_{j}", 0, parameters.largest_load[j])
        for j in range(parameters.num_edge_nodes)
    }
    batch_load_sum = {
        j: model.batch_load[j] == _total(model, terms) for j, terms in parameters.compute.items()
    }
    _state(model, "batch_load_sum", batch_load_sum, tag=tag)
    # Departure 5: only a request that is chosen binds the load.
    deadline = {
        (j, i): model.batch_load[j] <= budget + model.big_m[j, i] * (1 - model.x[j, i])
        for (j, i), budget in model.tau_tilde.items()
    }
    _state(model, "deadline", deadline, tag=tag)


def ask_for(model: pulp.LpProblem, z: int | None, *, tag: str) -> None:
    """State that the batch has z requests."""
    model.z = z
    _state(model, "cardinality", {(): pulp.lpSum(model.x.values()) == z}, tag=tag)


def _state(
    model: pulp.LpProblem, name: str, rows: dict[Any, pulp.LpConstraint], *, tag: str
) -> None:
    """Add the rows of a named constraint; PuLP itself has names for single rows only."""
    title = row_title(name, tag, problem=model.name)
    for index, row in rows.items():
        parts = index if isinstance(index, tuple) else (index,)
        model.addConstraint(row, "_".join([title, *map(str, parts)]))
    setattr(model, name, rows)
    model.doc[name] = tag


def _total(model: pulp.LpProblem, demand: Mapping[Pair, float]) -> pulp.LpAffineExpression:
    return pulp.LpAffineExpression({model.x[pair]: value for pair, value in demand.items()})
