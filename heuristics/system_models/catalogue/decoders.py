"""Decoders: how the layers of each follow from its configuration, as the decoder's code has it.

Each function follows the type's own code: huggingface/transformers, ``models/*/configuration_*.py``
and ``modeling_*.py``, or the code published beside the weights for types outside transformers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from heuristics.system_models.catalogue.config_keys import LARGEST_LAYERS, Keys
from heuristics.system_models.catalogue.layer_keys import (
    Table,
    chunked_windows,
    deepseek_ffn,
    dense,
    fourfold,
    full,
    grouped,
    latent,
    llama4_ffn,
    mamba,
    mamba2,
    mixture,
    multi_head,
    num_heads,
    num_layers,
    periodic_windows,
    qwen_ffn,
    same_window,
    sized,
    width,
    windowed,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _alike(attention: list[Table], ffn: list[Table] | Table) -> list[Table]:
    networks = ffn if isinstance(ffn, list) else [ffn] * len(attention)
    return [{"attention": a, "ffn": f} for a, f in zip(attention, networks, strict=True)]


def read_gated(keys: Keys, *, head_dim: bool = True, gated: bool = True) -> list[Table]:
    """Read layers with grouped queries and one inner width."""
    attention = grouped(keys, reads_head_dim=head_dim)
    ffn = sized(keys, "intermediate_size", gated=gated)
    return _alike([attention] * num_layers(keys), ffn)


def read_multi_head(
    keys: Keys, *, inner: str = "intermediate_size", gated: bool = True
) -> list[Table]:
    """Read layers in which every head has keys and values of its own."""
    return _alike([multi_head(keys)] * num_layers(keys), sized(keys, inner, gated=gated))


def read_windowed(
    keys: Keys, windows: Callable[[Keys, int], list[int | None]], *, gated: bool = True
) -> list[Table]:
    """Read layers with grouped queries, a window for some of them or for all."""
    attention = windowed(grouped(keys), windows(keys, num_layers(keys)))
    return _alike(attention, sized(keys, "intermediate_size", gated=gated))


def read_cohere2(keys: Keys) -> list[Table]:
    """Read Cohere 2: three layers with a window, then one without, by either of two keys."""
    keys.agree(keys.count("sliding_window_pattern") or 4, "layer_switch")
    order = keys.raw("order_of_interleaved_layers")
    if order not in (None, "local_attn_first"):
        raise keys.error("must be local_attn_first", "order_of_interleaved_layers")
    keys.raw("use_embedding_sharing")  # the head is the embedding, as the type has it
    return read_windowed(keys, partial(periodic_windows, period=4))


def read_plain_gpt(keys: Keys) -> list[Table]:
    """Read GPT-2 and its like: one head for keys and values if ``attention_head_type`` says so."""
    kind = keys.raw("attention_head_type")
    if kind not in (None, "multihead", "multiquery"):
        raise keys.error("must be multihead or multiquery", "attention_head_type")
    kv_heads = 1 if kind == "multiquery" else num_heads(keys)
    shared = keys.raw("multi_query")
    if shared not in (None, kv_heads == 1):
        raise keys.error("must agree with attention_head_type", "multi_query")
    attention = full(keys, kv_heads, reads_head_dim=False)
    return _alike([attention] * num_layers(keys), fourfold(keys, "n_inner"))


def read_bigcode(keys: Keys) -> list[Table]:
    """Read GPT-BigCode: one head for keys and values unless ``multi_query`` is false."""
    kv_heads = 1 if keys.flag("multi_query", default=True) else num_heads(keys)
    attention = full(keys, kv_heads, reads_head_dim=False)
    return _alike([attention] * num_layers(keys), fourfold(keys, "n_inner"))


def read_neo(keys: Keys) -> list[Table]:
    """Read GPT-Neo: windows of ``window_size`` in its local layers."""
    layers, window = num_layers(keys), keys.required("window_size")
    kinds = keys.listed("attention_layers", layers)
    types = keys.raw("attention_types")
    if kinds is None:
        try:
            kinds = [
                kind for item in types for _ in range(min(item[1], layers)) for kind in item[0]
            ]
        except (TypeError, LookupError) as error:
            raise keys.error(
                "must be a list of kinds and repetitions", "attention_types"
            ) from error
    if len(kinds) != layers or any(kind not in ("global", "local") for kind in kinds):
        raise keys.error(
            f"must give global or local for each of {layers} layers", "attention_types"
        )
    windows = [window if kind == "local" else None for kind in kinds]
    return _alike(windowed(multi_head(keys), windows), fourfold(keys, "intermediate_size"))


def read_fourfold(keys: Keys, *names: str) -> list[Table]:
    """Read layers whose inner width is four times d_m unless a key says otherwise."""
    return _alike([multi_head(keys)] * num_layers(keys), fourfold(keys, *names))


def read_falcon(keys: Keys) -> list[Table]:
    """Read Falcon: one head for keys and values, or ``num_kv_heads`` in the new architecture."""
    is_new = keys.flag("new_decoder_architecture", default=keys.raw("n_head_kv") is not None)
    is_shared = keys.flag("multi_query", default=True)
    given = keys.count("num_kv_heads", "n_head_kv") or num_heads(keys)
    kv_heads = given if is_new else 1 if is_shared else num_heads(keys)
    attention = full(keys, kv_heads, reads_head_dim=False)
    return _alike([attention] * num_layers(keys), fourfold(keys, "ffn_hidden_size"))


def read_mpt(keys: Keys) -> list[Table]:
    """Read MPT, whose tables inside say the kind of attention and of network."""
    inner = keys.table("attn_config")
    kind = inner.raw("attn_type") or "multihead_attention"
    own = inner.count("kv_n_heads")
    if not isinstance(kind, str):
        raise inner.error("must be a kind of attention that is understood", "attn_type")
    kv_heads = {"multihead_attention": num_heads(keys), "multiquery_attention": 1}.get(kind, own)
    if kind not in ("multihead_attention", "multiquery_attention", "grouped_query_attention"):
        raise inner.error("must be a kind of attention that is understood", "attn_type")
    if kv_heads is None or (own is not None and own != kv_heads):
        raise inner.error(f"must be given for {kind}, and agree with it", "kv_n_heads")
    network = keys.table("ffn_config")
    if network.raw("ffn_type") not in (None, "mptmlp"):
        raise network.error("must be mptmlp", "ffn_type")
    ratio = keys.raw("expansion_ratio")
    ratio = 4 if ratio is None else ratio
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 < ratio <= 1000:
        raise keys.error("must be a number of 0..1000", "expansion_ratio")
    inner.refuse_unread("mpt")
    network.refuse_unread("mpt")
    attention = full(keys, kv_heads, reads_head_dim=False)
    ffn = dense(keys, max(1, int(ratio * width(keys))), gated=False)
    return _alike([attention] * num_layers(keys), ffn)


def read_dbrx(keys: Keys) -> list[Table]:
    """Read DBRX, whose tables inside say the heads and the experts."""
    inner, network = keys.table("attn_config"), keys.table("ffn_config")
    attention = full(keys, inner.required("kv_n_heads"), reads_head_dim=False)
    network.raw("hidden_size")
    dimension = network.required("ffn_hidden_size")
    ffn = mixture(network, experts=("moe_num_experts",), dimension=dimension, active=("moe_top_k",))
    inner.refuse_unread("dbrx")
    network.refuse_unread("dbrx")
    return _alike([attention] * num_layers(keys), ffn)


def read_chatglm(keys: Keys) -> list[Table]:
    """Read ChatGLM2 to 4: groups of queries, a gated network, a padded vocabulary."""
    is_grouped = keys.flag("multi_query_attention", default=False)
    groups = keys.count("multi_query_group_num")
    kv_heads = (groups or 1) if is_grouped else num_heads(keys)
    head = keys.count("kv_channels") or width(keys) // num_heads(keys) or 1
    keys.agree(head, "head_dim")
    attention = {
        "kind": "full",
        "num_heads": num_heads(keys),
        "num_kv_heads": kv_heads,
        "key_dimension": head,
        "value_dimension": head,
    }
    return _alike([attention] * num_layers(keys), sized(keys, "ffn_hidden_size", gated=True))


def read_qwen(keys: Keys) -> list[Table]:
    """Read Qwen 1: ``intermediate_size`` counts gate and up projection together."""
    inner = keys.required("intermediate_size")
    if inner % 2:
        raise keys.error("must be even, twice the width of one matrix", "intermediate_size")
    head = keys.count("kv_channels") or width(keys) // num_heads(keys) or 1
    attention = multi_head(keys)
    if head != attention["key_dimension"]:
        raise keys.error("must be the hidden size over the number of heads", "kv_channels")
    ffn = {"kind": "gated", "dimension": inner // 2}
    return _alike([attention] * num_layers(keys), ffn)


def read_phi(keys: Keys) -> list[Table]:
    """Read Phi 1 and 2, whose first code had keys of its own."""
    kv_heads = keys.count("num_key_value_heads", "n_head_kv") or num_heads(keys)
    attention = full(keys, kv_heads, reads_head_dim=False)
    ffn = fourfold(keys, "intermediate_size", "n_inner")
    return _alike([attention] * num_layers(keys), ffn)


def read_bare_phi(keys: Keys) -> list[Table]:
    """Read Phi as transformers has it, with an inner width that is given."""
    if keys.count("intermediate_size") is None:
        keys.required("intermediate_size")
    return read_phi(keys)


def read_experts(
    keys: Keys, *experts: str, windows: Callable[[Keys, int], list[int | None]] | None = None
) -> list[Table]:
    """Read layers that are all mixtures of experts of the width ``intermediate_size``."""
    layers = num_layers(keys)
    attention = windowed(grouped(keys), windows(keys, layers) if windows else [None] * layers)
    shared = keys.count("shared_intermediate_size", least=0) or 0
    dimension = keys.required("intermediate_size")
    active = ("num_experts_per_tok", "experts_per_token")
    ffn = mixture(keys, experts=experts, dimension=dimension, shared=shared, active=active)
    return _alike(attention, ffn)


def read_qwen_experts(keys: Keys, windows: Callable[[Keys, int], list[int | None]]) -> list[Table]:
    """Read Qwen's mixtures of experts."""
    layers = num_layers(keys)
    return _alike(windowed(grouped(keys), windows(keys, layers)), qwen_ffn(keys, layers))


def switched_window(keys: Keys, layers: int) -> list[int | None]:
    """Return the windows of Qwen3's mixtures: in all layers or in none."""
    keys.raw("max_window_layers")
    if not keys.flag("use_sliding_window", default=False):
        keys.raw("sliding_window")
        return [None] * layers
    return same_window(keys, layers)


def read_latent(keys: Keys) -> list[Table]:
    """Read DeepSeek's layers with latent attention and mixtures."""
    layers = num_layers(keys)
    return _alike([latent(keys)] * layers, deepseek_ffn(keys, layers))


def read_grouped_deepseek(keys: Keys) -> list[Table]:
    """Read layers with grouped queries and DeepSeek's mixtures."""
    layers = num_layers(keys)
    return _alike([grouped(keys)] * layers, deepseek_ffn(keys, layers))


def read_minicpm3(keys: Keys) -> list[Table]:
    """Read MiniCPM3: latent attention and a dense network."""
    ffn = sized(keys, "intermediate_size", gated=True)
    return _alike([latent(keys)] * num_layers(keys), ffn)


def read_llama4(keys: Keys) -> list[Table]:
    """Read Llama 4: attention in chunks, a mixture in each so many layers."""
    layers = num_layers(keys)
    attention = windowed(grouped(keys), chunked_windows(keys, layers))
    return _alike(attention, llama4_ffn(keys, layers))


def read_falcon_h1(keys: Keys) -> list[Table]:
    """Read Falcon-H1: attention and a Mamba-2 mixer side by side in each layer."""
    heads = keys.required("mamba_n_heads")
    inner = keys.count("mamba_d_ssm") or (keys.count("mamba_expand") or 2) * width(keys)
    head = keys.raw("mamba_d_head")
    if head in (None, "auto"):
        head = inner // heads
    if head != keys.count("mamba_d_head") and keys.raw("mamba_d_head") not in (None, "auto"):
        raise keys.error("must be an integer", "mamba_d_head")
    if inner != head * heads:
        raise keys.error(f"must be mamba_n_heads times mamba_d_head, {heads * head}", "mamba_d_ssm")
    for name in ("mamba_expand", "mamba_chunk_size", "mamba_conv_bias", "mamba_proj_bias"):
        keys.raw(name)
    for name in ("mamba_norm_before_gate", "mamba_rms_norm", "mamba_use_mlp"):
        keys.raw(name)
    if keys.raw("mamba_use_mlp") is False:
        raise keys.error("must be true: only layers with a feed-forward network", "mamba_use_mlp")
    state = mamba2(
        keys,
        heads=heads,
        head=head,
        groups=keys.count("mamba_n_groups") or 1,
        state=keys.required("mamba_d_state"),
        kernel=keys.count("mamba_d_conv") or 4,
        state_bits=_bits(keys, "mamba_ssm_cache_dtype"),
    )
    ffn = sized(keys, "intermediate_size", gated=True)
    layer = {"attention": grouped(keys), "state": state, "ffn": ffn}
    return [layer] * num_layers(keys)


def read_nemotron_h(keys: Keys) -> list[Table]:
    """Read Nemotron-H: each layer is a Mamba-2 mixer, attention, a network or a mixture alone."""
    pattern = _nemotron_pattern(keys)
    parts: dict[str, Table] = {}
    plain = keys.required("intermediate_size")
    for name in ("expand", "chunk_size", "mamba_hidden_act", "mamba_proj_bias"):
        keys.raw(name)
    state = mamba2(
        keys,
        heads=keys.required("mamba_num_heads"),
        head=keys.required("mamba_head_dim"),
        groups=keys.count("n_groups", "mamba_n_groups") or 8,
        state=keys.count("ssm_state_size", "mamba_state_dim") or 128,
        kernel=keys.count("conv_kernel", "mamba_d_conv") or 4,
        state_bits=_bits(keys, "mamba_ssm_cache_dtype"),
    )
    parts["M"] = {"state": state}
    parts["*"] = {"attention": grouped(keys)}
    parts["-"] = {"ffn": {"kind": "plain", "dimension": plain}}
    names = ("n_routed_experts", "n_shared_experts", "moe_shared_expert_intermediate_size")
    for name in (*names, "moe_intermediate_size", "num_experts_per_tok"):
        keys.raw(name)
    if "E" in pattern:
        shared = keys.count("moe_shared_expert_intermediate_size", least=0) or 0
        parts["E"] = {
            "ffn": {
                **mixture(
                    keys,
                    experts=("n_routed_experts",),
                    dimension=keys.required("moe_intermediate_size"),
                    shared=shared * (1 if keys.count("n_shared_experts", least=0) else 0),
                ),
                "num_matrices": 2,
            }
        }
    return [parts[kind] for kind in pattern]


def _nemotron_pattern(keys: Keys) -> str:
    """Return a letter for each layer, from the pattern or from a list of kinds."""
    kinds = keys.raw("layers_block_type")
    letters = {"mamba": "M", "linear_attention": "M", "full_attention": "*", "attention": "*"}
    letters |= {"mlp": "-", "moe": "E"}
    if isinstance(kinds, list) and 0 < len(kinds) <= LARGEST_LAYERS:
        if any(not isinstance(kind, str) or kind not in letters for kind in kinds):
            raise keys.error(f"must hold {', '.join(letters)} only", "layers_block_type")
        keys.agree(len(kinds), "num_hidden_layers")
        listed = "".join(letters[kind] for kind in kinds)
        if keys.raw("hybrid_override_pattern") not in (None, listed):
            raise keys.error("must agree with layers_block_type", "hybrid_override_pattern")
        return listed
    layers = num_layers(keys)
    pattern = keys.raw("hybrid_override_pattern")
    if not isinstance(pattern, str) or len(pattern) != layers or set(pattern) - set("M*-E"):
        rule = f"must have one of M, *, - and E for each of {layers} layers"
        raise keys.error(rule, "hybrid_override_pattern")
    return pattern


def read_mamba(keys: Keys) -> list[Table]:
    """Read Mamba: a mixer alone in each layer."""
    model = width(keys)
    inner = keys.count("intermediate_size") or (keys.count("expand") or 2) * model
    keys.agree(inner // model, "expand") if inner % model == 0 else None
    rank = keys.raw("time_step_rank")
    rank = -(-model // 16) if rank in (None, "auto") else keys.required("time_step_rank")
    state = mamba(
        keys,
        inner=inner,
        state=keys.count("state_size") or 16,
        rank=rank,
        kernel=keys.count("conv_kernel") or 4,
    )
    return [{"state": state}] * num_layers(keys)


def _bits(keys: Keys, key: str) -> int:
    """Return the bits of a state's value, 16 unless the file says otherwise."""
    kind = keys.raw(key)
    sizes = {None: 16, "auto": 16, "float16": 16, "bfloat16": 16, "float32": 32}
    if not (kind is None or isinstance(kind, str)) or kind not in sizes:
        raise keys.error("must be float32, bfloat16 or float16", key)
    return sizes[kind]
