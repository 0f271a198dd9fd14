"""Virtual best: the best result of any method on each question, and each method's share in it."""

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
        True for each solved run; if None, runs that completed count as solved.
    cost, by
        As in :func:`analysis.metrics.costs`; ``gap`` for the quality of schedules.
    shift
        Shift of the geometric means, in the unit of the cost.
    relative_tolerance
        Fraction above the least cost up to which a cost counts as the least. Two runtimes are
        never exactly equal; with 0.1, runtimes up to 10 % above the least count as equal to it.

    Returns
    -------
    pandas.DataFrame
        A row for each method, after a first row ``virtual best`` and before a last row
        ``virtual worst``:

        * ``questions``, ``solved``: number of questions, and of solved questions; the virtual
          worst solves a question if every method does;
        * ``best``, ``alone``: number of questions on which the method is among the best, and on
          which it alone is the best;
        * ``share``: share of the questions that any method solved; ties are divided equally, so
          that the shares add up to 1;
        * ``mean``: shifted geometric mean of the cost over the questions that any method solved,
          absent unless the method solved all of them;
        * ``loss``: mean of the virtual best of the other methods divided by that of all methods,
          on the questions that the others solve. It is the factor that a portfolio loses without
          the method;
        * ``only``: number of questions that the method alone solves.
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
    """Return the mean over questions that any method solved; None if one of them has no value."""
    chosen = values[np.isfinite(best)]
    if not np.isfinite(chosen).all():
        return None
    return shifted_geometric_mean(chosen, shift=shift)
