r"""Recursion: proof that combinations of columns break requirements or lose too much.

*Requirements.* Each column requires a number of requests of each class, all among the first of an
order (:mod:`analysis.checks.replay.requirements`). Requirements of all edge nodes are *met* if
requests can be assigned to them, each request at most once. Within a class, the sets of requests
that the requirements may use are nested. By Hall's theorem the requirements are therefore met if
and only if, for every depth t and every class, the requirements of depth at most t ask for no more
requests of the class than the first t of the order contain. A schedule meets the requirements of
its columns. So a combination contains no schedule of T requests if its requirements are not met or
have fewer than T requests.

*States.* Requirements are taken in order of depth, and each is tested together with those before
it. The tests of the later ones depend only on two things: the number of edge nodes of each type
that already have a requirement, and the number of requests of each class that these ask for. This
is a state. A *type* is a set of edge nodes, and each of them may have any requirement that one of
them has. Where their requirements differ, this only adds combinations. All ways to a state
have the same *completions*: the sets of requirements of the other edge nodes that are met together
with those of the state and reach T.

*Losses.* Let :math:`\pi \ge 0` be prices of the requests, :math:`\Pi` their sum over the requests
that are eligible at any edge node, and cost(c) the sum of the prices of the cheapest requests that
requirement c can have. Requirements that are met have disjoint sets of requests, and each request
is paid at most once. So with T requests in all

.. math:: \sum_j (cost(c_j) - Q \, |c_j|) \le \Pi - Q T.

Let v_j be the maximum of :math:`Q |c| - cost(c)` over the requirements of the type of edge node j.
Then the losses :math:`l(c) = v_j - Q |c| + cost(c) \ge 0` have a sum of at most the slack,
:math:`\Pi - Q T + \sum_j v_j`. The loss of the start is 0. The loss of any other state is the
*largest* of the following values, over every way to the state that was found, by a requirement c
from a previous state:

* the loss of the previous state plus l(c);
* the charge of the state at the depth of c, see below.

*Charges.* Requirements that are met can be given requests in order of depth, each the first free
requests of its classes. By Hall's theorem this never fails. So a state that asks for m_k requests
of class k uses exactly the first m_k of them. Let :math:`p_k` be the highest price that cost(c')
counts in class k, over all requirements c' from the depth of c on. The requirements of a completion
use requests of class k behind the first m_k. Sort the requests of such a requirement by price, and
also the cheapest ones, which its cost counts. Each of the former costs at least as much as the
latter in the same place, which costs at most :math:`p_k`. So the costs of all requirements of a
completion have a sum of at most :math:`\sum_k \sum_{i > m_k} \min(\pi_i, p_k)`, where i numbers the
requests of class k in order. Since :math:`\sum_k \sum_i \pi_i = \Pi`,

.. math:: \sum_k \Big(\sum_{i \le m_k} \pi_i + \sum_{i > m_k} (\pi_i - p_k)^+\Big)
    + \sum_{c'} cost(c') \le \Pi

with the last sum over the completion. The *charge* of the state is the first sum, less Q for each
of its requests, plus v_j for each edge node that has a requirement. A state and its completion have
at least T requests. Subtract Q for each of them from both sides, and add all v_j: then the charge
plus the losses of the completion are at most the slack.

*Claim: the loss of a state plus the losses of any completion of it are at most the slack.* The
claim holds at the start. A completion of the state, together with c, is a completion of the
previous state. By induction the first value satisfies the claim for this way, and hence for every
completion of the state, since all ways have the same completions. The second value satisfies the
claim too: requirements are taken in order of depth, so those of a completion have at least the
depth of c. So a state has no completion if its loss plus the smallest
possible losses of the missing edge nodes exceed the slack, even if it was reached by a way with a
smaller loss. This holds for all requirements that are met, with or without a schedule, and does not
depend on the ways that were left out.

*The losses of the columns* are stronger where spectrum has prices, or where levels and orders
differ, but they hold for schedules only: in a schedule their sum is at most the slack of the cell.
A state keeps the *smallest* sum over all ways to it. Neither this test nor the test above leaves
out the way of a schedule: the beginning of the way loses at least the smallest sum, and its
remainder is a completion. So each schedule of T requests is a way to a whole state, and its
requirements lie on such ways. Columns with other requirements are ruled out. Without a whole state
all columns are.

All numbers are integers of 64 bits. If amounts are larger, their last bits are dropped: a sum of
numbers that are rounded down is at most the slack rounded down, if the exact sum is at most the
slack.

References
----------
P. Hall, "On representatives of subsets", Journal of the London Mathematical Society 10 (1935)
26-30, doi:10.1112/jlms/s1-10.37.26.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, chain
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.checks.replay.amounts import shortened
from analysis.checks.replay.requirements import request_classes, requirements, shared_order
from analysis.checks.replay.states import StateSpace, Steps, grown, start, take, trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.checks.replay.column_choice import ColumnChoice
    from analysis.checks.replay.columns import Column
    from analysis.checks.replay.limits import Clock
    from analysis.checks.replay.requirements import Requirement
    from analysis.checks.replay.states import IntArray
    from heuristics.judges.verifier import RankedRequests

STATES = "states in integers"

MOST_STATES, MOST_LOOKS = 1 << 23, 10**10
"""Largest numbers of states that are kept, and of visits to states."""

KEY_BITS, LOSS_BITS = 62, 60
"""Largest number of bits of the key of a state, and of a sum of losses."""

MOST_SERVICES, MOST_COSTS = 1 << 12, 1 << 25
"""Largest numbers of services and of costs."""


def possible(
    choice: ColumnChoice, prices: Sequence[int], denominator: int
) -> list[list[Column]] | None:
    """Return the columns of each edge node that occur in combinations not ruled out by states.

    Parameters
    ----------
    choice
        Columns of each edge node, and conditions on a choice of one column per edge node.
    prices
        Price pi of each request, over the denominator. Any prices of at least 0 are valid.
    denominator
        Denominator Q of the prices.

    Returns
    -------
    list of list of Column, or None
        Remaining columns, which include all columns of schedules of the required throughput. None
        if there are too many states, or their keys do not fit in 64 bits.

    Raises
    ------
    OutOfTimeError
        If the time of the replay is over.

    Notes
    -----
    The number of states is at most the number of count vectors that Hall's condition allows, times
    the number of services. Each state is visited at most once for each deeper requirement.
    """
    order, classes = shared_order(choice.ranked), request_classes(choice.ranked)
    shift = _shift(classes)
    if shift[-1] >= KEY_BITS:
        return None
    required = [
        requirements(own, columns, order, classes)
        for own, columns in zip(choice.ranked, choice.columns, strict=True)
    ]
    types = _types(choice.ranked, required)
    num_services = prod(len(alike) + 1 for alike in types)
    if num_services > MOST_SERVICES or int(shift[-1]) + num_services.bit_length() > KEY_BITS:
        return None
    rows = sorted(
        (each, node_type)
        for node_type, alike in enumerate(types)
        for each in {each for j in alike for each in required[j]}
    )
    costs = _Costs.of(choice, required, order, classes, prices, denominator)
    if costs is None:
        return None
    steps, space = _arrays(choice, required, types, rows, costs, shift)
    on_ways = _on_ways(steps, space, choice.clock)
    if on_ways is None:
        return None
    kept = {rows[x] for x in on_ways}
    type_of = {j: node_type for node_type, alike in enumerate(types) for j in alike}
    return [
        [c for c, each in zip(columns, required[j], strict=True) if (each, type_of[j]) in kept]
        for j, columns in enumerate(choice.columns)
    ]


def _types(
    ranked: Sequence[RankedRequests], required: Sequence[Sequence[Requirement]]
) -> list[list[int]]:
    """Return the edge nodes of each type.

    Edge nodes with the same requirements are of one type. Where this gives more services than
    :data:`MOST_SERVICES`, edge nodes that rank the same requests in the same levels are.
    """
    same: dict[Any, list[int]] = {}
    for j, own in enumerate(required):
        same.setdefault(frozenset(own), []).append(j)
    if prod(len(alike) + 1 for alike in same.values()) <= MOST_SERVICES:
        return list(same.values())
    similar: dict[Any, list[int]] = {}
    for j, each in enumerate(ranked):
        similar.setdefault((tuple(each.requests), tuple(map(tuple, each.levels))), []).append(j)
    return list(similar.values())


def _on_ways(steps: Steps, space: StateSpace, clock: Clock) -> list[int] | None:
    """Return the steps that lie on ways to whole states; None if there are too many states."""
    states, num_steps = start(space), len(steps.node_type)
    for x in range(num_steps):
        clock.check()
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
    """Costs of requirements and charges of states, by class, without the dropped bits."""

    depths: list[int]
    """Depths of the requirements in ascending order, D of them."""
    exists: IntArray
    """Number of requests of each class up to each depth, shape (D, K)."""
    cost: IntArray
    """Sum of price less Q over the m cheapest, shape (D, K, m)."""
    charge: IntArray
    """Part of each class in the charge of a state that asks for m requests, shape (D, K, m)."""
    total: int
    """Pi - Q T."""

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
        """Compute the costs of all counts that edge nodes can ask for; None if too many."""
        most = sum(max(max(each.asked, default=0) for each in own) for own in required)
        asked: dict[int, IntArray] = {}
        for each in chain.from_iterable(required):
            asked[each.depth] = np.maximum(np.array(each.asked), asked.get(each.depth, 0))
        depths, num_classes = sorted(asked), max(classes.values(), default=-1) + 1
        shape = (len(depths), num_classes, most + 1)
        if prod(shape) > MOST_COSTS:
            return None
        total = sum(prices[request] for request in order)
        largest = total + denominator * (len(order) + choice.throughput)
        drop = max(0, (largest * (len(required) + 1) ** 2).bit_length() - LOSS_BITS)
        number_type = np.int64 if largest.bit_length() <= LOSS_BITS else object
        price = np.array([prices[request] - denominator for request in order], dtype=number_type)
        of_class = np.array([classes[request] for request in order], dtype=np.int64)
        exists, cost = np.zeros(shape[:2], dtype=np.int64), np.zeros(shape, dtype=np.int64)
        charge = np.zeros(shape, dtype=np.int64)
        for k in range(num_classes):
            own = price[of_class == k]
            first, dearest = _sums(own), -denominator
            rest = _sums((own - dearest)[::-1])[::-1]
            for row, depth in reversed([*enumerate(depths)]):
                exists[row, k] = num = int(np.count_nonzero(of_class[:depth] == k))
                cheapest = np.sort(own[:num])
                last = min(int(asked[depth][k]), num) - 1
                if last >= 0 and cheapest[last] > dearest:
                    dearest = cheapest[last]
                    rest = _sums(np.maximum(own - dearest, 0)[::-1])[::-1]
                counts = slice(0, min(most, num) + 1)
                cost[row, k, counts] = _sums(cheapest)[counts] >> drop
                charge[row, k, counts] = (first[counts] + rest[counts]) >> drop
        total = (total - denominator * choice.throughput) >> drop
        return cls(depths=depths, exists=exists, cost=cost, charge=charge, total=total)


def _sums(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of the first 0, 1, 2, ... numbers."""
    return np.concatenate([np.zeros(1, dtype=numbers.dtype), np.cumsum(numbers)])


def _shift(classes: Mapping[int, int]) -> IntArray:
    """Return the first bit of the field of each class in a key, and the end of all fields."""
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
    """Return the steps and the state space of a search."""
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
        charge=costs.charge,
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
    """Return the smallest loss of a column with each row's requirement, over its type's nodes."""
    losses, slack = shortened([[each.loss for each in own] for own in choice.columns], choice.slack)
    least: dict[tuple[Requirement, int], int] = {}
    for node_type, alike in enumerate(types):
        for j in alike:
            for each, loss in zip(required[j], losses[j].tolist(), strict=True):
                least[each, node_type] = min(loss, least.get((each, node_type), loss))
    return np.array([least[row] for row in rows], dtype=np.int64), slack


def _rest(node_type: IntArray, loss: IntArray, num_types: int, slack: int) -> IntArray:
    """Return the smallest loss of each type from each row on; above the slack if there is none."""
    rest = np.full((len(node_type), num_types), max(0, slack) + 1, dtype=np.int64)
    rest[np.arange(len(node_type)), node_type] = loss
    return np.minimum.accumulate(rest[::-1], axis=0)[::-1].copy()
