"""Group pricing: the best batch over the alternatives of each edge node.

W_g is the largest of V_v + lambda_v + mu_v over the rows v of a group g: only the row in use pays
for its bands. The rows are searched in order of decreasing screen, until no screen exceeds the
best batch found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.prices import profits
from formulations.decomposition.pricing.pricing import GUARD, best_batch
from formulations.decomposition.pricing.screen import screen, take_fraction
from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.alternatives import Groups
    from heuristics.coefficients import IntArray


class GroupRows(NamedTuple):
    """Rows of each of G groups, one after the other: those of g at ``first[g]:first[g + 1]``."""

    first: IntArray
    """Shape (G + 1,)."""
    row: IntArray
    """Rows of all groups."""

    @classmethod
    def of(cls, groups: Groups) -> GroupRows:
        """Return the rows of some groups."""
        sizes = [len(rows) for rows in groups]
        rows = [row for rows in groups for row in rows]
        return cls(np.cumsum([0, *sizes], dtype=np.int64), np.array(rows, dtype=np.int64))


@compiled
def evaluate_groups(
    nodes: EdgeNodes,
    prices: DualPrices,
    groups: GroupRows,
    exact: bool,
    max_nodes: int,
    served: FloatArray,
    used: FloatArray,
    worth: FloatArray,
    chosen: IntArray,
) -> None:
    """Find the best batch, or its bound, over the rows of each group.

    Parameters
    ----------
    groups
        Rows that the groups may use.
    exact, max_nodes
        As in :func:`~formulations.decomposition.pricing.pricing.evaluate`.
    served, used
        Output buffers as there, of the chosen rows; rows that are not chosen use everything, so
        that their bands have no unused amount.
    worth
        Output buffer: an upper bound on V_v + lambda_v + mu_v of each row, shape (J,); exact for
        the chosen rows, and 0 for rows of no group.
    chosen
        Output buffer: the row of the best batch of each group, shape (G,).
    """
    served[:] = 0
    used[:] = 1
    worth[:] = 0
    nothing = np.zeros(served.size)
    for g in range(chosen.size):
        rows = groups.row[groups.first[g] : groups.first[g + 1]]
        row = rows[0]
        profit = profits(nodes, prices, row)
        knapsacks = screen(nodes, prices, row, profit)
        worth[row] = _worth(prices, row, knapsacks.bound)
        for other in rows[1:]:
            other_profit = profits(nodes, prices, other)
            other_knapsacks = screen(nodes, prices, other, other_profit)
            worth[other] = _worth(prices, other, other_knapsacks.bound)
            if worth[other] > worth[row]:
                row, profit, knapsacks = other, other_profit, other_knapsacks
        used[:, row] = 0
        places = np.empty(0, dtype=np.int64)
        if exact and profit.size > 0:
            order = rows[np.argsort(-worth[rows], kind="mergesort")]
            found = best_batch(nodes, prices, row, profit, knapsacks, max_nodes)
            worth[row] = found.upper + prices.uplink[row] + prices.downlink[row]
            places = found.places
            for other in order[1:]:
                if worth[other] <= worth[row] + GUARD:
                    break
                other_profit = profits(nodes, prices, other)
                other_knapsacks = screen(nodes, prices, other, other_profit)
                found = best_batch(nodes, prices, other, other_profit, other_knapsacks, max_nodes)
                worth[other] = found.upper + prices.uplink[other] + prices.downlink[other]
                if worth[other] > worth[row]:
                    used[:, row], used[:, other] = 1, 0
                    row, profit, knapsacks = other, other_profit, other_knapsacks
                    places = found.places
        chosen[g] = row
        if profit.size == 0:
            continue
        depth = int(np.argmax(knapsacks.bound)) + 1
        taken = nothing if exact else served
        take_fraction(nodes, prices, row, profit, knapsacks, depth, taken, used)
        if not exact:
            continue
        used[0, row] = used[1, row] = 0
        for place in places:
            pair = nodes.first[row] + place
            served[nodes.request[pair]] += 1
            used[0, row] += nodes.uplink[pair]
            used[1, row] += nodes.downlink[pair]


@inner
def _worth(prices: DualPrices, row: int, bound: FloatArray) -> float:
    """Return the screen's bound on V + lambda + mu of a row."""
    most = bound.max() if bound.size > 0 else 0.0
    return float(prices.uplink[row] + prices.downlink[row] + max(0.0, most))
