"""Answer of a report in words, made from the table of runs alone."""

from __future__ import annotations

import pandas as pd

from analysis.metrics import CERTIFICATE, QUESTION
from analysis.text.phrases import counted, percent

SUBJECT = "ot-gah"
"""Method that the question of the overview is about."""

TITLES = {
    "ot-gah": "OT-GAH",
    "ot-gah-fast": "OT-GAH-fast",
    "ot": "OT",
    "algorithm-1": "Algorithm 1",
}
"""Names of the methods as the paper writes them."""


def title(method: str) -> str:
    """Return the name of a method for prose, with the options that differ among its runs.

    Examples
    --------
    >>> title("ot-gah start=all"), title("greedy-by-output")
    ('OT-GAH start=all', 'greedy-by-output')
    """
    name, *options = method.split(" ")
    return " ".join([TITLES.get(name, name), *options])


def is_subject(method: str) -> bool:
    """Return True if this is OT-GAH with its trees, with any options."""
    return method.split(" ")[0] == SUBJECT


def question(runs: pd.DataFrame) -> str:
    """Return the question that :func:`answer` answers."""
    subject = _subject(runs)
    return (
        "What did the runs find?" if subject is None else f"How far is {subject[0]} from optimal?"
    )


def answer(runs: pd.DataFrame) -> str:
    """Return one sentence on the distance of the heuristic from the proven bound.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.

    Notes
    -----
    The sentence is about OT-GAH; with several options, about the options with the smallest mean
    gap. Without a gap of OT-GAH, it is about the method with the smallest mean gap among those
    that prove no bounds.
    """
    subject = _subject(runs)
    if subject is None:
        what = "a bound" if runs["contradiction"].isna().all() else "an uncontradicted bound"
        return f"No gap can be told: nothing proved {what} for an instance that a heuristic solved."
    name, problem, chosen = subject
    measured = chosen[chosen["gap"].notna()]
    worst = measured["gap"].max()
    extent = (
        f"reaches the proven bound {_everywhere(measured)}"
        if worst == 0
        else f"is on average {percent(measured['gap'].mean())} (at most {percent(worst)}) below "
        f"the proven bound {_everywhere(measured)}"
    )
    suffix = "" if problem == "P1" else f" of {problem}"
    left_out = len(chosen) - len(measured)
    verb = "has" if left_out == 1 else "have"
    remark = f"; {left_out} of its {len(chosen)} runs {verb} no gap" if left_out else ""
    return f"{name} {extent}{suffix}{remark}."


def comparison(runs: pd.DataFrame) -> str:
    """Return one sentence on the mean gaps of the other heuristics; empty without others."""
    subject = _subject(runs)
    if subject is None:
        return ""
    _, problem, chosen = subject
    others = _heuristics(runs[runs["problem"] == problem])
    others = others[~others["method"].isin(chosen["method"])].dropna(subset=["gap"])
    means = others.groupby("method")["gap"].mean().sort_values()
    if means.empty:
        return ""
    parts = [f"{title(str(method))} {percent(gap)}" for method, gap in means.items()]
    return f"For comparison, the mean gaps of the other heuristics: {', '.join(parts)}."


def proven_optima(runs: pd.DataFrame) -> str:
    """Return one sentence on the number of bounds that are optima; empty without any bound.

    A bound is also an optimum if only the schedule beside its certificate reaches it.
    """
    found = runs[["objective", "certified_objective"]].max(axis=1)
    is_reached = (found == runs["best_bound"]).fillna(value=False)
    cases = pd.DataFrame({"optimal": is_reached, "bounded": runs["best_bound"].notna()}).groupby(
        [runs[key] for key in QUESTION], dropna=False
    )
    num_cases, (num_optimal, num_bounded) = cases.ngroups, cases.any().sum()
    if num_bounded == 0:
        return ""
    if num_optimal == num_cases == 1:
        return "The bound is the optimum, so the gaps are exact."
    if num_optimal == num_cases:
        return f"The bound is the optimum in all {num_cases:,} cases, so the gaps are exact."
    told = [f"The bound is the optimum in {num_optimal:,} of {counted(num_cases, 'case')}"]
    if num_optimal < num_bounded:
        told.append("in the other cases the true gap is at most the gap shown")
    if num_bounded < num_cases:
        verb = "has" if num_cases - num_bounded == 1 else "have"
        told.append(f"{counted(num_cases - num_bounded, 'case')} {verb} no bound, and so no gap")
    return f"{'; '.join(told)}."


def bound_sources(runs: pd.DataFrame) -> str:
    """Return sentences on the bounds of certificates and of P1 and P3prime; empty without them."""
    bounded = runs.dropna(subset=["bound_by"]).drop_duplicates(QUESTION)
    num_certified = int((bounded["bound_by"] == CERTIFICATE).sum())
    is_shared = bounded["bound_problem"] != bounded["problem"]
    told = []
    if num_certified:
        told.append(
            f"In {num_certified} of {len(bounded)} cases no run proved the optimum; the bound is "
            f"from a certificate of otgah bound, verified in exact integers."
        )
    for problem, of_problem in bounded[is_shared].groupby("problem", sort=False):
        source = of_problem["bound_problem"].iloc[0]
        told.append(
            f"In {counted(len(of_problem), 'case')} of {problem} the bound is of {source}: at one "
            "edge node the two are one problem."
        )
    return " ".join(told)


def _subject(runs: pd.DataFrame) -> tuple[str, str, pd.DataFrame] | None:
    """Return the title of the method that the answer is about, the problem, and its runs."""
    heuristics = _heuristics(runs)
    measured = heuristics.dropna(subset=["gap"])
    if measured.empty:
        return None
    problem = "P1" if "P1" in set(measured["problem"]) else measured["problem"].iloc[0]
    measured = measured[measured["problem"] == problem]
    subjects = measured[measured["method"].map(is_subject)]
    means = (measured if subjects.empty else subjects).groupby("method")["gap"].mean()
    method = str(means.idxmin())
    chosen = heuristics[(heuristics["method"] == method) & (heuristics["problem"] == problem)]
    return title(method), str(problem), chosen


def _heuristics(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of methods that proved no bound, except 0 without an eligible pair."""
    bounds = (runs["bound"] > 0).fillna(value=False)
    return runs[~bounds.groupby(runs["method"]).transform("any")]


def _everywhere(runs: pd.DataFrame) -> str:
    num_instances, num_families = runs["instance"].nunique(), runs["family"].nunique()
    where = f"over {counted(num_instances, 'instance')}"
    if len(runs) > num_instances:
        where = f"over {len(runs):,} runs on {counted(num_instances, 'instance')}"
    return f"{where} of {counted(num_families, 'family', 'families')}" if num_families else where
