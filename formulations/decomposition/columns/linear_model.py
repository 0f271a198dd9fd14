"""LinearModel: a small MILP, built row by row and solved by HiGHS."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.solvers.highs import configure, found_point, run
from formulations.solvers.options import LARGEST_OPTION, Options
from heuristics.limits import Stopped
from heuristics.result import EndedBy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray
    from heuristics.limits import Limits

Terms = tuple["Iterable[int]", "Iterable[float]"]
"""Column indices and their coefficients."""

INFINITY = float("inf")

TOLERANCE = 1e-9
"""``mip_feasibility_tolerance`` of HiGHS; the rows hold integers of at most six digits."""

PATIENCE_S = 0.03
"""Time after its limit at which a punctual solve gives HiGHS up [s]."""


class Answer(NamedTuple):
    """Answer of HiGHS."""

    is_infeasible: bool
    """True if HiGHS proved that no solution exists; False if the run ended early."""
    values: FloatArray | None
    """Values of all columns in the solution; None without one."""
    num_nodes: int
    """Number of branch-and-bound nodes."""
    bound: float = INFINITY
    """Upper bound on the profit of every solution."""


class LinearModel:
    """Rows and columns of a problem in integers and continuous variables, with profits or without.

    Without profits the question is whether a solution exists.
    """

    def __init__(self) -> None:
        self._lower: list[FloatArray] = []
        self._upper: list[FloatArray] = []
        self._profit: list[FloatArray] = []
        self._is_integer: list[bool] = []
        self._row_lower: list[float] = []
        self._row_upper: list[float] = []
        self._start, self._index, self._value = [0], [], []  # type: ignore[var-annotated]

    def add_columns(
        self,
        num: int,
        *,
        lower: object = 0.0,
        upper: object = 1.0,
        profit: object = 0.0,
        is_integer: bool,
    ) -> IntArray:
        """Add columns and return their indices.

        A bound or a profit is one value for all, or one for each.
        """
        first = len(self._is_integer)
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=float), num))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=float), num))
        self._profit.append(np.broadcast_to(np.asarray(profit, dtype=float), num))
        self._is_integer += [is_integer] * num
        return np.arange(first, first + num)

    def add_row(
        self,
        *terms: Terms,
        lower: float = -INFINITY,
        upper: float = INFINITY,
    ) -> None:
        """Add a row, whose terms come in one or more parts."""
        for columns, coefficients in terms:
            for column, coefficient in zip(columns, coefficients, strict=True):
                if coefficient:
                    self._index.append(int(column))
                    self._value.append(float(coefficient))
        self._start.append(len(self._index))
        self._row_lower.append(lower)
        self._row_upper.append(upper)

    def solve(
        self,
        limits: Limits,
        *,
        time_limit: float | None,
        seed: int,
        start: FloatArray | None = None,
        is_punctual: bool = False,
    ) -> Answer:
        """Look for a solution, of largest profit if columns have profits.

        Parameters
        ----------
        limits
            Limits of the whole run; the nodes of this solve are added to its count.
        time_limit
            Time limit of this solve alone [s].
        seed
            Seed of HiGHS.
        start
            Values of all columns in a known solution; None without one.
        is_punctual
            True to give up a HiGHS that has not ended `PATIENCE_S` after its time limit.

        Raises
        ------
        Stopped
            If Ctrl-C interrupts the solve.
        """
        import highspy

        if not self._is_integer:
            is_broken = max(self._row_lower, default=0) > 0 or min(self._row_upper, default=0) < 0
            return Answer(is_broken, None if is_broken else np.zeros(0), 0, 0.0)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self._is_integer), len(self._row_lower)
        lp.col_cost_ = np.concatenate(self._profit)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_lower_, lp.col_upper_ = np.concatenate(self._lower), np.concatenate(self._upper)
        lp.row_lower_, lp.row_upper_ = np.array(self._row_lower), np.array(self._row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(self._start)
        lp.a_matrix_.index_ = np.array(self._index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(self._value)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[each] for each in self._is_integer]
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        seconds = [each for each in (limits.left_s, time_limit) if each is not None]
        num_left = None
        if limits.node_limit is not None:
            num_left = min(max(0, limits.node_limit - limits.num_nodes), LARGEST_OPTION)
        seed = seed if seed <= LARGEST_OPTION else 0  # HiGHS takes no larger seed
        left_s = max(0.0, min(seconds)) if seconds else None
        options = Options(time_limit=left_s, node_limit=num_left, seed=seed)
        configure(highs, options, tolerance=TOLERANCE)
        highs.passModel(lp)
        if start is not None:
            highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
        stop = Event()
        patience_s = left_s + PATIENCE_S if is_punctual and left_s is not None else None
        if not run(highs, stop, patience_s=patience_s):
            return Answer(is_infeasible=False, values=None, num_nodes=0)
        if stop.is_set():
            raise Stopped(EndedBy.INTERRUPTED)
        info, solution = highs.getInfo(), highs.getSolution()
        num_nodes = max(0, info.mip_node_count)
        limits.num_nodes += num_nodes
        return Answer(
            is_infeasible=highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible,
            values=np.array(solution.col_value)
            if solution.value_valid and found_point(highs)
            else None,
            num_nodes=num_nodes,
            bound=info.mip_dual_bound,
        )
