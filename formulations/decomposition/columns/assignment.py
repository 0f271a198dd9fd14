"""Assignment: requests for edge nodes whose counts by level are fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.columns import exact_rows
from formulations.decomposition.columns.linear_model import LinearModel
from formulations.decomposition.columns.matching import match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.columns.exact_rows import Outcome
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.limits import Limits


def assign(
    data: Coefficients, nodes: EdgeNodes, chosen: Sequence[Columns], limits: Limits, *, seed: int
) -> Outcome:
    """Assign requests to edge nodes, each of which has exactly one column.

    A column fixes compute and memory. Its requests are any requests of F_d, with the column's count
    in each level, that keep uplink and downlink; each request is served at most once. Matchings
    decide nearly always; HiGHS decides the rest.

    Parameters
    ----------
    chosen
        The single column of each edge node.
    seed
        Seed of HiGHS.
    """
    found = match(data, nodes, chosen)
    if found is not None:
        return found
    model = LinearModel()
    pairs = [_offer(model, data, nodes, j, column) for j, column in enumerate(chosen)]
    offers: dict[int, list[int]] = {}
    for requests, taken in pairs:
        for request, variable in zip(requests.tolist(), taken.tolist(), strict=True):
            offers.setdefault(request, []).append(variable)
    for variables in offers.values():
        if len(variables) > 1:
            model.add_row((variables, np.ones(len(variables))), upper=1)
    return exact_rows.solve(model, data, pairs, limits, seed=seed)


def _offer(
    model: LinearModel, data: Coefficients, nodes: EdgeNodes, j: int, column: Columns
) -> tuple[IntArray, IntArray]:
    """Declare a variable for each request of F_d; return the requests and their variables."""
    (counts,), (depth,) = column.counts, column.depth
    pairs = slice(nodes.first[j], nodes.first[j] + depth)
    requests, level = nodes.request[pairs], nodes.level[pairs]
    taken = model.add_columns(len(requests), is_integer=True)
    for k, count in enumerate(counts):
        here = taken[level == k]
        model.add_row((here, np.ones(len(here))), lower=int(count), upper=int(count))
    for name in ("uplink", "downlink"):
        demand = data.amounts(name, j, requests)
        capacity = int(getattr(data, f"{name}_capacity")[j])
        if demand.sum() > capacity:
            row, most = exact_rows.rounded(demand, np.array([capacity]))
            model.add_row((taken, row), upper=int(most[0]))
    return requests, taken
