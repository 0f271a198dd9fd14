"""Simulation: the outcome of many epochs, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.simulation.request import Fate
from heuristics.result import Status

if TYPE_CHECKING:
    import pandas as pd

RATE = "completion_rate"
"""Completed requests over those that arrived."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulation:
    """Many epochs of one or more schemes on the same requests.

    Parameters
    ----------
    schemes
        Names of the schemes, in the order given.
    num_epochs
        Number of epochs whose arrivals count.
    epochs
        A row for each scheme and epoch, as :data:`analysis.store.columns.EPOCH_COLUMNS` has them.
        With carry-over, further epochs follow until the last requests end. Each row balances:
        arrived plus carried in equals completed, late, dropped, refused plus carried out.
    requests
        A row for each scheme and request, as
        :data:`analysis.simulation.rows.REQUEST_COLUMNS` has them.
    batches
        A row for each scheme, epoch and edge node with a batch, as
        :data:`analysis.simulation.rows.BATCH_COLUMNS` has them.
    """

    schemes: tuple[str, ...]
    num_epochs: int
    epochs: pd.DataFrame
    requests: pd.DataFrame
    batches: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return a row for each scheme: the number of requests that arrived, and of each fate.

        ``completion_rate`` is absent if no request arrived. ``num_unsolved`` counts the epochs in
        which the method found no schedule, because it failed or was cut by a limit, so that no
        request was served; it is absent for schemes without a method.
        """
        import pandas as pd

        counts = self.requests.groupby(["scheme", "fate"]).size()
        rows = []
        for scheme in self.schemes:
            row: dict[str, Any] = {"scheme": scheme, "arrived": 0}
            row |= {str(fate): int(counts.get((scheme, str(fate)), 0)) for fate in Fate}
            row["arrived"] = sum(row[str(fate)] for fate in Fate)
            row[RATE] = row["completed"] / row["arrived"] if row["arrived"] else None
            row["num_unsolved"] = self._num_unsolved(scheme)
            rows.append(row)
        return pd.DataFrame(rows).convert_dtypes()

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as ``otgah simulate --json`` prints it."""
        rows = self.summary().astype(object)
        return {
            "num_epochs": self.num_epochs,
            "schemes": rows.where(rows.notna(), None).to_dict(orient="records"),
        }

    def _num_unsolved(self, scheme: str) -> int | None:
        status = self.epochs.loc[self.epochs["scheme"] == scheme, "status"].dropna()
        return int((status == str(Status.NONE)).sum()) if len(status) else None
