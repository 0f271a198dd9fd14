"""Configurations of LLMs that are fuzzed, and a second reading of them by hand."""

import json

from heuristics.system_models.catalogue.hugging_face import read_config
from heuristics.system_models.transformer import (
    common_weights,
    expert_weights,
    kv_cache_bytes,
)
from tests.fuzzing.format import JsonFormat
from tests.helpers.mutators import mutated_bytes, mutated_document

BASE = {
    "hidden_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "intermediate_size": 96,
    "vocab_size": 1000,
    "tie_word_embeddings": False,
}
PLAIN = {key: value for key, value in BASE.items() if key != "num_key_value_heads"}
LATENT = {
    "q_lora_rank": 24,
    "kv_lora_rank": 16,
    "qk_nope_head_dim": 8,
    "qk_rope_head_dim": 4,
    "v_head_dim": 8,
    "num_key_value_heads": 8,
}
DEEPSEEK = {
    "n_routed_experts": 8,
    "num_experts_per_tok": 2,
    "n_shared_experts": 1,
    "moe_intermediate_size": 32,
    "first_k_dense_replace": 1,
}
FOREIGN = {
    "multi_query": True,
    "num_kv_heads": 3,
    "kv_lora_rank": 16,
    "layer_types": ["linear_attention"] * 4,
    "hybrid_override_pattern": "M*M*",
    "mamba_d_state": 16,
    "num_experts": 8,
    "num_local_experts": 4,
    "n_routed_experts": 6,
    "cross_attention_layers": [1, 2],
    "is_encoder_decoder": True,
    "encoder_layers": 6,
    "sliding_window": 32,
    "head_dim": 16,
    "multi_query_group_num": 2,
    "attn_layer_period": 8,
    "num_kv_shared_layers": 2,
    "linear_num_value_heads": 8,
    "kv_channels": 4,
    "num_ffn_matrices": 2,
    "attn_config": {"attn_type": []},
    "ffn_hidden_size": 77,
}
"""Keys of other structures, which no file may get past its own."""


DENSE = {
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32000,
}
NESTED = {"llama": DENSE, "mistral": DENSE | {"intermediate_size": 14336}}
"""Values that transformers takes where a text part is published without its defaults."""


class ModelConfigFormat(JsonFormat):
    """Published configurations of LLMs."""

    name = "model-config"
    sound = (
        BASE | {"model_type": "llama"},
        BASE | {"model_type": "qwen3", "head_dim": 16},
        BASE | {"model_type": "gemma2", "head_dim": 16, "sliding_window": 32},
        BASE | {"model_type": "mistral", "sliding_window": 48},
        BASE | {"model_type": "mixtral", "num_local_experts": 4, "num_experts_per_tok": 2},
        PLAIN | {"model_type": "falcon", "multi_query": True, "intermediate_size": 256},
        PLAIN | {"model_type": "gpt_bigcode", "n_inner": 96, "multi_query": True},
        BASE | LATENT | {"model_type": "minicpm3"},
        BASE | LATENT | DEEPSEEK | {"model_type": "deepseek_v3"},
        BASE | {"model_type": "strange", "num_ffn_matrices": 3},
        BASE
        | {"model_type": "llama"}
        | {"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 32}},
    )

    def write(self, rng):
        sound = dict(rng.choice(self.sound))
        if rng.random() < 0.5:
            for key in rng.sample(sorted(FOREIGN), rng.randint(1, 2)):
                sound.setdefault(key, FOREIGN[key])
        if rng.random() < 0.3:
            sound = {"model_type": "some_vl", "text_config": sound, "vision_config": {"depth": 3}}
        choice = rng.random()
        if choice < 0.3:
            data = json.dumps(sound).encode()
        elif choice < 0.85:
            data = mutated_document(sound, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(json.dumps(sound).encode(), rng)
        self.path.write_bytes(data)

    def read(self):
        found = read_config(self.path)
        told = json.loads(self.path.read_bytes().decode())
        part = told
        if isinstance(told.get("text_config"), dict):
            part = told["text_config"]
            part = NESTED.get(part.get("model_type"), {}) | part
        weights, cached = by_hand(part)
        assert common_weights(found) + expert_weights(found) == weights, (weights, part)
        for tokens in (1, 40, 1000):
            assert kv_cache_bytes(found, tokens) == 2 * cached(tokens), (tokens, part)
        assert found.vocabulary_size == part["vocab_size"]


def by_hand(part):
    """Return the weights of all layers, and a function from tokens to cached values.

    Written from the types' own code and for the sound files' types alone; a file that says more
    than one thing about a structure has no reading here.
    """
    kind, model = part.get("model_type"), part.get("hidden_size")
    assert kind is None or isinstance(kind, str)
    layers, heads = part["num_hidden_layers"], part["num_attention_heads"]
    assert not part.get("is_encoder_decoder")
    if kind in ("minicpm3", "deepseek_v3"):
        return latent_by_hand(part, kind, model, layers, heads)
    if kind in ("falcon", "gpt_bigcode"):
        head, kv_heads = model // heads, heads if part.get("multi_query") is False else 1
        width = part.get("n_inner" if kind == "gpt_bigcode" else "ffn_hidden_size") or 4 * model
        if kind == "falcon" and part.get("new_decoder_architecture"):
            kv_heads = part.get("num_kv_heads") or heads
        ffn, windows = 2 * width * model, [None] * layers
    else:
        usual = {"qwen3": 128, "gemma2": 256}.get(kind) if "head_dim" not in part else None
        head = part.get("head_dim") or usual or model // heads
        absent = (
            8 if kind in ("mistral", "mixtral") and "num_key_value_heads" not in part else heads
        )
        kv_heads = part.get("num_key_value_heads") or absent
        matrices = 3 if kind in TYPES else part["num_ffn_matrices"]
        ffn = matrices * model * part["intermediate_size"]
        if kind == "mixtral":
            experts = part["num_local_experts"]
            ffn = experts * (ffn + model)
        windows = windows_by_hand(part, kind, layers)
    extra = set(FOREIGN) - {"head_dim", "num_ffn_matrices"} - KNOWN.get(kind, set())
    for key in extra & set(part):
        agrees = key in ("num_kv_heads", "kv_channels", "multi_query_group_num", "ffn_hidden_size")
        off = part[key] in (None, False, 0, [], {}, "") or ("expert" in key and part[key] == 1)
        assert off or isinstance(part[key], float) or agrees, f"{kind} has no {key}"
    attention = 2 * model * head * (heads + kv_heads)

    def cached(tokens):
        return sum(2 * kv_heads * head * min(tokens, window or tokens) for window in windows)

    return layers * (attention + ffn), cached


TYPES = ("llama", "qwen3", "gemma2", "mistral", "mixtral")
KNOWN = {
    "qwen3": {"sliding_window", "layer_types"},
    "gemma2": {"sliding_window", "layer_types"},
    "mistral": {"sliding_window"},
    "mixtral": {"sliding_window", "num_local_experts"},
    "falcon": {"multi_query", "num_kv_heads", "ffn_hidden_size"},
    "gpt_bigcode": {"multi_query"},
}


def windows_by_hand(part, kind, layers):
    if kind == "gemma2":
        window = part.get("sliding_window", 4096)
        types = part.get("layer_types")
        slides = [each == "sliding_attention" for each in types] if types else [1, 0] * layers
        return [window if slides[i] else None for i in range(layers)]
    if kind == "mistral":
        return [part.get("sliding_window", 4096)] * layers
    if kind == "mixtral":
        return [part.get("sliding_window")] * layers
    assert not part.get("use_sliding_window")
    return [None] * layers


def latent_by_hand(part, kind, model, layers, heads):
    nope, rope, rank = (part[k] for k in ("qk_nope_head_dim", "qk_rope_head_dim", "kv_lora_rank"))
    value, low = part.get("v_head_dim") or model // heads, part.get("q_lora_rank")
    query = heads * (nope + rope)
    queries = model * low + low * query if low else model * query
    attention = queries + model * (rank + rope) + rank * heads * (nope + value)
    attention += heads * value * model
    dense = 3 * model * part["intermediate_size"]
    total = 0
    for index in range(layers):
        experts = part.get("n_routed_experts") if kind == "deepseek_v3" else None
        step = part.get("moe_layer_freq") or 1
        if experts and index >= (part.get("first_k_dense_replace") or 0) and index % step == 0:
            width = 3 * model * part["moe_intermediate_size"]
            ffn = (experts + (part.get("n_shared_experts") or 0)) * width + model * experts
        else:
            ffn = dense
        total += attention + ffn
    return total, lambda tokens: layers * (rank + rope) * tokens
