"""Assignment: requests for edge nodes whose counts are fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.linear_model import LinearModel
from formulations.evaluation import broken_rows
from heuristics.problem import Problem
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns import Columns
    from formulations.decomposition.edge_nodes import EdgeNodes
    from heuristics.limits import Limits
    from heuristics.system_models.coefficients import Coefficients, IntArray

DIGITS = 10**5
"""Rows of spectrum are scaled to have no larger coefficients than this."""


class Assignment(NamedTuple):
    """The answer; neither of both where HiGHS could not tell."""

    schedule: Schedule | None
    """One that keeps every row in integers."""
    is_refuted: bool
    """Whether there is none."""


def assign(
    data: Coefficients, nodes: EdgeNodes, chosen: Sequence[Columns], limits: Limits, *, seed: int
) -> Assignment:
    """Assign requests to edge nodes, each of which has one column.

    A column fixes compute and memory, so its requests are any of F_d, so many of each level,
    that keep the spectrum; and each request is served once.

    Parameters
    ----------
    chosen
        For each edge node its column alone.
    seed
        Of HiGHS.
    """
    model = LinearModel()
    pairs = [_offer(model, data, nodes, j, column) for j, column in enumerate(chosen)]
    offers: dict[int, list[int]] = {}
    for requests, taken in pairs:
        for request, variable in zip(requests.tolist(), taken.tolist(), strict=True):
            offers.setdefault(request, []).append(variable)
    for variables in offers.values():
        if len(variables) > 1:
            model.add_row((variables, np.ones(len(variables))), upper=1)
    found = model.solve(limits, time_limit=None, seed=seed)
    if found.values is None:
        return Assignment(None, found.is_infeasible)
    schedule = Schedule.of(requests[found.values[taken] > 0.5] for requests, taken in pairs)
    is_whole = schedule.throughput == sum(int(column.counts.sum()) for column in chosen)
    is_kept = next(broken_rows(data, schedule, Problem.P1, None), None) is None
    return Assignment(schedule if is_whole and is_kept else None, is_refuted=False)


def _offer(
    model: LinearModel, data: Coefficients, nodes: EdgeNodes, j: int, column: Columns
) -> tuple[IntArray, IntArray]:
    """Declare the requests that an edge node may take; return them and their variables."""
    (counts,), (depth,) = column.counts, column.depth
    pairs = slice(nodes.first[j], nodes.first[j] + depth)
    requests, level = nodes.request[pairs], nodes.level[pairs]
    taken = model.add_columns(len(requests), is_integer=True)
    for k, count in enumerate(counts):
        here = taken[level == k]
        model.add_row((here, np.ones(len(here))), lower=int(count), upper=int(count))
    for name in ("uplink", "downlink"):
        demand = getattr(data, name)[j, requests]
        capacity = int(getattr(data, f"{name}_capacity")[j])
        if demand.sum() > capacity:
            scale = max(float(demand.max()) / DIGITS, 1.0)
            model.add_row((taken, demand / scale), upper=capacity / scale)
    return requests, taken
