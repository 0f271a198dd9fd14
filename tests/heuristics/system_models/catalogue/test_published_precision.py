"""Precision that a file states: the bits of a weight, and what stays at 16 of them."""

import json

import pytest

from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.catalogue.hugging_face import read_config
from heuristics.system_models.quantization import step_bytes, stored_bytes
from heuristics.system_models.transformer import embedding_weights, weight_bytes
from instances.families.registry import family

LLAMA = {
    "model_type": "llama",
    "hidden_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "intermediate_size": 96,
    "vocab_size": 1000,
}
MIXTURE = LLAMA | {"model_type": "mixtral", "num_local_experts": 4, "num_experts_per_tok": 2}
AWQ = {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}


@pytest.fixture
def read(tmp_path):
    def read(method, config=LLAMA):
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config | {"quantization_config": method}))
        return read_config(path)

    return read


@pytest.mark.parametrize(
    ("method", "name", "bits"),
    [
        (AWQ, "awq-4bit", 4 + 20 / 128),
        ({"quant_method": "gptq", "bits": 4, "group_size": 128}, "gptq-4bit", 4 + 20 / 128),
        ({"quant_method": "gptq", "bits": 8, "group_size": -1}, "gptq-8bit", 8),
        ({"load_in_8bit": True}, "bitsandbytes-8bit", 8),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "bitsandbytes-4bit", 4.5),
        ({"quant_method": "fp8"}, "fp8-8bit", 8),
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8-8bit", 8 + 32 / 128**2),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {
                    "group_0": {"targets": ["Linear"], "weights": {"num_bits": 8, "type": "int"}}
                },
                "ignore": ["lm_head"],
            },
            "compressed-tensors-8bit",
            8,
        ),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "modelopt-4bit", 4.5),
    ],
)
def test_scales_count_with_the_bits_of_a_weight(read, method, name, bits):
    stored = read(method).stored
    assert stored.method == name
    assert stored.alpha_weights == pytest.approx(bits / 16, abs=1e-11)
    assert stored.alpha_weights >= bits / 16
    assert (stored.alpha_embedding, stored.alpha_kv_cache) == (1, 1)


def test_what_a_file_leaves_out_stays_at_16_bits(read):
    """Attention of one layer: 2 * 64 * 8 * (8 + 2) = 10,240; its network: 3 * 64 * 96 = 18,432."""
    whole = read({"quant_method": "fp8", "modules_to_not_convert": ["model.layers.*.self_attn"]})
    right = (10_240 * 16 + 18_432 * 8) / (16 * 28_672)
    assert whole.stored.alpha_weights == pytest.approx(right, abs=1e-11)
    first = read({"quant_method": "fp8", "ignored_layers": ["model.layers.0.mlp.up_proj"]})
    right = (4 * 28_672 * 8 + 18_432 * 8) / (4 * 16 * 28_672)
    assert first.stored.alpha_weights == pytest.approx(right, abs=1e-11)
    norms = read({"quant_method": "fp8", "ignored_layers": ["lm_head", "model.layers.0.norm"]})
    assert norms.stored.alpha_weights == 0.5


def test_experts_have_an_alpha_of_their_own(read):
    """MXFP4 holds experts in 4 bits and a scale of 8 for each 32: 4.25."""
    llm = read({"quant_method": "mxfp4"}, MIXTURE)
    assert (llm.stored.alpha_weights, llm.stored.alpha_experts) == (1, 4.25 / 16)
    method = reader.quantization("stored", llm, ppl_differential=0.1)
    common, experts = 4 * (10_240 + 64 * 4), 4 * 4 * 18_432
    assert stored_bytes(llm, method) == 2 * common + 2 * experts * 17 / 64
    assert step_bytes(llm, method, num_tokens=1) == 2 * common + experts * 17 / 64
    whole = stored_bytes(llm, method, include_embedding=True)
    assert whole - stored_bytes(llm, method) == 2 * embedding_weights(llm)


def test_a_cache_has_16_bits_unless_the_file_says_otherwise(read):
    scheme = {"quant_method": "fp8", "kv_cache_scheme": {"num_bits": 8, "type": "float"}}
    assert read(scheme).stored.alpha_kv_cache == 0.5


def test_the_files_method_is_used_unless_another_contradicts_it(read):
    llm = read(AWQ)
    assert reader.quantization("w4a16-awq", llm, ppl_differential=0.1).name == "awq-4bit"
    found = reader.quantization("stored", llm, ppl_differential=0.1)
    assert (found.beta, found.alpha_kv_cache) == (1, 1)
    assert stored_bytes(llm, found) == pytest.approx(weight_bytes(llm) * (4 + 20 / 128) / 16)
    with pytest.raises(InputError, match=r"quantization: must be left out or stored or w4a16-awq"):
        reader.quantization("w8a16", llm)
    plain = llm.model_copy(update={"stored": None})
    with pytest.raises(InputError, match="quantization: must be a method of the catalogue"):
        reader.quantization("stored", plain)


def test_a_perplexity_is_asked_for_unless_accuracies_are_switched_off(read, tmp_path):
    read(AWQ)
    path = str(tmp_path / "config.json")
    modern = family("modern")
    with pytest.raises(InputError, match=r"ppl_differential: must be given.*awq-4bit is known, or"):
        next(modern.generate({"llm": path}, 0))
    for settings in ({"accuracy": "0+0"}, {"ppl_differential": "0.2"}):
        instance = next(modern.generate({"llm": path, **settings}, 0))
        assert instance.edge_nodes[0]["quantization"]["name"] == "awq-4bit"
    with pytest.raises(InputError, match="quantization: must be left out or stored"):
        next(modern.generate({"llm": path, "quantization": "w8a16"}, 0))


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ({"quant_method": "aqlm"}, "quantization_config.quant_method: must be one of gptq"),
        ({"quant_method": "awq"}, "quantization_config.bits: is required"),
        ({"quant_method": "awq", "bits": 16}, r"bits: must be an integer of 1\.\.8, found 16"),
        (AWQ | {"modules_to_not_convert": ["strange"]}, "modules_to_not_convert: must name parts"),
        (AWQ | {"modules_to_not_convert": "lm_head"}, "modules_to_not_convert: must be a list"),
        ({"quant_method": "gptq", "bits": 4, "dynamic": {"a": 1}}, "dynamic: must be absent"),
        ({"load_in_4bit": True, "load_in_8bit": True}, "load_in_4bit: must be true for one"),
        ({"quant_method": "fp8", "kv_cache_scheme": 8}, "kv_cache_scheme: must be a table"),
        ("awq", "quantization_config: must be a table of keys and values, found 'awq'"),
    ],
)
def test_a_method_that_is_not_understood_is_refused(read, method, message):
    with pytest.raises(InputError, match=message):
        read(method)
