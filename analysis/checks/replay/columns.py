"""Columns: the count vectors of an edge node that a certificate does not rule out."""

from __future__ import annotations

from itertools import accumulate, groupby
from typing import TYPE_CHECKING, NamedTuple

from analysis.checks.replay.gain_sums import EdgeNodeArrays, GainSums
from analysis.checks.replay.leaf_search import LeafSearch
from analysis.checks.replay.limits import UNLIMITED, TooManyColumnsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.checks.replay.leaf_search import CountVectors
    from analysis.checks.replay.limits import Clock
    from heuristics.judges.verifier import Leaf, RankedRequests

LARGEST_NUMBER = 200_000
"""Largest number of columns of an edge node, complete or not, that are kept."""


class Column(NamedTuple):
    """Batches of one edge node with equal numbers of requests of each level."""

    counts: tuple[int, ...]
    """Number of requests of each level."""
    last: int
    """Largest rank that a request of the batch can have without breaking a deadline."""
    loss: int
    """Lower bound on its loss against V_j, over the denominator."""

    @property
    def size(self) -> int:
        """Number of requests."""
        return sum(self.counts)


def surviving(
    own: RankedRequests,
    leaves: Sequence[Leaf],
    surplus: Sequence[int],
    slack: int,
    clock: Clock = UNLIMITED,
) -> list[Column]:
    r"""Return every column of an edge node that loses at most the slack.

    Parameters
    ----------
    own
        Eligible requests of the edge node.
    leaves
        Leaves of its tree; empty without eligible requests.
    surplus
        Q - pi_i of its requests, by rank.
    slack
        Largest allowed loss against V_j, over the denominator.
    clock
        End of the replay.

    Returns
    -------
    list of Column
        One column for each count vector, with the largest rank and the smallest loss over all
        leaves. No other batch is part of a schedule within the slack.

    Raises
    ------
    TooManyColumnsError
        If the search reaches more than :data:`LARGEST_NUMBER` columns.
    OutOfTimeError
        If the time of the replay is over.

    Notes
    -----
    A count vector c determines the load, and with it d, the last rank of the leaf whose budget is
    at least the load. Its batches choose :math:`c_k` requests of each level k from F_d. After
    subtracting the prices, their value is at most :math:`y_U U + y_D D` plus the sum of the
    :math:`c_k` largest :math:`Q - \pi_i - y_U u_i - y_D d_i` of each level. The value of the leaf
    exceeds this by at least :math:`y_M (M - m(c)) + y_C (b_{d1} - load(c))`, plus the loss of each
    level against its best count. The search sums these losses level by level.
    """
    if not leaves:
        return [Column(counts=(), last=0, loss=0)]
    best = max((leaf.value for leaf in leaves if leaf.value is not None), default=0)
    rooms = [
        (leaf, slack - (best - leaf.value))
        for leaf in leaves
        if leaf.value is not None and best - leaf.value <= slack
    ]
    # Leaves that share sums follow each other.
    rooms.sort(key=lambda each: (*_spectrum_prices(each[0]), each[0].batches.last))
    arrays = EdgeNodeArrays.of(own, surplus, [leaf for leaf, _ in rooms], slack)
    kept: dict[tuple[int, ...], Column] = {}
    for prices, alike in groupby(rooms, key=lambda each: _spectrum_prices(each[0])):
        sums = GainSums(arrays, *prices)
        for leaf, room in alike:
            clock.check()
            search = LeafSearch(arrays=arrays, leaf=leaf, sums=sums, room=room, most=LARGEST_NUMBER)
            for found in search.found():
                _keep(kept, found, best, slack)
            if len(kept) > LARGEST_NUMBER:
                raise TooManyColumnsError(f"more than {LARGEST_NUMBER} columns survive")
    return list(kept.values())


def _spectrum_prices(leaf: Leaf) -> tuple[int, int]:
    return leaf.multipliers.uplink, leaf.multipliers.downlink


def _keep(kept: dict[tuple[int, ...], Column], found: CountVectors, best: int, slack: int) -> None:
    """Add the count vectors of a leaf that lose at most the slack against V_j to the columns."""
    for counts, value in zip(map(tuple, found.counts.tolist()), found.value.tolist(), strict=True):
        last, loss = found.last, best - value
        if loss > slack:
            continue
        other = kept.get(counts)
        if other is not None:
            last, loss = max(last, other.last), min(loss, other.loss)
        kept[counts] = Column(counts, last, loss)


def combinable(
    columns: Sequence[Sequence[Column]], slack: int, throughput: int, clock: Clock = UNLIMITED
) -> list[list[Column]]:
    """Return the columns that occur in a choice of one column per edge node within the limits.

    Parameters
    ----------
    columns
        Columns of each edge node.
    slack
        Largest allowed sum of the losses of a choice.
    throughput
        Smallest allowed number of requests of a choice.
    clock
        End of the replay.

    Raises
    ------
    OutOfTimeError
        If the time of the replay is over.

    Notes
    -----
    The smallest loss for each number of requests is summed from both ends of the list of edge
    nodes. The sums give the number of requests that the other edge nodes can add to a column. The
    identity of the requests is ignored.
    """

    def joined(first: dict[int, int], second: dict[int, int]) -> dict[int, int]:
        clock.check()
        least: dict[int, int] = {}
        for size, loss in first.items():
            for other_size, other_loss in second.items():
                total = min(size + other_size, throughput)
                if loss + other_loss <= min(slack, least.get(total, slack)):
                    least[total] = loss + other_loss
        return least

    own: list[dict[int, int]] = [{} for _ in columns]
    for least, candidates in zip(own, columns, strict=True):
        for column in candidates:
            least[column.size] = min(column.loss, least.get(column.size, column.loss))
    before = list(accumulate(own, joined, initial={0: 0}))
    after = list(accumulate(reversed(own), joined, initial={0: 0}))[::-1]
    kept = []
    for j, candidates in enumerate(columns):
        others = joined(before[j], after[j + 1])
        kept.append(
            [
                column
                for column in candidates
                if any(
                    size + column.size >= throughput and loss + column.loss <= slack
                    for size, loss in others.items()
                )
            ]
        )
    return kept
