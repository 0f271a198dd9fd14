"""The precision of a published LLM: ``quantization_config``, and what it leaves at 16 bits.

Scales and zero points of groups count with the bits of a weight. Routers, the embedding and the
head are taken to stay at 16 bits, as all these methods leave them unless told otherwise: the
cautious reading.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.system_models.catalogue.config_keys import Keys
from heuristics.system_models.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heuristics.system_models.catalogue.layer_keys import Table

_KEYS = ("quantization_config", "compression_config")
_LEFT_OUT = ("modules_to_not_convert", "llm_int8_skip_modules", "ignore", "ignored_layers",
             "exclude_modules")  # fmt: skip
_OTHER_PARTS = re.compile(r"visual|vision|image|audio|speech|projector|multi_modal|merger|mm_")
_HEAD = re.compile(r"^(lm_head|embed_tokens|embed_out|wte|word_embeddings|embeddings|embed_in"
                   r"|output_layer|embedding)$")  # fmt: skip
_PARTS = {
    "attention": r"^(self_attn|attn|attention|self_attention|[qkvo]_proj|qkv_proj|c_attn"
    r"|query_key_value|kv_b_proj|kv_a_proj_with_mqa|q_a_proj|q_b_proj|out_proj|o)$",
    "router": r"^(gate|router|shared_expert_gate|gate_inp|e_score_correction_bias)$",
    "shared": r"^shared_experts?$|^shared_mlp$",
    "experts": r"^experts$",
    "ffn": r"^(mlp|feed_forward|ffn|block_sparse_moe|gate_proj|up_proj|down_proj|gate_up_proj"
    r"|fc1|fc2|w1|w2|w3|dense_h_to_4h|dense_4h_to_h|c_fc)$",
    "state": r"^(mamba|mixer|in_proj|conv1d|x_proj|dt_proj|linear_attn)$",
}


def published_precision(
    config: Mapping[str, Any], part: Mapping[str, Any], layers: list[Table], model_dimension: int
) -> dict[str, Any] | None:
    """Return the precision that a file states for its weights; None for 16 bits.

    Parameters
    ----------
    config, part
        The whole file and its text part.
    layers
        Tables of attention, state and ffn for each layer.
    model_dimension
        :math:`d_m`.

    Raises
    ------
    InputError
        If the method or a part that it leaves at 16 bits is not known to be read rightly.
    """
    found = [(table, key) for table in (config, part) for key in _KEYS if table.get(key)]
    if not found or (len(found) > 1 and found[0][0] is found[1][0] and found[0][1] == found[1][1]):
        found = found[:1]
    if not found:
        return None
    table, key = found[0]
    if any(other[other_key] != table[key] for other, other_key in found[1:]):
        raise InputError("must be stated once", field=found[1][1])
    if not isinstance(table[key], dict):
        raise InputError("must be a table of keys and values", field=key, found=table[key])
    keys = Keys(table[key], prefix=f"{key}.")
    method, name, bits = _method(keys)
    left_out = [item for each in _LEFT_OUT for item in _names(keys, each)]
    parts = [_left_out(keys, *item, num_layers=len(layers)) for item in left_out]
    common, experts = _alphas(
        layers, model_dimension, bits, parts, only_experts=method == "mxfp4" and not left_out
    )
    return {
        "method": name,
        "alpha_weights": common,
        "alpha_experts": experts,
        "alpha_embedding": 1.0,
        "alpha_kv_cache": _cache_bits(keys) / 16,
    }


def _method(keys: Keys) -> tuple[str, str, Fraction]:
    """Return the method, its name with the bits, and the bits of a weight with its scales."""
    method = keys.raw("quant_method")
    if method is None and (keys.raw("load_in_4bit") or keys.raw("load_in_8bit")):
        method = "bitsandbytes"
    reader = _METHODS.get(method) if isinstance(method, str) else None
    if reader is None:
        raise keys.error(f"must be one of {', '.join(_METHODS)}", "quant_method")
    bits, stored = reader(keys)
    return str(method), f"{method}-{bits}bit", stored


def _grouped(keys: Keys, bits: int, size: int | None, *, zero_points: bool) -> Fraction:
    if size is None:
        return Fraction(bits)
    return bits + Fraction(16 + (bits if zero_points else 0), size)


def _group_size(keys: Keys, *names: str) -> int | None:
    if any(keys.raw(name) == -1 for name in names):
        return None
    return keys.count(*names) or 128


def _gptq(keys: Keys) -> tuple[int, Fraction]:
    bits = keys.required("bits", largest=8)
    for name in ("dynamic", "lm_head"):
        if keys.raw(name):
            raise keys.error("must be absent: the same bits for all layers", name)
    return bits, _grouped(keys, bits, _group_size(keys, "group_size"), zero_points=True)


def _awq(keys: Keys) -> tuple[int, Fraction]:
    bits = keys.required("bits", "w_bit", largest=8)
    size = _group_size(keys, "group_size", "q_group_size")
    return bits, _grouped(keys, bits, size, zero_points=keys.flag("zero_point", default=True))


def _bitsandbytes(keys: Keys) -> tuple[int, Fraction]:
    four = keys.flag("load_in_4bit", default=False) or keys.flag("_load_in_4bit", default=False)
    eight = keys.flag("load_in_8bit", default=False) or keys.flag("_load_in_8bit", default=False)
    if four == eight:
        raise keys.error("must be true for one of 4 and 8 bits", "load_in_4bit")
    if eight:
        return 8, Fraction(8)
    if keys.flag("bnb_4bit_use_double_quant", default=False):
        return 4, 4 + Fraction(8, 64) + Fraction(32, 64 * 256)
    return 4, 4 + Fraction(32, 64)


def _fp8(keys: Keys) -> tuple[int, Fraction]:
    block = keys.raw("weight_block_size")
    if block is None:
        return 8, Fraction(8)
    if not isinstance(block, list) or not all(type(n) is int and 1 <= n <= 10**6 for n in block):
        raise keys.error("must be a list of two sizes", "weight_block_size")
    values = 1
    for each in block:
        values *= each
    return 8, 8 + Fraction(32, values)


def _mxfp4(keys: Keys) -> tuple[int, Fraction]:
    return 4, 4 + Fraction(8, 32)


def _compressed(keys: Keys) -> tuple[int, Fraction]:
    groups = keys.table("config_groups")
    if len(groups.config) != 1:
        raise keys.error("must hold one group: the same bits for all layers", "config_groups")
    group = groups.table(next(iter(groups.config)))
    targets = group.raw("targets")
    if targets not in (None, ["Linear"]):
        raise group.error("must be Linear alone", "targets")
    weights = group.table("weights")
    bits = weights.required("num_bits", largest=8)
    size = None if weights.raw("group_size") == -1 else weights.count("group_size")
    return bits, _grouped(weights, bits, size, zero_points=weights.raw("symmetric") is False)


def _modelopt(keys: Keys) -> tuple[int, Fraction]:
    kinds = {"FP8": (8, Fraction(8)), "NVFP4": (4, 4 + Fraction(8, 16))}
    kind = keys.raw("quant_algo")
    if not isinstance(kind, str) or kind not in kinds:
        raise keys.error(f"must be one of {', '.join(kinds)}", "quant_algo")
    return kinds[kind]


_METHODS = {
    "gptq": _gptq,
    "awq": _awq,
    "bitsandbytes": _bitsandbytes,
    "fp8": _fp8,
    "fbgemm_fp8": _fp8,
    "mxfp4": _mxfp4,
    "compressed-tensors": _compressed,
    "modelopt": _modelopt,
}


def _cache_bits(keys: Keys) -> int:
    """Return the bits of a cached value, 16 unless the file says otherwise."""
    scheme = keys.raw("kv_cache_scheme")
    if isinstance(scheme, dict):
        return keys.table("kv_cache_scheme").required("num_bits", largest=16)
    if scheme is not None:
        raise keys.error("must be a table of keys and values", "kv_cache_scheme")
    kind = keys.raw("kv_cache_quant_algo")
    if kind not in (None, "FP8"):
        raise keys.error("must be FP8", "kv_cache_quant_algo")
    return 16 if kind is None else 8


def _names(keys: Keys, key: str) -> list[tuple[str, str]]:
    names = keys.raw(key)
    if names is None:
        return []
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise keys.error("must be a list of names", key)
    return [(key, each) for each in names]


def _left_out(keys: Keys, key: str, name: str, *, num_layers: int) -> tuple[int | None, str | None]:
    """Return the layer, None for all, and the part that a name leaves at 16 bits.

    The part is None for names outside the layers' matrices, such as norms and the head. A name
    inside attention or a feed-forward network leaves all of it at 16 bits, the cautious reading.
    """
    plain = name.removeprefix("re:").lower().replace(r"\d+", "").replace("\\.", ".")
    if re.search(r"[\[\](){}|?+]", plain):
        raise InputError("must be a name without choices", field=f"{keys.prefix}{key}", found=name)
    words = [word for word in re.split(r"[^a-z0-9_]+", plain) if word]
    layer = next((int(word) for word in words if word.isdecimal() and len(word) < 6), None)
    if _OTHER_PARTS.search(plain):
        return None, None
    if words and ("norm" in words[-1] or _HEAD.match(words[-1])):
        return None, None
    if layer is not None and not 0 <= layer < num_layers and "experts" not in words:
        return None, None  # a layer of multi-token prediction, which is not run
    for part in ("shared", "router", "experts", "attention", "ffn", "state"):
        last = [words[-1]] if part == "router" and words else words
        if any(re.match(_PARTS[part], word) for word in last):
            return layer, part
    if words and layer is not None and words[-1] == str(layer):
        return layer, "all"
    raise InputError("must name parts that are known", field=f"{keys.prefix}{key}", found=name)


def _alphas(
    layers: list[Table],
    model_dimension: int,
    bits: Fraction,
    left_out: list[tuple[int | None, str | None]],
    *,
    only_experts: bool,
) -> tuple[float, float]:
    """Return alpha of the common weights and of the experts, rounded up to 12 decimals."""
    everywhere = {part for layer, part in left_out if layer is None}
    by_layer: dict[int, set[str | None]] = {}
    for layer, part in left_out:
        if layer is not None:
            by_layer.setdefault(layer, set()).add(part)
    stored = {"common": Fraction(0), "experts": Fraction(0)}
    sizes = {"common": 0, "experts": 0}
    for index, table in enumerate(layers):
        at_16 = everywhere | by_layer.get(index, set())
        for part, size in _sizes(table, model_dimension).items():
            names = {part, "all"} | ({"ffn"} if part in ("experts", "shared") else set())
            stays = bool(names & at_16) or part == "router" or (only_experts and part != "experts")
            total = "experts" if part == "experts" else "common"
            stored[total] += size * (16 if stays else bits)
            sizes[total] += size
    common, experts = (
        ceil(stored[each] / (16 * sizes[each]) * 10**12) / 10**12 if sizes[each] else None
        for each in ("common", "experts")
    )
    return common or experts or 1.0, experts or common or 1.0


def _sizes(table: Table, model_dimension: int) -> dict[str, int]:
    """Return the elements of each part of a layer."""
    layer = Layer.parse({"count": 1, **table})
    ffn = table.get("ffn") or {}
    attention = layer.attention.weights(model_dimension) if layer.attention else 0
    state = layer.state.weights if layer.state else 0
    router = model_dimension * ffn.get("router_dimension", 0)
    shared = layer.common_weights(model_dimension) - attention - state - router
    experts = layer.num_experts * layer.expert_weights(model_dimension)
    name = "shared" if layer.num_experts else "ffn"
    sizes = {"attention": attention, "state": state, "router": router, "experts": experts}
    return sizes | {name: shared}
