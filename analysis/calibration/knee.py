"""Knees: batch sizes from which a part takes longer than smaller batches predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.calibration.fit import fit
from instances.measurements.measurement import DECODING, PREFILL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instances.measurements.measurement import Measurement

LEAST_EXCESS = 0.08
"""Least mean excess over the time that smaller batches predict, for a knee."""


@dataclass(frozen=True, kw_only=True)
class Knee:
    """A part that takes longer than the line through smaller batches.

    Parameters
    ----------
    part
        ``prefill`` or ``decoding``.
    batch
        Least batch size of the knee.
    excess
        Mean excess there, as a fraction of the predicted time.
    """

    part: str
    batch: int
    excess: float

    def to_dict(self) -> dict[str, object]:
        """Return the knee as JSON has it."""
        return {"part": self.part, "batch": self.batch, "excess": self.excess}

    def __str__(self) -> str:
        return (
            f"knee at a batch of {self.batch}: {self.part} takes {100 * self.excess:.0f} % longer"
            " than smaller batches predict"
        )


def knees(measurements: Sequence[Measurement]) -> list[Knee]:
    """Return the first knee of each part; none if fewer than three batch sizes were measured."""
    batches = [each for each in measurements if each.is_batch]
    sizes = sorted({each.batch for each in batches})
    found = []
    for part in (PREFILL, DECODING):
        for size in sizes[2:]:
            excess = _excess(batches, part, size)
            if excess is not None and excess > LEAST_EXCESS:
                found.append(Knee(part=part, batch=size, excess=excess))
                break
    return found


def _excess(batches: Sequence[Measurement], part: str, size: int) -> float | None:
    """Return the mean excess of a part at a size; None if smaller batches do not determine it."""
    smaller = [each for each in batches if each.batch < size]
    model = fit(smaller, with_intervals=False)
    needed = {"prefill": ("c1_s",), "decoding": ("d0_s", "d1_s")}[part]
    if not set(needed) <= set(model.free):
        return None
    ratios = [
        one.seconds / float(np.dot(one.work, model.values))
        for each in batches
        if each.batch == size
        for one in each.parts
        if one.name == part
    ]
    return float(np.mean(ratios)) - 1 if ratios else None
