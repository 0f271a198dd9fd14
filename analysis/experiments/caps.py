"""The best batches with caps: each edge node pads to a length that is chosen with its batch."""

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
"""More choices of caps than this are refused: they are to be enumerated."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Capped:
    """The best schedule over all choices of caps.

    Parameters
    ----------
    caps
        Of each edge node.
    schedule
        The batches.
    objective
        How many requests they serve.
    bound
        What no schedule of any choice exceeds; None where the method proves none.
    num_choices, num_solved
        How many choices there are, and how many had to be solved.
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
    """Solve a scenario whose batches are padded to caps of their own, and return the best.

    Parameters
    ----------
    scenario
        The scenario.
    method
        The method that solves each choice of caps.
    prompt_levels
        Values of s' to choose from; all lengths of the scenario if not given.
    seed, time_limit
        Of each run of the method.

    Raises
    ------
    InputError
        If there are too many choices, or the method cannot take such a problem.

    Notes
    -----
    Exact for an exact method; at least half of the optimum for one that reaches half of each
    choice's. Choices are solved in the order of what their edge nodes could serve one by one,
    and those that cannot beat the best are left.
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
    """Return the choices of caps with what each can serve at most, the largest first."""
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
    """Return what an edge node can serve at most if it may choose first."""
    bound = _run(data.at(edge_node), "single-node", 0, None).bound
    return data.num_requests if bound is None else bound


def _run(data: Coefficients, method: str, seed: int, time_limit: float | None) -> Result:
    task = plan(Instance(name="caps", coefficients=data), method, seed=seed, time_limit=time_limit)
    return perform(task).result
