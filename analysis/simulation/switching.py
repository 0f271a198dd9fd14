"""Switching: the alternative that each edge node is run in, and the time that a change takes."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from heuristics.system_models.choices import rows_by_edge_node
from heuristics.system_models.quantization import stored_bytes
from heuristics.system_models.rounding import as_fraction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from heuristics.schedule import Schedule
    from heuristics.system_models.scenario import EdgeNode, Scenario

_NANOSECONDS = 10**9


class Switching:
    """The row in use at each edge node; before its first batch an edge node needs no change."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario in which each row states the time of a change to it.

        Parameters
        ----------
        scenario
            Scenario of an epoch.
        """
        setting = scenario.setting
        if not self._used or not (setting.switching_s or setting.storage_bytes_per_s):
            return scenario
        edge_nodes = tuple(
            self._with_change(each, row, scenario) for row, each in enumerate(scenario.edge_nodes)
        )
        return scenario.model_copy(update={"edge_nodes": edge_nodes})

    def observe(self, scenario: Scenario, schedule: Schedule) -> None:
        """Remember the rows that a schedule uses."""
        for each, batch, row in zip(
            scenario.edge_nodes, schedule.batches, range(len(schedule.batches)), strict=True
        ):
            if batch and each.alternative_of is not None:
                self._used[each.alternative_of] = row

    def _with_change(self, edge_node: EdgeNode, row: int, scenario: Scenario) -> EdgeNode:
        used = self._used.get(str(edge_node.alternative_of), row)
        if used == row:
            return edge_node
        change = _change_s(scenario, scenario.edge_nodes[used], edge_node)
        return edge_node.model_copy(update={"switching_s": change}) if change else edge_node


def _change_s(scenario: Scenario, before: EdgeNode, after: EdgeNode) -> float:
    """Return the time of a change [s]: as given, or that of loading other weights, rounded up."""
    setting = scenario.setting
    if setting.storage_bytes_per_s is None:
        return setting.switching_s
    if (before.llm, before.quantization) == (after.llm, after.quantization):
        return 0.0
    weights = stored_bytes(
        after.llm, after.quantization, include_embedding=setting.include_embedding
    )
    duration: Fraction = weights / as_fraction(setting.storage_bytes_per_s)
    return ceil(duration * _NANOSECONDS) / _NANOSECONDS


def edge_nodes_of(scenario: Scenario) -> Sequence[Sequence[int]]:
    """Return the rows of each edge node of a scenario."""
    rows = range(len(scenario.edge_nodes))
    return rows_by_edge_node(scenario.edge_nodes) or [[row] for row in rows]
