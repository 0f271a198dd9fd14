"""Caps: the best batches if each edge node pads to a length chosen together with its batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.experiments.measures import performed
from analysis.runs.plan import plan
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from heuristics.system_models.caps import Cap, capped, caps
from heuristics.system_models.choices import MOST_ALTERNATIVES
from instances.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from heuristics.system_models.scenario import Scenario


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
    """

    caps: tuple[Cap, ...]
    schedule: Schedule
    objective: int
    bound: int | None


def best_caps(
    scenario: Scenario,
    method: str,
    *,
    prompt_levels: Sequence[int] | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    settings: Mapping[str, object] | None = None,
) -> Capped:
    """Choose the cap of each edge node together with its batch.

    Parameters
    ----------
    scenario
        Physical description of the epoch, in which each edge node is run in one way.
    method
        Name of the method, which must take alternatives.
    prompt_levels
        Values of s' to choose from; all lengths of the scenario if not given.
    seed, time_limit
        Seed and time limit [s] of the method.
    settings
        Options of the method.

    Raises
    ------
    InputError
        If there are more than 64 caps, or the method cannot solve such a problem.

    Notes
    -----
    The caps are alternatives of each edge node. The result is optimal for an exact method, and at
    least half of the optimum for a method that reaches half of it with alternatives.
    """
    choices = caps(scenario, prompt_levels)
    if len(choices) > MOST_ALTERNATIVES:
        rule = f"must leave at most {MOST_ALTERNATIVES} caps of an edge node"
        raise InputError(rule, field="prompt_tokens", found=len(choices))
    data = assemble(capped(scenario, choices))
    instance = Instance(name="caps", coefficients=data)
    task = plan(instance, method, seed=seed, time_limit=time_limit, settings=settings or {})
    result = performed(task)
    served = result.schedule or Schedule.empty(data.num_edge_nodes)
    used = [
        max(rows, key=lambda row: len(served.batches[row])) for rows in data.alternatives
    ]  # the first row of an edge node without a batch
    return Capped(
        caps=tuple(choices[row % len(choices)] for row in used),
        schedule=Schedule.of(served.batches[row] for row in used),
        objective=served.throughput,
        bound=result.bound,
    )
