"""Layers of a configuration: attention, windows and feed-forward networks, one entry a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heuristics.system_models.catalogue.config_keys import LARGEST_LAYERS

if TYPE_CHECKING:
    from heuristics.system_models.catalogue.config_keys import Keys

Table = dict[str, Any]

KV_KEYS = (
    "num_key_value_heads",
    "num_kv_heads",
    "n_head_kv",
    "kv_n_heads",
    "multi_query_group_num",
)
"""Keys that say the number of heads whose keys and values are cached."""


def width(keys: Keys) -> int:
    """Return d_m."""
    return keys.required("hidden_size", "n_embed", "n_embd", "d_model")


def num_layers(keys: Keys) -> int:
    """Return L."""
    names = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
    return keys.required(*names, largest=LARGEST_LAYERS)


def num_heads(keys: Keys) -> int:
    """Return n_h."""
    return keys.required("num_attention_heads", "n_head", "n_heads", "num_heads")


def full(keys: Keys, num_kv_heads: int, *, reads_head_dim: bool) -> Table:
    """Return attention to all tokens with this number of heads for keys and values.

    Parameters
    ----------
    keys
        The configuration.
    num_kv_heads
        Number of heads for keys and values.
    reads_head_dim
        True if the type's code takes ``head_dim`` where it stands; else it must agree.
    """
    heads, model = num_heads(keys), width(keys)
    head = keys.count("head_dim") if reads_head_dim else None
    if head is None:
        if model % heads:
            rule = f"must divide the hidden size, {model}, or head_dim be given"
            raise keys.error(rule, "num_attention_heads")
        head = model // heads
    keys.agree(head, "head_dim", "kv_channels", "attention_head_size", "head_size")
    keys.agree(num_kv_heads, *KV_KEYS)
    return {
        "kind": "full",
        "num_heads": heads,
        "num_kv_heads": num_kv_heads,
        "key_dimension": head,
        "value_dimension": head,
    }


def grouped(keys: Keys, *, reads_head_dim: bool = True) -> Table:
    """Return attention whose heads for keys and values are a key, all heads if it is absent."""
    kv_heads = keys.count("num_key_value_heads") or num_heads(keys)
    return full(keys, kv_heads, reads_head_dim=reads_head_dim)


def multi_head(keys: Keys) -> Table:
    """Return attention in which every head has keys and values of its own."""
    return full(keys, num_heads(keys), reads_head_dim=False)


def latent(keys: Keys) -> Table:
    """Return multi-head latent attention, whose ranks are keys."""
    heads = num_heads(keys)
    rope = keys.required("qk_rope_head_dim")
    nope = keys.required("qk_nope_head_dim")
    value = keys.count("v_head_dim")
    if value is None:
        # MiniCPM3's own code: the width over the number of heads.
        value = width(keys) // heads or 1
    keys.agree(heads, "num_key_value_heads")
    keys.agree(nope + rope, "qk_head_dim")
    keys.agree(rope, "head_dim")
    return {
        "kind": "latent",
        "num_heads": heads,
        "query_rank": keys.count("q_lora_rank"),
        "kv_rank": keys.required("kv_lora_rank"),
        "nope_dimension": nope,
        "rope_dimension": rope,
        "value_dimension": value,
    }


def windowed(attention: Table, windows: list[int | None]) -> list[Table]:
    """Return the attention of each layer, a window of so many tokens or all of them."""
    return [
        attention if window is None else {**attention, "kind": "window", "window": window}
        for window in windows
    ]


def same_window(keys: Keys, layers: int) -> list[int | None]:
    """Return ``sliding_window`` for all layers."""
    return [keys.count("sliding_window")] * layers


def qwen_windows(keys: Keys, layers: int) -> list[int | None]:
    """Return the windows of Qwen: from ``max_window_layers`` on, if they are switched on."""
    is_on = keys.flag("use_sliding_window", default=False)
    first = keys.count("max_window_layers", least=0)
    if not is_on:
        keys.raw("sliding_window")
        _kinds(keys, layers)
        return [None] * layers
    window = keys.required("sliding_window")
    kinds = _kinds(keys, layers)
    if kinds is not None:
        return [window if kind == "sliding_attention" else None for kind in kinds]
    return [window if i >= (first or 0) else None for i in range(layers)]


def periodic_windows(keys: Keys, layers: int, period: int) -> list[int | None]:
    """Return windows for all layers but each last one of a period, or as ``layer_types`` says."""
    window = keys.count("sliding_window")
    kinds = _kinds(keys, layers)
    pattern = keys.count("sliding_window_pattern", "_sliding_window_pattern")
    if window is None:
        return [None] * layers
    if kinds is not None:
        return [window if kind == "sliding_attention" else None for kind in kinds]
    period = pattern or period
    return [window if (i + 1) % period else None for i in range(layers)]


def chunked_windows(keys: Keys, layers: int) -> list[int | None]:
    """Return the chunks of Llama 4: those of layers with rotary positions."""
    chunk = keys.count("attention_chunk_size")
    kinds = _kinds(keys, layers, "chunked_attention")
    interval = keys.count("no_rope_layer_interval") or 4
    rotary = keys.raw("no_rope_layers") or None
    if rotary is not None:
        rotary = keys.listed("no_rope_layers", layers)
    if chunk is None:
        return [None] * layers
    if kinds is not None:
        return [chunk if kind == "chunked_attention" else None for kind in kinds]
    if rotary is None:
        rotary = [(i + 1) % interval != 0 for i in range(layers)]
    return [chunk if each else None for each in rotary]


def _kinds(keys: Keys, layers: int, other: str = "sliding_attention") -> list[str] | None:
    kinds = keys.listed("layer_types", layers)
    known = ("full_attention", other)
    for kind in kinds or ():
        if kind not in known:
            raise keys.error(f"must hold {known[0]} or {known[1]} only", "layer_types")
    return kinds


def dense(keys: Keys, dimension: int, *, gated: bool) -> Table:
    """Return a feed-forward network of this inner width; other keys for it must agree."""
    names = ("intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size", "d_ff", "inner_size")
    keys.agree(dimension, *names)
    return {"kind": "gated" if gated else "plain", "dimension": dimension}


def sized(keys: Keys, *names: str, gated: bool) -> Table:
    """Return a feed-forward network whose inner width is a key."""
    return dense(keys, keys.required(*names), gated=gated)


def fourfold(keys: Keys, *names: str, gated: bool = False) -> Table:
    """Return a feed-forward network of four times d_m, unless one of the keys is there."""
    dimension = keys.count(*names) if names else None
    return dense(keys, dimension or 4 * width(keys), gated=gated)


def mixture(
    keys: Keys,
    *,
    experts: tuple[str, ...],
    dimension: int,
    shared: int = 0,
    shared_gate: int = 0,
    active: tuple[str, ...] = ("num_experts_per_tok", "num_experts_per_token"),
) -> Table:
    """Return a mixture of gated experts, whose number and number active are keys."""
    num_experts = keys.required(*experts)
    num_active = keys.required(*active)
    if num_active > num_experts:
        raise keys.error(f"must be at most the number of experts, {num_experts}", active[0])
    return {
        "kind": "mixture",
        "num_experts": num_experts,
        "num_active": num_active,
        "expert_dimension": dimension,
        "num_matrices": 3,
        "shared_dimension": shared,
        "router_dimension": num_experts + shared_gate,
    }


def qwen_ffn(keys: Keys, layers: int) -> list[Table]:
    """Return the networks of Qwen's mixtures: sparse each so many layers, but for some."""
    plain = {"kind": "gated", "dimension": keys.required("intermediate_size")}
    step = keys.count("decoder_sparse_step") or 1
    excluded = keys.raw("mlp_only_layers") or []
    if not isinstance(excluded, list) or any(type(i) is not int for i in excluded):
        raise keys.error("must be a list of indices of layers", "mlp_only_layers")
    shared = keys.count("shared_expert_intermediate_size", least=0) or 0
    sparse = mixture(
        keys,
        experts=("num_experts", "num_local_experts"),
        dimension=keys.required("moe_intermediate_size"),
        shared=shared,
        shared_gate=1 if shared else 0,
    )
    return [plain if i in excluded or (i + 1) % step else sparse for i in range(layers)]


def deepseek_ffn(keys: Keys, layers: int) -> list[Table]:
    """Return the networks of DeepSeek's mixtures: the first layers dense, shared experts after."""
    plain = {"kind": "gated", "dimension": keys.required("intermediate_size")}
    first = keys.count("first_k_dense_replace", least=0) or 0
    step = keys.count("moe_layer_freq") or 1
    if keys.count("n_routed_experts") is None:
        return [plain] * layers
    inner = keys.required("moe_intermediate_size")
    shared = (keys.count("n_shared_experts", least=0) or 0) * inner
    sparse = mixture(keys, experts=("n_routed_experts",), dimension=inner, shared=shared)
    return [sparse if i >= first and i % step == 0 else plain for i in range(layers)]


def llama4_ffn(keys: Keys, layers: int) -> list[Table]:
    """Return the networks of Llama 4: a mixture with one shared expert in each so many layers."""
    inner = keys.required("intermediate_size")
    plain = {"kind": "gated", "dimension": keys.required("intermediate_size_mlp")}
    step = keys.count("interleave_moe_layer_step", least=0)
    sparse = mixture(keys, experts=("num_local_experts",), dimension=inner, shared=inner)
    listed = keys.raw("moe_layers")
    if listed is None:
        listed = list(range(step - 1, layers, step)) if step else []
    if not isinstance(listed, list) or any(type(i) is not int for i in listed):
        raise keys.error("must be a list of indices of layers", "moe_layers")
    return [sparse if i in listed else plain for i in range(layers)]


def mamba2(
    keys: Keys, *, heads: int, head: int, groups: int, state: int, kernel: int, state_bits: int
) -> Table:
    """Return a Mamba-2 mixer: projections in and out, a convolution, a state a head.

    The state holds heads * head * state values; the convolution keeps its last inputs, 16 bits
    each. The recurrence takes six FLOPs for each value of the state: input, decay, output.
    """
    inner, convolved = heads * head, heads * head + 2 * groups * state
    projections = width(keys) * (inner + convolved + heads) + inner * width(keys)
    return {
        "form": "mamba2",
        "weights": projections + convolved * kernel,
        "state_bytes": -(-inner * state * state_bits // 8) + 2 * convolved * kernel,
        "scan_flop": 6 * inner * state,
    }


def mamba(keys: Keys, *, inner: int, state: int, rank: int, kernel: int) -> Table:
    """Return a mixer of the first Mamba: a convolution, steps of low rank, a state a channel.

    The state holds inner * state values, 16 bits each, as do the last inputs of the convolution.
    The recurrence takes seven FLOPs for each value of the state: step, decay, input, output.
    """
    model = width(keys)
    steps = inner * (rank + 2 * state) + rank * inner
    return {
        "form": "mamba",
        "weights": 3 * model * inner + inner * kernel + steps + inner * state,
        "state_bytes": 2 * inner * (state + kernel),
        "scan_flop": 7 * inner * state,
    }
