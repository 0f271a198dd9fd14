"""Gains of a choice: the optimum over alternatives beside the best alternative for all nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.experiments.choice_cases import CASE, CASES, CHOSEN, LOAD, REQUIRED, UP_TO, USERS
from analysis.experiments.comparing import RATE
from analysis.experiments.experiment import LABEL, SEED
from analysis.experiments.statistics import by_seed, chosen, difference, significant_signs

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from analysis.experiments.statistics import Estimate

_POINT = [CASE, USERS, REQUIRED, LOAD]
POINTS = 100
"""Percentage points of a completion rate of 1."""


class Gain(NamedTuple):
    """Gain of the choice at one point."""

    point: dict[str, Any]
    fixed: str
    """Alternative with the highest mean completion rate, of all edge nodes."""
    rate: float
    """Mean completion rate of this alternative."""
    change: Estimate
    """Difference of the completion rates, paired by seed."""

    @property
    def relative(self) -> float | None:
        """Gain as a fraction of the fixed alternative's rate; None where the rate is 0."""
        return self.change.value / self.rate if self.rate else None

    @property
    def place(self) -> str:
        """Name of the point within its case."""
        if self.point[LOAD] != 1:
            return f"load {self.point[LOAD]:g}"
        users = "up to " if self.point[USERS] == UP_TO else ""
        return f"a = {users}{self.point[REQUIRED]:g}"


def gains(table: pd.DataFrame) -> list[Gain]:
    """Return the gain at each point of a table.

    The best fixed alternative is that with the highest mean over the seeds of the point, which is
    chosen after the fact: the gain is never overstated.
    """
    return list(_gains(table))


def _gains(table: pd.DataFrame) -> Iterator[Gain]:
    for values in table[_POINT].drop_duplicates().itertuples(index=False):
        point = dict(zip(_POINT, values, strict=True))
        rows = chosen(table, point)
        names = [name for name in CASES[point[CASE]].names if (rows[LABEL] == name).any()]
        if not names:
            continue
        means = {name: float(by_seed(rows, {LABEL: name}, RATE).mean()) for name in names}
        best = max(means, key=lambda name: means[name])
        change = difference(rows, {LABEL: CHOSEN.label}, {LABEL: best})
        if change is not None:
            yield Gain(point, best, means[best], change)


def by_point(table: pd.DataFrame) -> pd.DataFrame:
    """Return the gain [points] of each seed at each point, with the case as the line."""
    import pandas as pd

    parts = []
    for gain in gains(table):
        rows = chosen(table, gain.point)
        one, other = (by_seed(rows, {LABEL: label}, RATE) for label in (CHOSEN.label, gain.fixed))
        own = (POINTS * (one - other)).dropna().rename("gain").reset_index()
        parts.append(own.assign(**gain.point, **{LABEL: gain.point[CASE]}))
    columns = [*_POINT, LABEL, SEED, "gain"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def largest(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each case: the point with the largest gain, and the gain there.

    The last column counts the points at which the gain is above 0, by t tests at 5 %, adjusted by
    Holm for the points of the case.
    """
    import pandas as pd

    rows = []
    for case in CASES:
        found = gains(chosen(table, {CASE: case}))
        if not found:
            continue
        signs = significant_signs([each.change for each in found])
        best = max(found, key=lambda each: each.change.value)
        relative = "from nothing" if best.relative is None else f"{best.relative:+.0%}"
        rows.append(
            {
                "case": case,
                "largest gain at": best.place,
                "best fixed": best.fixed,
                "completed [%]": f"{POINTS * best.rate:.1f}",
                "gain [points]": best.change.text("+.1f", POINTS),
                "gain": relative,
                "points with a gain": f"{sum(sign > 0 for sign in signs)} of {len(found)}",
            }
        )
    return pd.DataFrame(rows)
