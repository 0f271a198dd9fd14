"""Trajectories: incumbents and bounds over time, as steps in one table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics.column import floats
from analysis.metrics.runtime import counted_runtime

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRAJECTORY = "trajectory"
"""Column of a run's trajectory: JSON, a list of ``[runtime_s, objective, bound]``."""


def steps(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the incumbent and the bound of each run over time, a row for each step.

    Parameters
    ----------
    runs
        The table of runs, with or without the column ``trajectory``.

    Returns
    -------
    pandas.DataFrame
        ``run``, the row of the run in ``runs`` from 0; ``time_s``, the start of the step;
        ``objective`` and ``bound`` from then on, NaN without a schedule or bound. The steps of a
        run are in order, objectives do not fall, bounds do not rise, and the last step has the
        final objective and bound.

    Notes
    -----
    A run without a trajectory has one step, at its end, with the result that it returned.
    Intermediate schedules were not judged. Therefore they count at most with the throughput of the
    final schedule, and not at all without a final schedule; likewise for bounds.

    The time is linear in the number of steps, except for a sort.
    """
    final_objective, final_bound = floats(runs["objective"]), floats(runs["bound"])
    run, points = _points(runs)
    end = np.arange(len(runs))
    run = np.concatenate([run, end])
    time_s = np.concatenate([points[:, 0], counted_runtime(runs).to_numpy(dtype=float)])
    # np.minimum keeps NaN: an intermediate schedule counts only if the final one was judged.
    objective = np.concatenate([points[:, 1], final_objective])
    bound = np.concatenate([points[:, 2], final_bound])
    objective = np.where(np.isnan(objective), np.nan, np.minimum(objective, final_objective[run]))
    bound = np.where(np.isnan(bound), np.nan, np.maximum(bound, final_bound[run]))
    order = np.lexsort((np.arange(len(run)), time_s, run))
    table = pd.DataFrame(
        {
            "run": run[order],
            "time_s": time_s[order],
            "objective": objective[order],
            "bound": bound[order],
        }
    )
    by_run = table.groupby("run", sort=False)
    table["objective"] = by_run["objective"].cummax()
    table["bound"] = by_run["bound"].cummin()
    filled = table.groupby("run", sort=False)[["objective", "bound"]].ffill()
    table[["objective", "bound"]] = filled
    return table


def _points(runs: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the run of each point of a trajectory, and the three numbers of the point."""
    if TRAJECTORY not in runs:
        return np.empty(0, dtype=np.int64), np.empty((0, 3))
    texts = runs[TRAJECTORY]
    told = np.flatnonzero(texts.notna())
    # Parsing one joined document is several times faster than parsing one for each run.
    listed: list[list[Any]] = json.loads(f"[{','.join(texts.iloc[told])}]")
    lengths = np.array([len(each) for each in listed], dtype=np.int64)
    flat = [point for each in listed for point in each]
    points = np.array(flat, dtype=float).reshape(len(flat), 3)
    return np.repeat(told, lengths), points
