"""Names as names of files: safe on every system, and different where the names are."""

from __future__ import annotations

import hashlib
import re

LONGEST_NAME = 150
"""The longest file name that is made of a name, before its suffix [characters]."""

DIGITS = 12
"""How many digits of a sha256 tell apart what looks alike."""


def file_name(name: str) -> str:
    """Return a name as a file's may be: no folder, no sign that a system or a shell reads.

    Parameters
    ----------
    name
        Such as that of an instance; whatever text.

    Examples
    --------
    >>> file_name("paper-rate_per_s=50-seed0"), file_name("../x")
    ('paper-rate_per_s=50-seed0', '_._x~d6b96a97d147')
    """
    safe = re.sub(r"[^A-Za-z0-9._+~=@-]|^[.-]", "_", name)[:LONGEST_NAME]
    return safe if safe == name else f"{safe}~{digest(name)}"


def digest(text: str) -> str:
    """Return the first digits of a text's sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
