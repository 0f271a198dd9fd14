"""Columns: the count vectors of an edge node that a certificate does not rule out."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from heuristics.judges.verifier import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from heuristics.judges.verifier import Leaf, RankedRequests

LARGEST_NUMBER = 200_000
"""Largest number of columns of an edge node, complete or not, that are kept."""


class TooManyColumnsError(Exception):
    """Too many columns survive to be replayed."""


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
    own: RankedRequests, leaves: Sequence[Leaf], surplus: Sequence[int], slack: int
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

    Returns
    -------
    list of Column
        One column for each count vector, with the largest rank and the smallest loss over all
        leaves. No other batch is part of a schedule within the slack.

    Raises
    ------
    TooManyColumnsError
        If the search reaches more than :data:`LARGEST_NUMBER` columns.

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
    kept: dict[tuple[int, ...], Column] = {}
    for leaf in leaves:
        if leaf.value is None or best - leaf.value > slack:
            continue
        box = _Box(own=own, leaf=leaf, surplus=surplus)
        for counts in _search(box, slack - (best - leaf.value)):
            column = box.column(counts, best)
            if column is None or column.loss > slack:
                continue
            other = kept.get(counts, column)
            last, loss = max(column.last, other.last), min(column.loss, other.loss)
            kept[counts] = Column(counts=counts, last=last, loss=loss)
    return list(kept.values())


def combinable(
    columns: Sequence[Sequence[Column]], slack: int, throughput: int
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

    Notes
    -----
    The smallest loss for each number of requests is summed from both ends of the list of edge
    nodes. The sums give the number of requests that the other edge nodes can add to a column. The
    identity of the requests is ignored.
    """

    def joined(first: dict[int, int], second: dict[int, int]) -> dict[int, int]:
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


class _Level(NamedTuple):
    """A level inside a leaf: the demands of one request, and the allowed counts."""

    memory: int
    compute: int
    uplink: int  # smallest of its requests, as for the downlink
    downlink: int
    losses: dict[int, int]  # loss of each count against the best count, ascending


@dataclass(frozen=True, kw_only=True)
class _Box:
    """The batches of one leaf."""

    own: RankedRequests
    leaf: Leaf
    surplus: Sequence[int]
    sums: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def levels(self, room: int) -> list[_Level]:
        """Return each level with the counts whose own loss is at most the room."""
        batches, y, _ = self.leaf
        gains = self.own.gains(in_words(self.surplus), y, batches.last).tolist()
        levels = []
        for index, places in enumerate(self.own.levels):
            inside = [place for place in places if place < batches.last]
            least, largest = batches.counts.get(index, (0, len(inside)))
            values = _sums_of_largest([gains[place] for place in inside])
            allowed = range(least, min(largest, len(inside)) + 1)
            best = max(values[count] for count in allowed)
            losses = {n: best - values[n] for n in allowed if best - values[n] <= room}
            losses = dict(sorted(losses.items(), key=lambda item: item[1]))
            demands = [self.own.demands[place] for place in inside]
            levels.append(
                _Level(
                    memory=self.own.demands[places[0]][2],
                    compute=self.own.demands[places[0]][3],
                    uplink=min((each[0] for each in demands), default=0),
                    downlink=min((each[1] for each in demands), default=0),
                    losses=losses,
                )
            )
        return levels

    def column(self, counts: tuple[int, ...], best: int) -> Column | None:
        """Return a count vector with its rank and its loss; None if no batch has these counts."""
        own, (batches, y, _) = self.own, self.leaf
        demand = (own.demands[places[0]][3] for places in own.levels)
        load = sum(count * each for count, each in zip(counts, demand, strict=True))
        budgets = own.budgets[batches.first - 1 : batches.last]
        last = batches.first - 1 + bisect_right(budgets, -load, key=lambda budget: -budget)
        if last < batches.first:
            return None
        value = y.uplink * own.capacities[0] + y.downlink * own.capacities[1]
        for level, count in enumerate(counts):
            sums = self._sums(level, last) if count else [0]
            if count >= len(sums):
                return None
            value += sums[count]
        return Column(counts=counts, last=last, loss=best - value)

    def _sums(self, level: int, last: int) -> list[int]:
        """Return the sums of the largest Q - pi - y_U u - y_D d of a level in F_last."""
        if (level, last) not in self.sums:
            y = self.leaf.multipliers
            self.sums[level, last] = _sums_of_largest(
                [
                    self.surplus[place] - y.uplink * uplink - y.downlink * downlink
                    for place in self.own.levels[level]
                    if place < last
                    for uplink, downlink, _, _ in (self.own.demands[place],)
                ]
            )
        return self.sums[level, last]


class _State(NamedTuple):
    """Counts of the first levels of a search, as a linked list, and their sums."""

    loss: int
    memory: int
    compute: int
    uplink: int
    downlink: int
    own: int  # count of the latest level
    before: _State | None


def _search(box: _Box, room: int) -> Iterator[tuple[int, ...]]:
    """Yield the count vectors of a leaf whose loss may be at most the room.

    The search proceeds level by level without recursion, since there may be as many levels as
    requests.
    """
    levels = box.levels(room)
    order = sorted(range(len(levels)), key=lambda index: len(levels[index].losses))
    to_come = _to_come([levels[index] for index in order])
    states = [_State(0, 0, 0, 0, 0, 0, None)]
    for index, rest in zip(order, to_come, strict=True):
        longer: list[_State] = []
        for state in states:
            longer += _longer(box, room, state, levels[index], rest)
            if len(longer) > LARGEST_NUMBER:
                raise TooManyColumnsError(f"more than {LARGEST_NUMBER} columns survive")
        states = longer
    for state in states:
        counts = [0] * len(levels)
        for index in reversed(order):
            counts[index] = state.own
            state = state.before or state
        yield tuple(counts)


def _longer(box: _Box, room: int, state: _State, level: _Level, rest: _Rest) -> Iterator[_State]:
    """Yield the state extended by each allowed count of one more level."""
    price_of_memory, price_of_compute = box.leaf.multipliers[2:]
    most_uplink, most_downlink, most_memory = box.own.capacities
    budget = box.own.budgets[box.leaf.batches.first - 1]
    for count, own_loss in level.losses.items():
        loss = state.loss + own_loss
        if loss > room:
            return
        memory = state.memory + count * level.memory
        compute = state.compute + count * level.compute
        if memory + rest.memory > most_memory or compute + rest.compute > budget:
            continue
        # Memory and budget that stay free in any case are paid for without use.
        free_memory = max(0, most_memory - memory - rest.most_memory)
        free_compute = max(0, budget - compute - rest.most_compute)
        if loss + price_of_memory * free_memory + price_of_compute * free_compute > room:
            continue
        uplink = state.uplink + count * level.uplink
        downlink = state.downlink + count * level.downlink
        if uplink + rest.uplink <= most_uplink and downlink + rest.downlink <= most_downlink:
            yield _State(loss, memory, compute, uplink, downlink, count, state)


class _Rest(NamedTuple):
    """Smallest demands of the remaining levels, and largest ones of memory and compute."""

    memory: int
    compute: int
    uplink: int
    downlink: int
    most_memory: int
    most_compute: int


def _to_come(levels: Sequence[_Level]) -> list[_Rest]:
    """Return the demands of the levels after each level."""
    rests = [_Rest(0, 0, 0, 0, 0, 0)]
    for level in reversed(levels[1:]):
        least, most = min(level.losses), max(level.losses)
        own = (
            least * level.memory,
            least * level.compute,
            least * level.uplink,
            least * level.downlink,
            most * level.memory,
            most * level.compute,
        )
        rests.append(_Rest(*map(sum, zip(rests[-1], own, strict=True))))
    return rests[::-1]


def _sums_of_largest(values: list[int]) -> list[int]:
    """Return the sums of the 0, 1, 2, ... largest values."""
    return list(accumulate(sorted(values, reverse=True), initial=0))
