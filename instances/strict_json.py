"""Strict JSON: no NaN, no duplicate keys, and errors in one line."""

from __future__ import annotations

import gzip
import json
import math
import re
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.text_file import LARGEST_TEXT, read_text
from instances.atomic import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

LARGEST_VALUES = 15_000_000
"""Largest number of values of a document that is read: they take less than 1 GiB."""

LARGEST_CONTAINERS = 1_000_000
"""Largest number of lists and objects of a document; an empty one takes 64 bytes or more."""


def read_json(path: str | os.PathLike[str]) -> Any:
    """Read a JSON file, gzipped if the name ends in ``.gz``.

    Parameters
    ----------
    path
        Path of the file.

    Raises
    ------
    InputError
        If the file cannot be read, has the suffix ``.gz`` but is not gzipped, is not UTF-8 or is
        not JSON; if a key occurs twice or a number is not finite; or if the file exceeds a limit
        on length, depth or number of values.
    """
    return parse_json(read_text(path), path)


def parse_json(text: str, path: str | os.PathLike[str]) -> Any:
    """Return the value of a JSON text.

    Parameters
    ----------
    text
        JSON text of a length that fits in memory.
    path
        Path of its file, for error messages.

    Raises
    ------
    InputError
        If the text breaks a rule, as in :func:`read_json`.
    """
    _refuse_crowd(text, path)
    try:
        document = json.loads(
            text,
            object_pairs_hook=unique_keys,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        _refuse_half_characters(document, text)
        return document
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InputError(
            f"must be JSON: {error.msg}",
            source=path,
            field=place,
            found=text[error.pos : error.pos + 20] or "the end of the file",
        ) from error
    except RecursionError as error:
        raise InputError("must not be nested this deep", source=path) from error
    except InputError as error:
        raise error.within(path) from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise InputError(f"must be JSON: {error}", source=path) from error


def write_json(
    document: dict[str, Any], path: str | os.PathLike[str], *, spread: Sequence[str] = ()
) -> None:
    """Write a JSON object; equal documents give equal bytes.

    Parameters
    ----------
    document
        Object to write, with one line per key.
    path
        Path of the file, gzipped if the name ends in ``.gz``.
    spread
        Keys whose values are objects that are written with one line per key too.

    Raises
    ------
    InputError
        If the file cannot be written, or would be too large to be read again.
    """
    lines = (
        f"{_dump(key)}: {_spread(value) if key in spread and value else _dump(value)}"
        for key, value in document.items()
    )
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    _refuse_crowd(text, path)  # so that the file can be read again
    data = text.encode()
    if len(data) > LARGEST_TEXT:
        rule = f"must take at most {LARGEST_TEXT} bytes of text"
        raise InputError(rule, source=path, found=len(data))
    if str(path).endswith(".gz"):
        data = gzip.compress(data, compresslevel=6, mtime=0)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these members, as a hook of :func:`json.loads`.

    Raises
    ------
    InputError
        If a key occurs twice.
    """
    document = dict(pairs)
    if len(document) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError("must hold each key once", field=key, found=f"{key} twice")
            seen.add(key)
    return document


def _refuse_crowd(text: str, path: str | os.PathLike[str]) -> None:
    """Refuse a document of too many values before they are created."""
    num_containers = text.count("[") + text.count("{")
    counts = {
        "lists and objects": (num_containers, LARGEST_CONTAINERS),
        "values": (num_containers + text.count(","), LARGEST_VALUES),
    }
    for what, (found, largest) in counts.items():
        if found > largest:
            raise InputError(f"must hold at most {largest} {what}", source=path, found=found)


def _refuse_half_characters(document: Any, text: str) -> None:
    """Refuse half of a surrogate pair, which UTF-8 cannot encode."""
    if _SURROGATE.search(text) is None:
        return
    try:
        _dump(document).encode()
    except UnicodeEncodeError as error:
        found = error.object[error.start : error.end]
        raise InputError("must hold whole characters", found=found) from error


def _refuse_constant(name: str) -> float:
    raise InputError("must hold finite numbers", found=name)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise InputError("must hold finite numbers", found=text)
    return value


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _spread(value: dict[str, Any]) -> str:
    lines = (f"  {_dump(key)}: {_dump(each)}" for key, each in value.items())
    return "{\n" + ",\n".join(lines) + "\n}"
