"""Bounds of cells: the least that multipliers prove, and none too low."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from formulations.decomposition.proof.cells import (
    NOTHING,
    RANK,
    Cell,
    Pricing,
    bound,
    halve,
    halves,
)


@st.composite
def priced_cells(draw):
    """Draw an edge node with a few requests, profits, and a cell of its batches."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    num_requests, num_levels = int(rng.integers(1, 8)), int(rng.integers(1, 4))
    level = rng.integers(0, num_levels, num_requests)
    profit = np.round(rng.uniform(-0.3, 1.0, num_requests), 2)
    order = np.lexsort((-profit, level))
    size = np.bincount(level, minlength=num_levels)
    pricing = Pricing(
        profit,
        np.sort(rng.integers(0, 20, num_requests))[::-1].astype(float),
        order,
        np.concatenate([[0], np.cumsum(size)]),
        rng.integers(0, 6, (3, num_levels)).astype(float),
        np.array([0.0, *rng.integers(0, 16, 2)]),
    )
    first = int(rng.integers(1, num_requests + 1))
    least = np.array([rng.integers(0, min(s, 1) + 1) for s in size])
    most = np.array([rng.integers(low, s + 1) for low, s in zip(least, size, strict=True)])
    return pricing, Cell(first, int(rng.integers(first, num_requests + 1)), least, most)


def rows(pricing, cell):
    """Return demands, shape (3, d2), counts by level, shape (K, d2), and capacities."""
    num_levels = len(pricing.begin) - 1
    level = np.empty(len(pricing.profit), dtype=int)
    level[pricing.order] = np.repeat(np.arange(num_levels), np.diff(pricing.begin))
    own = level[: cell.last]
    capacity = np.array([pricing.budget[cell.first - 1], *pricing.capacity[1:]])
    return pricing.demand[:, own], (own == np.arange(num_levels)[:, None]) * 1.0, capacity


def batches(pricing, cell):
    """Yield the places of every batch of a cell, and its profit."""
    demand, count, capacity = rows(pricing, cell)
    for size in range(cell.last + 1):
        for places in combinations(range(cell.last), size):
            chosen = list(places)
            numbers = count[:, chosen].sum(axis=1)
            if (demand[:, chosen].sum(axis=1) > capacity).any():
                continue
            if (numbers >= cell.least).all() and (numbers <= cell.most).all():
                yield chosen, pricing.profit[chosen].sum()


@given(priced_cells())
def test_the_bound_is_that_of_the_linear_relaxation(drawn):
    pricing, cell = drawn
    demand, count, capacity = rows(pricing, cell)
    relaxed = linprog(
        -pricing.profit[: cell.last],
        A_ub=np.vstack([demand, count, -count]),
        b_ub=np.concatenate([capacity, cell.most, -cell.least]),
        bounds=(0, 1),
    )
    found = bound(pricing, cell, -100.0, np.zeros(3))
    if relaxed.status == 2:
        assert found.value <= -100
    else:
        assert found.value == pytest.approx(-relaxed.fun, abs=1e-7)
    assert (found.multipliers >= 0).all()


@given(priced_cells())
def test_halves_leave_no_batch_out_and_bound_it(drawn):
    pricing, cell = drawn
    whole = bound(pricing, cell, -100.0, np.zeros(3))
    if whole.value == -np.inf:
        return
    halving = halve(pricing, cell, whole, -100.0)
    if halving.level == NOTHING:
        assert cell.first == cell.last
        return
    both = halves(cell, halving.level, halving.at)
    if halving.level == RANK:
        assert [(half.first, half.last) for half in both] == [
            (cell.first, halving.at),
            (halving.at + 1, cell.last),
        ]
    for half, bounded in zip(both, (halving.lower, halving.upper), strict=True):
        for _, profit in batches(pricing, half):
            assert profit <= bounded.value + 1e-7


@given(priced_cells())
def test_no_bound_is_looked_for_below_what_is_wanted(drawn):
    pricing, cell = drawn
    least = bound(pricing, cell, -100.0, np.zeros(3)).value
    found = bound(pricing, cell, least + 0.5, np.zeros(3)).value
    assert found <= max(least + 0.5, least + 1e-7)
