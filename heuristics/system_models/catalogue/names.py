"""Names of the catalogue that stand for names as other programs spell them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from heuristics.system_models.catalogue import reader

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENDINGS = ("instruct", "chat", "hf", "it", "base", "2507", "gguf")
_MAKERS = ("nvidia", "geforce", "meta", "jetson", "apple", "amd", "google")


def llm_name(name: str) -> str | None:
    """Return the catalogue's name of an LLM.

    Parameters
    ----------
    name
        Name as a measurement states it.

    Examples
    --------
    >>> llm_name("meta-llama/Llama-3.1-8B-Instruct"), llm_name("Qwen3-30B-A3B-Instruct-2507")
    ('llama-3.1-8b', 'qwen3-30b-a3b')
    >>> llm_name("an LLM of my own") is None
    True
    """
    return _match(name.rpartition("/")[2], reader.llms())


def device_name(name: str) -> str | None:
    """Return the catalogue's name of a device.

    Examples
    --------
    >>> device_name("NVIDIA GeForce RTX 4090"), device_name("Jetson AGX Orin 64GB")
    ('rtx-4090', 'agx-orin-64gb')
    """
    return _match(name.partition(",")[0].partition("(")[0], reader.devices())


def _match(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that agrees in letters and digits, if there is just one."""
    wanted = _plain(name)
    found = [each for each in known if wanted and _plain(each) == wanted]
    return found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    words = re.findall(r"[a-z0-9.]+", name.lower())
    while words and words[0] in _MAKERS:
        words = words[1:]
    while words and words[-1] in _ENDINGS:
        words = words[:-1]
    return "".join(words)
