"""Cases: the instances of the conformance campaign, with their known optima."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.checks.brute_force import brute_force
from analysis.runs.bound_run import without_spectrum
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.coefficients import FIELDS, RESOURCES, Coefficients
from instances.families.registry import family
from instances.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analysis.runs.task import Task

WITHIN_LICENCES = 250
"""Requests of the family dense whose model has fewer than 1,000 rows and columns."""

_SMALL = {"num_requests": "10", "num_edge_nodes": "3"}
_AMPLE = dict.fromkeys((*RESOURCES, "compute"), "3")


@dataclass(frozen=True, kw_only=True)
class Case:
    """An instance of the campaign.

    Parameters
    ----------
    topic
        Property that the instance tests.
    instance
        Instance to solve.
    optimum
        Optimum of P1 with all edge nodes, worked out by hand; None if it is computed.
    """

    topic: str
    instance: Instance
    optimum: int | None = None


HAND, ALTERNATIVES, EMPTY, NOBODY, SCARCE, PER_USER, MIXED = (
    "hand-checked instances",
    "edge nodes that choose an alternative",
    "no request",
    "nothing eligible",
    "scarce resources",
    "per-user downlink",
    "random instances",
)


def cases(*, with_alternatives: bool = False) -> Iterator[Case]:
    """Yield the cases that every method must solve.

    Parameters
    ----------
    with_alternatives
        True to add those that a method must solve if it takes alternatives.
    """
    for name, (data, optimum) in _by_hand().items():
        yield Case(topic=HAND, instance=Instance(name=name, coefficients=data), optimum=optimum)
        if with_alternatives and data.num_edge_nodes > 1:
            ways = _changed(data, alternatives=[range(data.num_edge_nodes)])
            instance = Instance(name=f"{name}-alternatives", coefficients=ways)
            yield Case(topic=ALTERNATIVES, instance=instance, optimum=brute_force(ways))
    for num_edge_nodes in (1, 2):
        data = _filled(np.zeros((num_edge_nodes, 0), dtype=int), capacity=7)
        name = f"no-request-{num_edge_nodes}"
        yield Case(topic=EMPTY, instance=Instance(name=name, coefficients=data), optimum=0)
    for name, data in _nobody().items():
        yield Case(topic=NOBODY, instance=Instance(name=name, coefficients=data), optimum=0)
    for resource in _AMPLE:
        yield from _drawn(SCARCE, _AMPLE | {resource: "0.5"})
    for seed in range(2):
        yield from _drawn(PER_USER, {"per_user_downlink": "true", "downlink": "0.4"}, seed)
    for seed in range(3):
        yield from _drawn(MIXED, {}, seed)
        yield from _drawn(MIXED, {"num_levels": "0"}, seed)


def large(num_requests: int = 500) -> Instance:
    """Return an instance of the family dense, which an exact method does not solve at once."""
    return next(family("dense").generate({"num_requests": str(num_requests)}, 0))


def optimum(task: Task) -> int:
    """Return the optimum of a task by the decomposition, whose proof is verified.

    Small tasks with alternatives are enumerated.

    Raises
    ------
    RuntimeError
        If the decomposition does not prove an optimum.
    """
    data = task.data if task.problem.limits_spectrum else without_spectrum(task.data)
    if data.has_alternatives:
        return brute_force(data)
    whole = Instance(name=task.instance.name, coefficients=data)
    result = perform(plan(whole, "decomposition")).result
    if result.objective is None or result.objective != result.bound:
        raise RuntimeError(f"no optimum of {whole.name} is known: {result.message}")
    return result.objective


def _drawn(topic: str, settings: Mapping[str, str], seed: int = 0) -> Iterator[Case]:
    for instance in family("uniform-random").generate(_SMALL | dict(settings), seed):
        yield Case(topic=topic, instance=instance)


def _by_hand() -> dict[str, tuple[Coefficients, int]]:
    """Return small problems and their optima, each with a comment that proves it."""
    ones = np.ones((2, 3), dtype=int)
    two = _filled(ones, capacity=10)
    return {
        # Edge node 0 takes two: memory 3 + 3 <= 7 < 9. Edge node 1 takes one: compute 4 <= 6 < 8.
        "two-and-one": (
            _changed(
                two,
                memory=3 * ones,
                memory_capacity=[7, 10],
                compute=[[1, 1, 1], [4, 4, 4]],
                compute_budget=[[5, 5, 5], [6, 6, 6]],
            ),
            3,
        ),
        # Load 2 + 2 is within budgets 5 and 4. With the third request it is 7, which exceeds both.
        "deadline-of-the-batch": (
            _changed(
                _filled(np.ones((1, 3), dtype=int), capacity=10),
                compute=[[2, 2, 3]],
                compute_budget=[[5, 4, 9]],
            ),
            2,
        ),
        # Request 1 fits edge node 0 alone, so request 0 must go to edge node 1.
        "one-each": (_changed(_filled(ones[:, :2], capacity=1), eligible=[[1, 1], [1, 0]]), 2),
        # One request of demand 6 fits, or two of demand 3. Taking the largest first gives half.
        "one-large-or-two-small": (
            _changed(_filled(ones[:1], capacity=10), memory=[[6, 3, 3]], memory_capacity=[6]),
            2,
        ),
    }


def _nobody() -> dict[str, Coefficients]:
    ones = np.ones((2, 3), dtype=int)
    return {
        "no-eligible-pair": _changed(_filled(ones, capacity=10), eligible=0 * ones),
        "no-pair-that-fits": _changed(_filled(ones, capacity=10), memory_capacity=[0, 0]),
    }


def _filled(matrix: np.ndarray[tuple[int, int], np.dtype[np.int64]], capacity: int) -> Coefficients:
    """Return a problem with these demands for every resource, and equal capacities and budgets."""
    num_edge_nodes = len(matrix)
    fields: dict[str, Any] = dict.fromkeys(FIELDS, matrix) | {
        f"{name}_capacity": np.full(num_edge_nodes, capacity) for name in RESOURCES
    }
    return Coefficients(**(fields | {"compute_budget": capacity * matrix}))


def _changed(data: Coefficients, **changes: object) -> Coefficients:
    return Coefficients(**({name: getattr(data, name) for name in FIELDS} | changes))
