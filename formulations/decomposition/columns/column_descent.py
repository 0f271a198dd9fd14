"""Column descent: the steps that lower the bound of the remaining columns, in one kernel.

A step takes some ten microseconds, so a call of a kernel for each edge node and step took longer
than the steps themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns.column_arrays import of_node
from formulations.decomposition.columns.column_prices import add_demand, value_columns
from formulations.decomposition.pricing.descent import take_step
from heuristics.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.column_arrays import ColumnArrays
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray

GUARD = 1e-6
"""Tolerance that exceeds the rounding error of a bound."""

SHORTENING = 0.6
"""Factor applied to the step length after steps without improvement."""

AIM = 0.3
"""Distance of Polyak's aim below incumbent + 1."""

WORTH_DROPPING = 0.05
"""Decrease of the bound after which columns are dropped again."""

VALUE, RISE, STEP, DROPPED_AT, VAIN = range(5)
"""Positions of the numbers of a course."""


class Course(NamedTuple):
    """State of a descent between two calls of a kernel."""

    best: FloatArray
    """Best prices of the requests found, shape (I,)."""
    point: FloatArray
    """Prices of the next evaluation, shape (I,)."""
    last: FloatArray
    """Prices of the last evaluation, shape (I,)."""
    unused: FloatArray
    """Subgradient at these prices: 1 minus the number of times each request is taken, (I,)."""
    slope: FloatArray
    """Subgradient of the next step, shape (I,)."""
    direction: FloatArray
    """Direction of the last step, shape (I,)."""
    scale: FloatArray
    """Unit of each price, shape (I,)."""
    most: FloatArray
    """Upper limit of each price, shape (I,)."""
    enough: FloatArray
    """Value for each edge node down to which all columns are evaluated, shape (J,)."""
    left: IntArray
    """Indices of the remaining columns of each edge node, shape (C,); the rest is not in use."""
    first: IntArray
    """Position of the first of them and of the first column of each edge node, shape (J,)."""
    num_left: IntArray
    """Number of them, shape (J,)."""
    numbers: FloatArray
    """Value of the best prices, sum of all price decreases, step length, value at which columns
    were last dropped, and number of steps without improvement, shape (5,)."""

    @classmethod
    def of(cls, price: FloatArray, first: IntArray) -> Course:
        """Return a course that starts at some prices; ``first`` counts the columns as well."""
        num_requests, num_edge_nodes = len(price), len(first) - 1
        numbers = np.zeros(5)
        numbers[VALUE] = np.inf
        return cls(
            price.copy(),
            price.copy(),
            price.copy(),
            np.empty(num_requests),
            np.empty(num_requests),
            np.zeros(num_requests),
            np.ones(num_requests),
            np.full(num_requests, np.inf),
            np.full(num_edge_nodes, np.inf),
            np.zeros(first[-1], dtype=np.int64),
            first[:-1].copy(),
            np.zeros(num_edge_nodes, dtype=np.int64),
            numbers,
        )

    def keep(self, left: Sequence[IntArray]) -> None:
        """Write the indices of the remaining columns."""
        for j, some in enumerate(left):
            self.num_left[j] = len(some)
            self.left[self.first[j] : self.first[j] + len(some)] = some

    def kept(self) -> list[IntArray]:
        """Return copies of the indices of the remaining columns of each edge node."""
        parts = zip(self.first.tolist(), self.num_left.tolist(), strict=True)
        return [self.left[first : first + num].copy() for first, num in parts]


@compiled
def evaluate(columns: ColumnArrays, course: Course, price: FloatArray) -> float:
    """Return L, and fill in its subgradient: 1 minus the number of times each request is taken."""
    total = 0.0
    for i in range(price.size):
        course.numbers[RISE] += max(course.last[i] - price[i], 0.0)
        course.last[i] = price[i]
        course.unused[i] = 0.0
        total += price[i]
    for j in range(course.first.size):
        node = of_node(columns, j)
        left = course.left[course.first[j] : course.first[j] + course.num_left[j]]
        best = value_columns(node, price, left, course.numbers[RISE], course.enough[j])
        total += node.value[best]
        node.weight[best] += 1
        add_demand(node, price, best, course.unused)
    for i in range(price.size):
        course.unused[i] = 1 - course.unused[i]
    return total


@compiled
def drop(columns: ColumnArrays, course: Course, incumbent: int) -> None:
    """Drop the columns that lose too much at the best prices, until none does."""
    numbers, left = course.numbers, course.left
    value, seen = columns.flat.value, columns.flat.seen
    numbers[VALUE] = evaluate(columns, course, course.best)
    has_dropped = True
    while has_dropped and numbers[VALUE] >= incumbent + 1 - GUARD:
        room = numbers[VALUE] - (incumbent + 1) + GUARD
        for j in range(course.first.size):
            first, most = course.first[j], -np.inf
            for at in range(first, first + course.num_left[j]):
                column = first + left[at]
                most = max(most, value[column] + numbers[RISE] - seen[column])
            course.enough[j] = most - room
        numbers[VALUE] = evaluate(columns, course, course.best)
        has_dropped = False
        for j in range(course.first.size):
            first, to = course.first[j], course.first[j]
            for at in range(first, first + course.num_left[j]):
                column = first + left[at]
                if value[column] + numbers[RISE] - seen[column] >= course.enough[j]:
                    left[to] = left[at]
                    to += 1
            has_dropped |= to - first < course.num_left[j]
            course.num_left[j] = to - first
            course.enough[j] = np.inf


@compiled
def descend(
    columns: ColumnArrays,
    course: Course,
    incumbent: int,
    num_steps: int,
    patience: int,
    least_step: float,
) -> bool:
    """Take steps; return True if the descent is over.

    Parameters
    ----------
    columns
        Columns of all edge nodes.
    course
        State of the descent, which is updated.
    incumbent
        Throughput to be exceeded.
    num_steps
        Number of steps.
    patience
        Number of steps without improvement after which the descent returns to the best point
        with shorter steps.
    least_step
        Step length below which the descent ends.
    """
    numbers, best, point = course.numbers, course.best, course.point
    for _ in range(num_steps):
        if numbers[VALUE] < incumbent + 1 - GUARD:
            return True
        value = evaluate(columns, course, point)
        numbers[VAIN] += 1
        if value < numbers[VALUE] - GUARD:
            numbers[VALUE], numbers[VAIN] = value, 0
            for i in range(point.size):
                best[i] = point[i]
        if numbers[VAIN] >= patience:
            numbers[VAIN] = 0
            numbers[STEP] *= SHORTENING
            for i in range(point.size):
                point[i], course.direction[i] = best[i], 0.0
            if numbers[STEP] < least_step:
                return True
            continue
        for i in range(point.size):
            course.slope[i] = course.unused[i]
        if numbers[VALUE] < numbers[DROPPED_AT] - WORTH_DROPPING:
            drop(columns, course, incumbent)
            numbers[DROPPED_AT] = numbers[VALUE]
        length = numbers[STEP] * (value - (incumbent + 1) + AIM)
        limits = course.scale, course.most
        if not take_step(point, course.direction, course.slope, *limits, length):
            return True
    return False
