"""(3)-(8) against the printed formulas, published figures and a matrix product count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.transformer import (
    Transformer,
    batch_flop,
    compute_constants,
    decoding_flop,
    kv_cache_bytes,
    memory_constants,
    prefill_flop,
    weight_bytes,
)

PADDING = 512
PAPER = ("bloom-3b", "bloom-7.1b", "opt-13b")


@st.composite
def transformers(draw):
    group = draw(st.integers(1, 4))
    num_kv_heads = draw(st.integers(1, 4))
    size = st.integers(1, 300)
    return Transformer(
        name="drawn",
        num_layers=draw(size),
        model_dimension=draw(size),
        num_heads=group * num_kv_heads,
        head_dimension=draw(size),
        num_kv_heads=num_kv_heads,
        ffn_dimension=draw(size),
        num_ffn_matrices=draw(st.sampled_from([2, 3])),
        vocabulary_size=draw(size),
        ties_embeddings=draw(st.booleans()),
    )


def printed(llm, s, n):
    """(3)-(7) as the paper has them: multi-head attention, two matrices. Twice t2 for integers."""
    layers, d_m, d_f = llm.num_layers, llm.model_dimension, llm.ffn_dimension
    width = llm.head_dimension * llm.num_heads
    return {
        "m1": layers * (8 * d_m * width + 4 * d_m * d_f),
        "m2": 4 * layers * s * width + 4 * layers * n * width,
        "t1": layers
        * (6 * s * d_m * width + (4 * s**2 * width + 2 * s * d_m * width) + 4 * s * d_m * d_f),
        "twice t2": layers
        * (n - 1)
        * (2 * 6 * d_m * width + 4 * (2 * s + n) * width + 4 * d_m * width + 8 * d_m * d_f),
    }


@pytest.mark.parametrize("name", PAPER)
@pytest.mark.parametrize("n", [1, 128, 511, 512])
def test_the_general_form_equals_the_printed_one_for_the_papers_models(name, n):
    llm = reader.llm(name)
    paper = printed(llm, PADDING, n)
    assert weight_bytes(llm) == paper["m1"]
    assert kv_cache_bytes(llm, PADDING + n) == paper["m2"]
    assert prefill_flop(llm, PADDING) == paper["t1"]
    assert 2 * decoding_flop(llm, PADDING, n) == paper["twice t2"]


@pytest.mark.parametrize(
    ("name", "k1", "k2", "k3", "k4", "k5", "tflop_128", "tflop_512"),
    [
        ("bloom-3b", 4_718_592_000, 307_200, 2.4916e12, 4.8757e9, 153_600, 3.12, 5.03),
        ("bloom-7.1b", 12_079_595_520, 491_520, 6.3013e12, 1.2331e10, 245_760, 7.88, 12.68),
        ("opt-13b", 25_165_824_000, 819_200, 1.3074e13, 2.5585e10, 409_600, 16.36, 26.28),
    ],
)
def test_constants_of_the_papers_models(name, k1, k2, k3, k4, k5, tflop_128, tflop_512):
    llm = reader.llm(name)
    assert memory_constants(llm) == (k1, k2)
    compute = compute_constants(llm, PADDING)
    assert compute.k3 == pytest.approx(k3, rel=5e-5)
    assert compute.k4 == pytest.approx(k4, rel=5e-5)
    assert compute.k5 == k5
    assert batch_flop(compute, [128]) / 1e12 == pytest.approx(tflop_128, abs=0.006)
    assert batch_flop(compute, [512]) / 1e12 == pytest.approx(tflop_512, abs=0.006)


@pytest.mark.parametrize(
    ("name", "literal_gb", "gigabytes", "literal_k2", "k2"),
    [
        ("llama-2-7b", 10.07, 12.95, 524_288, 524_288),
        ("llama-3-8b", 11.81, 13.96, 524_288, 131_072),
        ("mistral-7b", 11.81, 13.96, 524_288, 131_072),
        ("qwen2.5-7b", 10.48, 13.05, 401_408, 57_344),
        ("phi-3-mini", 5.64, 7.25, 393_216, 393_216),
    ],
)
def test_modern_models_need_the_general_form(name, literal_gb, gigabytes, literal_k2, k2):
    llm = reader.llm(name)
    paper = printed(llm, 1, 1)
    assert paper["m1"] / 1e9 == pytest.approx(literal_gb, abs=0.006)
    assert weight_bytes(llm) / 1e9 == pytest.approx(gigabytes, abs=0.006)
    assert paper["m2"] // 2 == literal_k2
    assert memory_constants(llm).k2 == k2


def test_the_weights_are_two_bytes_a_parameter():
    """BLOOM-3B has 2.36 billion parameters in its decoder layers, Llama-3-8B 6.98 billion."""
    assert weight_bytes(reader.llm("bloom-3b")) / 2 == pytest.approx(2.36e9, rel=2e-3)
    assert weight_bytes(reader.llm("llama-3-8b")) / 2 == pytest.approx(6.98e9, rel=1e-3)


@given(transformers(), st.integers(1, 50), st.integers(1, 50))
def test_the_constants_add_up_to_both_stages(llm, padding, output):
    stages = prefill_flop(llm, padding) + decoding_flop(llm, padding, output)
    assert batch_flop(compute_constants(llm, padding), [output]) == stages


@given(transformers(), st.integers(1, 20), st.integers(1, 20))
def test_flops_are_those_of_the_matrix_products_step_by_step(llm, padding, output):
    """A product of (a, b) and (b, c) takes 2abc FLOPs.

    Step k of decoding attends to s' + k tokens, k from 1 to n - 1; that their mean is s' + n/2
    is what (7) says.
    """

    def layer(tokens, attended):
        d_m, width, kv = llm.model_dimension, llm.attention_dimension, llm.kv_dimension
        projections = 2 * tokens * d_m * (width + 2 * kv) + 2 * tokens * width * d_m
        scores = 2 * tokens * llm.head_dimension * attended * llm.num_heads
        ffn = llm.num_ffn_matrices * 2 * tokens * d_m * llm.ffn_dimension
        return projections + 2 * scores + ffn

    steps = [layer(1, padding + k) for k in range(1, output)]
    assert prefill_flop(llm, padding) == llm.num_layers * layer(padding, padding)
    assert decoding_flop(llm, padding, output) == llm.num_layers * sum(steps)


@given(transformers(), st.integers(1, 100), st.integers(1, 100))
def test_memory_and_compute_grow_with_the_output(llm, padding, output):
    compute = compute_constants(llm, padding)
    assert batch_flop(compute, [output + 1]) > batch_flop(compute, [output])
    assert kv_cache_bytes(llm, output + 1) > kv_cache_bytes(llm, output)


def test_the_embedding_is_an_option():
    """BLOOM-3B ties it: 250,880 * 2,560 parameters, 27 % of (3); 1.28 GFLOP a token."""
    llm = reader.llm("bloom-3b")
    parameters = 250_880 * 2560
    assert weight_bytes(llm, include_embedding=True) - weight_bytes(llm) == 2 * parameters
    assert weight_bytes(llm, include_embedding=True) / weight_bytes(llm) == pytest.approx(
        1.27, abs=0.005
    )
    plain, full = (compute_constants(llm, 512, include_embedding=each) for each in (False, True))
    assert full.k4 - plain.k4 == 2 * parameters
    assert full.k4 - plain.k4 == pytest.approx(1.28e9, rel=4e-3)
    assert (full.k3, full.k5) == (plain.k3, plain.k5)


def test_an_embedding_that_is_not_tied_counts_twice():
    llm = reader.llm("llama-3-8b")
    extra = weight_bytes(llm, include_embedding=True) - weight_bytes(llm)
    assert extra == 2 * 2 * 128_256 * 4096


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_kv_heads": 3}, "num_kv_heads: must divide num_heads, 4, found 3"),
        ({"num_ffn_matrices": 4}, "num_ffn_matrices: must be 2 or 3, found 4"),
        ({"num_layers": 0}, "num_layers: must be at least 1, found 0"),
        ({"num_layers": 2.0}, "num_layers: must be an integer, found 2.0"),
    ],
)
def test_impossible_dimensions_are_refused(change, message):
    values = {
        "name": "odd",
        "num_layers": 1,
        "model_dimension": 8,
        "num_heads": 4,
        "head_dimension": 2,
        "num_kv_heads": 2,
        "ffn_dimension": 8,
        "num_ffn_matrices": 2,
        "vocabulary_size": 10,
        "ties_embeddings": True,
    }
    with pytest.raises(InputError) as caught:
        Transformer.parse(values | change)
    assert str(caught.value) == message
