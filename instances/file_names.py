"""File names: safe on every system, and different for different names."""

from __future__ import annotations

import hashlib
import re

LONGEST_NAME = 150
"""Largest length of a file name without its suffix [character]."""

DIGITS = 12
"""Number of digits of a SHA-256 digest that distinguish similar names."""


def file_name(name: str) -> str:
    """Return a name as a file name, without folders and without special characters.

    Parameters
    ----------
    name
        Any text, such as the name of an instance.

    Examples
    --------
    >>> file_name("paper-rate_per_s=50-seed0"), file_name("../x")
    ('paper-rate_per_s=50-seed0', '_._x~d6b96a97d147')
    """
    safe = re.sub(r"[^A-Za-z0-9._+~=@-]|^[.-]", "_", name)[:LONGEST_NAME]
    return safe if safe == name else f"{safe}~{digest(name)}"


def digest(text: str) -> str:
    """Return the first digits of the SHA-256 digest of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
