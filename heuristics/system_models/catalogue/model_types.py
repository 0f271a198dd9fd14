"""Model types: the decoders that are understood, with the values of absent keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from heuristics.system_models.catalogue.config_keys import Keys
from heuristics.system_models.catalogue.decoders import (
    read_bare_phi,
    read_bigcode,
    read_chatglm,
    read_cohere2,
    read_dbrx,
    read_experts,
    read_falcon,
    read_falcon_h1,
    read_fourfold,
    read_gated,
    read_grouped_deepseek,
    read_latent,
    read_llama4,
    read_mamba,
    read_minicpm3,
    read_mpt,
    read_multi_head,
    read_nemotron_h,
    read_neo,
    read_phi,
    read_plain_gpt,
    read_qwen,
    read_qwen_experts,
    read_windowed,
    switched_window,
)
from heuristics.system_models.catalogue.layer_keys import (
    Table,
    periodic_windows,
    qwen_windows,
    same_window,
)

Reader = Callable[[Keys], list[Table]]
"""Returns a table of attention, state and ffn for each layer."""


class ModelType(NamedTuple):
    """A type of decoders that is understood.

    Parameters
    ----------
    read
        Reads its layers.
    ties
        True if the head is the embedding where ``tie_word_embeddings`` is absent.
    defaults
        Values of absent keys at every place.
    nested
        Values of absent keys of a text part, which is published without its defaults.
    """

    read: Reader
    ties: bool = False
    defaults: Mapping[str, Any] = {}
    nested: Mapping[str, Any] = {}


_EVERY_2 = partial(periodic_windows, period=2)
_EVERY_4 = partial(periodic_windows, period=4)
_EVERY_6 = partial(periodic_windows, period=6)
_LLAMA = {
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32000,
}
_MISTRAL = _LLAMA | {"intermediate_size": 14336, "num_key_value_heads": 8}
_QWEN3 = {"head_dim": 128}
_GEMMA3 = {
    "hidden_size": 2304,
    "intermediate_size": 9216,
    "num_hidden_layers": 26,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "vocab_size": 262_208,
}
_QWEN_VL = {"vocab_size": 152_064, "max_window_layers": 80}

_LLAMA_LIKE = ModelType(read_gated, nested=_LLAMA)
_QWEN2 = ModelType(partial(read_windowed, windows=qwen_windows), defaults={"max_window_layers": 28})
_QWEN3_MOE = ModelType(partial(read_qwen_experts, windows=switched_window))

MODEL_TYPES: Mapping[str, ModelType] = {
    "llama": _LLAMA_LIKE,
    "mistral": ModelType(
        partial(read_windowed, windows=same_window),
        defaults={"sliding_window": 4096, "num_key_value_heads": 8},
        nested=_MISTRAL,
    ),
    "qwen2": _QWEN2,
    "qwen3": ModelType(
        partial(read_windowed, windows=qwen_windows), defaults=_QWEN3 | {"max_window_layers": 28}
    ),
    "phi3": ModelType(partial(read_windowed, windows=same_window)),
    "gemma": ModelType(read_gated, ties=True, defaults={"head_dim": 256}),
    "gemma2": ModelType(
        partial(read_windowed, windows=_EVERY_2),
        ties=True,
        defaults={"head_dim": 256, "sliding_window": 4096},
    ),
    "gemma3_text": ModelType(
        partial(read_windowed, windows=_EVERY_6),
        ties=True,
        defaults={"head_dim": 256, "sliding_window": 4096},
        nested=_GEMMA3,
    ),
    "bloom": ModelType(read_fourfold, ties=True),
    "opt": ModelType(partial(read_multi_head, inner="ffn_dim", gated=False), ties=True),
    "gpt2": ModelType(read_plain_gpt, ties=True),
    "gptj": ModelType(lambda keys: read_fourfold(keys, "n_inner")),
    "gpt_neox": ModelType(partial(read_multi_head, gated=False)),
    "phi": ModelType(read_bare_phi),
    "starcoder2": ModelType(partial(read_windowed, windows=same_window, gated=False), ties=True),
    "codegen": ModelType(lambda keys: read_fourfold(keys, "n_inner")),
    "gpt_neo": ModelType(read_neo, ties=True, defaults={"window_size": 256}),
    "gpt_bigcode": ModelType(read_bigcode, ties=True),
    "phi-msft": ModelType(read_phi),
    "stablelm": ModelType(partial(read_gated, head_dim=False)),
    "stablelm_epoch": ModelType(partial(read_gated, head_dim=False)),
    "falcon": ModelType(read_falcon, ties=True, defaults={"new_decoder_architecture": False}),
    "RefinedWeb": ModelType(read_falcon, ties=True, defaults={"new_decoder_architecture": True}),
    "RefinedWebModel": ModelType(
        read_falcon, ties=True, defaults={"new_decoder_architecture": False}
    ),
    "mpt": ModelType(read_mpt, ties=True),
    "dbrx": ModelType(read_dbrx),
    "chatglm": ModelType(read_chatglm),
    "glm": ModelType(read_gated, defaults={"head_dim": 128}),
    "glm4": ModelType(read_gated, defaults={"head_dim": 128}),
    "glm4_moe": ModelType(read_grouped_deepseek),
    "baichuan": ModelType(read_multi_head),
    "Yi": _LLAMA_LIKE,
    "internlm": _LLAMA_LIKE,
    "internlm2": _LLAMA_LIKE,
    "internlm3": ModelType(read_gated),
    "qwen": ModelType(read_qwen),
    "qwen2_moe": ModelType(
        partial(read_qwen_experts, windows=qwen_windows),
        defaults={"max_window_layers": 28, "shared_expert_intermediate_size": 5632},
    ),
    "qwen3_moe": _QWEN3_MOE,
    "qwen2_vl": _QWEN2,
    "qwen2_5_vl": _QWEN2,
    "qwen2_vl_text": _QWEN2._replace(nested=_QWEN_VL),
    "qwen2_5_vl_text": _QWEN2._replace(nested=_QWEN_VL),
    "qwen3_vl_text": ModelType(read_gated, defaults=_QWEN3, nested={"vocab_size": 151_936}),
    "qwen3_vl_moe_text": _QWEN3_MOE._replace(defaults=_QWEN3, nested={"vocab_size": 151_936}),
    "cohere": ModelType(read_gated, ties=True),
    "cohere2": ModelType(
        read_cohere2,
        ties=True,
        defaults={"sliding_window": 4096},
    ),
    "granite": ModelType(read_gated),
    "granitemoe": ModelType(lambda keys: read_experts(keys, "num_local_experts")),
    "granitemoeshared": ModelType(lambda keys: read_experts(keys, "num_local_experts")),
    "olmo": ModelType(read_gated),
    "olmo2": ModelType(read_gated),
    "olmo3": ModelType(partial(read_windowed, windows=_EVERY_4), defaults={"sliding_window": 4096}),
    "olmoe": ModelType(lambda keys: read_experts(keys, "num_experts", "num_local_experts")),
    "smollm3": ModelType(partial(read_windowed, windows=qwen_windows), ties=True),
    "nemotron": ModelType(partial(read_gated, gated=False)),
    "arcee": ModelType(partial(read_gated, gated=False)),
    "helium": ModelType(read_gated, defaults={"head_dim": 128}),
    "seed_oss": ModelType(read_gated, defaults={"head_dim": 128}),
    "ministral3": ModelType(
        partial(read_windowed, windows=same_window), defaults={"num_key_value_heads": 8}
    ),
    "hunyuan_v1_dense": ModelType(read_gated),
    "ernie4_5": ModelType(read_gated, ties=True, defaults={"head_dim": 128}),
    "exaone4": ModelType(
        partial(read_windowed, windows=_EVERY_4), defaults={"sliding_window": 4096}
    ),
    "mixtral": ModelType(
        lambda keys: read_experts(keys, "num_local_experts", windows=same_window),
        defaults={"num_key_value_heads": 8},
    ),
    "phimoe": ModelType(
        lambda keys: read_experts(keys, "num_local_experts", windows=same_window),
        defaults={"num_key_value_heads": 8},
    ),
    "gpt_oss": ModelType(
        lambda keys: read_experts(keys, "num_local_experts", windows=_EVERY_2),
        defaults={"head_dim": 64, "sliding_window": 128},
    ),
    "llama4_text": ModelType(
        read_llama4,
        defaults={"head_dim": 128, "attention_chunk_size": 8192, "interleave_moe_layer_step": 1},
        nested={
            "hidden_size": 5120,
            "intermediate_size": 8192,
            "intermediate_size_mlp": 16384,
            "num_hidden_layers": 48,
            "num_attention_heads": 40,
            "num_key_value_heads": 8,
            "num_experts_per_tok": 1,
            "num_local_experts": 16,
            "vocab_size": 202_048,
        },
    ),
    "deepseek": ModelType(read_grouped_deepseek),
    "deepseek_v2": ModelType(read_latent),
    "deepseek_v3": ModelType(read_latent),
    "kimi_k2": ModelType(read_latent),
    "minicpm": ModelType(read_gated, ties=True),
    "minicpm3": ModelType(read_minicpm3, ties=True),
    "mamba": ModelType(read_mamba, ties=True),
    "falcon_h1": ModelType(read_falcon_h1),
    "nemotron_h": ModelType(read_nemotron_h, defaults={"head_dim": 128}),
}
"""The decoders that are understood, by ``model_type``."""
