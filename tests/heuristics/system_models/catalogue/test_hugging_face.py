"""Configurations as they are published, and what must not pass for one."""

import json
import os
from pathlib import Path

import pytest

from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.catalogue.hugging_face import read_config

LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_attention_heads": 32,
    "num_hidden_layers": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
}
BLOOM = {
    "_name_or_path": "bigscience/bloom-3b",
    "model_type": "bloom",
    "n_layer": 30,
    "n_head": 32,
    "num_attention_heads": 32,
    "hidden_size": 2560,
    "n_inner": None,
    "vocab_size": 250880,
}
OPT = {
    "_name_or_path": "facebook/opt-13b",
    "model_type": "opt",
    "hidden_size": 5120,
    "word_embed_proj_dim": 5120,
    "ffn_dim": 20480,
    "num_attention_heads": 40,
    "num_hidden_layers": 40,
    "vocab_size": 50272,
}


@pytest.fixture
def write(tmp_path):
    def write(config):
        path = tmp_path / "config.json"
        path.write_text(config if isinstance(config, str) else json.dumps(config))
        return path

    return write


@pytest.mark.parametrize(
    ("config", "name"), [(LLAMA, "llama-3-8b"), (BLOOM, "bloom-3b"), (OPT, "opt-13b")]
)
def test_published_configurations_have_the_dimensions_of_the_catalogue(write, config, name):
    found = reader.llm(str(write(config)))
    assert found.model_copy(update={"name": name}) == reader.llm(name)


def test_a_measured_perplexity_is_found_for_the_same_llm_from_a_file(write):
    found = reader.llm(str(write(OPT)))
    assert reader.quantization("w4a16-gptq", found).ppl_differential == 0.2


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"head_dim": 256}, "head_dimension", 256),
        ({}, "head_dimension", 128),
        ({"num_key_value_heads": None}, "num_kv_heads", 32),
        ({"tie_word_embeddings": True}, "ties_embeddings", True),
        ({}, "ties_embeddings", False),
        ({}, "name", "llama"),
        ({"_name_or_path": "/home/someone/models/mine/"}, "name", "mine"),
        ({"_name_or_path": "./"}, "name", "llama"),
        ({"model_type": "mistral"}, "num_ffn_matrices", 3),
        ({"model_type": "starcoder2"}, "num_ffn_matrices", 2),
        ({"model_type": "falcon3000", "num_ffn_matrices": 2}, "num_ffn_matrices", 2),
        ({"num_local_experts": 1}, "num_layers", 32),
    ],
)
def test_keys_are_read_as_the_architecture_means_them(write, change, field, value):
    assert getattr(read_config(write(LLAMA | change)), field) == value


def test_gpt_2_has_keys_of_its_own(write):
    config = {"model_type": "gpt2", "n_layer": 12, "n_head": 12, "n_embd": 768, "vocab_size": 9}
    found = read_config(write(config))
    assert (found.num_layers, found.head_dimension, found.ffn_dimension) == (12, 64, 3072)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (LLAMA | {"model_type": "rwkv7"}, "model_type: must be one of llama, .*, found 'rwkv7'"),
        (LLAMA | {"model_type": "mamba"}, "num_attention_heads: must be absent: no structure"),
        ({"hidden_size": 3}, "model_type: must be one of llama, .*, found null"),
        (
            LLAMA | {"model_type": ["llama"]},
            r"model_type: must be one of llama, .*, found \['llama'\]",
        ),
        (LLAMA | {"num_local_experts": 8}, "num_local_experts: must be absent.*, found 8"),
        (LLAMA | {"is_encoder_decoder": True}, "is_encoder_decoder: must be false"),
        (LLAMA | {"hidden_size": None}, "hidden_size: is required"),
        (LLAMA | {"intermediate_size": None}, "intermediate_size: is required"),
        (LLAMA | {"vocab_size": True}, "vocab_size: must be an integer of .*, found true"),
        (LLAMA | {"hidden_size": 4096.0}, "hidden_size: must be an integer of .*, found 4096.0"),
        (LLAMA | {"hidden_size": 0}, "hidden_size: must be an integer of .*, found 0"),
        (LLAMA | {"n_layer": 31}, "n_layer: must agree with num_hidden_layers, found 31"),
        (LLAMA | {"num_attention_heads": 33}, "num_attention_heads: must divide the hidden size"),
        (LLAMA | {"num_key_value_heads": 5}, "num_kv_heads: must divide num_heads, 32, found 5"),
        (LLAMA | {"tie_word_embeddings": 1}, "tie_word_embeddings: must be true or false, found 1"),
        ("{", r"must be JSON \("),
        ("[]", r"must be a JSON object, found \[\]"),
    ],
)
def test_what_does_not_determine_the_dimensions_is_refused_with_the_file(write, config, message):
    path = write(config)
    with pytest.raises(InputError, match=f"config.json: {message}") as caught:
        read_config(path)
    assert caught.value.source == str(path)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(InputError, match="must be a file, found a folder"):
        reader.llm(f"{tmp_path}/")


@pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="outside data, see OTGAH_DATA")
@pytest.mark.parametrize(
    ("folder", "name"), [("llama-2-7b-hf", "llama-2-7b"), ("qwen2.5-7b-instruct", "qwen2.5-7b")]
)
def test_outside_configurations_agree_with_the_catalogue(folder, name):
    path = Path(os.environ["OTGAH_DATA"]) / "hf_configs" / folder / "config.json"
    assert read_config(path).model_copy(update={"name": name}) == reader.llm(name)


@pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="outside data, see OTGAH_DATA")
def test_an_outside_configuration_with_its_own_head_dimension():
    """Qwen3-14B has 40 heads of 128, 8 of them for keys and values."""
    path = Path(os.environ["OTGAH_DATA"]) / "hf_configs" / "qwen3-14b" / "config.json"
    found = read_config(path)
    assert (found.attention_dimension, found.kv_dimension) == (5120, 1024)
    assert found.num_ffn_matrices == 3
