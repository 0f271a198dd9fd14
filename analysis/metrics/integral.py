r"""Integrals of gaps over time: one number for the speed and the quality of a method.

Let p(t) be the primal gap at time t, 1 while there is no schedule. The primal integral of a run is
:math:`P(T) = \int_0^T p(t)\,dt` in seconds; a run without a schedule until T has the integral T.
All three gaps here divide by the larger value, as Berthold does, and so lie in [0, 1]:

* primal: (reference - z(t)) / reference, 1 without a schedule;
* dual: (bound(t) - reference) / bound(t), 1 without a bound;
* primal-dual: (bound(t) - z(t)) / bound(t), 1 without either.

These gaps differ from those of PAVER, which divides by the smaller value and caps at 1, and from
the ``primal_dual_integral`` that HiGHS reports.

References
----------
T. Berthold, *Measuring the impact of primal heuristics*, Operations Research Letters 41(6), 2013,
doi:10.1016/j.orl.2013.08.007.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.metrics.column import floats, nullable, relative_gaps
from analysis.metrics.question import question_numbers
from analysis.metrics.runtime import counted_runtime
from analysis.metrics.trajectory import steps

if TYPE_CHECKING:
    from analysis.metrics.column import Floats


def with_integrals(
    runs: pd.DataFrame, *, horizon_s: float | None = None, reference: str = "best_known"
) -> pd.DataFrame:
    """Add the integrals of each run's gaps over time.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    horizon_s
        Horizon T [s]. If None, the largest time limit of the question's runs, or without a limit
        the longest runtime that one of them counts with. All runs of a question have the same
        horizon.
    reference
        Column of the reference of the primal and the dual gap: ``best_known`` or ``best_bound``.

    Returns
    -------
    pandas.DataFrame
        A copy with ``horizon_s``, ``primal_integral_s``, ``dual_integral_s`` and
        ``primal_dual_integral_s``. The final gap of a run lasts to the horizon; a failed run has
        gap 1 throughout. The first two integrals are absent without a reference, all three if the
        question has a contradiction.
    """
    table = runs.copy()
    horizon = _horizons(table) if horizon_s is None else np.full(len(table), horizon_s)
    step = steps(table)
    run = step["run"].to_numpy()
    ends = np.append(step["time_s"].to_numpy()[1:], np.inf)
    ends[np.flatnonzero(np.diff(run))] = np.inf  # the last step of each run lasts
    begin_s, end_s = (
        np.minimum(times, horizon[run]) for times in (step["time_s"].to_numpy(), ends)
    )
    objective, bound = step["objective"].to_numpy(), step["bound"].to_numpy()
    known = floats(table[reference])[run]
    sound = np.where(table["contradiction"].notna(), np.nan, 0.0)
    for name, gaps in (
        ("primal", relative_gaps(objective, known)),
        ("dual", relative_gaps(known, bound)),
        ("primal_dual", relative_gaps(objective, bound)),
    ):
        # The integral of gap 1 from 0 to T, minus the reduction by each step.
        spared = np.nan_to_num(1.0 - gaps, nan=0.0) * (end_s - begin_s)
        integral = horizon - np.bincount(run, weights=spared, minlength=len(table))
        is_told = sound if name == "primal_dual" else sound + 0.0 * floats(table[reference])
        table[f"{name}_integral_s"] = nullable(integral + is_told)
    table["horizon_s"] = horizon
    return table


def _horizons(runs: pd.DataFrame) -> Floats:
    number = question_numbers(runs)
    limit = runs["time_limit_s"].astype("Float64").groupby(number).transform("max")
    longest = counted_runtime(runs).groupby(number).transform("max")
    return floats(limit.fillna(longest.astype("Float64")))


def time_to_target(
    runs: pd.DataFrame, *, gap: float = 0.0, reference: str = "best_bound"
) -> pd.Series[float]:
    """Return the time at which each run first had a schedule within a gap of the reference [s].

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    gap
        Target gap: the objective is at least (1 - gap) times the reference.
    reference
        Column of the reference: ``best_bound`` or ``best_known``.

    Returns
    -------
    pandas.Series
        Nullable, with the index of ``runs``; absent if the target was never reached, or without a
        reference.

    References
    ----------
    R. M. Aiex, M. G. C. Resende, C. C. Ribeiro, *TTT plots*, Optimization Letters 1, 2007,
    doi:10.1007/s11590-006-0031-4.
    """
    step = steps(runs)
    run = step["run"].to_numpy()
    reached = relative_gaps(step["objective"].to_numpy(), floats(runs[reference])[run]) <= gap
    first_run, first = np.unique(run[reached], return_index=True)
    times = np.full(len(runs), np.nan)
    times[first_run] = step["time_s"].to_numpy()[reached][first]
    return pd.Series(nullable(times), index=runs.index, name="time_to_target_s")
