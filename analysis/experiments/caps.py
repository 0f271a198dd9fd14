"""Caps: the best batches if each edge node pads to a length chosen together with its batch."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from heuristics.system_models.caps import Cap, assemble_capped, caps, mixed
from instances.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from heuristics.coefficients import Coefficients
    from heuristics.result import Result
    from heuristics.system_models.scenario import Scenario

LARGEST_NUM_CHOICES = 100_000
"""Largest number of choices of caps; more are refused, since all are enumerated."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Capped:
    """The best schedule over all choices of caps.

    Parameters
    ----------
    caps
        Cap of each edge node.
    schedule
        Batch of each edge node.
    objective
        Number of requests in the schedule.
    bound
        Upper bound on the throughput over all choices; None if the method proves none.
    num_choices, num_solved
        Number of choices, and number of those that were solved.
    """

    caps: tuple[Cap, ...]
    schedule: Schedule
    objective: int
    bound: int | None
    num_choices: int
    num_solved: int


def best_caps(
    scenario: Scenario,
    method: str,
    *,
    prompt_levels: Sequence[int] | None = None,
    seed: int = 0,
    time_limit: float | None = None,
) -> Capped:
    """Choose the cap of each edge node together with its batch.

    Parameters
    ----------
    scenario
        Physical description of the epoch.
    method
        Name of the method that solves each choice of caps.
    prompt_levels
        Values of s' to choose from; all lengths of the scenario if not given.
    seed, time_limit
        Seed and time limit [s] of each run of the method.

    Raises
    ------
    InputError
        If there are too many choices, or the method cannot solve such a problem.

    Notes
    -----
    The result is optimal for an exact method. It has at least half of the optimum for a method that
    finds at least half of the optimum of each choice. Choices are solved in descending order of an
    upper bound, the sum of what each edge node could serve alone. The search ends when no other
    choice can exceed the best schedule.
    """
    by_cap = {cap: assemble_capped(scenario, cap) for cap in caps(scenario, prompt_levels)}
    num_choices = len(by_cap) ** len(scenario.edge_nodes)
    if num_choices > LARGEST_NUM_CHOICES:
        rule = f"must leave at most {LARGEST_NUM_CHOICES} choices of caps"
        raise InputError(rule, field="prompt_tokens", found=num_choices)
    served = Schedule.empty(len(scenario.edge_nodes))
    chosen: tuple[Cap, ...] | None = None
    bounds: list[int | None] = []
    for ceiling, choice in _choices(by_cap, len(scenario.edge_nodes)):
        if chosen is not None and ceiling <= served.throughput:
            break
        result = _run(mixed([by_cap[cap] for cap in choice]), method, seed, time_limit)
        bounds.append(result.bound)
        if chosen is None or (result.objective or 0) > served.throughput:
            chosen, served = choice, result.schedule or served
    proved = [bound for bound in bounds if bound is not None]
    is_proved = len(proved) == len(bounds)
    return Capped(
        caps=chosen or (),
        schedule=served,
        objective=served.throughput,
        bound=max(served.throughput, *proved) if is_proved else None,
        num_choices=num_choices,
        num_solved=len(bounds),
    )


def _choices(
    by_cap: Mapping[Cap, Coefficients], num_edge_nodes: int
) -> list[tuple[int, tuple[Cap, ...]]]:
    """Return an upper bound for each choice of caps, and the choice, in descending order."""
    largest = [
        {cap: _largest_batch(data, edge_node) for cap, data in by_cap.items()}
        for edge_node in range(num_edge_nodes)
    ]
    choices = (
        (sum(own[cap] for own, cap in zip(largest, choice, strict=True)), choice)
        for choice in itertools.product(by_cap, repeat=num_edge_nodes)
    )
    return sorted(choices, key=lambda each: -each[0])


def _largest_batch(data: Coefficients, edge_node: int) -> int:
    """Return an upper bound on the batch of an edge node alone."""
    bound = _run(data.at(edge_node), "single-node", 0, None).bound
    return data.num_requests if bound is None else bound


def _run(data: Coefficients, method: str, seed: int, time_limit: float | None) -> Result:
    task = plan(Instance(name="caps", coefficients=data), method, seed=seed, time_limit=time_limit)
    return perform(task).result
