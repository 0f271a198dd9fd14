"""Values: the types of what a run and a store hold, and the rules that a value can break."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from heuristics.errors import shown

LARGEST_INTEGER = 2**62
"""The largest integer in a store."""

LONGEST_TEXT = 20_000
"""The number of characters that are kept of a text from a worker."""


def _kept(text: Any) -> Any:
    """Return the kept part of a text, with half a surrogate pair replaced."""
    if not isinstance(text, str):
        return text
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode()


Integer = Annotated[int, Field(strict=True, ge=0, le=LARGEST_INTEGER)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Duration = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True)]
KeptText = Annotated[str, BeforeValidator(_kept), Field(strict=True)]
Blob = Annotated[bytes, Field(strict=True)]

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "TEXT": TypeAdapter(Text),
    "INTEGER": TypeAdapter(Integer),
    "REAL": TypeAdapter(Number),
    "BLOB": TypeAdapter(Blob),
}

_RULES = {
    "missing": "must be there",
    "int_type": "must be of the kind integer",
    "float_type": "must be of the kind real",
    "string_type": "must be of the kind text",
    "bytes_type": "must be of the kind blob",
    "finite_number": "must be a finite number",
    "enum": "must be one of {expected}",
    "too_long": "must have at most {max_length} values",
}
"""The rule of each kind of pydantic error, https://docs.pydantic.dev/latest/errors/."""


def broken_rule(kind: str, value: object) -> str | None:
    """Return the rule that a value in a column of SQL breaks; None if it breaks none.

    Parameters
    ----------
    kind
        Type of the column: ``TEXT``, ``INTEGER``, ``REAL`` or ``BLOB``.
    value
        Value in the column.

    Examples
    --------
    >>> broken_rule("INTEGER", -1), broken_rule("REAL", 2)
    ('must be an integer of 0..2^62', None)
    """
    try:
        _ADAPTERS[kind].validate_python(value)
    except ValidationError as error:
        return _rule(error)
    return None


def complaint(error: ValidationError) -> str:
    """Return the first error of pydantic as a line: the rule, the value found and its place.

    Parameters
    ----------
    error
        The error that a model raised.
    """
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{_rule(error)}, found {shown(first['input'])} in {place or 'the message'}"


def _rule(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    if "ge" in context or "le" in context:
        is_integer = isinstance(first["input"], int)
        return "must be an integer of 0..2^62" if is_integer else "must be a time of at least 0 s"
    if first["type"] in _RULES:
        return _RULES[first["type"]].format(**context)
    return f"must be valid: {first['msg']}"
