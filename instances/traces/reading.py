"""Reading: the user's choices of how a trace is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from instances.traces.units import Unit


class Columns(BaseModel):
    """Names of the columns of arrival, prompt length and output length.

    Parameters
    ----------
    arrival
        Column of the arrivals; empty if the file has lengths alone.
    prompt, output
        Columns of the lengths.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrival: str
    prompt: str
    output: str

    @classmethod
    def parse(cls, text: str) -> Columns:
        """Return the columns of ``arrival:prompt:output``.

        Raises
        ------
        ValueError
            If the text does not have three different parts, the last two not empty.
        """
        parts = [each.strip() for each in text.split(":")]
        if len(parts) != 3 or not all(parts[1:]) or len(set(parts)) != 3:
            raise ValueError("must be three different column names, arrival:prompt:output")
        return cls(arrival=parts[0], prompt=parts[1], output=parts[2])

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        return f"{self.arrival}:{self.prompt}:{self.output}"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a trace is read.

    Parameters
    ----------
    columns
        Columns to read; None if the format's own.
    time_unit
        Unit of the arrivals; None if the format or the file settles it.
    rate_per_s
        Rate of a Poisson process that gives lengths without arrivals their arrivals [1/s].
    rate_scale
        Factor of the arrival rate: times since the first request are divided by it.
    sample
        Probability that a request is kept, drawn by seed.
    """

    columns: Columns | None = None
    time_unit: Unit | None = None
    rate_per_s: float | None = None
    rate_scale: float | None = None
    sample: float | None = None
