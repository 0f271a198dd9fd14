"""Field types of all values from outside, and their errors in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

_ABSENT = object()

LARGEST_COUNT = 10**9
LARGEST_QUANTITY = 10**21
LARGEST_DECIBEL = 400.0
LARGEST_TIME_S = 10**10

# Scalars are strict: `true` and "1" are not numbers, 1.0 is not a count, NaN is nothing at all.
Count = Annotated[int, Field(strict=True, ge=1, le=LARGEST_COUNT)]
Positive = Annotated[float, Field(strict=True, gt=0, le=LARGEST_QUANTITY, allow_inf_nan=False)]
Signed = Annotated[
    float,
    Field(strict=True, ge=-LARGEST_QUANTITY, le=LARGEST_QUANTITY, allow_inf_nan=False),
]
NonNegative = Annotated[float, Field(strict=True, ge=0, le=LARGEST_QUANTITY, allow_inf_nan=False)]
Bandwidth = Annotated[float, Field(strict=True, ge=1e-3, le=1e15, allow_inf_nan=False)]
Fraction01 = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Time = Annotated[float, Field(strict=True, ge=0, le=LARGEST_TIME_S, allow_inf_nan=False)]
Duration = Annotated[float, Field(strict=True, gt=0, le=LARGEST_TIME_S, allow_inf_nan=False)]
Decibel = Annotated[
    float, Field(strict=True, ge=-LARGEST_DECIBEL, le=LARGEST_DECIBEL, allow_inf_nan=False)
]
Flag = Annotated[bool, Field(strict=True)]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=200)]

_RULES = {
    "missing": "is required",
    "extra_forbidden": "is not a known key",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be an integer",
    "int_parsing": "must be an integer",
    "int_from_float": "must be an integer",
    "bool_type": "must be true or false",
    "string_type": "must be a string",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a table of keys and values",
    "model_type": "must be a table of keys and values",
    "model_attributes_type": "must be a table of keys and values",
    "finite_number": "must be a finite number",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "must hold at least {min_length} value(s)",
    "too_long": "must hold at most {max_length} value(s)",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "union_tag_invalid": "must have a {discriminator} among {expected_tags}",
    "union_tag_not_found": "must have the key {discriminator}",
}
"""Rule of each kind of pydantic error, https://docs.pydantic.dev/latest/errors/."""


class Record(BaseModel):
    """A frozen table of named values that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def parse(
        cls,
        values: Mapping[str, Any],
        *,
        source: str | PathLike[str] | None = None,
        field: str = "",
    ) -> Self:
        """Validate values from outside.

        Parameters
        ----------
        values
            Keys and values as read from JSON or TOML.
        source
            File or option that the values came from.
        field
            The path of the table inside the source.

        Raises
        ------
        InputError
            If a key is unknown or missing or a value breaks a rule; the first one is named.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise input_error(error, values=values, source=source, field=field) from error


def broken_rule(field: str, rule: str, *, found: object = _ABSENT) -> PydanticCustomError:
    """Return the error for a validator that compares several fields.

    Parameters
    ----------
    field
        The path of the field to blame, below the model that validates.
    rule
        Rule that the field must keep: ``"must be below epoch_s"``.
    found
        The value that broke the rule; left out where there is none.
    """
    context: dict[str, object] = {"blamed": field, "rule": rule}
    if found is not _ABSENT:
        context["found"] = found
    return PydanticCustomError("broken_rule", "{rule}", context)


def input_error(
    error: ValidationError,
    *,
    values: object = None,
    source: str | PathLike[str] | None = None,
    field: str = "",
) -> InputError:
    """Return the first of pydantic's errors as one line.

    Parameters
    ----------
    error
        Error that pydantic raised.
    values
        Validated values, which separate keys from the tags that pydantic adds for a tagged union.
    source
        The file or option that the values came from.
    field
        The path of the validated table inside the source.

    Examples
    --------
    >>> class Slots(Record):
    ...     slots_s: tuple[Duration, ...]
    >>> try:
    ...     Slots.parse({"slots_s": [0.25, -1.0]}, source="my.toml", field="protocol")
    ... except InputError as error:
    ...     print(error)
    my.toml: protocol.slots_s[1]: must be greater than 0, found -1.0
    """
    first = error.errors(include_url=False)[0]
    kind, context = first["type"], first.get("ctx", {})
    path = list(first["loc"])
    if values is not None:
        path = _keys(first["loc"], values) + (path[-1:] if kind == "missing" else [])
    if kind == "broken_rule" and context["blamed"]:
        path.append(context["blamed"])
    steps = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    place = (field + "".join(steps)).lstrip(".")
    if kind == "missing":
        return InputError("is required", source=source, field=place)
    if kind == "broken_rule":
        if "found" not in context:
            return InputError(context["rule"], source=source, field=place)
        return InputError(context["rule"], source=source, field=place, found=context["found"])
    rule = _RULES[kind].format(**context) if kind in _RULES else first["msg"]
    return InputError(rule, source=source, field=place, found=first["input"])


def _keys(location: Iterable[int | str], values: Any) -> list[int | str]:
    """Return the keys on the path to a place, without tags, which no table has."""
    keys = []
    for key in location:
        try:
            values = values[key]
        except (LookupError, TypeError):
            continue
        keys.append(key)
    return keys
