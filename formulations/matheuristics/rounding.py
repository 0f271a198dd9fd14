"""Rounding: schedules drawn from the weights of configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from formulations.matheuristics.configuration_master import Configuration
    from heuristics.coefficients import IntArray


class Rounding:
    """Draws of one configuration for each physical edge node.

    Parameters
    ----------
    configurations
        Batches of the edge nodes.
    weight
        Weight of each, shape (C,), with a sum of at most 1 for each physical edge node.
    group_of_row
        Physical edge node of each row, shape (J,).
    num_requests
        Number of requests, I.
    """

    def __init__(
        self,
        configurations: Sequence[Configuration],
        weight: FloatArray,
        group_of_row: IntArray,
        num_requests: int,
    ) -> None:
        self._num_requests, self._num_rows = num_requests, len(group_of_row)
        self._choices: dict[int, list[tuple[float, Configuration]]] = {}
        for configuration, share in zip(configurations, weight.tolist(), strict=True):
            if share > 1e-9:
                group = int(group_of_row[configuration.row])
                self._choices.setdefault(group, []).append((share, configuration))

    def draw(self, random: np.random.Generator) -> list[list[int]]:
        """Return drawn batches, in which each request stays at the first edge node that has it.

        The edge nodes come in random order. Each draws one of its configurations with the
        probability of its weight, and none with the rest.
        """
        is_free = np.ones(self._num_requests, dtype=np.bool_)
        batches: list[list[int]] = [[] for _ in range(self._num_rows)]
        groups = list(self._choices)
        for at in random.permutation(len(groups)).tolist():
            left = random.random()
            for share, configuration in self._choices[groups[at]]:
                left -= share
                if left < 0:
                    requests = np.array(configuration.requests, dtype=np.int64)
                    kept = requests[is_free[requests]]
                    is_free[kept] = False
                    batches[configuration.row] = kept.tolist()
                    break
        return batches
