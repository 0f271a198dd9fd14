"""Configurations of each kind, with counts derived by hand, by structure or by transformers."""

import json
import os
from pathlib import Path

import pytest

from heuristics.errors import InputError
from heuristics.system_models.catalogue.hugging_face import read_config
from heuristics.system_models.catalogue.model_types import MODEL_TYPES
from heuristics.system_models.transformer import (
    active_weights,
    common_weights,
    embedding_weights,
    expert_weights,
    kv_cache_bytes,
    state_bytes,
)

DATA = Path(os.environ.get("OTGAH_DATA", "absent"))
outside = pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="outside data, see OTGAH_DATA")

BASE = {
    "hidden_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "intermediate_size": 96,
    "vocab_size": 1000,
}


@pytest.fixture
def read(tmp_path):
    def read(config):
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config))
        return read_config(path)

    return read


def weights(llm):
    return common_weights(llm) + expert_weights(llm)


# Weights of the layers, of embedding and head, KV bytes of 1 and of 8,192 tokens: the first two
# are those of transformers 5.24 on the meta device (matrices alone), the others follow by hand
# from layers * 2 * KV heads * head size * 2 bytes, a window of W holding W tokens.
PUBLISHED = {
    "aya-23-8b": (6_979_321_856, 1_048_576_000, 32 * 8 * 128 * 4, None),
    "bloom-176b": (172_637_552_640, 3_596_615_680, 70 * 14336 * 4, None),
    "deepseek-v2-lite": (15_286_927_360, 419_430_400, 27 * (512 + 64) * 2, None),
    "falcon-7b-instruct": (6_625_951_744, 295_469_056, 32 * 64 * 4, None),
    "gemma-2-2b-it": (2_024_275_968, 589_824_000, 26 * 1024 * 4, 13 * 4096 * (8192 + 4096)),
    "gpt-oss-20b": (19_749_519_360, 1_158_266_880, 24 * 512 * 4, 12 * 2048 * (8192 + 128)),
    "gpt2": (84_934_656, 38_597_376, 12 * 768 * 4, None),
    "granite-3.3-8b-instruct": (7_969_177_600, 201_355_264, 40 * 1024 * 4, None),
    "llama-2-7b-hf": (6_476_005_376, 262_144_000, 32 * 4096 * 4, None),
    "llama-3.1-8b-instruct": (6_979_321_856, 1_050_673_152, 131_072, None),
    "llama-3.2-1b-instruct": (973_078_528, 262_668_288, 16 * 512 * 4, None),
    "llama-4-scout-17b-16e-instruct": (105_700_392_960, 2_068_971_520, 48 * 1024 * 4, None),
    "mamba-130m-hf": (90_390_528, 38_615_040, 0, None),
    "mistral-7b-instruct-v0.1": (6_979_321_856, 262_144_000, 131_072, 131_072 * 4096),
    "mixtral-8x7b-v0.1": (46_440_382_464, 262_144_000, 131_072, None),
    "mpt-7b": (6_442_450_944, 206_569_472, 32 * 4096 * 4, None),
    "nemotron-3-nano-30b-a3b": (30_872_911_872, 704_643_072, 6 * 2 * 128 * 4, None),
    "olmo2-7b": (6_476_005_376, 822_083_584, 32 * 4096 * 4, None),
    "opt-1.3b": (1_207_959_552, 102_957_056, 24 * 2048 * 4, None),
    "phi-2": (2_516_582_400, 262_144_000, 32 * 2560 * 4, None),
    "phi-3.5-mini-instruct": (3_623_878_656, 197_001_216, 32 * 3072 * 4, None),
    "qwen2.5-7b-instruct": (6_525_288_448, 1_089_994_752, 28 * 512 * 4, None),
    "qwen3-14b": (13_212_057_600, 1_555_824_640, 40 * 1024 * 4, None),
    "qwen3-30b-a3b-fp8": (29_909_581_824, 622_329_856, 48 * 512 * 4, None),
    "qwen3-32b-fp8": (31_205_621_760, 1_555_824_640, 64 * 1024 * 4, None),
    "qwen3-vl-8b-instruct": (6_945_767_424, 1_244_659_712, 36 * 1024 * 4, None),
    "redpajama-incite-3b-v1": (2_516_582_400, 258_211_840, 32 * 2560 * 4, None),
    "smollm2-360m-instruct": (314_572_800, 47_185_920, 32 * 320 * 4, None),
    "stablelm-3b-4e1t": (2_537_553_920, 257_556_480, 32 * 2560 * 4, None),
    "starcoder2-7b": (6_945_767_424, 226_492_416, 32 * 512 * 4, 65_536 * 4096),
    "tinyllama-1.1b-chat-v1.0": (968_884_224, 131_072_000, 22 * 256 * 4, None),
}


@outside
@pytest.mark.parametrize("folder", PUBLISHED)
def test_published_configurations_have_these_weights_and_caches(folder):
    layers, embedding, token, long = PUBLISHED[folder]
    llm = read_config(DATA / "hf_configs" / folder / "config.json")
    assert (weights(llm), embedding_weights(llm)) == (layers, embedding)
    assert kv_cache_bytes(llm, 1) == token
    assert kv_cache_bytes(llm, 8192) == (8192 * token if long is None else long)


@outside
@pytest.mark.parametrize(
    ("file", "billions", "token"),
    [
        ("falcon-7b.json", 6.625951744, 8192),
        ("falcon-h1-3b.json", 2.813394944, 32 * 2 * 128 * 4),
        ("llama31-8b-awq4.json", 6.979321856, 131_072),
        ("minicpm3-4b-mla.json", 3.8854656, 35_712),
        ("santacoder-mq.json", 1.019215872, 12_288),
        ("starcoder2-7b-notie.json", 6.945767424, 65_536),
    ],
)
def test_the_cases_have_their_right_values(file, billions, token):
    """SantaCoder: 24 layers of 2 * 2048 * 128 * (16 + 1) and 2 * 2048 * 8192 elements."""
    llm = read_config(DATA / "cases" / file)
    assert weights(llm) == round(billions * 1e9)
    assert kv_cache_bytes(llm, 1) == token


def test_starcoder2_ties_its_embedding_by_default(read):
    """7.172 billion in matrices for the 7B: 32 * (2 * 4608 * 128 * 40 + 2 * 4608 * 18432) +
    49,152 * 4,608, counted once."""
    llm = read(
        {
            "model_type": "starcoder2",
            "hidden_size": 4608,
            "intermediate_size": 18432,
            "num_attention_heads": 36,
            "num_hidden_layers": 32,
            "num_key_value_heads": 4,
            "vocab_size": 49152,
        }
    )
    assert weights(llm) + embedding_weights(llm) == 7_172_259_840


def test_a_state_has_16_bits_unless_the_file_says_otherwise(read):
    """A state of 4 heads of 8 by 16 values, and the last 4 inputs of 32 + 2 * 16 channels."""
    config = BASE | {
        "model_type": "falcon_h1",
        "mamba_d_ssm": 32,
        "mamba_d_state": 16,
        "mamba_n_heads": 4,
        "mamba_d_head": 8,
    }
    assert state_bytes(read(config)) == 4 * 2 * (4 * 8 * 16 + 4 * 64)
    wide = config | {"mamba_ssm_cache_dtype": "float32"}
    assert state_bytes(read(wide)) == 4 * (4 * 4 * 8 * 16 + 2 * 4 * 64)


def test_opt_350m_projects_its_embedding(read):
    config = {
        "model_type": "opt",
        "hidden_size": 1024,
        "word_embed_proj_dim": 512,
        "ffn_dim": 4096,
        "num_attention_heads": 16,
        "num_hidden_layers": 24,
        "vocab_size": 50272,
    }
    assert embedding_weights(read(config)) == 50272 * 512 + 2 * 512 * 1024


def test_chatglm_groups_queries_and_pads_its_vocabulary(read):
    """ChatGLM3-6B: 28 layers, 2 groups of 128, a gated network of 13,696."""
    config = {
        "model_type": "chatglm",
        "hidden_size": 4096,
        "ffn_hidden_size": 13696,
        "kv_channels": 128,
        "multi_query_attention": True,
        "multi_query_group_num": 2,
        "num_attention_heads": 32,
        "num_layers": 28,
        "padded_vocab_size": 65024,
    }
    llm = read(config)
    assert weights(llm) == 28 * (2 * 4096 * 128 * (32 + 2) + 3 * 4096 * 13696)
    assert kv_cache_bytes(llm, 1) == 28 * 2 * 128 * 4
    assert embedding_weights(llm) == 2 * 65024 * 4096


def test_the_first_qwen_counts_gate_and_up_together(read):
    """Qwen-7B: intermediate_size 22,016 is twice the inner width of 11,008."""
    config = {
        "model_type": "qwen",
        "hidden_size": 4096,
        "intermediate_size": 22016,
        "kv_channels": 128,
        "num_attention_heads": 32,
        "num_hidden_layers": 32,
        "vocab_size": 151936,
    }
    assert weights(read(config)) == 32 * (4 * 4096**2 + 3 * 4096 * 11008)


def test_kimi_k2_has_latent_attention_and_384_experts(read):
    """61 layers, the first dense; 384 experts of 2,048, 8 active, one shared: 1.03 * 10^12."""
    config = {
        "model_type": "kimi_k2",
        "hidden_size": 7168,
        "intermediate_size": 18432,
        "moe_intermediate_size": 2048,
        "num_hidden_layers": 61,
        "num_attention_heads": 64,
        "num_key_value_heads": 64,
        "n_shared_experts": 1,
        "n_routed_experts": 384,
        "kv_lora_rank": 512,
        "q_lora_rank": 1536,
        "qk_rope_head_dim": 64,
        "v_head_dim": 128,
        "qk_nope_head_dim": 128,
        "num_experts_per_tok": 8,
        "first_k_dense_replace": 1,
        "vocab_size": 163840,
    }
    llm = read(config)
    latent = 1536 * (7168 + 64 * 192) + 7168 * 576 + 512 * 64 * 256 + 64 * 128 * 7168
    expert = 3 * 7168 * 2048
    sparse = 385 * expert + 7168 * 384
    assert weights(llm) == 61 * latent + 3 * 7168 * 18432 + 60 * sparse
    assert active_weights(llm) == weights(llm) - 60 * 376 * expert
    assert kv_cache_bytes(llm, 1) == 61 * 576 * 2


def test_command_r_7b_alternates_by_keys_of_its_own(read):
    """Three of four layers hold 4,096 tokens; keys and values have 8 heads of 128."""
    config = BASE | {
        "model_type": "cohere2",
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_attention_heads": 32,
        "num_hidden_layers": 32,
        "num_key_value_heads": 8,
        "layer_switch": 4,
        "order_of_interleaved_layers": "local_attn_first",
        "use_embedding_sharing": True,
        "use_gated_activation": True,
        "use_parallel_block": True,
        "cache_implementation": "hybrid",
    }
    assert kv_cache_bytes(read(config), 8192) == 4096 * (24 * 4096 + 8 * 8192)


def test_a_text_part_takes_its_types_defaults_and_says_so(read):
    """Gemma-3-4B publishes its text part without heads and vocabulary: 8, 4 of 256, 262,208."""
    part = {
        "model_type": "gemma3_text",
        "hidden_size": 2560,
        "intermediate_size": 10240,
        "num_hidden_layers": 34,
        "sliding_window": 1024,
    }
    llm = read({"model_type": "gemma3", "text_config": part, "vision_config": {"hidden_size": 9}})
    assert llm.name == "gemma3 (text part)"
    assert weights(llm) == 34 * (2 * 2560 * 256 * (8 + 4) + 3 * 2560 * 10240)
    assert embedding_weights(llm) == 262_208 * 2560
    assert kv_cache_bytes(llm, 5000) == 4 * 4 * 256 * (29 * 1024 + 5 * 5000)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "bert"}, "model_type: must be a decoder: this is an encoder, .*'bert'"),
        ({"model_type": "bart"}, "model_type: must be a decoder: this is an encoder-decoder"),
        ({"model_type": "t5", "is_encoder_decoder": True}, "is_encoder_decoder: must be false"),
        ({"model_type": "jamba", "mamba_d_state": 16}, "mamba_d_state: must be absent: no struct"),
        ({"model_type": "new", "kv_lora_rank": 5}, "kv_lora_rank: must be absent: no structure"),
        ({"model_type": "lfm2", "conv_L_cache": 3, "num_ffn_matrices": 3}, "conv_L_cache: must be"),
        ({"model_type": "odd", "full_attn_idxs": [1], "num_ffn_matrices": 3}, "full_attn_idxs: "),
        ({"model_type": "cohere2", "layer_switch": 3}, "layer_switch: must be absent or 4"),
        ({"model_type": "odd", "kv_lora_rank": 5, "num_ffn_matrices": 3}, "kv_lora_rank: must be"),
        (
            {"model_type": "qwen3", "layer_types": ["linear_attention"] * 4},
            "layer_types: must hold",
        ),
        ({"model_type": "qwen3", "layer_types": ["full_attention"]}, "layer_types: must be a list"),
        (
            {"model_type": "starcoder2", "num_ffn_matrices": 3},
            "num_ffn_matrices: must be absent: starcoder2 has 2",
        ),
        ({"model_type": "llama", "sliding_window": 9}, "sliding_window: must be absent: no struct"),
        ({"model_type": "llama", "text_config": BASE}, "text_config.model_type: must be one of"),
        ({"model_type": "llama4_text"}, "intermediate_size_mlp: is required"),
        ({"model_type": "minicpm3", "qk_rope_head_dim": 4}, "qk_nope_head_dim: is required"),
        (
            {"model_type": "nemotron_h", "hybrid_override_pattern": "MX*-"},
            "hybrid_override_pattern",
        ),
    ],
)
def test_what_is_not_known_to_be_right_is_refused_with_its_key(read, config, message):
    with pytest.raises(InputError, match=message):
        read(BASE | config)


def test_a_text_part_and_the_file_may_not_contradict_each_other(read):
    part = BASE | {"model_type": "llama"}
    with pytest.raises(InputError, match="num_hidden_layers: must be absent or agree with text_c"):
        read({"model_type": "vl", "text_config": part, "num_hidden_layers": 9})
    tied = part | {"tie_word_embeddings": True}
    with pytest.raises(InputError, match="tie_word_embeddings: must agree with text_config"):
        read({"model_type": "vl", "text_config": tied, "tie_word_embeddings": False})


UNPUBLISHED = ("glm4_moe",)
"""Types whose defaults contradict each other: 96 heads over a width of 4,096."""


@pytest.mark.long
@pytest.mark.parametrize("name", MODEL_TYPES)
def test_matrices_are_those_of_transformers_on_the_meta_device(name, tmp_path):
    """A type's default configuration, built without memory: elements of all its matrices.

    Biases, norms and tables of positions are left out, as here. A type that transformers does
    not ship, or does not build as a decoder of text, is skipped: the tests above derive those.
    """
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    try:
        config = transformers.AutoConfig.for_model(name)
        if getattr(config, "num_experts_per_tok", 2) is None:
            config.num_experts_per_tok = 6
        made = config.to_dict()
        with torch.device("meta"):
            model = transformers.AutoModelForCausalLM.from_config(config)
        model.tie_weights()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        pytest.skip(f"transformers builds no default decoder: {str(error)[:100]}")
    (tmp_path / "config.json").write_text(json.dumps(made, default=str))
    if name in UNPUBLISHED:
        pytest.skip("its default configuration is not one that a published LLM could have")
    llm = read_config(tmp_path / "config.json")
    assert (weights(llm), embedding_weights(llm)) == _counted(model)


_NAMES = ("embed_tokens", "lm_head", "wte", "word_embeddings", "embed_out", "embed_in",
          "embeddings.weight", "output_layer", "project_in", "project_out")  # fmt: skip


def _counted(model):
    """Return the elements of the layers' matrices, and of the embedding's and the head's."""
    counts = [0, 0]
    for name, parameter in model.named_parameters():
        module = name.rsplit(".", 2)[-2]
        is_vector = parameter.dim() < 2 or name.endswith(("bias", "sinks")) or "_bias" in name
        if is_vector or "norm" in module or any(p in name for p in ("wpe", "embed_positions")):
            continue
        counts[any(each in name for each in _NAMES)] += parameter.numel()
    return tuple(counts)
