"""Simulation: the outcome of many epochs, as tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from analysis.simulation.latencies import STATISTICS, latencies
from analysis.simulation.request import Fate
from analysis.simulation.serving import serving
from heuristics.result import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from analysis.simulation.goodput import Limits
    from analysis.simulation.hindsight import Hindsight

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
    edge_nodes
        A row for each scheme and edge node, as
        :data:`analysis.simulation.usage.USAGE_COLUMNS` has them.
    arrivals_s
        End of the last period whose arrivals count [s].
    limits
        Limits of the goodput; None if it was not asked for.
    hindsight
        Result of hindsight by scheme, None for a scheme without a bound; None if it was not asked
        for.
    """

    schemes: tuple[str, ...]
    num_epochs: int
    epochs: pd.DataFrame
    requests: pd.DataFrame
    batches: pd.DataFrame
    edge_nodes: pd.DataFrame
    arrivals_s: float
    limits: Limits | None = None
    hindsight: Mapping[str, Hindsight | None] | None = None

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
        counts = rows.where(rows.notna(), None).to_dict(orient="records")
        return {
            "num_epochs": self.num_epochs,
            "goodput_limits": None if self.limits is None else asdict(self.limits),
            "schemes": [
                row | self._serving(row["scheme"]) | self._hindsight(row["scheme"])
                for row in counts
            ],
        }

    def _hindsight(self, scheme: str) -> dict[str, Any]:
        if self.hindsight is None:
            return {}
        found = self.hindsight[scheme]
        return {"hindsight": None if found is None else asdict(found)}

    def latencies(self) -> pd.DataFrame:
        """Return the latencies of each request, as :func:`latencies.latencies` has them."""
        columns = self.requests[["scheme", "epoch", "request", "fate"]]
        return columns.join(latencies(self.requests))

    def serving(self) -> pd.DataFrame:
        """Return a row for each scheme: the metrics of :meth:`to_dict`, a column a number."""
        import pandas as pd

        rows = [dict(_flat(row)) for row in self.to_dict()["schemes"]]
        return pd.DataFrame(rows).convert_dtypes()

    def _serving(self, scheme: str) -> dict[str, Any]:
        return serving(
            self.requests[self.requests["scheme"] == scheme],
            self.edge_nodes[self.edge_nodes["scheme"] == scheme],
            arrivals_s=self.arrivals_s,
            limits=self.limits,
        )

    def _num_unsolved(self, scheme: str) -> int | None:
        status = self.epochs.loc[self.epochs["scheme"] == scheme, "status"].dropna()
        return int((status == str(Status.NONE)).sum()) if len(status) else None


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the numbers of a row; those of a dictionary have its key and theirs as name.

    Percentiles that are absent have a column too, so that schemes have the same columns. A scheme
    without a result of hindsight has the columns of the other schemes.
    """
    for name, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", each) for key, each in value.items())
        elif name.endswith("_s") and value is None:
            yield from ((f"{name}.{key}", None) for key in STATISTICS)
        elif name != "hindsight":
            yield name, value
