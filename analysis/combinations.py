"""Combinations: one column for each edge node, all tried where they are few enough.

Those whose losses exceed the slack, or that bring too few requests, are left out as the columns of
one edge node after the other are joined. The others are ruled out by prices, in integers: the
combination that loses least is priced, and what cannot pay its prices is out, which is often most
of them at once. A combination that its own prices do not rule out is put to solvers.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.column_choice import decide
from analysis.combination_prices import prices_against
from heuristics.result import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from analysis.column_choice import ColumnChoice
    from analysis.columns import Column
    from heuristics.schedule import Schedule

    IntArray = npt.NDArray[np.int64]

PRICES = "prices in integers"

LARGEST_NUMBER = 4_000_000
"""The most combinations, finished or not, that are kept."""

MOST_ALONE = 30
"""Combinations that are put to solvers one by one; then all that are left together."""

BITS = 40
"""Of what amounts may add up to; the bits below are dropped, and so is what they could refuse."""


def answers(choice: ColumnChoice) -> Iterator[tuple[str, Status, Schedule | None]]:
    """Yield what is said of a choice of columns: by prices, and by solvers of what they leave.

    Parameters
    ----------
    choice
        Columns, and what is asked of one for each edge node.

    Yields
    ------
    tuple
        Who says it, and what, as in :func:`~analysis.column_choice.decide`. No schedule is a
        choice of the columns if all say INFEASIBLE.
    """
    left = joined(choice)
    if left is None:
        yield from decide(choice)
        return
    yield PRICES, Status.INFEASIBLE, None
    for num_alone in count():
        alone, left = _ruled_out(choice, left)
        if alone is None:
            return
        if num_alone == MOST_ALONE:
            yield from decide(_of(choice, np.vstack([alone, left.at])))
            return
        yield from decide(_of(choice, alone))


class Combinations(NamedTuple):
    """Combinations of columns."""

    at: IntArray
    """The index of each edge node's column, shape (C, J)."""
    loss: IntArray
    """What they lose, :data:`BITS` of it, shape (C,)."""


def joined(choice: ColumnChoice) -> Combinations | None:
    """Return the combinations that lose no more than the slack and bring enough requests.

    Returns
    -------
    Combinations or None
        None if there are more than :data:`LARGEST_NUMBER`, or on the way.
    """
    own_losses = [[each.loss for each in own] for own in choice.columns]
    losses, slack = _shortened(own_losses, choice.slack)
    sizes = [np.array([each.size for each in own], dtype=np.int64) for own in choice.columns]
    order = sorted(range(len(losses)), key=lambda j: len(losses[j]))
    at = np.zeros((1, 0), dtype=np.int64)
    loss, size = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for done, j in enumerate(order, start=1):
        room = slack - sum(int(losses[other].min()) for other in order[done:])
        needed = choice.throughput - sum(int(sizes[other].max()) for other in order[done:])
        by_loss = loss.argsort(kind="stable")
        at, loss, size = at[by_loss], loss[by_loss], size[by_loss]
        longer, num = [], 0
        for column, (own_loss, own_size) in enumerate(zip(losses[j], sizes[j], strict=True)):
            within = int(np.searchsorted(loss, room - own_loss, side="right"))
            enough = np.flatnonzero(size[:within] >= needed - own_size)
            longer.append((column, enough))
            num += len(enough)
            if num > LARGEST_NUMBER:
                return None
        before = np.concatenate([enough for _, enough in longer])
        last = np.repeat([column for column, _ in longer], [len(each) for _, each in longer])
        at = np.column_stack([at[before], last])
        loss, size = loss[before] + losses[j][last], size[before] + sizes[j][last]
    return Combinations(at[:, np.argsort(order)], loss)


def _ruled_out(choice: ColumnChoice, left: Combinations) -> tuple[IntArray | None, Combinations]:
    """Return the first combination that its own prices do not rule out, and those left but it."""
    while len(left.at):
        least = int(left.loss.argmin())
        alone = left.at[least : least + 1]
        priced = [own[at] for own, at in zip(choice.columns, alone[0], strict=True)]
        may_pay = _may_pay(choice, left.at, priced)
        is_undecided, may_pay[least] = bool(may_pay[least]), False
        left = Combinations(left.at[may_pay], left.loss[may_pay])
        if is_undecided:
            return alone, left
    return None, left


def _may_pay(
    choice: ColumnChoice, combinations: IntArray, priced: Sequence[Column]
) -> npt.NDArray[np.bool_]:
    """Return which combinations the prices of one do not rule out, shape (C,)."""
    prices = prices_against(choice.ranked, priced)
    costs = [prices.costs(choice.ranked, j, own) for j, own in enumerate(choice.columns)]
    room = prices.total(choice.ranked) - sum(map(min, costs))
    if room < 0:
        return np.zeros(len(combinations), dtype=bool)
    dearer, room = _shortened([[cost - min(own) for cost in own] for own in costs], room)
    total = sum(own[combinations[:, j]] for j, own in enumerate(dearer))
    return np.asarray(total <= room)


def _shortened(amounts: Sequence[Sequence[int]], room: int) -> tuple[list[IntArray], int]:
    """Return amounts and what they may add up to, small enough for sums in 64 bits.

    What is within the room stays within it, as each is rounded down.
    """
    shift = max(0, room.bit_length() - BITS)
    return [
        np.array([min(amount, room + 1) >> shift for amount in own], dtype=np.int64)
        for own in amounts
    ], room >> shift


def _of(choice: ColumnChoice, combinations: IntArray) -> ColumnChoice:
    """Return the choice of the columns that are in these combinations."""
    columns = [
        [own[at] for at in np.unique(combinations[:, j])] for j, own in enumerate(choice.columns)
    ]
    return replace(choice, columns=columns)
