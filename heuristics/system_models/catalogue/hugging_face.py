"""Dimensions of an LLM from its published ``config.json``, as Hugging Face has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.system_models.catalogue.config_keys import Keys, is_structure
from heuristics.system_models.catalogue.layer_keys import (
    fourfold,
    grouped,
    num_layers,
    width,
)
from heuristics.system_models.catalogue.model_types import MODEL_TYPES, ModelType
from heuristics.system_models.catalogue.published_precision import published_precision
from heuristics.system_models.transformer import Transformer
from heuristics.text_file import LARGEST_SETTINGS, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from heuristics.system_models.catalogue.layer_keys import Table

_TEXT_PARTS = ("text_config", "llm_config", "language_config")

_ENCODER_DECODERS = """
t5 mt5 umt5 longt5 bart mbart blenderbot pegasus pegasus_x marian m2m_100 nllb_moe fsmt led
prophetnet switch_transformers whisper encoder_decoder t5gemma t5gemma2 plbart bigbird_pegasus
blenderbot-small encoder-decoder speech_to_text
""".split()  # noqa: SIM905  a list of words
_ENCODERS = """
bert roberta xlm-roberta xlm-roberta-xl distilbert albert electra deberta deberta-v2 camembert
mpnet longformer big_bird funnel nomic_bert modernbert eurobert ernie rembert xlm flaubert
roformer squeezebert convbert vit clip clip_text_model siglip esm
""".split()  # noqa: SIM905  a list of words


def read_config(path: Path) -> Transformer:
    """Read the dimensions of an LLM from a ``config.json``.

    Parameters
    ----------
    path
        Path of the file. Its ``model_type`` must be one of those known here; a file of another
        type is read if all its layers are alike, with all dimensions under the usual keys, no
        key of another structure, and a key of our own, ``num_ffn_matrices``: 2 for a plain
        feed-forward network, 3 for a gated one.

    Raises
    ------
    InputError
        If the file cannot be read, is no JSON object, does not determine the dimensions, or has
        a key that may change the layers and that its type is not known to have.

    Notes
    -----
    ``head_dim`` is taken where it stands and the type's code reads it, since it may differ from
    the width over the number of heads. The name is ``_name_or_path`` without its folder, or the
    type: the same file gives the same name wherever it lies. Of a model for images, video or
    sound the text part is read, and the name says so.
    """
    config = _object(path)
    try:
        return Transformer.parse(_dimensions(config))
    except InputError as error:
        raise error.within(path) from error


def _dimensions(config: Mapping[str, Any]) -> dict[str, Any]:
    part, prefix = _text_part(config)
    model_type = part.get("model_type")
    _refuse_encoders(config, "")
    _refuse_encoders(part, prefix)
    known = MODEL_TYPES.get(model_type) if isinstance(model_type, str) else None
    if known is None:
        known = _added_type(part, prefix)
    defaults = {**known.defaults, **(known.nested if prefix else {})}
    keys = Keys(part, prefix=prefix, defaults=defaults)
    _check_matrices(keys, known)
    model = width(keys)
    layers = known.read(keys)
    embedding = keys.count("word_embed_proj_dim") if model_type == "opt" else None
    vocabulary = keys.required(*_vocabulary_keys(model_type))
    keys.refuse_unread(model_type)
    dimensions = {
        "name": _name(config, is_part=bool(prefix) or "vision_config" in config),
        "model_dimension": model,
        "vocabulary_size": vocabulary,
        "ties_embeddings": _ties(config, part, prefix, default=known.ties),
        **_counted(layers),
    }
    if embedding is not None and embedding != model:
        dimensions["embedding_dimension"] = embedding
    stored = published_precision(config, part, layers, model)
    return dimensions if stored is None else {**dimensions, "stored": stored}


def _text_part(config: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return the table of the text part and its path; the whole file if it has no such table."""
    names = [name for name in _TEXT_PARTS if isinstance(config.get(name), dict)]
    if not names:
        return config, ""
    if len(names) > 1:
        raise InputError(f"must be absent beside {names[0]}", field=names[1])
    part: dict[str, Any] = config[names[0]]
    for key, value in config.items():
        if key in _TEXT_PARTS or not is_structure(key, value):
            continue
        if key not in part or part[key] != value:
            rule = f"must be absent or agree with {names[0]}.{key}"
            raise InputError(rule, field=key, found=value)
    return part, f"{names[0]}."


def _refuse_encoders(config: Mapping[str, Any], prefix: str) -> None:
    kind = config.get("model_type")
    pair = config.get("is_encoder_decoder")
    if pair is not None and pair is not False:
        rule = "must be false: decoders only, and this is an encoder-decoder"
        raise InputError(rule, field=f"{prefix}is_encoder_decoder", found=pair)
    if not isinstance(kind, str):
        return
    if kind in _ENCODER_DECODERS:
        rule = (
            "must be a decoder: this is an encoder-decoder, which caches the encoder's output too"
        )
        raise InputError(rule, field=f"{prefix}model_type", found=kind)
    if kind in _ENCODERS:
        rule = (
            "must be a decoder: this is an encoder, which generates no tokens and has no KV cache"
        )
        raise InputError(rule, field=f"{prefix}model_type", found=kind)


def _added_type(part: Mapping[str, Any], prefix: str) -> ModelType:
    """Return how a type is read that is not known, by the key of our own."""
    model_type = part.get("model_type")
    matrices = part.get("num_ffn_matrices")
    is_named = model_type is None or isinstance(model_type, str)
    if is_named and type(matrices) is int and matrices in (2, 3):
        return ModelType(lambda keys: _uniform(keys, gated=matrices == 3))
    seen = Keys(part, prefix=prefix)
    seen.read |= _USUAL
    if isinstance(model_type, str):
        seen.refuse_unread(f"model_type {model_type!r}")
    rule = (
        f"must be one of {', '.join(MODEL_TYPES)}, or the key num_ffn_matrices be added "
        "(2 plain, 3 gated) where all layers are alike"
    )
    raise InputError(rule, field=f"{prefix}model_type", found=model_type)


_USUAL = {
    "hidden_size",
    "n_embed",
    "n_embd",
    "d_model",
    "num_hidden_layers",
    "n_layer",
    "n_layers",
    "num_layers",
    "num_attention_heads",
    "n_head",
    "n_heads",
    "num_heads",
    "num_key_value_heads",
    "head_dim",
    "intermediate_size",
    "ffn_dim",
    "n_inner",
    "vocab_size",
    "num_ffn_matrices",
}


def _uniform(keys: Keys, *, gated: bool) -> list[Table]:
    """Read identical layers whose feed-forward width is a key of the file."""
    keys.required("intermediate_size", "ffn_dim", "n_inner")
    ffn = fourfold(keys, "intermediate_size", "ffn_dim", "n_inner", gated=gated)
    return [{"attention": grouped(keys), "ffn": ffn}] * num_layers(keys)


def _check_matrices(keys: Keys, known: ModelType) -> None:
    """Refuse a key of our own that contradicts the type's code."""
    matrices = keys.raw("num_ffn_matrices")
    if matrices is None or known not in MODEL_TYPES.values():
        return
    keys_again = Keys(keys.config, prefix=keys.prefix, defaults=keys.defaults)
    ffn = (layer.get("ffn") or {} for layer in known.read(keys_again))
    right = {each.get("num_matrices", 2 if each.get("kind") == "plain" else 3) for each in ffn}
    if len(right) != 1 or matrices != min(right) or isinstance(matrices, bool | float):
        rule = f"must be absent: {keys.config.get('model_type')} has {min(right)}"
        raise keys.error(rule, "num_ffn_matrices")


def _vocabulary_keys(model_type: object) -> tuple[str, ...]:
    if model_type == "chatglm":
        return ("padded_vocab_size", "vocab_size")
    return ("vocab_size",)


def _ties(config: Mapping[str, Any], part: Mapping[str, Any], prefix: str, *, default: bool) -> Any:
    """Return whether the head is the embedding: the text part's key and the file's must agree."""
    key = "tie_word_embeddings"
    outer, inner = config.get(key), part.get(key)
    if prefix and outer is not None and inner is not None and outer != inner:
        raise InputError(f"must agree with {prefix}{key}", field=key, found=outer)
    found = inner if inner is not None else outer
    if found is not None and not isinstance(found, bool):
        raise InputError("must be true or false", field=key, found=found)
    return default if found is None else found


def _counted(layers: list[Table]) -> dict[str, Any]:
    """Return the layers as a transformer has them: alike in short, or each kind with its count."""
    kinds: list[tuple[Table, int]] = []
    for layer in layers:
        for index, (kind, count) in enumerate(kinds):
            if kind is layer or kind == layer:
                kinds[index] = (kind, count + 1)
                break
        else:
            kinds.append((layer, 1))
    [(first, count), *others] = kinds
    attention, ffn = first.get("attention") or {}, first.get("ffn") or {}
    is_plain = (
        not others
        and first.get("state") is None
        and attention.get("kind") in ("full", "window")
        and ffn.get("kind") in ("plain", "gated")
    )
    if not is_plain:
        return {"layers": tuple({"count": count, **kind} for kind, count in kinds)}
    short = {
        "num_layers": count,
        "num_heads": attention["num_heads"],
        "head_dimension": attention["key_dimension"],
        "num_kv_heads": attention["num_kv_heads"],
        "ffn_dimension": ffn["dimension"],
        "num_ffn_matrices": 2 if ffn["kind"] == "plain" else 3,
    }
    return short | ({"window": attention["window"]} if "window" in attention else {})


def _name(config: Mapping[str, Any], *, is_part: bool) -> str:
    path = config.get("_name_or_path")
    name = path.rstrip("/").rsplit("/", 1)[-1] if isinstance(path, str) else ""
    known = name.isprintable() and name.strip("./")
    return (name if known else str(config.get("model_type")))[:180] + " (text part)" * is_part


def _object(path: Path) -> dict[str, Any]:
    text = read_text(path, largest=LARGEST_SETTINGS)
    try:
        config = json.loads(text)
    except (RecursionError, ValueError) as error:  # ValueError: no JSON, or too many digits
        raise InputError(f"must be JSON ({error})", source=path) from error
    if not isinstance(config, dict):
        raise InputError("must be a JSON object", source=path, found=config)
    return config
