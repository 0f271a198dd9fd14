"""Dimensions of an LLM from its published ``config.json``, as Hugging Face has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from heuristics.errors import InputError
from heuristics.system_models.transformer import Transformer
from heuristics.system_models.validation import LARGEST_COUNT
from heuristics.text_file import LARGEST_SETTINGS, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class _Architecture(NamedTuple):
    """What an architecture's code has and its configuration does not say."""

    num_ffn_matrices: int
    ties_embeddings: bool


_ARCHITECTURES = {
    "llama": _Architecture(3, False),
    "mistral": _Architecture(3, False),
    "qwen2": _Architecture(3, False),
    "qwen3": _Architecture(3, False),
    "phi3": _Architecture(3, False),
    "gemma": _Architecture(3, True),
    "gemma2": _Architecture(3, True),
    "bloom": _Architecture(2, True),
    "opt": _Architecture(2, True),
    "gpt2": _Architecture(2, True),
    "gptj": _Architecture(2, False),
    "gpt_neox": _Architecture(2, False),
    "phi": _Architecture(2, False),
    "starcoder2": _Architecture(2, False),
}
"""The decoders that are understood, by ``model_type``."""

_WIDTH = ("hidden_size", "n_embed", "n_embd")
_HEADS = ("num_attention_heads", "n_head")
_FFN = ("intermediate_size", "ffn_dim", "n_inner")

_QUADRUPLE = ("bloom", "gpt2", "gptj")
"""Architectures in which a null or absent n_inner stands for four times the width."""

_EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")


def read_config(path: Path) -> Transformer:
    """Read the dimensions of an LLM from a ``config.json``.

    Parameters
    ----------
    path
        The file. Its ``model_type`` must be one of the architectures known here; one of another
        type is read if it has all dimensions under the usual keys and a key of our own,
        ``num_ffn_matrices``: 2 for a plain feed-forward network, 3 for a gated one.

    Raises
    ------
    InputError
        If the file cannot be read, is no JSON object, or does not determine the dimensions.

    Notes
    -----
    ``head_dim`` is taken where it stands, since it may differ from the width over the number of
    heads. The name is ``_name_or_path`` without its folder, or the type: the same file gives the
    same name wherever it lies.
    """
    config = _object(path)
    try:
        return Transformer.parse(_dimensions(config))
    except InputError as error:
        raise error.within(path) from error


def _dimensions(config: Mapping[str, Any]) -> dict[str, Any]:
    architecture = _architecture(config.get("model_type"), config)
    width = _required(config, _WIDTH)
    num_heads = _required(config, _HEADS)
    ffn_dimension = _value(config, _FFN)
    if ffn_dimension is None and config.get("model_type") not in _QUADRUPLE:
        raise InputError("is required", field=_FFN[0])
    head_dimension = _value(config, ("head_dim",))
    if head_dimension is None and width % num_heads:
        rule = f"must divide the hidden size, {width}, or head_dim be given"
        raise InputError(rule, field=_HEADS[0], found=num_heads)
    return {
        "name": _name(config),
        "num_layers": _required(config, ("num_hidden_layers", "n_layer")),
        "model_dimension": width,
        "num_heads": num_heads,
        "head_dimension": head_dimension or width // num_heads,
        "num_kv_heads": _value(config, ("num_key_value_heads",)) or num_heads,
        "ffn_dimension": ffn_dimension or 4 * width,
        "num_ffn_matrices": architecture.num_ffn_matrices,
        "vocabulary_size": _required(config, ("vocab_size",)),
        "ties_embeddings": config.get("tie_word_embeddings", architecture.ties_embeddings),
    }


def _architecture(model_type: object, config: Mapping[str, Any]) -> _Architecture:
    for key in _EXPERTS:
        if isinstance(config.get(key), int) and config[key] > 1:
            raise InputError("must be absent: no mixture of experts", field=key, found=config[key])
    if config.get("is_encoder_decoder") is True:
        raise InputError("must be false: decoders only", field="is_encoder_decoder", found=True)
    if isinstance(model_type, str) and model_type in _ARCHITECTURES:
        return _ARCHITECTURES[model_type]
    if config.get("num_ffn_matrices") in (2, 3):
        # Two matrices for embedding and head unless the file says that they are one.
        return _Architecture(int(config["num_ffn_matrices"]), False)
    rule = (
        f"must be one of {', '.join(_ARCHITECTURES)}, or the key num_ffn_matrices be added "
        "(2 plain, 3 gated)"
    )
    raise InputError(rule, field="model_type", found=model_type)


def _required(config: Mapping[str, Any], keys: tuple[str, ...]) -> int:
    value = _value(config, keys)
    if value is None:
        raise InputError("is required", field=keys[0])
    return value


def _value(config: Mapping[str, Any], keys: tuple[str, ...]) -> int | None:
    """Return the value of whichever keys are there, which must agree."""
    found: dict[str, int] = {}
    for key in keys:
        value = config.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_COUNT:
            raise InputError(f"must be an integer of 1..{LARGEST_COUNT}", field=key, found=value)
        found[key] = value
    if len(set(found.values())) > 1:
        last = list(found)[-1]
        raise InputError(f"must agree with {next(iter(found))}", field=last, found=found[last])
    return next(iter(found.values()), None)


def _name(config: Mapping[str, Any]) -> str:
    path = config.get("_name_or_path")
    name = path.rstrip("/").rsplit("/", 1)[-1] if isinstance(path, str) else ""
    return name[:200] if name.isprintable() and name.strip("./") else str(config.get("model_type"))


def _object(path: Path) -> dict[str, Any]:
    text = read_text(path, largest=LARGEST_SETTINGS)
    try:
        config = json.loads(text)
    except (RecursionError, ValueError) as error:  # ValueError: no JSON, or too many digits
        raise InputError(f"must be JSON ({error})", source=path) from error
    if not isinstance(config, dict):
        raise InputError("must be a JSON object", source=path, found=config)
    return config
