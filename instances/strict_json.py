"""Strict JSON: no NaN, no duplicate keys, and errors in one line."""

from __future__ import annotations

import gzip
import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from heuristics.errors import InputError
from heuristics.text_file import LARGEST_TEXT, START, gzipped, read_text
from instances.atomic import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import IO

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

LARGEST_VALUES = 15_000_000
"""Largest number of values of a document that is read: they take less than 1 GiB."""

LARGEST_CONTAINERS = 1_000_000
"""Largest number of lists and objects of a document; an empty one takes 64 bytes or more."""


def _once(start: bytes) -> int:
    """Leave the limits as they are."""
    return 1


class Lines(NamedTuple):
    """A list that is written with one line for each item; the items may be made one by one."""

    items: Iterable[Any]


def read_json(path: str | os.PathLike[str], *, scale_of: Callable[[bytes], int] = _once) -> Any:
    """Read a JSON file, gzipped if the name ends in ``.gz``.

    Parameters
    ----------
    path
        Path of the file.
    scale_of
        Function from the first bytes of the text to the factor of the limits on its length and on
        its number of values.

    Raises
    ------
    InputError
        If the file cannot be read, has the suffix ``.gz`` but is not gzipped, is not UTF-8 or is
        not JSON; if a key occurs twice or a number is not finite; or if the file exceeds a limit
        on length, depth or number of values.
    """
    text = read_text(path, largest=lambda start: LARGEST_TEXT * scale_of(start))
    return parse_json(text, path, scale_of=scale_of)


def parse_json(
    text: str, path: str | os.PathLike[str], *, scale_of: Callable[[bytes], int] = _once
) -> Any:
    """Return the value of a JSON text.

    Parameters
    ----------
    text
        JSON text of a length that fits in memory.
    path
        Path of its file, for error messages.
    scale_of
        Factor of the limits, as of :func:`read_json`.

    Raises
    ------
    InputError
        If the text breaks a rule, as in :func:`read_json`.
    """
    _Crowd(path, scale_of(text[:START].encode(errors="replace"))).count(text)
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
    document: dict[str, Any],
    path: str | os.PathLike[str],
    *,
    spread: Sequence[str] = (),
    scale: int = 1,
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
    scale
        Factor of the limits. With a factor above 1 the text is written piece by piece.

    Raises
    ------
    InputError
        If the file cannot be written, or would be too large to be read again.
    """
    pieces = _pieces(document, spread)
    crowd = _Crowd(path, scale)  # so that the file can be read again
    is_packed = str(path).endswith(".gz")
    if scale > 1:
        with replacing(path) as temporary, temporary.open("wb") as file:
            if is_packed:
                with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                    _write(pieces, packed, crowd)
            else:
                _write(pieces, file, crowd)
        return
    text = "".join(pieces)
    data = crowd.encode(text)
    if is_packed:
        data = gzipped(data)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def _write(pieces: Iterable[str], file: IO[bytes] | gzip.GzipFile, crowd: _Crowd) -> None:
    for piece in pieces:
        file.write(crowd.encode(piece))


def _pieces(document: dict[str, Any], spread: Sequence[str]) -> Iterator[str]:
    yield "{\n"
    for separator, (key, value) in _separated(document.items()):
        yield f"{separator}{_dump(key)}: "
        yield from _spread(value) if key in spread and value else _value(value)
    yield "\n}\n"


def _spread(value: dict[str, Any]) -> Iterator[str]:
    yield "{\n"
    for separator, (key, each) in _separated(value.items()):
        yield f"{separator}  {_dump(key)}: "
        yield from _value(each)
    yield "\n}"


def _value(value: Any) -> Iterator[str]:
    if not isinstance(value, Lines):
        yield _dump(value)
        return
    yield "[\n"
    for separator, item in _separated(value.items):
        yield f"{separator}{_dump(item)}"
    yield "\n]"


def _separated(items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    separator = ""
    for item in items:
        yield separator, item
        separator = ",\n"


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


class _Crowd:
    """Counts of a document in pieces, refused where there are too many values or bytes."""

    def __init__(self, path: str | os.PathLike[str], scale: int) -> None:
        self._path = path
        self._scale = scale
        self._num_bytes = self._num_containers = self._num_values = 0

    def count(self, text: str) -> None:
        """Refuse a piece of text before its values are created, if it has too many."""
        num_containers = text.count("[") + text.count("{")
        self._num_containers += num_containers
        self._num_values += num_containers + text.count(",")
        counts = {
            "lists and objects": (self._num_containers, LARGEST_CONTAINERS),
            "values": (self._num_values, LARGEST_VALUES),
        }
        for what, (found, largest) in counts.items():
            if found > largest * self._scale:
                rule = f"must hold at most {largest * self._scale} {what}"
                raise InputError(rule, source=self._path, found=found)

    def encode(self, text: str) -> bytes:
        """Return the bytes of a piece of text to write, if the file may hold them."""
        self.count(text)
        data = text.encode()
        self._num_bytes += len(data)
        if self._num_bytes > LARGEST_TEXT * self._scale:
            rule = f"must take at most {LARGEST_TEXT * self._scale} bytes of text"
            raise InputError(rule, source=self._path, found=self._num_bytes)
        return data


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
