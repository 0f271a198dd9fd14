from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.system_models.protocol import (
    PeriodMode,
    compute_slot_s,
    end_to_end_latency,
    latency_budgets,
    period_s,
)
from heuristics.system_models.rounding import as_fraction

SLOTS = {
    "epoch_start_s": 2.0,
    "uplink_slot_s": 0.25,
    "compute_slot_s": 1.5,
    "downlink_slot_s": 0.25,
}


def budgets(arrival_s, deadline_s, *, count_waiting=True, **slots):
    found = latency_budgets(arrival_s, deadline_s, count_waiting=count_waiting, **(SLOTS | slots))
    return [
        [Fraction(int(each), found.denominator) for each in column]
        for column in (found.remaining, found.capped)
    ]


def test_the_computation_slot_is_what_is_left_of_the_epoch():
    assert compute_slot_s(2.0, 0.25, 0.25) == 1.5
    assert compute_slot_s(0.3, 0.1, 0.1) == 0.1  # in decimals; in floats 0.0999...98


def test_pipelined_epochs_start_as_soon_as_computation_is_free():
    assert period_s(PeriodMode.EPOCH, 2.0, 1.5) == 2.0
    assert period_s(PeriodMode.PIPELINED, 2.0, 1.5) == 1.5


def test_the_budget_is_the_deadline_less_waiting_and_both_slots():
    """Arrived 0.5 s before the start: 1.75 - 0.5 - 0.25 - 0.25 = 0.75 s are left to compute."""
    assert budgets([1.5], [1.75]) == [[Fraction(3, 4)], [Fraction(3, 4)]]


def test_no_budget_exceeds_the_computation_slot():
    assert budgets([2.0], [5.0]) == [[Fraction(9, 2)], [Fraction(3, 2)]]


def test_a_lost_deadline_leaves_less_than_nothing():
    assert budgets([0.0], [1.5]) == [[-1], [-1]]


def test_waiting_need_not_count():
    assert budgets([0.0], [1.5], count_waiting=False) == [[1], [1]]


def test_decimals_are_exact():
    """0.8 - 0.3 - 0.25 - 0.25 is 0, not the 5.6e-17 of floating point."""
    assert budgets([1.7], [0.8])[0] == [0]


times = st.lists(st.tuples(st.floats(0, 2), st.floats(0, 10)), max_size=5)


@given(times, st.booleans())
def test_a_batch_is_on_time_exactly_if_it_takes_no_longer_than_the_budget(requests, count_waiting):
    """(10) with t_j the budget itself is an equality, and whatever is longer breaks it."""
    arrivals, deadlines = [a for a, _ in requests], [d for _, d in requests]
    remaining, capped = budgets(arrivals, deadlines, count_waiting=count_waiting)
    for arrival, deadline, left, cap in zip(arrivals, deadlines, remaining, capped, strict=True):
        waiting = 2 - as_fraction(arrival) if count_waiting else Fraction(0)
        slot = Fraction(1, 4)
        assert end_to_end_latency(waiting, slot, left, slot) == as_fraction(deadline)
        assert cap == min(left, Fraction(3, 2))


def test_there_may_be_no_request():
    assert budgets([], []) == [[], []]


@pytest.mark.parametrize("arrival", [1e-17, 1.23456789012345])
def test_any_number_of_decimals_is_exact(arrival):
    assert budgets([arrival], [2.5])[0] == [as_fraction(arrival)]
