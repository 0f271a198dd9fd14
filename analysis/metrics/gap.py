r"""Gaps: how far a schedule is from the proven bound, from the best known, and in requests.

The objective z of P1 counts requests and is to be large, so that with a bound :math:`\bar z` and
the best known value :math:`z^*` always :math:`0 \le z \le z^* \le \bar z`. What others call gap
then comes to one of these:

=====================  ===========================  ============================================
column                 definition                   the same as
=====================  ===========================  ============================================
``gap``                (bound - z) / bound          in [0, 1], defined at z = 0
``gap_to_best_known``  (best - z) / best            primal gap of Berthold (2013); with 100 in
                                                    front, averaged: ARPD of the scheduling field
``solver_gap``         (own bound - z) / z          ``mip_gap`` of HiGHS and Gurobi, and the gap of
                                                    SCIP and PAVER, \|p-d\| / min(\|p\|, \|d\|)
``short``              bound - z, in requests       absolute gap
=====================  ===========================  ============================================

References
----------
T. Berthold, *Measuring the impact of primal heuristics*, Operations Research Letters 41(6), 2013,
doi:10.1016/j.orl.2013.08.007.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics.claim import largest_objective, least_bound
from analysis.metrics.column import floats, nullable, relative_gaps
from analysis.metrics.contradiction import contradiction_of_each
from analysis.metrics.question import question_numbers
from analysis.runs.outcome import FAILED

if TYPE_CHECKING:
    from analysis.metrics.column import Floats


_NOBODY: Any = None


def with_best_bound(runs: pd.DataFrame) -> pd.DataFrame:
    """Add what the runs of a question say together: bounds, best known values, gaps.

    Parameters
    ----------
    runs
        A row for each run, as the store has it: with the bound that is kept of its question.

    Returns
    -------
    pandas.DataFrame
        A copy with

        * ``contradiction``: what is wrong where a bound lies below a schedule that the judge
          let pass; absent otherwise. Every other column but ``failed``, ``own_gap`` and
          ``solver_gap`` is absent there, since one of the two is wrong and nothing tells which.
        * ``best_bound``: the least bound that any run in the table or a kept certificate proved
          of the same problem on the same instance. What the instance file says is best known
          stays apart, in ``known_bound``: nothing here proved it.
        * ``bound_by``: the method whose bound that is, the first in the table of several;
          ``certificate`` where all are above the kept certificate's.
        * ``gap``: (best_bound - objective) / best_bound, 0 when both are 0.
        * ``short``: best_bound - objective, in requests.
        * ``best_known``, ``best_known_by``: the largest throughput that any run, a certificate's
          search or the instance file has of the question.
        * ``gap_to_best_known``, ``short_of_best_known``: the same two, to the best known.
        * ``own_gap``: (bound - objective) / bound with the run's own bound.
        * ``solver_gap``: (bound - objective) / objective with the run's own bound, as MILP solvers
          print it; absent at objective 0, where they say infinite.
        * ``failed``: whether the method crashed, raised, or returned what the judge refused.

    Notes
    -----
    Linear in the number of runs but for a sort; 10^5 runs take about a second.
    """
    table = runs.copy()
    number = question_numbers(table)
    told = contradiction_of_each(table, number)
    is_sound = pd.isna(told)
    objective = floats(table["objective"])
    bound = floats(table["bound"])
    table["contradiction"] = pd.array(told[number], dtype="string")
    for name, by, extreme, gap, short in (
        ("best_bound", "bound_by", least_bound(table, number), "gap", "short"),
        (
            "best_known",
            "best_known_by",
            largest_objective(table, number, with_file=True),
            "gap_to_best_known",
            "short_of_best_known",
        ),
    ):
        reference = np.where(is_sound, extreme.value, np.nan)[number]
        table[name] = nullable(reference, "Int64")
        table[by] = pd.array(np.where(is_sound, extreme.by, _NOBODY)[number], dtype="string")
        table[gap] = nullable(relative_gaps(objective, reference))
        table[short] = nullable(reference - objective, "Int64")
    table["own_gap"] = nullable(relative_gaps(objective, bound))
    table["solver_gap"] = nullable(_solver_gap(objective, bound))
    table["failed"] = table["ended_by"].isin(FAILED)
    return table


def _solver_gap(objective: Floats, bound: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = (bound - objective) / objective
    return np.where(objective == bound, 0.0, np.where(objective > 0, gaps, np.nan))
