"""Latency profile: the measured batch time of one LLM on one device, as its file states it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from heuristics.system_models.batch_time import COEFFICIENTS, BatchTime
from heuristics.system_models.validation import (
    LARGEST_COUNT,
    Count,
    Flag,
    Name,
    NonNegative,
    Record,
    Time,
    broken_rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

FORMAT = "otgah-latency-profile"
"""Name of the format, the first key of each profile."""

VERSION = 1

_Tokens = Annotated[int, Field(strict=True, ge=0, le=LARGEST_COUNT)]


class Coefficient(Record):
    """A coefficient of the batch time with its interval.

    Parameters
    ----------
    value
        Estimate [s].
    low, high
        Ends of the interval [s]; absent if the measurements do not determine an interval.
    fixed
        True if the measurements do not determine the coefficient, and it keeps a fixed value.
    reason
        Reason why the coefficient is fixed; absent if it is estimated.
    """

    value: Time
    low: Time | None = None
    high: Time | None = None
    fixed: Flag = False
    reason: Name | None = None

    @model_validator(mode="after")
    def _check_interval(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise broken_rule("low", "must be at most high", found=self.low)
        return self


class Coefficients(Record):
    """The five coefficients of :class:`~heuristics.system_models.batch_time.BatchTime`."""

    c0_s: Coefficient
    c1_s: Coefficient
    d0_s: Coefficient
    d1_s: Coefficient
    d2_s: Coefficient


class Range(Record):
    """The least and the largest measured value of each quantity.

    Parameters
    ----------
    batch
        Number of requests in a batch.
    prompt_tokens
        Length of a prompt [tokens].
    output_tokens
        Length of an output [tokens].
    context_tokens
        Tokens of a request in the KV cache.
    """

    batch: tuple[Count, Count]
    prompt_tokens: tuple[_Tokens, _Tokens]
    output_tokens: tuple[_Tokens, _Tokens]
    context_tokens: tuple[_Tokens, _Tokens]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        for name in type(self).model_fields:
            low, high = getattr(self, name)
            if low > high:
                raise broken_rule(name, "must be [least, largest]", found=[low, high])
        return self


class Errors(Record):
    """Relative errors of the profile, as fractions of the measured time.

    Parameters
    ----------
    num_measurements
        Number of measurements fitted.
    num_left_out
        Number of rows left out as contradictory.
    mape, worst
        Mean and largest absolute error on the measurements fitted.
    held_out_by
        Groups that were left out in turn: ``batch`` or ``lengths``; absent if there is one group.
    held_out_mape, held_out_worst
        Mean and largest absolute error on the measurements left out.
    """

    num_measurements: Count
    num_left_out: _Tokens = 0
    mape: NonNegative
    worst: NonNegative
    held_out_by: Literal["batch", "lengths"] | None = None
    held_out_mape: NonNegative | None = None
    held_out_worst: NonNegative | None = None


class ProfileSource(Record):
    """Source of the values of a profile."""

    values: Annotated[tuple[Name, ...], Field(min_length=1)]
    source: Annotated[str, Field(strict=True, min_length=1, max_length=1000)]
    verified: Flag | Literal["assumed"]


class LatencyProfile(Record):
    """The measured latency of one LLM in one quantization by one engine on one device.

    Parameters
    ----------
    device
        Name of the device that was measured.
    base_device
        Name of its data sheet in the catalogue of devices, for its memory; absent if unknown.
    llm, quantization, engine
        Names of the LLM, of the precision of its weights, and of the program that ran it; absent
        if the measurements do not state them.
    num_devices
        Number of devices that one batch ran on together.
    coefficients
        Coefficients of the batch time with their intervals.
    measured_range
        Range that the measurements cover.
    errors
        Relative errors of the batch time.
    margin
        Fraction added to every time, so that a promised deadline holds on the device.
    sources
        Sources of the values.
    """

    format: Literal["otgah-latency-profile"]
    version: Literal[1]
    device: Name
    base_device: Name | None = None
    llm: Name | None = None
    quantization: Name | None = None
    engine: Name | None = None
    num_devices: Count = 1
    coefficients: Coefficients
    measured_range: Range
    errors: Errors
    margin: NonNegative
    sources: tuple[ProfileSource, ...] = ()

    @property
    def batch_time(self) -> BatchTime:
        """The batch time by the estimates, without the margin."""
        return BatchTime(**{name: getattr(self.coefficients, name).value for name in COEFFICIENTS})


def parse_profile(
    table: Mapping[str, Any], *, source: str | PathLike[str] | None = None
) -> LatencyProfile:
    """Return the profile of a TOML table.

    Raises
    ------
    InputError
        If a key is unknown or missing, or a value breaks a rule.
    """
    return LatencyProfile.parse(table, source=source)


def profile_text(profile: LatencyProfile) -> str:
    """Return the text of a profile's TOML file.

    Notes
    -----
    :func:`parse_profile` reads the same profile from it.
    """
    return "\n".join(_lines(profile.model_dump(mode="json", exclude_none=True))) + "\n"


def _lines(table: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the lines of a TOML table: plain values first, then inner tables."""
    for key, value in table.items():
        if not isinstance(value, dict):
            yield f"{key} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, dict):
            place = f"{path}{key}"
            if all(isinstance(each, dict) for each in value.values()):
                yield from _lines(value, f"{place}.")
            else:
                yield ""
                yield f"[{place}]"
                yield from _lines(value, f"{place}.")


def _value(value: Any) -> str:
    """Return a value as TOML has it; JSON and TOML agree on strings, numbers and lists."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + "".join(f"    {_value(each)},\n" for each in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
