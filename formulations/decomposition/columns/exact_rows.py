r"""Exact rows: MILP rows in small integers, and solutions checked in exact integers.

HiGHS works with tolerances. It called a feasible model infeasible whose row held the numbers
10,000 and 0.00001. The rows therefore hold small integers, rounded such that they cut nothing off:
:math:`\sum a_i x_i \le b` implies :math:`\sum \lfloor a_i / s \rfloor x_i \le
\lfloor b / s \rfloor`. So "infeasible" also holds for the original rows. A solution may violate
an original row. The batch that violates it occurs in no schedule, so a row is added that forbids
taking all its requests together, and the model is solved again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.evaluation import broken_rows
from heuristics.problem import Problem
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.linear_model import LinearModel
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.limits import Limits

LARGEST = 10**5
"""Largest number in a rounded row."""

MOST_ROUNDS = 50
"""Maximum number of solves before the question is left open."""


class Outcome(NamedTuple):
    """Schedule or refutation; neither if HiGHS could not decide."""

    schedule: Schedule | None
    """Schedule that keeps every row in integers; None without one."""
    is_refuted: bool
    """True if no schedule exists."""


def rounded(demand: IntArray, capacity: IntArray) -> tuple[IntArray, IntArray]:
    """Return a row's demands and capacity, rounded to small integers that cut nothing off."""
    largest = max(int(demand.max(initial=0)), int(capacity.max(initial=0)))
    scale = -(-largest // LARGEST) or 1
    return demand // scale, capacity // scale


def solve(
    model: LinearModel,
    data: Coefficients,
    pairs: Sequence[tuple[IntArray, IntArray]],
    limits: Limits,
    *,
    seed: int,
) -> Outcome:
    """Solve a model whose rows are rounded.

    Parameters
    ----------
    model
        Model with rounded rows; more rows are added to it.
    data
        Coefficients whose rows a schedule must keep.
    pairs
        For each edge node the requests and their 0/1 variables, 1 if the request is served there.
    limits, seed
        As in :meth:`LinearModel.solve`.
    """
    for _ in range(MOST_ROUNDS):
        found = model.solve(limits, time_limit=None, seed=seed)
        if found.values is None:
            return Outcome(None, found.is_infeasible)
        is_taken = [found.values[variables] > 0.5 for _, variables in pairs]
        schedule = Schedule.of(
            requests[mask] for (requests, _), mask in zip(pairs, is_taken, strict=True)
        )
        broken = [j for j in range(len(pairs)) if not _is_kept(data, schedule, [j])]
        if not broken:
            is_kept = _is_kept(data, schedule, range(len(pairs)))
            return Outcome(schedule if is_kept else None, is_refuted=False)
        for j in broken:
            taken = pairs[j][1][is_taken[j]]
            model.add_row((taken, np.ones(len(taken))), upper=len(taken) - 1)
    return Outcome(None, is_refuted=False)


def _is_kept(data: Coefficients, schedule: Schedule, edge_nodes: Sequence[int]) -> bool:
    part = Schedule.of(batch if j in edge_nodes else () for j, batch in enumerate(schedule.batches))
    return next(broken_rows(data, part, Problem.P1, None), None) is None
