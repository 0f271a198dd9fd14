r"""Exact rows: what HiGHS is asked in small integers, and what integers make of its answers.

HiGHS works with tolerances, and was seen to call a feasible model infeasible whose row held
10,000 beside a hundred-thousandth. So its rows hold small integers, rounded such that they cut
nothing off: :math:`\sum a_i x_i \le b` implies :math:`\sum \lfloor a_i / s \rfloor x_i \le
\lfloor b / s \rfloor`. Then "infeasible" stands. A solution may break what was rounded: a batch
that does is no batch of any schedule, so one of its requests is left out from then on.
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
"""Of the numbers in a row."""

MOST_ROUNDS = 50
"""How often batches are left out before the question stays open."""


class Outcome(NamedTuple):
    """What came out; neither of both where HiGHS could not tell."""

    schedule: Schedule | None
    """One that keeps every row in integers."""
    is_refuted: bool
    """Whether there is none."""


def rounded(demand: IntArray, capacity: IntArray) -> tuple[IntArray, IntArray]:
    """Return a row's demands and right side in small integers that cut nothing off."""
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
        The model; rows are added to it.
    data
        What a schedule must keep.
    pairs
        For each edge node requests, and the variables of their being taken there.
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
