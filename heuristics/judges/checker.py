"""The judge: every constraint of a problem, in integers, named with its slack.

It shares no code with any solver, and no solver imports it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.coefficients import Coefficients
    from heuristics.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A constraint that a schedule breaks.

    Parameters
    ----------
    constraint
        Name of the constraint, the same as in the formulations.
    tag
        Its number in the paper, or the departure or extension that added it.
    edge_node, request
        Where it is broken; None where the constraint has no such index.
    demand, capacity
        Both sides of the constraint; ``slack`` is negative.
    """

    constraint: str
    tag: str
    edge_node: int | None
    request: int | None
    demand: int
    capacity: int

    @property
    def slack(self) -> int:
        """Capacity minus demand; negative for a violation."""
        return self.capacity - self.demand

    def __str__(self) -> str:
        """Return the violation as one line."""
        places = []
        if self.edge_node is not None:
            places.append(f"edge node {self.edge_node}")
        if self.request is not None:
            places.append(f"request {self.request}")
        return (
            f"{self.constraint} {self.tag} at {', '.join(places) or 'the schedule'}: "
            f"{self.demand} exceeds {self.capacity}, slack {self.slack}"
        )


def check(
    data: Coefficients,
    schedule: Schedule,
    problem: Problem = Problem.P1,
    *,
    cardinality: int | None = None,
) -> tuple[Violation, ...]:
    """Judge a schedule by the constraints of a problem.

    Parameters
    ----------
    data
        The coefficients that define the problem.
    schedule
        The schedule to judge, with a batch for each edge node.
    problem
        Whose constraints count: P2 and P3 are without (12a) and (12b).
    cardinality
        z of (14a) and (15a); None leaves the number of requests free.

    Returns
    -------
    tuple of Violation
        Empty exactly if the schedule is feasible.

    Raises
    ------
    ValueError
        If the schedule has another number of edge nodes, an index that does not exist, or the
        problem is stated for one edge node and there are more. Alternatives count as one.
    """
    _refuse_other_shape(data, schedule, problem)
    demands = _Demands(data)
    violations = [*_once(schedule), *_alternative(data, schedule)]
    violations += _eligible(demands, schedule)
    if problem.limits_spectrum:
        violations += _capacity(demands, schedule, "uplink", "(12a)")
        violations += _capacity(demands, schedule, "downlink", "(12b)")
    violations += _capacity(demands, schedule, "memory", "(12c)")
    violations += _deadline(demands, schedule)
    if cardinality is not None and schedule.throughput != cardinality:
        violations += _cardinality(schedule, problem, cardinality)
    return tuple(violations)


def _refuse_other_shape(data: Coefficients, schedule: Schedule, problem: Problem) -> None:
    if len(schedule.batches) != data.num_edge_nodes:
        raise ValueError(
            f"the schedule must have {data.num_edge_nodes} batches, found {len(schedule.batches)}"
        )
    if problem.is_single_node and (found := len(data.alternatives)) != 1:
        raise ValueError(f"{problem} must be judged at one edge node, found {found}")
    for edge_node, request in schedule.pairs():
        if not 0 <= request < data.num_requests:
            raise ValueError(
                f"batch {edge_node} must hold indices of 0..{data.num_requests - 1}, "
                f"found {request}"
            )


class _Demands:
    """The numbers of pairs, one edge node at a time.

    A pair that is not eligible has numbers only where the coefficients were made from matrices.
    """

    def __init__(self, data: Coefficients) -> None:
        self._data = data

    def of(self, edge_node: int, batch: tuple[int, ...], name: str) -> list[tuple[int, int]]:
        """Return each request of a batch that has an amount, with its amount."""
        requests = list(batch)
        if not self._data.is_compressed:
            amounts = self._data.given(name)[edge_node, requests].tolist()
            return list(zip(requests, amounts, strict=True))
        pairs = self._data.pairs
        places = pairs.places(edge_node, requests).tolist()
        own = getattr(pairs, name)
        return [(i, int(own[at])) for i, at in zip(requests, places, strict=True) if at >= 0]

    def ineligible(self, edge_node: int, batch: tuple[int, ...]) -> list[int]:
        """Return the requests of a batch that are not eligible."""
        places = self._data.pairs.places(edge_node, list(batch)).tolist()
        return [i for i, place in zip(batch, places, strict=True) if place < 0]

    def capacity(self, edge_node: int, name: str) -> int:
        """Return a capacity of an edge node."""
        return int(getattr(self._data, f"{name}_capacity")[edge_node])


def _once(schedule: Schedule) -> Iterator[Violation]:
    times = Counter(request for _, request in schedule.pairs())
    for request in sorted(times):
        if times[request] > 1:
            yield Violation(
                constraint="once",
                tag="(departure 1)",
                edge_node=None,
                request=request,
                demand=times[request],
                capacity=1,
            )


def _alternative(data: Coefficients, schedule: Schedule) -> Iterator[Violation]:
    for rows in data.alternatives:
        used = [row for row in rows if schedule.batches[row]]
        if len(used) > 1:
            yield Violation(
                constraint="alternative",
                tag="(E1)",
                edge_node=used[1],
                request=None,
                demand=len(used),
                capacity=1,
            )


def _eligible(demands: _Demands, schedule: Schedule) -> Iterator[Violation]:
    for edge_node, batch in enumerate(schedule.batches):
        for request in demands.ineligible(edge_node, batch):
            yield Violation(
                constraint="eligible",
                tag="(12e)",
                edge_node=edge_node,
                request=request,
                demand=1,
                capacity=0,
            )


def _capacity(
    demands: _Demands, schedule: Schedule, resource: str, tag: str
) -> Iterator[Violation]:
    for edge_node, batch in enumerate(schedule.batches):
        demand = sum(amount for _, amount in demands.of(edge_node, batch, resource))
        capacity = demands.capacity(edge_node, resource)
        if demand > capacity:
            yield Violation(
                constraint=resource,
                tag=tag,
                edge_node=edge_node,
                request=None,
                demand=demand,
                capacity=capacity,
            )


def _deadline(demands: _Demands, schedule: Schedule) -> Iterator[Violation]:
    for edge_node, batch in enumerate(schedule.batches):
        load = sum(amount for _, amount in demands.of(edge_node, batch, "compute"))
        for request, budget in demands.of(edge_node, batch, "compute_budget"):
            if load > budget:
                yield Violation(
                    constraint="deadline",
                    tag="(12d)",
                    edge_node=edge_node,
                    request=request,
                    demand=load,
                    capacity=budget,
                )


def _cardinality(schedule: Schedule, problem: Problem, cardinality: int) -> Iterator[Violation]:
    # An equality: the side that is too large is the demand.
    demand, capacity = schedule.throughput, cardinality
    yield Violation(
        constraint="cardinality",
        tag="(14a)" if problem is Problem.P3 else "(15a)",
        edge_node=None,
        request=None,
        demand=max(demand, capacity),
        capacity=min(demand, capacity),
    )
