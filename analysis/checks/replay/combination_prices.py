r"""Combination prices: prices of requests and of spectrum that rule out a combination.

A column of edge node j has :math:`c_k` requests of each level k, out of F_d. At prices
:math:`\pi_i \ge 0` of the requests and :math:`y_j \ge 0` of a unit of its uplink and downlink, any
batch of the column costs at least the sum of the :math:`c_k` smallest
:math:`\pi_i + y_j \cdot a_{ji}` of each level in F_d. A schedule pays for each request at most
once, and for no more spectrum than the edge nodes have, so

.. math:: \sum_j cost_j(c_j) \le \sum_i \pi_i + \sum_j y_j \cdot (U_j, D_j).

A combination of columns that breaks this inequality contains no schedule, for any prices. The
prices are the dual values of the linear program that serves as many requests of one combination as
possible. By duality, if it serves fewer than all, its prices rule out this combination, and mostly
many other combinations too. Only the choice of prices uses floating point. The inequality is tested
in integers.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.checks.replay.columns import Column
    from heuristics.judges.verifier import RankedRequests

UNIT = 2**60
"""Factor on the prices of the linear program before they are rounded."""


class CombinationPrices(NamedTuple):
    """Prices of requests and of spectrum, as integers."""

    requests: Mapping[int, int]
    """Price pi of each request that has one."""
    spectrum: Sequence[tuple[int, int]]
    """Prices y of a unit of uplink and of downlink at each edge node."""

    def total(self, ranked: Sequence[RankedRequests]) -> int:
        """Return the price of all requests and all spectrum together."""
        return sum(self.requests.values()) + sum(
            uplink * own.capacities[0] + downlink * own.capacities[1]
            for own, (uplink, downlink) in zip(ranked, self.spectrum, strict=True)
        )

    def costs(
        self, ranked: Sequence[RankedRequests], edge_node: int, columns: Sequence[Column]
    ) -> list[int]:
        """Return the lowest cost of each column of an edge node."""
        own, (y_uplink, y_downlink) = ranked[edge_node], self.spectrum[edge_node]
        level_of = {place: level for level, places in enumerate(own.levels) for place in places}
        cheapest: list[list[int]] = [[] for _ in own.levels]
        costs, depth = [0] * len(columns), 0
        for at in sorted(range(len(columns)), key=lambda at: columns[at].last):
            for place in range(depth, columns[at].last):
                uplink, downlink = own.demands[place][:2]
                price = self.requests.get(own.requests[place], 0)
                price += y_uplink * uplink + y_downlink * downlink
                insort(cheapest[level_of[place]], price)
            depth = columns[at].last
            costs[at] = sum(
                sum(prices[:count])
                for prices, count in zip(cheapest, columns[at].counts, strict=True)
            )
        return costs


def prices_against(
    ranked: Sequence[RankedRequests], combination: Sequence[Column]
) -> CombinationPrices:
    """Return the prices of the linear program of one column for each edge node.

    Parameters
    ----------
    ranked
        Eligible requests of each edge node.
    combination
        Column of each edge node.

    Returns
    -------
    CombinationPrices
        All 0 if HiGHS returns no dual values. Such prices rule out nothing.
    """
    program = _LinearProgram(ranked, combination)
    prices = program.row_prices()

    def of_spectrum(j: int, resource: int) -> int:
        # The row is scaled by the capacity.
        price = prices[program.spectrum_rows[j][resource]]
        return round(price * UNIT / max(1, ranked[j].capacities[resource]))

    return CombinationPrices(
        requests={i: round(prices[row] * UNIT) for i, row in program.request_rows.items()},
        spectrum=[(of_spectrum(j, 0), of_spectrum(j, 1)) for j in range(len(ranked))],
    )


class _LinearProgram:
    """Linear program: serve as many requests of a combination as counts and spectrum allow."""

    def __init__(self, ranked: Sequence[RankedRequests], combination: Sequence[Column]) -> None:
        self.request_rows: dict[int, int] = {}
        self.spectrum_rows: list[tuple[int, int]] = []
        self._most: list[float] = []
        self._start, self._index, self._value = [0], [], []  # type: ignore[var-annotated]
        for own, column in zip(ranked, combination, strict=True):
            self.spectrum_rows.append((self._row(1), self._row(1)))
            for places, count in zip(own.levels, column.counts, strict=True):
                if count:
                    level_row = self._row(count)
                    for place in places:
                        if place < column.last:
                            self._serve(own, place, level_row)

    def _row(self, most: float) -> int:
        self._most.append(most)
        return len(self._most) - 1

    def _serve(self, own: RankedRequests, place: int, level_row: int) -> None:
        """Add the variable of a request at an edge node."""
        request = own.requests[place]
        if request not in self.request_rows:
            self.request_rows[request] = self._row(1)
        self._index += [level_row, self.request_rows[request]]
        self._value += [1.0, 1.0]
        for resource, row in enumerate(self.spectrum_rows[-1]):
            if own.demands[place][resource]:
                self._index.append(row)
                self._value.append(own.demands[place][resource] / max(1, own.capacities[resource]))
        self._start.append(len(self._index))

    def row_prices(self) -> list[float]:
        """Return the price of each row, at least 0."""
        import highspy
        import numpy as np

        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self._start) - 1, len(self._most)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = np.ones(lp.num_col_)
        lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.full(lp.num_col_, np.inf)
        lp.row_lower_, lp.row_upper_ = np.full(lp.num_row_, -np.inf), np.array(self._most)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.array(self._start)
        lp.a_matrix_.index_ = np.array(self._index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(self._value, dtype=float)
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.silent()
        highs.setOptionValue("threads", 1)
        highs.passModel(lp)
        highs.run()
        solution = highs.getSolution()
        if not solution.dual_valid:
            return [0.0] * len(self._most)
        return [max(0.0, price) for price in solution.row_dual]
