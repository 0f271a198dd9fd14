from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.system_models.quantization import (
    AccuracyMode,
    Quantization,
    provided_accuracy,
    quantized_flop_per_s,
    quantized_memory,
)
from heuristics.system_models.transformer import MemoryConstants


def quantization(**values):
    defaults = {"alpha_weights": 1.0, "alpha_kv_cache": 1.0, "beta": 1.0, "ppl_differential": 0.0}
    return Quantization(name="drawn", **(defaults | values))


def test_weights_and_cache_shrink_each_by_its_own_alpha():
    method = quantization(alpha_weights=0.1, alpha_kv_cache=0.7)
    assert quantized_memory(MemoryConstants(k1=1000, k2=10), method) == (100, 7)


def test_beta_counts_once():
    """t = 2 s with beta = 0.5 is 1 s: 2 FLOPs at 1 FLOP/s are done at 2 FLOP/s."""
    assert 2 / quantized_flop_per_s(Fraction(1), quantization(beta=0.5)) == 1


@pytest.mark.parametrize(
    ("differential", "reference", "mode", "accuracy"),
    [
        (0.75, None, AccuracyMode.ABSOLUTE, Fraction(1, 4)),  # BLOOM-3B, W4A16 GPTQ
        (0.42, 11.22, AccuracyMode.ABSOLUTE, Fraction(58, 100)),  # OPT-13B, W4A16 ZQ-Local
        (0.75, 17.58, AccuracyMode.RELATIVE, 1 - Fraction(75, 1758)),
        (0.0, None, AccuracyMode.ABSOLUTE, 1),
        (0.0, None, AccuracyMode.RELATIVE, 1),
        (3.01, None, AccuracyMode.ABSOLUTE, 0),
        (-0.02, None, AccuracyMode.ABSOLUTE, 1),
    ],
)
def test_accuracy_is_one_less_the_differential_within_0_and_1(
    differential, reference, mode, accuracy
):
    method = quantization(ppl_differential=differential, ppl_reference=reference)
    assert provided_accuracy(method, mode) == accuracy


def test_the_relative_differential_needs_a_reference():
    with pytest.raises(ValueError, match="needs ppl_reference"):
        provided_accuracy(quantization(ppl_differential=0.5), AccuracyMode.RELATIVE)


@given(st.floats(-2, 2), st.floats(0, 2), st.sampled_from(AccuracyMode))
def test_a_larger_differential_never_gives_more_accuracy(differential, more, mode):
    methods = [
        quantization(ppl_differential=each, ppl_reference=10.0)
        for each in (differential, differential + more)
    ]
    better, worse = (provided_accuracy(each, mode) for each in methods)
    assert better >= worse
