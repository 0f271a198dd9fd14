"""Errors of knowledge: sizes of the differences between estimates and truth.

A controller decides on estimates, and the decision is executed with the truth. Z is a standard
normal number, drawn once for a request, or once for a batch where the error is that of its latency.

======== ========= ===================================================================
error    model     truth
======== ========= ===================================================================
output   lognormal estimate exp(sigma Z), as an integer from 1 to the largest level
gain     db        estimate + sigma Z [dB], the same at every edge node and both ways
latency  normal    estimate max(0.05, 1 + sigma Z), the computing time of a batch
======== ========= ===================================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from heuristics.errors import InputError

OPTION, QUANTILE_OPTION = "--error", "--quantile"

MEDIAN = 0.5
"""Quantile of the estimates themselves."""


class _Model(NamedTuple):
    """Name of the model of an error, and its largest sigma."""

    name: str
    largest: float


MODELS = {
    "output": _Model("lognormal", 10.0),
    "gain": _Model("db", 100.0),
    "latency": _Model("normal", 10.0),
}
"""Model of each error by its name."""

_FORM = "one or more of output=lognormal:SIGMA, gain=db:SIGMA, latency=normal:SIGMA"


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Sizes of the errors, and the quantile that the controller plans with.

    Parameters
    ----------
    output
        Standard deviation of the logarithm of an output length.
    gain
        Standard deviation of a channel gain [dB].
    latency
        Standard deviation of the computing time of a batch, as part of its estimate.
    quantile
        Quantile of output length, loss of gain and computing time that the controller plans with;
        0.5 for the estimates.
    """

    output: float = 0.0
    gain: float = 0.0
    latency: float = 0.0
    quantile: float = MEDIAN

    @classmethod
    def parse(cls, text: str | None, quantile: object = None) -> Errors | None:
        """Return the errors of a text; None if there are none, or all are 0.

        Parameters
        ----------
        text
            Errors joined by commas, any subset; None for no error.
        quantile
            Quantile between 0 and 1, as a number or as text; None for the estimates.

        Raises
        ------
        InputError
            If the text does not have this form, a size is out of range or the quantile is not
            between 0 and 1, or if there is a quantile without an error.

        Examples
        --------
        >>> Errors.parse("output=lognormal:0.3,gain=db:3", 0.9)
        Errors(output=0.3, gain=3.0, latency=0.0, quantile=0.9)
        >>> Errors.parse("latency=normal:0") is None
        True
        """
        chosen = MEDIAN if quantile is None else _quantile(quantile)
        if text is None:
            if quantile is not None:
                rule = f"must be left out without {OPTION}"
                raise InputError(rule, source=QUANTILE_OPTION, found=quantile)
            return None
        sizes: dict[str, float] = {}
        for part in text.split(","):
            name, size = _size(part, text)
            if name in sizes:
                raise InputError("must be given once", source=OPTION, field=name, found=text)
            sizes[name] = size
        return cls(**sizes, quantile=chosen) if any(sizes.values()) else None

    @property
    def deviations(self) -> float:
        """Number of standard deviations by which the quantile lies above the median."""
        return 0.0 if self.quantile == MEDIAN else NormalDist().inv_cdf(self.quantile)

    def options(self) -> dict[str, object]:
        """Return the sizes and the quantile by the names of the command's options."""
        parts = [f"{name}={each.name}:{getattr(self, name)!r}" for name, each in MODELS.items()]
        return {"error": ",".join(parts), "quantile": self.quantile}


def _size(part: str, text: str) -> tuple[str, float]:
    name, equals, rest = part.strip().partition("=")
    model, colon, number = rest.partition(":")
    if not equals or not colon or name not in MODELS or model != MODELS[name].name:
        raise InputError(f"must be {_FORM}, joined by commas", source=OPTION, found=text)
    largest = MODELS[name].largest
    size = _number(number)
    if not 0 <= size <= largest:
        rule = f"must have a sigma from 0 to {largest:g}"
        raise InputError(rule, source=OPTION, field=name, found=number)
    return name, size


def _quantile(value: object) -> float:
    number = _number(value)
    if not 0 < number < 1:
        raise InputError("must be a number between 0 and 1", source=QUANTILE_OPTION, found=value)
    return number


def _number(value: object) -> float:
    """Return a number or the number of a text; NaN if the text is no number."""
    if isinstance(value, bool):
        return math.nan
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan
