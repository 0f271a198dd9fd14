r"""Gaps of schedules to the proven bound and to the best known value, as shares and in requests.

The objective z of P1 counts requests and is maximised. With a bound :math:`\bar z` and the best
known value :math:`z^*`, always :math:`0 \le z \le z^* \le \bar z`. The gaps of the literature then
are the following:

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
    """Add the best bound and the best known value of each run's question, and the gaps to them.

    Parameters
    ----------
    runs
        A row for each run, as the store has it, with the kept bound of the run's question.

    Returns
    -------
    pandas.DataFrame
        A copy with

        * ``contradiction``: a description if a bound lies below a schedule that passed the judge;
          absent otherwise. One of the two is wrong, and it is unknown which one; therefore every
          other added column but ``failed``, ``own_gap`` and ``solver_gap`` is absent there.
        * ``best_bound``: the least bound that any run in the table or a kept certificate proved
          for the same problem on the same instance. The bound in the instance file is not used,
          since nothing here proved it; it stays in ``known_bound``.
        * ``bound_by``: the method that proved this bound, the first in the table if there are
          several; ``certificate`` if only the kept certificate has this bound.
        * ``bound_problem``: the problem of that run, or of that certificate. P3' without z is P1 at
          one edge node, so the two share their bounds; for every other problem it is the run's own.
        * ``gap``: (best_bound - objective) / best_bound, 0 when both are 0.
        * ``short``: best_bound - objective, in requests.
        * ``best_known``, ``best_known_by``: the largest throughput for the question in any run,
          in the search for a certificate, or in the instance file, and its origin.
        * ``gap_to_best_known``, ``short_of_best_known``: as ``gap`` and ``short``, to the best
          known value.
        * ``own_gap``: (bound - objective) / bound with the run's own bound.
        * ``solver_gap``: (bound - objective) / objective with the run's own bound, as MILP solvers
          print it; absent at objective 0, where MILP solvers print infinity.
        * ``failed``: True if the method crashed, raised an error, or returned a schedule that the
          judge refused.

    Notes
    -----
    The time is linear in the number of runs, except for a sort; 10^5 runs take about a second.
    """
    table = runs.copy()
    number = question_numbers(table)
    told = contradiction_of_each(table, number)
    is_sound = pd.isna(told)
    objective = floats(table["objective"])
    bound = floats(table["bound"])
    table["contradiction"] = pd.array(told[number], dtype="string")
    proved = least_bound(table, number)
    for name, by, extreme, gap, short in (
        ("best_bound", "bound_by", proved, "gap", "short"),
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
    problems = np.where(is_sound, proved.problem, _NOBODY)[number]
    table["bound_problem"] = pd.array(problems, dtype="string")
    table["own_gap"] = nullable(relative_gaps(objective, bound))
    table["solver_gap"] = nullable(_solver_gap(objective, bound))
    table["failed"] = table["ended_by"].isin(FAILED)
    return table


def _solver_gap(objective: Floats, bound: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = (bound - objective) / objective
    return np.where(objective == bound, 0.0, np.where(objective > 0, gaps, np.nan))
