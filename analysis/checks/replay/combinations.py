"""Combinations: all combinations of one column per edge node, where they are few enough.

The columns of the edge nodes are joined one edge node after the other. Combinations whose losses
exceed the slack, or that have too few requests, are left out on the way. The others are ruled out
by prices, in integers: the combination with the smallest loss gets prices, and every combination
that cannot pay them is ruled out, often most of them at once. A combination that its own prices do
not rule out is decided by solvers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.checks.replay.amounts import shortened
from analysis.checks.replay.column_choice import decide
from analysis.checks.replay.combination_prices import prices_against
from heuristics.result import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from analysis.checks.replay.column_choice import ColumnChoice
    from heuristics.schedule import Schedule

    IntArray = npt.NDArray[np.int64]

PRICES = "prices in integers"

LARGEST_NUMBER = 4_000_000
"""Largest number of combinations, complete or not, that are kept."""

MOST_PRICES, MOST_ALONE = 1000, 10
"""Largest numbers of combinations that are priced, and that solvers decide one by one.

Solvers decide all remaining combinations together afterwards.
"""


def answers(choice: ColumnChoice) -> Iterator[tuple[str, Status, Schedule | None]]:
    """Yield answers on a choice of columns: of prices, and of solvers for the remaining ones.

    Parameters
    ----------
    choice
        Columns of each edge node, and conditions on a choice of one column per edge node.

    Yields
    ------
    tuple
        Name of the decider, its answer and its schedule, as in
        :func:`~analysis.checks.replay.column_choice.decide`. No schedule is a choice of the
        columns if all answers are INFEASIBLE.

    Raises
    ------
    TooManyColumnsError
        If there are too many columns for a MILP.
    OutOfTimeError
        If the time of the replay is over.
    """
    left = joined(choice)
    if left is None:
        yield from decide(choice)
        return
    yield PRICES, Status.INFEASIBLE, None
    num_alone = 0
    for _ in range(MOST_PRICES):
        choice.clock.check()
        if not len(left.at) or num_alone == MOST_ALONE:
            break
        least = int(left.loss.argmin())
        priced = left.at[least]
        may_pay = _may_pay(choice, left.at, priced)
        is_undecided, may_pay[least] = bool(may_pay[least]), False
        left = Combinations(left.at[may_pay], left.loss[may_pay])
        if is_undecided:
            yield from decide(_of(choice, priced[np.newaxis]))
            num_alone += 1
    if len(left.at):
        yield from decide(_of(choice, left.at))


class Combinations(NamedTuple):
    """Combinations of one column per edge node, C of them."""

    at: IntArray
    """Index of each edge node's column, shape (C, J)."""
    loss: IntArray
    """Loss of each combination, shortened, shape (C,)."""


def joined(choice: ColumnChoice) -> Combinations | None:
    """Return the combinations that lose no more than the slack and have enough requests.

    Returns
    -------
    Combinations or None
        None if there are more than :data:`LARGEST_NUMBER`, partial combinations included.
    """
    own_losses = [[each.loss for each in own] for own in choice.columns]
    losses, slack = shortened(own_losses, choice.slack)
    sizes = [np.array([each.size for each in own], dtype=np.int64) for own in choice.columns]
    order = sorted(range(len(losses)), key=lambda j: len(losses[j]))
    at = np.zeros((1, 0), dtype=np.int64)
    loss, size = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for done, j in enumerate(order, start=1):
        choice.clock.check()
        room = slack - sum(int(losses[other].min()) for other in order[done:])
        needed = choice.throughput - sum(int(sizes[other].max()) for other in order[done:])
        pairs = _pairs((loss, size), (losses[j], sizes[j]), room, needed)
        if pairs is None:
            return None
        before, last = pairs
        at = np.column_stack([at[before], last])
        loss, size = loss[before] + losses[j][last], size[before] + sizes[j][last]
    return Combinations(at[:, np.argsort(order)], loss)


def _pairs(
    combinations: tuple[IntArray, IntArray],
    columns: tuple[IntArray, IntArray],
    room: int,
    needed: int,
) -> tuple[IntArray, IntArray] | None:
    """Return each pair of a combination and a column within the limits; None if too many."""
    loss, size = combinations
    by_loss = loss.argsort(kind="stable")
    loss, size = loss[by_loss], size[by_loss]
    found, num = [], 0
    for own_loss, own_size in zip(*columns, strict=True):
        within = int(np.searchsorted(loss, room - own_loss, side="right"))
        found.append(np.flatnonzero(size[:within] >= needed - own_size))
        num += len(found[-1])
        if num > LARGEST_NUMBER:
            return None
    times = [len(each) for each in found]
    return by_loss[np.concatenate(found)], np.repeat(np.arange(len(found)), times)


def _may_pay(
    choice: ColumnChoice, combinations: IntArray, priced: IntArray
) -> npt.NDArray[np.bool_]:
    """Return True for the combinations that the prices of one do not rule out, shape (C,)."""
    columns = [own[at] for own, at in zip(choice.columns, priced, strict=True)]
    prices = prices_against(choice.ranked, columns)
    costs = [prices.costs(choice.ranked, j, own) for j, own in enumerate(choice.columns)]
    least = [min(own) for own in costs]
    room = prices.total(choice.ranked) - sum(least)
    if room < 0:
        return np.zeros(len(combinations), dtype=bool)
    dearer, room = shortened(
        [[cost - cheapest for cost in own] for own, cheapest in zip(costs, least, strict=True)],
        room,
    )
    total = sum(own[combinations[:, j]] for j, own in enumerate(dearer))
    return np.asarray(total <= room)


def _of(choice: ColumnChoice, combinations: IntArray) -> ColumnChoice:
    """Return the choice of the columns that occur in these combinations."""
    columns = [
        [own[at] for at in np.unique(combinations[:, j])] for j, own in enumerate(choice.columns)
    ]
    return replace(choice, columns=columns)
