"""Goodput: the share of arrived requests that keep limits on their latencies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_NAMES = ("e2e", "ttft", "tpot")
_UNITS = {"s": Decimal(1), "ms": Decimal("0.001"), "us": Decimal("0.000001")}
_LIMIT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(s|ms|us)")
_SOURCE = "--goodput"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits on the latencies of a request [s]; None for no limit.

    Parameters
    ----------
    e2e_s
        Limit on the time from the arrival to the receipt of the output.
    ttft_s
        Limit on the time from the arrival until the first token leaves the edge node.
    tpot_s
        Limit on the mean time between the tokens of the output. An output of one token keeps it.

    Examples
    --------
    >>> Limits.parse("e2e:2s,tpot:50ms")
    Limits(e2e_s=2.0, ttft_s=None, tpot_s=0.05)
    """

    e2e_s: float | None = None
    ttft_s: float | None = None
    tpot_s: float | None = None

    @classmethod
    def parse(cls, text: str) -> Limits:
        """Return the limits that a text such as ``e2e:2s,ttft:500ms`` states.

        Raises
        ------
        InputError
            If a limit has no such form, names no latency, or is named twice.
        """
        found: dict[str, float] = {}
        for part in text.split(","):
            name, _, limit = part.strip().partition(":")
            matched = _LIMIT.fullmatch(limit.strip())
            if name not in _NAMES or matched is None:
                rule = f"must be NAME:TIME of {', '.join(_NAMES)} in s, ms or us, as e2e:2s"
                raise InputError(rule, source=_SOURCE, found=part)
            if f"{name}_s" in found:
                raise InputError("must be named once", source=_SOURCE, found=name)
            found[f"{name}_s"] = float(Decimal(matched[1]) * _UNITS[matched[2]])
        return cls(**found)

    def kept(self, latencies: pd.DataFrame) -> pd.Series[bool]:
        """Return which requests keep every limit.

        Parameters
        ----------
        latencies
            Table of :func:`analysis.simulation.latencies.latencies`, with a row for each request.
            A request without an output keeps no limit.
        """
        kept = latencies["e2e_s"].notna()
        for name, limit in vars(self).items():
            if limit is not None:
                within = latencies[name] <= limit
                kept &= within | latencies[name].isna() if name == "tpot_s" else within
        return kept
