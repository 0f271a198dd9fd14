"""Price start: a schedule of many edge nodes made from prices after a few quick steps."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.prices import pair_profits
from formulations.decomposition.pricing.schedules import Scheduler
from heuristics.improvement.price_guide import PricedStart
from heuristics.limits import Limits, Stopped
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients

LEAST_EDGE_NODES = 5
"""Number of edge nodes from which on such a schedule is made: few need no prices."""

PAIRS_A_SECOND = 150_000
"""Largest number of eligible pairs for each second of the time limit.

At this number prices and schedules take about half of it."""

LEAST_STEPS, MOST_STEPS, PAIR_STEPS_A_SECOND = 30, 60, 2_000_000
"""Least and largest number of steps of the prices, with the screen alone, and the number of pairs
times steps for each second of the time limit in between. Few steps leave the prices of many
requests at an edge node too rough."""

FIRST_LENGTH, LAST_LENGTH = 0.5, 3e-3
"""Lengths of the first and of the last step. Long first steps let few steps suffice."""

PRICES_SHARE, SHARE = 0.35, 0.5
"""Largest shares of the time that is left for prices, and for prices and schedule.

On a slow machine fewer steps, or no schedule, leave the annealing its time."""

LEAST_GUIDED = 12
"""Number of edge nodes from which on profits guide the annealing.

With fewer an annealing makes so many moves of each edge node that it needs no guide."""

RECIPE = (1.0, 0.0)
"""alpha and largest noise of the schedule."""


def price_schedule(data: Coefficients, limits: Limits, *, seed: int) -> PricedStart | None:
    """Return a schedule in which prices keep requests for the edge nodes that need them.

    The profits of all pairs at these prices come with the feasible schedule, if there are
    many edge nodes.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    limits
        Limits of the run, with a time limit.
    seed
        Seed of the order of the edge nodes.

    Returns
    -------
    PricedStart or None
        None for fewer than five edge nodes, for data where counts by class decide the throughput,
        for too many pairs, and without time for a step. If half of the time left is too short for
        the schedule, that is empty, and the profits are those of the steps made so far.

    Notes
    -----
    30 to 60 evaluations of O(N K) for N eligible pairs at K levels, and four rounds of the edge
    nodes. In a city of 200 edge nodes and 20,000 requests both take 0.2 s, and the schedule serves
    some 9,000 requests where OT-GAH serves 8,638 and the bound is 9,069.
    """
    most_pairs = PAIRS_A_SECOND * (limits.time_limit or 0.0)
    if data.num_edge_nodes < LEAST_EDGE_NODES or data.pairs.num_pairs > most_pairs:
        return None
    num_steps = PAIR_STEPS_A_SECOND * (limits.time_limit or 0.0) / max(data.pairs.num_pairs, 1)
    num_steps = int(min(max(num_steps, LEAST_STEPS), MOST_STEPS))
    left_s = limits.left_s
    own = Limits(time_limit=None if left_s is None else PRICES_SHARE * left_s)
    nodes = EdgeNodes.of(data)
    ascent = DualAscent(nodes, data.num_requests, sorts=True)
    if ascent.nested is not None:
        return None
    with suppress(Stopped):
        ascent.descend(
            0, own, exact=False, num_steps=num_steps, first=FIRST_LENGTH, last=LAST_LENGTH
        )
    if ascent.num_evaluations == 0:
        return None
    prices, schedule = ascent.prices(), Schedule.empty(data.num_edge_nodes)
    own.time_limit = None if left_s is None else SHARE * left_s
    with suppress(Stopped):
        schedule = Scheduler(data, nodes, seed).make(prices, own, recipe=RECIPE)
    has_guide = data.num_edge_nodes >= LEAST_GUIDED
    return PricedStart(schedule, pair_profits(data, nodes, prices) if has_guide else None)
