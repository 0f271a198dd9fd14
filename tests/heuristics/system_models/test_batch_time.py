"""The measured time of a batch, by hand and against the steps that it stands for."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.errors import InputError
from heuristics.system_models.batch_time import (
    COEFFICIENTS,
    BatchTime,
    Work,
    batch_work,
    decoding_work,
    iteration_work,
    prefill_work,
)

ROUND = BatchTime(c0_s=0.5, c1_s=0.25, d0_s=1.0, d1_s=0.5, d2_s=0.125)


def test_a_batch_worked_by_hand():
    """s' = 3, outputs 1 and 3: 0.5 + 6/4 + 2 + 2/2 + (4 + 5)/8."""
    assert ROUND.seconds(batch_work(3, [1, 3])) == Fraction(49, 8)


@given(
    prompt=st.integers(0, 50),
    outputs=st.lists(st.integers(1, 20), min_size=1, max_size=6),
)
def test_a_batch_is_the_sum_of_its_iterations(prompt, outputs):
    """One iteration computes the prompts; the t-th step has the requests of more than t tokens."""
    total = Fraction(0)
    if prompt:
        total += ROUND.seconds(iteration_work(len(outputs) * prompt, 0, 0))
    else:
        total += ROUND.seconds(prefill_work(len(outputs), 0))
    for step in range(1, max(outputs)):
        decoding = sum(each > step for each in outputs)
        total += ROUND.seconds(iteration_work(0, decoding, decoding * (prompt + step)))
    assert ROUND.seconds(batch_work(prompt, outputs)) == total


@given(prompt=st.integers(0, 50), output=st.integers(1, 20), batch=st.integers(1, 9))
def test_alike_requests_make_prefill_and_decoding(prompt, output, batch):
    alike = prefill_work(batch, prompt) + decoding_work(batch, prompt, output - 1)
    assert alike == batch_work(prompt, [output] * batch)


def test_coefficients_name_the_fields_of_work():
    assert len(COEFFICIENTS) == len(Work._fields)
    assert tuple(BatchTime.model_fields) == COEFFICIENTS


def test_seconds_are_exact():
    model = BatchTime(c0_s=0.1, c1_s=0.0, d0_s=0.2, d1_s=0.0, d2_s=0.0)
    assert model.seconds(batch_work(1, [2])) == Fraction(3, 10)


def test_a_negative_coefficient_is_refused():
    with pytest.raises(InputError, match=r"d1_s: must be at least 0, found -1\.0"):
        BatchTime.parse({**ROUND.model_dump(), "d1_s": -1.0})
