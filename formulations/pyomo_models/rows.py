r"""Rows in Pyomo: the variables and constraints that the problems share, tagged by each of them.

Each function takes the tag of its equation in the problem that calls it. The coefficients of a
constraint are immutable parameters under the paper's symbols, which ``model.pprint()`` lists. They
are scaled as :class:`formulations.parameters.Parameters` describes.

The load of an edge node is a variable, so each deadline has two nonzeros instead of one for each
request: O(IJ) nonzeros in total, not O(I^2 J).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formulations.parameters import Pair, Parameters, Row


def choose_requests(
    model: pyo.ConcreteModel, parameters: Parameters, *, objective: str, domain: str
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
    model.edge_nodes = pyo.RangeSet(0, parameters.num_edge_nodes - 1)
    model.pairs = pyo.Set(dimen=2, initialize=parameters.pairs)
    model.x = pyo.Var(model.pairs, domain=pyo.Binary, doc=domain)
    model.throughput = pyo.Objective(
        expr=pyo.quicksum(model.x.values()), sense=pyo.maximize, doc=objective
    )


def serve_once(model: pyo.ConcreteModel, parameters: Parameters) -> None:
    """State that no request is served by two edge nodes."""
    # Departure 1.
    model.once = pyo.Constraint(
        list(parameters.contested),
        rule=lambda model, i: pyo.quicksum(model.x[pair] for pair in parameters.contested[i]) <= 1,
        doc="(departure 1)",
    )


def choose_alternatives(model: pyo.ConcreteModel, parameters: Parameters) -> None:
    """State that at most one alternative of each edge node serves requests.

    An edge node that can be run in one way only has no such rows.
    """
    groups = {rows[0]: rows for rows in parameters.alternatives}
    if not groups:
        return
    rows = [row for each in groups.values() for row in each]
    model.use = pyo.Var(rows, domain=pyo.Binary, doc="(E1)")
    model.alternative = pyo.Constraint(
        list(groups),
        rule=lambda model, first: pyo.quicksum(model.use[row] for row in groups[first]) <= 1,
        doc="(E1)",
    )
    model.alternative_used = pyo.Constraint(
        [pair for pair in parameters.pairs if pair[0] in model.use],
        rule=lambda model, j, i: model.x[j, i] <= model.use[j],
        doc="(E1)",
    )


def limit(
    model: pyo.ConcreteModel,
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
        Names of the parameters, shapes (J, I) and (J,).
    tag
        Tag of the constraint.
    """
    demands = {pair: value for terms, _ in rows.values() for pair, value in terms.items()}
    _declare(model, demand, model.pairs, demands, tag=tag)
    # Departure 6: shares of one band add up.
    model.add_component(
        capacity,
        pyo.Param(
            list(rows),
            initialize={j: most for j, (_, most) in rows.items()},
            within=pyo.Any,
            doc=tag,
        ),
    )
    limits = model.component(capacity)
    model.add_component(
        resource,
        pyo.Constraint(
            list(rows), rule=lambda model, j: _total(model, rows[j][0]) <= limits[j], doc=tag
        ),
    )


def limit_latency(model: pyo.ConcreteModel, parameters: Parameters, *, tag: str) -> None:
    """State that the load of a batch is within the budget of each of its requests."""
    demands = {
        pair: value for terms in parameters.compute.values() for pair, value in terms.items()
    }
    budget, big_m = parameters.compute_budget, parameters.big_m
    model.tight = pyo.Set(dimen=2, initialize=list(budget))
    _declare(model, "k_of_n", model.pairs, demands, tag=tag)
    _declare(model, "tau_tilde", model.tight, budget, tag=tag)
    _declare(model, "big_m", model.tight, big_m, tag=tag)
    model.batch_load = pyo.Var(
        model.edge_nodes, bounds=lambda _, j: (0, parameters.largest_load[j])
    )
    model.batch_load_sum = pyo.Constraint(
        model.edge_nodes,
        rule=lambda model, j: model.batch_load[j] == _total(model, parameters.compute[j]),
        doc=tag,
    )
    # Departure 5: only a request that is chosen binds the load.
    model.deadline = pyo.Constraint(
        model.tight,
        rule=lambda model, j, i: (
            model.batch_load[j] <= budget[j, i] + big_m[j, i] * (1 - model.x[j, i])
        ),
        doc=tag,
    )


def ask_for(model: pyo.ConcreteModel, z: int | None, *, tag: str) -> None:
    """State that the batch has z requests."""
    model.z = pyo.Param(initialize=z, within=pyo.Any, doc=tag)
    model.cardinality = pyo.Constraint(expr=pyo.quicksum(model.x.values()) == z, doc=tag)


def _declare(
    model: pyo.ConcreteModel, name: str, index: pyo.Set, values: Mapping[Pair, float], *, tag: str
) -> None:
    """Declare a parameter, 0 where no value is given."""
    model.add_component(
        name,
        # Any other domain doubles the time of construction.
        pyo.Param(index, initialize=lambda _, j, i: values.get((j, i), 0), within=pyo.Any, doc=tag),
    )


def _total(model: pyo.ConcreteModel, demand: Mapping[Pair, float]) -> pyo.Expression:
    return pyo.quicksum(value * model.x[pair] for pair, value in demand.items())
