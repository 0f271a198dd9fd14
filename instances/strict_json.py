"""JSON as the standard has it: no NaN, no duplicate keys, and one line where it breaks."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence


def read_json(path: str | os.PathLike[str]) -> Any:
    """Read a JSON file, gzipped where the name ends in ``.gz``.

    Parameters
    ----------
    path
        The file to read.

    Raises
    ------
    InputError
        If the file cannot be read, is no gzip although its name says so, is not UTF-8, is not
        JSON, holds a key twice, or a number that is not finite.
    """
    text = read_text(Path(path))
    try:
        return json.loads(
            text,
            object_pairs_hook=unique_keys,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
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
    """Write a JSON object: the same document gives the same bytes.

    Parameters
    ----------
    document
        What to write, a key a line.
    path
        Where to; gzipped where the name ends in ``.gz``.
    spread
        Keys whose object is written with a line for each of its own keys.
    """
    lines = (
        f"{_dump(key)}: {_spread(value) if key in spread and value else _dump(value)}"
        for key, value in document.items()
    )
    data = ("{\n" + ",\n".join(lines) + "\n}\n").encode()
    if str(path).endswith(".gz"):
        data = gzip.compress(data, compresslevel=6, mtime=0)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def read_text(path: Path) -> str:
    """Read a file of UTF-8 text, gzipped where its name ends in ``.gz``.

    Raises
    ------
    InputError
        If it cannot be read, is no gzip although its name says so, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise InputError("must be a file, found a folder", source=path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=path) from error
    except ValueError as error:  # a null byte in the name
        raise InputError(f"must be a file name: {error}", source=path) from error
    if path.name.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            rule = f"must be gzip, as its name ends in .gz: {error}"
            raise InputError(rule, source=path) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        rule = f"must be UTF-8: {error.reason} at byte {error.start}"
        raise InputError(rule, source=path, found=data[error.start : error.start + 4]) from error


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its members, as a hook of :func:`json.loads`.

    Raises
    ------
    InputError
        If a key is there twice.
    """
    document = dict(pairs)
    if len(document) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError("must hold each key once", field=key, found=f"{key} twice")
            seen.add(key)
    return document


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
