"""Runs of one instance: their best schedules, and the problems that they solved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from analysis.metrics.question import bounded_as
from heuristics.problem import Problem
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    import pandas as pd

    from heuristics.coefficients import Coefficients
    from instances.instance import Instance


@dataclass(frozen=True, kw_only=True, eq=False)
class InstanceRuns:
    """An instance and its runs.

    Parameters
    ----------
    instance
        The whole instance.
    runs
        Runs of the instance and of its single edge nodes, numbered from 0.
    """

    instance: Instance
    runs: pd.DataFrame

    def best(self) -> dict[Any, Any] | None:
        """Return the run with the largest objective for P1 of the whole instance.

        Without such a run, the run with the largest objective of all; None without a schedule.
        """
        found = self.runs.dropna(subset=["objective"])
        is_p1 = bounded_as(found) == Problem.P1
        whole = found[(found["instance"] == self.instance.name) & is_p1]
        chosen = found if whole.empty else whole
        return None if chosen.empty else _record(chosen, chosen["objective"].idxmax())

    def schedules(self) -> list[dict[Any, Any]]:
        """Return the best run of each method on each question, by falling objective."""
        found = self.runs.dropna(subset=["objective"])
        keys = ["instance", "problem", "cardinality", "method"]
        places = found.groupby(keys, dropna=False, sort=False)["objective"].idxmax()
        ordered = found.loc[places].sort_values("objective", ascending=False, kind="stable")
        return [_record(ordered, place) for place in ordered.index]

    def problem_of(self, run: dict[Any, Any]) -> tuple[Coefficients, tuple[str, ...]]:
        """Return the coefficients that a run solved, and the names of their edge nodes."""
        index = self._edge_node(run)
        data, names = self.instance.coefficients, self.instance.edge_node_names
        if index is None:
            return data, names
        rows = self.instance.rows_of(index)
        return data.of_rows(rows), tuple(names[row] for row in rows)

    def schedule_of(self, run: dict[Any, Any]) -> Schedule:
        """Return the schedule of a run, by the edge nodes of :meth:`problem_of`."""
        assignment = json.loads(run["assignment"])
        index = self._edge_node(run)
        num_rows = len(self.instance.edge_node_names)
        rows = range(num_rows) if index is None else self.instance.rows_of(index)
        return Schedule.of([assignment.get(str(each), []) for each in rows])

    def serving_edge_nodes(self, run: dict[Any, Any]) -> list[str]:
        """Return the name of the edge node that serves each request in a run; "" without one."""
        _, names = self.problem_of(run)
        serving = [""] * self.instance.coefficients.num_requests
        for edge_node, request in self.schedule_of(run).pairs():
            serving[request] = names[edge_node]
        return serving

    def eligible_edge_nodes(self) -> list[list[str]]:
        """Return the names of the edge nodes at which each request is eligible."""
        names, data = self.instance.edge_node_names, self.instance.coefficients
        pointer, places = data.pairs.by_request(data.num_requests)
        edge_nodes = data.pairs.edge_nodes()[places].tolist()
        return [
            [names[j] for j in edge_nodes[start:end]] for start, end in pairwise(pointer.tolist())
        ]

    def _edge_node(self, run: dict[Any, Any]) -> int | None:
        """Return the index of the single edge node that a run solved; None for the whole."""
        names = [f"{self.instance.name}@{each}" for each in self.instance.selection_names]
        return None if run["instance"] == self.instance.name else names.index(run["instance"])


def _record(runs: pd.DataFrame, place: Any) -> dict[Any, Any]:
    row: dict[Any, Any] = runs.loc[place].to_dict()
    return row | {"problem": Problem(row["problem"]), "row": place}
