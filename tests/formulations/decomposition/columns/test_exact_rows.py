"""Rows in small integers, and what integers make of an answer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.columns.exact_rows import LARGEST, rounded, solve
from formulations.decomposition.columns.linear_model import LinearModel
from heuristics.coefficients import Coefficients
from heuristics.limits import Limits

numbers = st.integers(0, 10**15)


@given(st.lists(numbers, min_size=1, max_size=8), numbers, st.integers(0, 255))
def test_rounding_cuts_nothing_off(demand, capacity, chosen):
    demand = np.array(demand)
    row, most = rounded(demand, np.array([capacity]))
    assert row.max() <= LARGEST
    assert most[0] <= LARGEST
    taken = (chosen >> np.arange(len(demand))) & 1 == 1
    if demand[taken].sum() <= capacity:
        assert row[taken].sum() <= most[0]


def test_a_batch_that_breaks_what_was_rounded_is_left_out():
    """No row keeps the uplink: 4 + 5 fit 10, 5 + 5 fit, all three do not."""
    nothing, plenty = [[0, 0, 0]], [10]
    data = Coefficients(
        uplink=[[4, 5, 5]],
        uplink_capacity=plenty,
        downlink=nothing,
        downlink_capacity=plenty,
        memory=nothing,
        memory_capacity=plenty,
        compute=nothing,
        compute_budget=nothing,
        eligible=[[1, 1, 1]],
    )

    def ask(least):
        model = LinearModel()
        taken = model.add_columns(3, is_integer=True)
        model.add_row((taken, np.ones(3)), lower=least)
        return solve(model, data, [(np.arange(3), taken)], Limits(), seed=0)

    assert ask(2).schedule.throughput == 2
    assert ask(3).is_refuted
