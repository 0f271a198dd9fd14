"""The judge: every constraint of a problem, in integers, named with its slack.

It shares no code with any solver, and no solver imports it.
"""

from __future__ import annotations

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
        Its number in the paper, or the departure that added it.
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
        problem is stated for one edge node and there are more.
    """
    _refuse_other_shape(data, schedule, problem)
    violations = [*_once(data, schedule), *_eligible(data, schedule)]
    if problem.limits_spectrum:
        violations += _capacity(data, schedule, "uplink", "(12a)")
        violations += _capacity(data, schedule, "downlink", "(12b)")
    violations += _capacity(data, schedule, "memory", "(12c)")
    violations += _deadline(data, schedule)
    if cardinality is not None and schedule.throughput != cardinality:
        violations += _cardinality(schedule, problem, cardinality)
    return tuple(violations)


def _refuse_other_shape(data: Coefficients, schedule: Schedule, problem: Problem) -> None:
    if len(schedule.batches) != data.num_edge_nodes:
        raise ValueError(
            f"the schedule must have {data.num_edge_nodes} batches, found {len(schedule.batches)}"
        )
    if problem.is_single_node and data.num_edge_nodes != 1:
        raise ValueError(f"{problem} must be judged at one edge node, found {data.num_edge_nodes}")
    for edge_node, request in schedule.pairs():
        if not 0 <= request < data.num_requests:
            raise ValueError(
                f"batch {edge_node} must hold indices of 0..{data.num_requests - 1}, "
                f"found {request}"
            )


def _once(data: Coefficients, schedule: Schedule) -> Iterator[Violation]:
    times = [0] * data.num_requests
    for _, request in schedule.pairs():
        times[request] += 1
    for request, count in enumerate(times):
        if count > 1:
            yield Violation(
                constraint="once",
                tag="(departure 1)",
                edge_node=None,
                request=request,
                demand=count,
                capacity=1,
            )


def _eligible(data: Coefficients, schedule: Schedule) -> Iterator[Violation]:
    for edge_node, request in schedule.pairs():
        if not data.eligible[edge_node, request]:
            yield Violation(
                constraint="eligible",
                tag="(12e)",
                edge_node=edge_node,
                request=request,
                demand=1,
                capacity=0,
            )


def _capacity(
    data: Coefficients, schedule: Schedule, resource: str, tag: str
) -> Iterator[Violation]:
    demands, capacities = getattr(data, resource), getattr(data, f"{resource}_capacity")
    for edge_node, batch in enumerate(schedule.batches):
        demand = sum(int(demands[edge_node, request]) for request in batch)
        capacity = int(capacities[edge_node])
        if demand > capacity:
            yield Violation(
                constraint=resource,
                tag=tag,
                edge_node=edge_node,
                request=None,
                demand=demand,
                capacity=capacity,
            )


def _deadline(data: Coefficients, schedule: Schedule) -> Iterator[Violation]:
    for edge_node, batch in enumerate(schedule.batches):
        load = sum(int(data.compute[edge_node, request]) for request in batch)
        for request in batch:
            budget = int(data.compute_budget[edge_node, request])
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
