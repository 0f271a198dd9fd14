"""Names of LLMs and of their precision, compared as programs that measure spell them."""

from __future__ import annotations

import re

_SUFFIXES = ("instruct", "chat", "base", "hf", "it")
"""Ends of names that do not change the dimensions of an LLM."""

_FLOATS = {"fp16", "f16", "float16", "half", "bf16", "bfloat16"}


def same_llm(one: str, other: str) -> bool:
    """Return True if two names mean LLMs of the same dimensions.

    Case, separators, the folder of a repository, and ends such as ``Instruct`` do not count.

    Examples
    --------
    >>> same_llm("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b")
    True
    >>> same_llm("llama2-70b", "llama-2-7b")
    False
    """
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    words = [each for each in re.split(r"[^a-z0-9.]+", name.lower().rpartition("/")[2]) if each]
    for place, word in enumerate(words):
        if place and word in _SUFFIXES:
            words = words[:place]
            break
    return "".join(words)


def weight_precision(name: str) -> tuple[int, int] | None:
    """Return the bits of weights and of activations that a name states, None if it states none.

    Examples
    --------
    >>> weight_precision("Q4_K - Medium"), weight_precision("w8a8"), weight_precision("bfloat16")
    ((4, 16), (8, 8), (16, 16))
    >>> weight_precision("INT4 weight-only"), weight_precision("FP8"), weight_precision("AWQ")
    ((4, 16), (8, 8), None)
    """
    text = name.lower().strip()
    if text in _FLOATS:
        return 16, 16
    found = re.match(r"w(\d+)a(\d+)(?!\d)", text)
    if found:
        return int(found[1]), int(found[2])
    if text == "fp8":
        return 8, 8
    found = re.match(r"(?:int|i?q|uint)(\d+)(?!\d)", text) or re.search(r"(\d+)-?bit", text)
    return (int(found[1]), 16) if found else None


def same_quantization(measured: str, other: str) -> bool:
    """Return True if a scheme of the catalogue is the precision that was measured.

    Programs that measure state the bits alone: such a name agrees with each scheme of these bits.
    Two names of schemes agree only if they are the same.

    Parameters
    ----------
    measured
        Name in the latency profile.
    other
        Name in the scenario.

    Examples
    --------
    >>> same_quantization("FP16", "w16a16"), same_quantization("Q4_0", "w4a16-awq")
    (True, True)
    >>> same_quantization("w4a16-gptq", "w4a16-awq"), same_quantization("Q8_0", "w4a16-rtn")
    (False, False)
    """
    one, two = measured.lower().strip(), other.lower().strip()
    if one == two:
        return True
    if _is_scheme(one) and _is_scheme(two):
        return False
    bits = weight_precision(one)
    return bits is not None and bits == weight_precision(two)


def _is_scheme(name: str) -> bool:
    return re.match(r"w\d+a\d+", name) is not None
