"""The virtual best: of each question the best that any method did, and each method's part in it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.metrics.cost import RUNTIME, costs
from analysis.metrics.mean import RUNTIME_SHIFT_S, shifted_geometric_mean
from analysis.metrics.runtime import is_solved


def virtual_best(
    runs: pd.DataFrame,
    solved: pd.Series[bool] | None = None,
    *,
    cost: str = RUNTIME,
    by: str = "method",
    shift: float = RUNTIME_SHIFT_S,
    relative_tolerance: float = 0.0,
) -> pd.DataFrame:
    """Return each method's share in the virtual best.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    solved
        Which runs did what was asked; those that ended by themselves if None.
    cost, by
        As in :func:`analysis.metrics.costs`; ``gap`` for the quality of schedules.
    shift
        Of the geometric means, in the unit of the cost.
    relative_tolerance
        Costs up to this fraction above the least count as the least. Of times no two are ever
        equal: 0.1 calls equal what differs by no more than 10 %.

    Returns
    -------
    pandas.DataFrame
        A row a method, the virtual best first and the virtual worst last, under those names:

        * ``questions``, ``solved``: by the virtual worst what all solved;
        * ``best``: questions on which it is among the best; ``alone``: on which no other is;
        * ``share``: of the questions that any method solved, ties shared equally, so that the
          shares add up to 1;
        * ``mean``: shifted geometric mean of the cost over the questions that any method solved,
          absent unless it solved them all;
        * ``loss``: by which factor the mean of the virtual best of the others, on the questions
          they solve, exceeds that of all: what a portfolio would lose without it; and ``only``, the
          questions that it alone solves.
    """
    paid = costs(runs, is_solved(runs) if solved is None else solved, cost=cost, by=by)
    values = paid.to_numpy()
    best, worst = values.min(axis=1, initial=np.inf), values.max(axis=1, initial=0.0)
    is_solved_by_any = np.isfinite(best)
    is_best = np.isfinite(values) & (values <= (best * (1 + relative_tolerance))[:, None])
    ties = np.maximum(is_best.sum(axis=1), 1)
    num_solved = max(int(is_solved_by_any.sum()), 1)
    rows = [
        {
            by: "virtual best",
            "solved": int(is_solved_by_any.sum()),
            "mean": _mean(best, best, shift),
        }
    ]
    for place, name in enumerate(paid.columns):
        own = values[:, place]
        others = np.delete(values, place, axis=1).min(axis=1, initial=np.inf)
        both = np.isfinite(others)
        with_it, without = (_mean(each[both], each[both], shift) for each in (best, others))
        rows.append(
            {
                by: name,
                "solved": int(np.isfinite(own).sum()),
                "best": int(is_best[:, place].sum()),
                "alone": int((is_best[:, place] & (ties == 1)).sum()),
                "share": float((is_best[:, place] / ties).sum() / num_solved),
                "mean": _mean(own, best, shift),
                "loss": None if not with_it or without is None else without / with_it,
                "only": int((np.isfinite(own) & ~both).sum()),
            }
        )
    rows.append(
        {
            by: "virtual worst",
            "solved": int(np.isfinite(worst).sum()),
            "mean": _mean(worst, best, shift),
        }
    )
    columns = [by, "solved", "best", "alone", "share", "mean", "loss", "only"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(1, "questions", len(values))
    whole, fractions = ("best", "alone", "only"), ("share", "mean", "loss")
    return table.astype(dict.fromkeys(whole, "Int64") | dict.fromkeys(fractions, "Float64"))


def _mean(values: np.ndarray, best: np.ndarray, shift: float) -> float | None:
    """Return the mean over what any method solved; None unless all of it has a value."""
    chosen = values[np.isfinite(best)]
    if not np.isfinite(chosen).all():
        return None
    return shifted_geometric_mean(chosen, shift=shift)
