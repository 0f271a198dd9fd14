"""Dispatch: the edge node that a request is sent to on arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.simulation.continuous.policy import DispatchRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.simulation.continuous.station import Station


class Dispatch:
    """Chooses edge nodes, and counts the requests at each.

    Parameters
    ----------
    rule
        Rule of the choice; the first edge node is taken of equals.
    """

    def __init__(self, rule: DispatchRule) -> None:
        self._rule = rule
        self._counts: dict[int, int] = {}
        self._last = -1

    def choose(
        self,
        able: Mapping[int, tuple[int, int]],
        stations: Sequence[Station],
        lengths: tuple[int, int],
    ) -> int:
        """Return the edge node of a request, and count the request there.

        Parameters
        ----------
        able
            Airtimes of prompt and output [ticks] at each edge node that can serve the request.
        stations
            The edge nodes.
        lengths
            Lengths of prompt and output [tokens].
        """
        chosen = self._choice(able, stations, lengths)
        self._counts[chosen] = self._counts.get(chosen, 0) + 1
        self._last = chosen
        return chosen

    def ended(self, edge_node: int) -> None:
        """Count a request less at an edge node."""
        self._counts[edge_node] -= 1

    def _choice(
        self,
        able: Mapping[int, tuple[int, int]],
        stations: Sequence[Station],
        lengths: tuple[int, int],
    ) -> int:
        if len(able) == 1:
            return next(iter(able))
        if self._rule is DispatchRule.ROUND_ROBIN:
            return min(able, key=lambda j: (j - self._last - 1) % len(stations))
        if self._rule is DispatchRule.FASTEST:
            return min(able, key=lambda j: (sum(able[j]) + stations[j].ticks_alone(*lengths), j))
        return min(able, key=lambda j: (self._counts.get(j, 0) / stations[j].edge_node.num_gpus, j))
