r"""Configuration master: the LP over the batches found so far.

.. math:: \max \sum_{g,S} |S| x_{gS} \quad \text{with} \quad
          \sum_{g, S \ni i} x_{gS} \le 1, \quad \sum_S x_{gS} \le 1, \quad x \ge 0,

for physical edge nodes g, requests i and batches S.
"""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.solvers.highs import configure, run
from formulations.solvers.options import Options
from heuristics.limits import Stopped
from heuristics.result import EndedBy

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray
    from heuristics.limits import Limits


class Configuration(NamedTuple):
    """A batch of a row of the coefficients."""

    row: int
    """Row of the batch."""
    requests: tuple[int, ...]
    """Requests, ascending."""


class MasterSolution(NamedTuple):
    """An optimal solution of the master, and its dual."""

    value: float
    """Largest throughput of fractional batches."""
    weight: FloatArray
    """x of each configuration, shape (C,)."""
    request_price: FloatArray
    """Dual of each request's row, shape (I,)."""
    group_price: FloatArray
    """Dual of each physical edge node's row, shape (G,)."""


class ConfigurationMaster:
    """The master, to which configurations are added.

    Parameters
    ----------
    num_requests
        Number of requests, I.
    group_of_row
        Physical edge node of each row, shape (J,).
    """

    def __init__(self, num_requests: int, group_of_row: IntArray) -> None:
        import highspy

        self.configurations: list[Configuration] = []
        self.group_of_row = group_of_row
        self._num_requests = num_requests
        self._known: set[Configuration] = set()
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        num_rows = num_requests + int(group_of_row.max()) + 1
        configure(self._highs, Options(), tolerance=1e-9)
        lower, upper = np.full(num_rows, -np.inf), np.ones(num_rows)
        starts, nothing = np.zeros(num_rows, dtype=np.int32), np.empty(0, dtype=np.int32)
        self._highs.addRows(num_rows, lower, upper, 0, starts, nothing, nothing.astype(float))
        self._highs.changeObjectiveSense(highspy.ObjSense.kMaximize)

    def add(self, row: int, requests: IntArray) -> bool:
        """Add a batch; return True if it is new and not empty."""
        configuration = Configuration(row, tuple(sorted(requests.tolist())))
        if not configuration.requests or configuration in self._known:
            return False
        self._known.add(configuration)
        self.configurations.append(configuration)
        group = self._num_requests + int(self.group_of_row[row])
        index = np.array([*configuration.requests, group], dtype=np.int32)
        size = len(configuration.requests)
        self._highs.addCol(float(size), 0.0, np.inf, size + 1, index, np.ones(size + 1))
        return True

    def solve(self, limits: Limits) -> MasterSolution:
        """Solve the master from the last basis.

        Raises
        ------
        Stopped
            If the time limit is reached or Ctrl-C interrupts the solve.
        """
        limits.check_time()
        highs, stop = self._highs, Event()
        if limits.left_s is not None:
            # The clock of HiGHS goes on from run to run.
            highs.setOptionValue("time_limit", highs.getRunTime() + limits.left_s)
        run(highs, stop)
        if stop.is_set():
            raise Stopped(EndedBy.INTERRUPTED)
        if highs.getModelStatus().name != "kOptimal":
            limits.check_time()
            raise Stopped(EndedBy.ERROR)
        solution = highs.getSolution()
        dual = np.maximum(np.array(solution.row_dual), 0.0)
        return MasterSolution(
            value=highs.getInfo().objective_function_value,
            weight=np.maximum(np.array(solution.col_value), 0.0),
            request_price=dual[: self._num_requests],
            group_price=dual[self._num_requests :],
        )
