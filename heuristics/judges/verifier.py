r"""Verifier: the bound that a certificate proves, in exact integers.

It stands on the data types alone and shares no code with what makes certificates. Why any
multipliers prove a bound is in :mod:`heuristics.certificate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from heuristics.certificate import Branch, Choice, Multipliers, Prices, Split
from heuristics.coefficients import RESOURCES
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import UnionType

    from numpy.typing import NDArray

    from heuristics.certificate import Certificate
    from heuristics.coefficients import Coefficients

State = TypeVar("State")

Profits = dict[tuple[object, ...], int | None]
"""Largest sum of gains by all that it depends on: the ranked requests and their levels, the demands
for priced resources, the largest rank, the limits on counts, and the multipliers."""

LARGEST_SUM = 1 << 61
"""Sums below half a machine word are counted in words, larger ones in Python integers."""


def verify(data: Coefficients, certificate: Certificate) -> int:
    r"""Return the bound on the throughput of P1 that the tree of a certificate proves.

    Parameters
    ----------
    data
        The coefficients of the problem.
    certificate
        Certificate to verify; its claimed bound is not used.

    Returns
    -------
    int
        At least the optimum, whatever the multipliers are.

    Raises
    ------
    InputError
        If the certificate is of another problem, a number is negative or no integer, a list has
        another length, or a split names no edge node or level or does not cut its range.

    Notes
    -----
    Every leaf of an edge node with n eligible requests takes :math:`O(n \log n)`.
    """
    values = (cell.value for cell in cells(data, certificate))
    largest = max((value for value in values if value is not None), default=0)
    num_servable = len(set(data.pairs.requests.tolist()))
    return min(max(0, largest) // certificate.denominator, num_servable)


class Batches(NamedTuple):
    """The batches of one edge node that a path of splits allows."""

    first: int
    """d1, the least rank of a batch's last request."""
    last: int
    """d2, the largest."""
    counts: Mapping[int, tuple[int, int]]
    """The least and largest count of each level that was split."""


class Schedules(NamedTuple):
    """The schedules that a path of splits of P1 allows."""

    batches: tuple[Batches, ...]
    """Batches of each row."""
    groups: tuple[tuple[int, ...], ...]
    """Rows that each edge node may use, ascending; none if the splits contradict each other."""

    def chosen(self, choice: Choice, field: str) -> Iterator[Schedules]:
        """Yield the schedules on either side of a split of the rows of a group."""
        g = choice.group
        _refuse_outside(g, 0, len(self.groups) - 1, f"{field}.group")
        rows = self.groups[g]
        _refuse_outside(choice.at, *((rows[0], rows[-1] - 1) if rows else (0, -1)), f"{field}.at")
        yield self.using(g, {row for row in rows if row <= choice.at})
        yield self.using(g, {row for row in rows if row > choice.at})

    def using(self, group: int, rows: set[int]) -> Schedules:
        """Return the schedules in which a group uses no other rows than these."""
        kept = tuple(row for row in self.groups[group] if row in rows)
        return self._replace(groups=(*self.groups[:group], kept, *self.groups[group + 1 :]))


class Leaf(NamedTuple):
    """A leaf of an edge node's tree."""

    batches: Batches
    multipliers: Multipliers
    value: int | None
    """Numerator of a bound on the value of these batches; None if no such batch exists."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A leaf of the tree of P1: the schedules that the splits above it allow.

    Parameters
    ----------
    prices
        pi of each request.
    leaves
        For each edge node the leaves of its tree; empty for one without eligible requests.
    groups
        Rows that each edge node may use; a single row without alternatives.
    """

    prices: tuple[int, ...]
    leaves: tuple[tuple[Leaf, ...], ...]
    groups: tuple[tuple[int, ...], ...]

    @property
    def edge_node_values(self) -> tuple[int | None, ...]:
        """V_j: the largest value of the leaves of each row; None if it has no batch at all."""
        return tuple(
            max((leaf.value for leaf in leaves if leaf.value is not None), default=None)
            if leaves
            else 0
            for leaves in self.leaves
        )

    @property
    def value(self) -> int | None:
        """Numerator of a bound on these schedules; None if no such schedule exists."""
        total, values = sum(self.prices), self.edge_node_values
        for rows in self.groups:
            known = [value for row in rows if (value := values[row]) is not None]
            if not known:
                return None
            total += max(known)  # W_g
        return total


@dataclass(frozen=True, kw_only=True)
class RankedRequests:
    """The n eligible requests of an edge node, by latency budget, largest first, ties by index.

    Parameters
    ----------
    requests
        Their indices.
    demands
        Demands for uplink, downlink, memory and compute, in the same order.
    budgets
        Their latency budgets.
    capacities
        Capacities of uplink, downlink and memory.
    levels
        The classes of equal (memory, compute), sorted by both; positions from 0, ascending.
    """

    requests: list[int]
    demands: list[tuple[int, int, int, int]]
    budgets: list[int]
    capacities: list[int]
    levels: list[list[int]]

    @classmethod
    def of(cls, data: Coefficients, edge_node: int) -> RankedRequests:
        """Rank the eligible requests of an edge node."""
        row = data.pairs.row(edge_node)
        own = {name: each[row].tolist() for name, each in data.pairs._asdict().items()}
        budget = own["compute_budget"]
        order = sorted(range(len(budget)), key=lambda place: -budget[place])
        columns = [[own[name][place] for place in order] for name in Multipliers._fields]
        demands = list(zip(*columns, strict=True))
        levels: dict[tuple[int, int], list[int]] = {}
        for position, (_, _, memory, compute) in enumerate(demands):
            levels.setdefault((memory, compute), []).append(position)
        return cls(
            requests=[own["requests"][place] for place in order],
            demands=demands,
            budgets=[budget[place] for place in order],
            capacities=[int(getattr(data, f"{name}_capacity")[edge_node]) for name in RESOURCES],
            levels=[levels[level] for level in sorted(levels)],
        )

    @property
    def all_batches(self) -> Batches:
        """The batches allowed at the root of a tree: all."""
        return Batches(1, len(self.requests), {})

    def halves(self, batches: Batches, split: Split, field: str) -> tuple[Batches, Batches]:
        """Return the batches of either side of a split."""
        if split.level is None:
            _refuse_outside(split.at, batches.first, batches.last - 1, f"{field}.at")
            return batches._replace(last=split.at), batches._replace(first=split.at + 1)
        _refuse_outside(split.level, 0, len(self.levels) - 1, f"{field}.level")
        least, largest = batches.counts.get(split.level, (0, len(self.levels[split.level])))
        _refuse_outside(split.at, least, largest - 1, f"{field}.at")
        return (
            batches._replace(counts={**batches.counts, split.level: (least, split.at)}),
            batches._replace(counts={**batches.counts, split.level: (split.at + 1, largest)}),
        )

    def gains(self, surplus: NDArray[Any], y: Multipliers, last: int) -> NDArray[Any]:
        """Return Q - pi_i - y.a_i of the first requests, where ``surplus`` is Q - pi_i.

        They are machine words if no sum of them overflows, else Python integers.
        """
        most = sum(number * max(demand, 1) for number, demand in zip(y, self._largest, strict=True))
        kind = "O"
        if surplus.dtype == np.int64 and most * max(last, 1) < LARGEST_SUM:
            kind = "int64"
        gains: NDArray[Any] = surplus[:last].astype(kind)
        for number, demands in zip(y, self._demands, strict=True):
            if number:
                gains = gains - number * demands[:last].astype(kind, copy=False)
        return gains

    def value(
        self, batches: Batches, y: Multipliers, surplus: NDArray[Any], known: Profits
    ) -> int | None:
        """Return the numerator of a bound on these batches; None if no such batch exists.

        The largest profits that are known from other edge nodes are not computed again.
        """
        requests, *resources = self._digests
        priced = tuple(each for each, number in zip(resources, y, strict=True) if number)
        key = requests, priced, batches.last, tuple(batches.counts.items()), y
        if key not in known:
            known[key] = self.largest_profit(batches, y, surplus)
        profit = known[key]
        if profit is None:
            return None
        capacities = (*self.capacities, self.budgets[batches.first - 1])
        return profit + sum(price * amount for price, amount in zip(y, capacities, strict=True))

    def largest_profit(self, batches: Batches, y: Multipliers, surplus: NDArray[Any]) -> int | None:
        """Return the largest sum of gains of these batches; None if no such batch exists."""
        gains = self.gains(surplus, y, batches.last)
        total = int(np.maximum(gains, 0).sum())
        for level, (least, largest) in batches.counts.items():
            places = self._places[level]
            own = np.sort(gains[places[: places.searchsorted(batches.last)]])[::-1]
            if least > len(own):
                return None
            forced, excess = own[:least], own[largest:]
            total += int(forced[forced <= 0].sum()) - int(excess[excess > 0].sum())
        return total

    @cached_property
    def _demands(self) -> NDArray[np.int64]:
        """The demands for each resource, shape (4, n)."""
        by_request = np.array(self.demands, dtype=np.int64).reshape(-1, len(Multipliers._fields))
        return np.ascontiguousarray(by_request.T)

    @cached_property
    def _digests(self) -> list[bytes]:
        """Digests of the requests with their levels, and of the demands for each resource."""
        parts = [repr((self.requests, self.levels)).encode(), *map(bytes, self._demands)]
        return [sha256(part).digest() for part in parts]

    @cached_property
    def _largest(self) -> list[int]:
        """The largest demand of each resource."""
        return [int(each) for each in self._demands.max(axis=1, initial=0)]

    @cached_property
    def _places(self) -> list[NDArray[np.int64]]:
        return [np.array(level, dtype=np.int64) for level in self.levels]


def cells(data: Coefficients, certificate: Certificate) -> Iterator[Cell]:
    """Yield the leaves of a certificate's tree of P1 with all their values.

    Raises
    ------
    InputError
        As :func:`verify`, when the iteration reaches a malformed part.
    """
    if certificate.digest != data.digest():
        rule = f"must be that of the problem, {data.digest()}"
        raise InputError(rule, field="coefficients_sha256", found=certificate.digest)
    _refuse_outside(certificate.denominator, 1, None, "denominator")
    ranked = [RankedRequests.of(data, edge_node) for edge_node in range(data.num_edge_nodes)]

    group_of = {row: g for g, rows in enumerate(data.alternatives) for row in rows}

    def halves(allowed: Schedules, split: Split | Choice, field: str) -> Iterator[Schedules]:
        if isinstance(split, Choice):
            yield from allowed.chosen(split, field)
            return
        j, batches = split.edge_node, allowed.batches
        _refuse_outside(j, 0, len(ranked) - 1, f"{field}.edge_node")
        for half in ranked[j].halves(batches[j], split, field):
            part = allowed._replace(batches=(*batches[:j], half, *batches[j + 1 :]))
            has_batch = any(least > 0 for least, _ in half.counts.values())
            yield part.using(group_of[j], {j}) if has_batch else part

    root = Schedules(tuple(each.all_batches for each in ranked), data.alternatives)
    for field, prices, (batches, groups) in _leaves(
        certificate.tree, root, halves, "tree", Split | Choice
    ):
        _refuse_other_kind(prices, Prices, "prices or a split", field)
        _length(prices.requests, data.num_requests, "requests", f"{field}.requests")
        for index, price in enumerate(prices.requests):
            if type(price) is not int or price < 0:
                _refuse_outside(price, 0, None, f"{field}.requests[{index}]")
        _length(prices.edge_nodes, len(ranked), "edge nodes", f"{field}.edge_nodes")
        known: Profits = {}
        yield Cell(
            prices=prices.requests,
            leaves=tuple(
                tuple(_edge_node_leaves(own, j, batches[j], known, prices, certificate, field))
                for j, own in enumerate(ranked)
            ),
            groups=groups,
        )


def _edge_node_leaves(
    own: RankedRequests,
    edge_node: int,
    batches: Batches,
    known: Profits,
    prices: Prices,
    certificate: Certificate,
    field: str,
) -> Iterator[Leaf]:
    surplus = in_words([certificate.denominator - prices.requests[i] for i in own.requests])

    def halves(batches: Batches, split: Split, field: str) -> tuple[Batches, Batches]:
        _refuse_outside(split.edge_node, edge_node, edge_node, f"{field}.edge_node")
        return own.halves(batches, split, field)

    place, own_tree = f"{field}.edge_nodes[{edge_node}]", prices.edge_nodes[edge_node]
    for where, y, allowed in _leaves(own_tree, batches, halves, place, Split):
        _refuse_other_kind(y, Multipliers, "multipliers or a split", where)
        for name, number in zip(y._fields, y, strict=True):
            _refuse_outside(number, 0, None, f"{where}.{name}")
        if own.requests:
            yield Leaf(allowed, y, own.value(allowed, y, surplus, known))


def in_words(numbers: Sequence[int]) -> NDArray[Any]:
    """Return integers as an array, of machine words if the sum of their sizes fits half a word."""
    fits = sum(map(abs, numbers)) < LARGEST_SUM
    return np.array(numbers, dtype=np.int64 if fits else "O")


def _leaves(
    tree: Any,
    root: State,
    halves: Callable[[State, Any, str], Iterable[State]],
    field: str,
    kinds: type | UnionType,
) -> Iterator[tuple[str, Any, State]]:
    """Yield the leaves of a tree, each with its place and what the splits leave of the root."""
    waiting = [(field, tree, root)]  # no recursion: a tree may be deeper than Python's stack
    while waiting:
        field, tree, state = waiting.pop()
        if not isinstance(tree, Branch):
            yield field, tree, state
            continue
        _refuse_other_kind(tree.split, kinds, "a split", f"{field}.split")
        lower, upper = halves(state, tree.split, f"{field}.split")
        waiting += [(f"{field}.upper", tree.upper, upper), (f"{field}.lower", tree.lower, lower)]


def _refuse_other_kind(value: object, expected: type | UnionType, what: str, field: str) -> None:
    if not isinstance(value, expected):
        raise InputError(f"must be {what}", field=field, found=type(value).__name__)


def _length(value: object, expected: int, what: str, field: str) -> None:
    if not isinstance(value, tuple) or len(value) != expected:
        found = len(value) if isinstance(value, tuple) else type(value).__name__
        rule = f"must have {expected} entries, one for each of the {what}"
        raise InputError(rule, field=field, found=found)


def _refuse_outside(value: object, least: int, largest: int | None, field: str) -> None:
    if type(value) is int and least <= value and (largest is None or value <= largest):
        return
    rule = f"must be {least}" if least == largest else f"must be an integer of {least}..{largest}"
    if largest is None:
        rule = f"must be an integer of at least {least}"
    elif largest < least:
        rule = "must cut a range of at least two"
    raise InputError(rule, field=field, found=value)
