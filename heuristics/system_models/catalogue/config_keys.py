"""Keys of a ``config.json``, read one by one, so that those nobody has read can be refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.system_models.validation import LARGEST_COUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_LAYERS = 10_000

_STRUCTURE = re.compile(
    r"lora_rank|_rank$|kv_head|head_kv|kv_n_head|n_kv|kv_channels|multi_query|query_group|group_num"
    r"|head_type|head_dim|head_size|_heads$|^n_head|attn_head|layer_type|block_type|attn_type"
    r"|attention_type|pattern|hybrid|mamba|ssm|state_size|d_state|d_conv|^conv|_conv|expert|moe"
    r"|sparse|window|chunk|local_attention|linear_|lightning|recurrent|lru|rwkv|delta|kda"
    r"|cross_attention|encoder|decoder|n_layer|num_.*layers|_layers$|layers_|n_blocks|num_blocks"
    r"|ffn|intermediate|n_inner|inner_|mlp_dim|mlp_ratio|mlp_only|expansion|^expand|d_model|d_ff"
    r"|d_kv|n_embd|n_embed$|hidden_size|hidden_dim|embed.*(dim|size)|proj_dim|shar|^mla|_mla"
    r"|index_|altup|laurel|per_layer|loop|depth|dense_replace|attn_config|ffn_config|nope|cla_"
    r"|attn_idx|_idxs$|block_dim|full_att|attention_(every|interval|period|freq)|_interval$"
    r"|interleav|layer_switch|time_mix|gated_attention|output_gate|kv_reduction|compress|adapter|num_ffn_matrices",
    re.IGNORECASE,
)
"""Names of keys that may say how layers are built."""

_HARMLESS = re.compile(
    r"token_id|^chunk_size_feed_forward$|^(max_)?position|max_position|rope|rotary|dropout|_bias$"
    r"|^bias|dtype|^task|^vision|^image|^video|^audio|^visual|^mm_|^img_|projector|^use_cache"
    r"|initializer|_coef|^loss|norm|^no_repeat|encoder_no_repeat|^id2label|^label2id|transformers"
    r"|^num_nextn_predict_layers$|^mtp_|attn_implementation|attention_bias|^tie_|^auto_map$"
    r"|^quantization|^compression|scal|multiplier|^attn_pdrop|^feed_forward_proj$|^layerdrop$"
    r"|attention_dropout|^router_|^use_mamba_kernels$|^embed.*(drop|multiplier)|^is_decoder$"
    r"|^decoder_start|^cache_implementation$|^pre_allocate_kv_cache$|init_|_act$|act_fn|activation",
    re.IGNORECASE,
)
"""Names of keys that resemble structure but change no count."""

_WIDTHS = re.compile(r"ratio|expansion|ffn|expand|shar|mult$", re.IGNORECASE)


class Keys:
    """The keys of one table of a configuration.

    Parameters
    ----------
    config
        The table.
    prefix
        Path of the table in the file, ending in a dot, empty for the whole file.
    defaults
        Values that the type's code takes for absent keys.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *,
        prefix: str = "",
        defaults: Mapping[str, Any] | None = None,
    ) -> None:
        self.config = config
        self.prefix = prefix
        self.defaults = dict(defaults or {})
        self.read: set[str] = set()

    def error(self, rule: str, key: str) -> InputError:
        """Return the error for a key: its path, the rule and the value found."""
        if key in self.config:
            return InputError(rule, field=self.prefix + key, found=self.config[key])
        return InputError(rule, field=self.prefix + key)

    def raw(self, key: str) -> Any:
        """Return the value of a key, or the type's default, or None."""
        self.read.add(key)
        return self.config[key] if key in self.config else self.defaults.get(key)

    def count(self, *keys: str, least: int = 1, largest: int = LARGEST_COUNT) -> int | None:
        """Return the value of the keys that are there, which must agree; None if none is.

        A key that is null is absent, but hides the type's default of the first key.
        """
        found: dict[str, int] = {}
        for key in keys:
            self.read.add(key)
            value = self.config.get(key)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int):
                raise self.error(f"must be an integer of {least}..{largest}", key)
            if not least <= value <= largest:
                raise self.error(f"must be an integer of {least}..{largest}", key)
            found[key] = value
        if len(set(found.values())) > 1:
            raise self.error(f"must agree with {next(iter(found))}", list(found)[-1])
        if found:
            return next(iter(found.values()))
        if any(key in self.config for key in keys):
            return None
        default = self.defaults.get(keys[0])
        return default if isinstance(default, int) else None

    def required(self, *keys: str, least: int = 1, largest: int = LARGEST_COUNT) -> int:
        """Return the value of the keys that are there, of which one must be."""
        value = self.count(*keys, least=least, largest=largest)
        if value is None:
            raise InputError("is required", field=self.prefix + keys[0])
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a key that is true or false; null stands for its default."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error("must be true or false", key)
        return value

    def table(self, key: str) -> Keys:
        """Return the keys of a table inside, empty if it is absent."""
        value = self.raw(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.error("must be a table of keys and values", key)
        return Keys(value, prefix=f"{self.prefix}{key}.")

    def listed(self, key: str, length: int) -> list[Any] | None:
        """Return a list of one entry a layer; None if it is absent."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != length:
            raise self.error(f"must be a list of one entry a layer, {length}", key)
        return value

    def agree(self, value: int, *keys: str) -> None:
        """Refuse keys that the type's code does not read and that say another value."""
        for key in keys:
            if key in self.read:
                continue
            self.read.add(key)
            found = self.config.get(key)
            if found is not None and (isinstance(found, bool) or found != value):
                raise self.error(f"must be absent or {value}, as the other keys have it", key)

    def refuse_unread(self, model_type: object) -> None:
        """Refuse a key that says how layers are built and that the type is not read with.

        Raises
        ------
        InputError
            If there is one: it would change the layers, or contradict those that were read.
        """
        for key, value in self.config.items():
            if key not in self.read and is_structure(key, value):
                shown = model_type if isinstance(model_type, str) else "this file"
                rule = f"must be absent: no structure that {shown[:60]} is known to have"
                raise self.error(rule, key)


def is_structure(key: str, value: object) -> bool:
    """Return whether a key says how layers are built, with a value that has an effect."""
    if value is None or value is False or value in ({}, [], "", 0):
        return False
    if value == 1 and "expert" in key.lower():
        return False
    if isinstance(value, float) and not _WIDTHS.search(key):
        return False
    return _STRUCTURE.search(key) is not None and _HARMLESS.search(key) is None
