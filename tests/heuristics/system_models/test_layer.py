"""Layers of every kind against counts by hand and step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.errors import InputError
from heuristics.system_models.layer import FullAttention, LatentAttention, Layer, WindowAttention
from heuristics.system_models.transformer import (
    Transformer,
    active_weights,
    batch_flop,
    common_weights,
    compute_constants,
    decoding_flop,
    embedding_weights,
    expected_experts,
    expert_weights,
    head_flop,
    kv_cache_bytes,
    memory_constants,
    prefill_flop,
    request_flop,
    state_bytes,
    weight_bytes,
)

HEADS = {"num_heads": 4, "num_kv_heads": 2, "key_dimension": 3, "value_dimension": 3}
WINDOW = {"kind": "window", "window": 5, **HEADS}
FULL = {"kind": "full", **HEADS}
LATENT = {
    "kind": "latent",
    "num_heads": 4,
    "query_rank": 6,
    "kv_rank": 5,
    "nope_dimension": 3,
    "rope_dimension": 2,
    "value_dimension": 3,
}
MIXTURE = {
    "kind": "mixture",
    "num_experts": 4,
    "num_active": 2,
    "expert_dimension": 7,
    "num_matrices": 3,
    "shared_dimension": 9,
    "router_dimension": 5,
}
DENSE = {"kind": "gated", "dimension": 11}
STATE = {"form": "mamba2", "weights": 100, "state_bytes": 64, "scan_flop": 30}


def llm(*layers, **values):
    defaults = {
        "name": "made",
        "model_dimension": 8,
        "vocabulary_size": 20,
        "ties_embeddings": True,
    }
    return Transformer.parse(defaults | {"layers": layers} | values)


def test_layers_of_each_kind_add_up():
    """Two layers of full attention, one of a window, one of a state beside attention.

    Full: 8 * (4 + 2) * 6 = 288 elements of attention, 3 * 8 * 11 = 264 of the gated network.
    Mixture: 8 * 5 of the router, 3 * 8 * 9 = 216 shared, 3 * 8 * 7 = 168 an expert.
    """
    found = llm(
        {"count": 2, "attention": FULL, "ffn": DENSE},
        {"count": 1, "attention": WINDOW, "ffn": MIXTURE},
        {"count": 1, "attention": FULL, "state": STATE},
    )
    assert common_weights(found) == 2 * (288 + 264) + (288 + 40 + 216) + (288 + 100)
    assert expert_weights(found) == 4 * 168
    assert active_weights(found) == common_weights(found) + 2 * 168
    assert weight_bytes(found) == 2 * (common_weights(found) + expert_weights(found))
    # 2 heads of 3 for keys and for values, 2 bytes each: 24 bytes a token and layer.
    assert kv_cache_bytes(found, 4) == 4 * 24 * 4
    assert kv_cache_bytes(found, 100) == 3 * 24 * 100 + 24 * 5
    assert state_bytes(found) == 64
    assert not found.is_cache_linear


def test_latent_attention_caches_its_latent():
    """Down: 8 * 6 + 6 * 4 * 5 for queries, 8 * 7 for the latent; up: 5 * 4 * 6; out: 12 * 8."""
    found = llm({"count": 3, "attention": LATENT, "ffn": DENSE})
    assert LatentAttention(**LATENT).weights(8) == 48 + 120 + 56 + 120 + 96
    assert kv_cache_bytes(found, 10) == 3 * 2 * 10 * 7
    assert found.is_cache_linear
    assert memory_constants(found).k2 == 3 * 2 * 7


def test_a_latent_is_expanded_in_the_initial_stage_and_absorbed_after():
    latent = LatentAttention(**LATENT)
    assert latent.prefill_pair_flop == 2 * 4 * (3 + 2 + 3)
    assert latent.decoding_pair_flop == 2 * 4 * (5 + 2 + 5)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(1, 30))
def test_a_window_attends_to_its_tokens_step_by_step(window, padding, output):
    heads = WindowAttention(**{**WINDOW, "window": window})
    steps = [min(padding + k, window) for k in range(1, output)]
    assert heads.attended_in_decoding(padding, output) == sum(steps)
    assert heads.attended_in_prefill(padding) == padding * min(padding, window)


@given(st.integers(1, 40), st.integers(1, 30))
def test_a_window_out_of_reach_changes_nothing(padding, output):
    wide, full = WindowAttention(**{**WINDOW, "window": 100}), FullAttention(**FULL)
    assert wide.attended_in_decoding(padding, output) == full.attended_in_decoding(padding, output)
    assert wide.attended_in_prefill(padding) == full.attended_in_prefill(padding)
    assert wide.cached_values(padding + output) == full.cached_values(padding + output)


@given(st.integers(1, 40), st.integers(1, 30), st.booleans())
def test_the_constants_add_up_to_both_stages_for_layers_of_every_kind(padding, output, embedding):
    found = llm(
        {"count": 2, "attention": LATENT, "ffn": MIXTURE},
        {"count": 1, "attention": FULL, "state": STATE, "ffn": DENSE},
    )
    flop = prefill_flop(found, padding) + decoding_flop(found, padding, output)
    flop += head_flop(found) * output if embedding else 0
    constants = compute_constants(found, padding, include_embedding=embedding)
    assert batch_flop(constants, [output]) == flop
    assert request_flop(found, padding, output, include_embedding=embedding) == flop


def test_constants_are_refused_where_there_are_none():
    found = llm({"count": 1, "attention": WINDOW, "ffn": DENSE})
    with pytest.raises(ValueError, match="found windows"):
        compute_constants(found, 4)
    with pytest.raises(ValueError, match="found windows or states"):
        memory_constants(found)


def test_distinct_experts_are_those_of_uniform_and_independent_routing():
    """Two of four experts, one token: 2; two tokens: 4 * (1 - 1/4) = 3."""
    assert expected_experts(4, 2, 1) == 2
    assert expected_experts(4, 2, 2) == 3
    assert expected_experts(128, 8, 10**6) == 128
    assert expected_experts(8, 8, 1) == 8


def test_an_embedding_of_another_width_is_projected():
    """OPT-350M: 50,272 rows of 512, projected to 1,024 and back."""
    found = llm(
        {"count": 1, "attention": FULL, "ffn": DENSE},
        model_dimension=1024,
        vocabulary_size=50_272,
        embedding_dimension=512,
    )
    assert embedding_weights(found) == 50_272 * 512 + 2 * 512 * 1024
    assert head_flop(found) == 2 * (50_272 * 512 + 512 * 1024)


def test_a_plain_window_is_the_same_as_a_list_of_one_kind():
    short = {
        "num_layers": 3,
        "num_heads": 4,
        "head_dimension": 3,
        "num_kv_heads": 2,
        "ffn_dimension": 11,
        "num_ffn_matrices": 3,
        "window": 5,
        "layers": None,
    }
    listed = llm({"count": 3, "attention": WINDOW, "ffn": DENSE})
    for tokens in (1, 5, 50):
        assert kv_cache_bytes(llm(**short), tokens) == kv_cache_bytes(listed, tokens)
        assert request_flop(llm(**short), 7, tokens) == request_flop(listed, 7, tokens)
    assert weight_bytes(llm(**short)) == weight_bytes(listed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_layers": 3}, "num_layers: must be absent where layers is given, found 3"),
        ({"window": 3}, "window: must be absent where layers is given, found 3"),
        ({"layers": None}, "num_layers: is required"),
        ({"layers": []}, r"layers: must hold at least 1 value\(s\), found \[\]"),
        ({"layers": [{"count": 1}]}, r"layers\[0\].attention: must be there where state"),
        (
            {"layers": [{"count": 1, "ffn": {**MIXTURE, "num_active": 5}}]},
            r"layers\[0\].ffn.num_active: must be at most num_experts, 4, found 5",
        ),
        (
            {"layers": [{"count": 1, "attention": {**FULL, "num_kv_heads": 3}}]},
            r"layers\[0\].attention.num_kv_heads: must divide num_heads, 4, found 3",
        ),
        (
            {"layers": [{"count": 1, "attention": {**FULL, "kind": "sparse"}}]},
            r"layers\[0\].attention: must have a 'kind' among",
        ),
    ],
)
def test_impossible_layers_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        llm({"count": 1, "attention": FULL, "ffn": DENSE}, **change)


def test_a_transformer_of_layers_comes_back_from_a_file():
    found = llm(
        {"count": 2, "attention": LATENT, "ffn": MIXTURE},
        {"count": 1, "attention": WINDOW, "state": STATE, "ffn": DENSE},
    )
    assert Transformer.parse(found.model_dump(mode="json")) == found
    assert "num_layers" not in found.model_dump()


def test_a_layer_says_its_experts():
    assert Layer(count=1, ffn=MIXTURE).num_experts == 4
    assert Layer(count=1, ffn=DENSE).num_experts == 0
