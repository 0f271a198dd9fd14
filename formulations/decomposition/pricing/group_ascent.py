r"""Group ascent: prices whose bound on P1 falls step by step, where edge nodes have alternatives.

At most one row v of a group g has a batch, and only the row in use pays for its bands, so

.. math:: L(\pi, \lambda, \mu) = \sum_i \pi_i + \sum_g W_g, \qquad
          W_g = \max_{v \in g} (V_v + \lambda_v + \mu_v),

is at least the optimum of P1, at any prices of at least 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.group_pricing import GroupRows, evaluate_groups

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from heuristics.alternatives import Groups


class GroupAscent(DualAscent):
    """Prices and the bound that they prove, improved step by step.

    Parameters
    ----------
    nodes
        All rows.
    num_requests
        Number of requests, I.
    groups
        Rows that each edge node may use, at least one of each.

    Attributes
    ----------
    num_chosen
        Number of evaluations in which each row had the best batch of its group, shape (J,).
    """

    def __init__(self, nodes: EdgeNodes, num_requests: int, groups: Groups) -> None:
        super().__init__(nodes, num_requests)
        self._groups = GroupRows.of(groups)
        self.num_chosen = np.zeros(nodes.num_edge_nodes, dtype=np.int64)

    def evaluate(
        self, point: FloatArray, *, exact: bool, tolerance: float = 0.0
    ) -> tuple[float, FloatArray, FloatArray]:
        """Return L at a point, the unused amount of each priced resource, and the rows' worth.

        The worth of a row v is an upper bound on V_v + lambda_v + mu_v. The tolerance has no
        effect.
        """
        served, worth = np.empty(self.num_requests), np.empty(self.nodes.num_edge_nodes)
        used = np.empty((4, len(worth)))
        chosen = np.empty(len(self._groups.first) - 1, dtype=np.int64)
        out = (served, used, worth, chosen)
        prices = self.prices(point)
        evaluate_groups(self.nodes, prices, self._groups, exact, self._max_nodes, *out)
        self.num_evaluations += 1
        self.num_chosen[chosen] += 1
        left = np.concatenate([1 - served, (1 - used).ravel()])
        left[self._scale == 0] = 0
        value = float(point[: self.num_requests].sum() + worth[chosen].sum())
        return value, left, worth
