r"""Recursion: combinations of columns ruled out together, by what they require of the requests.

*Requirements.* Each column requires so many requests of each class, out of the first of an order
(:mod:`analysis.checks.replay.requirements`). Requirements of all edge nodes are *met* if requests
can be assigned to them, each once. Within a class the requests that they may have are nested, so by
Hall's theorem they are met just if at every depth t those no deeper than t ask for no more
requests of any class than are among the first t. A schedule meets the requirements of its
columns. So a combination is no schedule of T requests if its requirements are not met, or bring
fewer than T.

*States.* Requirements are taken in order of depth, and each is tested with those before it. For
the test of the later ones it only matters how many edge nodes of each type, those with the same
requirements, have one, and how many requests of each class these ask for. That is a state. All
ways to it have the same *completions*, the requirements of the other edge nodes that are met with
them and bring T.

*Losses.* Let :math:`\pi \ge 0` be prices of the requests, :math:`\Pi` their sum over those that
are eligible anywhere, and cost(c) what the cheapest requests come to that requirement c can have.
Requirements that are met have requests of their own, each of which is paid once at most, so with
T requests in all

.. math:: \sum_j (cost(c_j) - Q \, |c_j|) \le \Pi - Q T.

With v_j, the most that :math:`Q |c| - cost(c)` comes to at edge node j, the losses
:math:`l(c) = v_j - Q |c| + cost(c) \ge 0` add up to no more than the slack,
:math:`\Pi - Q T + \sum_j v_j`. Give the start a loss of 0, and let a state have the *largest* of
these, for every way that was found to it by c from a state before:

* what the state before has, and l(c);
* the sum of :math:`v_j` less :math:`Q` per request, and the price of the cheapest requests of each
  class that exist up to the depth of c, as many as the state asks for.

*Then the losses of a completion and that of its state are no more than the slack.* It is so at the
start. A completion of the state with c is one of the state before, so the first holds by
induction, and for all completions of the state, since those of all ways are the same. As to the
second, requirements that are met have different requests: those of the state are among the first
and cost as much at least, those of the completion cost(c) each. So a state has no completion if
its loss and the least that the missing edge nodes can lose exceed the slack, although it may have
been reached by a way that lost less. This holds for whatever met requirements, schedule or not,
and does not depend on which ways were left out.

*The losses of the columns* say more where spectrum has prices, or where levels and orders differ,
but only of schedules: in one they add up to no more than the slack of the cell. Of them a state
has the *least* of any way. The way of a schedule is never left out by this, nor by the above: its
prefix loses as much as the least, or more, and its rest is a completion. So each schedule of T
requests is a way to a whole state, and its requirements are on such ways. Columns with others are
ruled out; without a whole state all are.

Everything is told in integers of 64 bits. Where amounts are larger, their last bits are dropped:
a sum of numbers rounded down is no more than the slack rounded down, if it was within the slack.

References
----------
P. Hall, "On representatives of subsets", Journal of the London Mathematical Society 10 (1935)
26-30, doi:10.1112/jlms/s1-10.37.26.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from analysis.checks.replay.amounts import shortened
from analysis.checks.replay.requirements import request_classes, requirements, shared_order
from analysis.checks.replay.states import StateSpace, Steps, grown, start, take, trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.checks.replay.column_choice import ColumnChoice
    from analysis.checks.replay.columns import Column
    from analysis.checks.replay.requirements import Requirement
    from analysis.checks.replay.states import IntArray

STATES = "states in integers"

MOST_STATES, MOST_LOOKS = 1 << 23, 10**10
"""The most states that are kept, and looked at."""

KEY_BITS, LOSS_BITS = 62, 60
"""Of the key of a state, and of what losses may add up to."""

MOST_SERVICES, MOST_COSTS = 1 << 12, 1 << 25
"""The most services and costs that are told apart."""


def possible(
    choice: ColumnChoice, prices: Sequence[int], denominator: int
) -> list[list[Column]] | None:
    """Return the columns of each edge node that are in combinations which states do not rule out.

    Parameters
    ----------
    choice
        Columns, and what is asked of one for each edge node.
    prices
        pi of each request, over the denominator. Any numbers of at least 0 will do.
    denominator
        Q.

    Returns
    -------
    list of list of Column, or None
        All columns of schedules of so many requests are among them. None if states are too many
        to be kept, or too long to be told apart in 64 bits.

    Notes
    -----
    There are at most as many states as vectors of counts that Hall's condition allows, times
    services. Each is looked at once at most for each requirement that is deeper.
    """
    order, classes = shared_order(choice.ranked), request_classes(choice.ranked)
    shift = _shift(classes)
    if shift[-1] >= KEY_BITS:
        return None
    required = [
        requirements(own, columns, order, classes)
        for own, columns in zip(choice.ranked, choice.columns, strict=True)
    ]
    types: dict[frozenset[Requirement], list[int]] = {}
    for j, own in enumerate(required):
        types.setdefault(frozenset(own), []).append(j)
    num_services = prod(len(alike) + 1 for alike in types.values())
    if num_services > MOST_SERVICES or int(shift[-1]) + num_services.bit_length() > KEY_BITS:
        return None
    rows = sorted((each, node_type) for node_type, own in enumerate(types) for each in own)
    costs = _Costs.of(choice, required, order, classes, prices, denominator)
    if costs is None:
        return None
    steps, space = _arrays(choice, required, list(types.values()), rows, costs, shift)
    on_ways = _on_ways(steps, space)
    if on_ways is None:
        return None
    kept = {rows[x] for x in on_ways}
    type_of = {j: node_type for node_type, alike in enumerate(types.values()) for j in alike}
    return [
        [c for c, each in zip(columns, required[j], strict=True) if (each, type_of[j]) in kept]
        for j, columns in enumerate(choice.columns)
    ]


def _on_ways(steps: Steps, space: StateSpace) -> list[int] | None:
    """Return the steps that are on ways to whole states; None if states are too many."""
    states, num_steps = start(space), len(steps.node_type)
    for x in range(num_steps):
        while not take(steps, space, states, x):
            if len(states.key) >= MOST_STATES:
                return None
            states = grown(states)
        if states.number[1] > MOST_LOOKS:
            return None
    leads = states.whole
    if not leads.any():
        return []
    return [x for x in reversed(range(num_steps)) if trace(steps, space, states, x, leads)]


@dataclass(frozen=True, kw_only=True)
class _Costs:
    """What the cheapest requests of each class come to."""

    depths: list[int]
    """The depths of requirements, ascending: D of them."""
    exists: IntArray
    """Requests of each class up to each depth, shape (D, K)."""
    cost: IntArray
    """Prices less Q of the m cheapest, without the bits that are dropped, shape (D, K, m)."""
    total: int
    """Pi - Q T, without these bits."""

    @classmethod
    def of(
        cls,
        choice: ColumnChoice,
        required: Sequence[Sequence[Requirement]],
        order: Sequence[int],
        classes: Mapping[int, int],
        prices: Sequence[int],
        denominator: int,
    ) -> _Costs | None:
        """Add them up for what edge nodes can ask for together; None if that is too much."""
        most = sum(max(max(each.asked, default=0) for each in own) for own in required)
        depths = sorted({each.depth for own in required for each in own})
        num_classes = max(classes.values(), default=-1) + 1
        shape = (len(depths), num_classes, most + 1)
        if prod(shape) > MOST_COSTS:
            return None
        total = sum(prices[request] for request in order)
        largest = total + denominator * (len(order) + choice.throughput)
        drop = max(0, (largest * (len(required) + 1) ** 2).bit_length() - LOSS_BITS)
        exists, cost = np.zeros(shape[:2], dtype=np.int64), np.zeros(shape, dtype=np.int64)
        cheapest: list[list[int]] = [[] for _ in range(num_classes)]
        for row, (before, depth) in enumerate(pairwise([0, *depths])):
            for request in order[before:depth]:
                insort(cheapest[classes[request]], prices[request] - denominator)
            for k, own in enumerate(cheapest):
                sums = [each >> drop for each in accumulate(own[:most], initial=0)]
                exists[row, k], cost[row, k, : len(sums)] = len(own), sums
        total = (total - denominator * choice.throughput) >> drop
        return cls(depths=depths, exists=exists, cost=cost, total=total)


def _shift(classes: Mapping[int, int]) -> IntArray:
    """Return where the field of each class begins in a key, and where all end."""
    number = Counter(classes.values())
    bits = [number[k].bit_length() for k in range(len(number))]
    return np.array(list(accumulate(bits, initial=0)), dtype=np.int64)


def _arrays(
    choice: ColumnChoice,
    required: Sequence[Sequence[Requirement]],
    types: Sequence[Sequence[int]],
    rows: Sequence[tuple[Requirement, int]],
    costs: _Costs,
    shift: IntArray,
) -> tuple[Steps, StateSpace]:
    """Return the arrays of a search."""
    node_type = np.array([node_type for _, node_type in rows], dtype=np.int64)
    asked = np.array([each.asked for each, _ in rows], dtype=np.int64)
    depth = np.searchsorted(costs.depths, [each.depth for each, _ in rows])
    cost = costs.cost[depth[:, None], np.arange(asked.shape[1]), asked].sum(axis=1)
    value = np.array([-cost[node_type == own].min() for own in range(len(types))], dtype=np.int64)
    loss = cost + value[node_type]
    copies = np.array([len(alike) for alike in types], dtype=np.int64)
    slack = costs.total + int(copies @ value)
    own_loss, own_slack = _own_losses(choice, required, types, rows)
    stride = np.concatenate([[1], np.cumprod(copies + 1)[:-1]]).astype(np.int64)
    have = np.arange(np.prod(copies + 1))[:, None] // stride % (copies + 1)
    largest = [asked[node_type == own].sum(axis=1).max() for own in range(len(types))]
    steps = Steps(
        node_type=node_type,
        asked=asked,
        key=(asked << shift[:-1]).sum(axis=1) + (stride[node_type] << shift[-1]),
        depth=depth,
        loss=loss,
        rest=_rest(node_type, loss, len(types), slack),
        own_loss=own_loss,
        own_rest=_rest(node_type, own_loss, len(types), own_slack),
    )
    space = StateSpace(
        shift=shift,
        stride=stride,
        missing=copies - have,
        value=have @ value,
        least=choice.throughput - (copies - have) @ np.array(largest, dtype=np.int64),
        exists=costs.exists,
        cost=costs.cost,
        slack=slack,
        own_slack=own_slack,
    )
    return steps, space


def _own_losses(
    choice: ColumnChoice,
    required: Sequence[Sequence[Requirement]],
    types: Sequence[Sequence[int]],
    rows: Sequence[tuple[Requirement, int]],
) -> tuple[IntArray, int]:
    """Return the least that a column loses with each row, at any edge node of the type."""
    losses, slack = shortened([[each.loss for each in own] for own in choice.columns], choice.slack)
    least: dict[tuple[Requirement, int], int] = {}
    for node_type, alike in enumerate(types):
        for j in alike:
            for each, loss in zip(required[j], losses[j].tolist(), strict=True):
                least[each, node_type] = min(loss, least.get((each, node_type), loss))
    return np.array([least[row] for row in rows], dtype=np.int64), slack


def _rest(node_type: IntArray, loss: IntArray, num_types: int, slack: int) -> IntArray:
    """Return the least loss of each type from each row on, or more than can be lost."""
    rest = np.full((len(node_type), num_types), max(0, slack) + 1, dtype=np.int64)
    rest[np.arange(len(node_type)), node_type] = loss
    return np.minimum.accumulate(rest[::-1], axis=0)[::-1].copy()
