"""Tables of the runs of exact methods: proofs, times, gaps and contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.benchmarks.exact_kinds import EASY, HARD, LARGE, WITHIN_LICENCES
from analysis.metrics import shifted_geometric_mean, with_best_bound
from analysis.text.phrases import aligned, percent, seconds
from heuristics.result import EndedBy, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN = "decomposition"
BASELINE = "milp-bigm"
SHIFTS_S = (0.01, 0.1)
"""Shifts of the geometric means, the first of which orders solvers [s]."""

LIMIT_S = 60.0
"""Time limit of a run, and the time that a run without a proof counts with [s]."""

INSTANCE = ["kind", "seed"]

_NOT_KEPT = (
    "instance",
    "problem",
    "cardinality",
    *(f"{whose}_{what}" for whose in ("known", "certified") for what in ("objective", "bound")),
)
"""Columns that :func:`analysis.metrics.with_best_bound` needs and ``exact.csv`` lacks."""

NOTE = """\
Runs are made one after the other, each with one thread and in a process of its own, after the
kernels were compiled. The time is that of the solve; for the other methods it does not include
building the model. The machine is shared, which slows all methods down. A run without a proof
counts as 60 s. Only the best of the other methods counts, so each of them is stopped after the
time that an earlier one needed for its proof."""


def tables(runs: pd.DataFrame) -> str:
    """Return every table that the runs have rows for, and all contradictions.

    Parameters
    ----------
    runs
        Runs with the columns of ``exact.csv``.
    """
    sections = [NOTE]
    for title, kinds, table in (
        (f"Against the best of the others, limit {LIMIT_S:.0f} s", HARD, against_peers),
        (f"Easy instances, against {BASELINE}", EASY, against_baseline),
        ("Large instances", LARGE, at_limits),
        (
            f"Against each commercial solver within its licence, limit {LIMIT_S:.0f} s",
            WITHIN_LICENCES,
            against_solvers,
        ),
    ):
        of_part = runs[runs["kind"].isin(kinds)]
        if OWN in set(of_part["method"]):
            sections.append(f"{title}\n\n{table(of_part)}")
    found = contradictions(runs)
    sections.append("\n".join(found) if found else "No two runs contradict each other.")
    return "\n\n".join(sections)


def contradictions(runs: pd.DataFrame) -> list[str]:
    """Return a line for each instance with unequal optima or a bound below a schedule."""
    asked = runs.reset_index(drop=True).reindex(columns=[*runs, *_NOT_KEPT])
    asked["instance"] = runs["kind"].str.cat(runs["seed"].astype(str), sep=", seed ").to_numpy()
    asked["problem"] = "P1"
    asked = asked.astype({"objective": "Int64", "bound": "Int64"})
    judged = with_best_bound(asked).dropna(subset=["contradiction"])
    lines = judged["instance"] + ": " + judged["contradiction"]
    return list(dict.fromkeys(lines))


def paired(runs: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each instance: the time of the decomposition, and of the best other proof.

    Returns
    -------
    pandas.DataFrame
        ``own_s`` and ``best_s``, each the limit of 60 s without a proof; ``proof`` of the
        decomposition; and ``is_open``, True if no other method has a proof.
    """
    is_proved = runs["status"] == Status.OPTIMAL
    timed = runs.assign(counted_s=runs["runtime_s"].where(is_proved, LIMIT_S))
    is_own = timed["method"] == OWN
    own = timed[is_own].set_index(INSTANCE)[["counted_s", "proof"]]
    best = timed[~is_own].groupby(INSTANCE)["counted_s"].min()
    solved = is_proved[~is_own].groupby([runs[name] for name in INSTANCE]).any()
    return pd.DataFrame(
        {
            "own_s": own["counted_s"],
            "proof": own["proof"],
            "best_s": best,
            "is_open": ~solved.reindex(own.index, fill_value=False).astype(bool),
        },
        index=own.index,
    ).dropna(subset=["own_s", "best_s"])


def against_peers(runs: pd.DataFrame) -> str:
    """Return the table of the hard kinds.

    Notes
    -----
    A ratio is that of two shifted geometric means. Beside it stands a more conservative ratio,
    which keeps the shift in both means and never exceeds (limit + shift) / (time + shift).
    """
    pairs = paired(runs).reset_index()
    ratios = [f"x, shift {shift:g} s" for shift in SHIFTS_S]
    ratios += [f"{each} kept" for each in ratios]
    header = ["kind", "runs", "proved", "by bound", "median", "worst", "best other", "open"]
    rows = [_peers_row(str(kind), group) for kind, group in pairs.groupby("kind", sort=False)]
    rows.append(_peers_row("all", pairs))
    return aligned(rows, [*header, *ratios], right=range(1, 12))


def _peers_row(kind: str, pairs: pd.DataFrame) -> list[str]:
    is_proved = pairs["proof"].notna()
    return [
        kind,
        str(len(pairs)),
        percent(is_proved.mean(), 0),
        percent((pairs["proof"] == "bound").mean(), 0),
        seconds(pairs["own_s"].median()),
        seconds(pairs["own_s"].max()),
        seconds(pairs["best_s"].median()),
        percent(pairs["is_open"].mean(), 0),
        *(f"{_ratio(pairs, shift):.1f}" for shift in SHIFTS_S),
        *(f"{_ratio(pairs, shift, kept=shift):.1f}" for shift in SHIFTS_S),
    ]


def _ratio(pairs: pd.DataFrame, shift: float, *, kept: float = 0.0) -> float:
    own, best = (
        shifted_geometric_mean(pairs[name], shift=shift) or 0.0 for name in ("own_s", "best_s")
    )
    return (best + kept) / (own + kept)


def against_baseline(runs: pd.DataFrame) -> str:
    """Return the table of the easy kinds: median times of both methods."""
    rows = []
    for kind, group in paired(runs).groupby("kind", sort=False):
        own_s, baseline_s = group["own_s"].median(), group["best_s"].median()
        cells = [seconds(own_s), seconds(baseline_s), f"{baseline_s / own_s:.1f}"]
        proved = percent(group["proof"].notna().mean(), 0)
        rows.append([str(kind), str(len(group)), proved, *cells])
    header = ["kind", "runs", "proved", OWN, BASELINE, "ratio of medians"]
    return aligned(rows, header, right=range(1, 6))


def at_limits(runs: pd.DataFrame) -> str:
    """Return the table of the large kinds: proofs and gaps at each time limit.

    Notes
    -----
    An instance that was solved under one limit counts as solved under larger limits too.
    """
    rows: list[list[str]] = []
    limits = sorted(runs["limit_s"].unique())
    for kind, group in runs.groupby("kind", sort=False):
        for limit_s in limits:
            last = group[group["limit_s"] <= limit_s].sort_values("limit_s")
            rows.append([str(kind), f"{limit_s:g} s", *_gap_cells(last.groupby("seed").tail(1))])
    header = ["kind", "limit", "runs", "proved", "mean short", "worst", "worst gap", "median time"]
    return aligned(rows, header, right=range(1, 8))


def _gap_cells(runs: pd.DataFrame) -> Iterable[str]:
    short: Any = runs["bound"] - runs["objective"]
    return (
        str(len(runs)),
        str(int((runs["status"] == Status.OPTIMAL).sum())),
        f"{short.mean():.1f}",
        str(int(short.max())),
        percent(float((short / runs["bound"]).max()), 2),
        seconds(runs["runtime_s"].median()),
    )


def against_solvers(runs: pd.DataFrame) -> str:
    """Return the table of the solvers whose models fit their licences, the quickest first.

    Notes
    -----
    Each row has the instances that the solver was run on. The ratios are those of the shifted
    geometric means of all these instances; a run without a proof counts with its limit, so a ratio
    is then a lower bound. A run that ended in an error, such as that of a licence, does not count.
    """
    counted = runs[runs["ended_by"] != EndedBy.ERROR]
    is_proved = counted["status"] == Status.OPTIMAL
    timed = counted.assign(
        counted_s=counted["runtime_s"].where(is_proved, counted["limit_s"]), is_proved=is_proved
    )
    own = timed[timed["method"] == OWN].set_index(INSTANCE)["counted_s"].rename("own_s")
    rows = []
    for method, group in timed[timed["method"] != OWN].groupby("method"):
        pairs = group.rename(columns={"counted_s": "best_s"}).join(own, on=INSTANCE, how="inner")
        cells = [
            str(method),
            str(len(pairs)),
            percent(pairs["is_proved"].mean(), 0),
            seconds(pairs["best_s"].median()),
            seconds(pairs["best_s"].max()),
            seconds(pairs["own_s"].median()),
            seconds(pairs["own_s"].max()),
            *(f"{_ratio(pairs, shift):.1f}" for shift in SHIFTS_S),
        ]
        rows.append((_ratio(pairs, SHIFTS_S[0]), cells))
    if not rows:
        return "No commercial solver is installed here."
    header = ["method, solver", "runs", "proved", "median", "worst", f"{OWN}", "its worst"]
    header += [f"x, shift {shift:g} s" for shift in SHIFTS_S]
    return aligned([cells for _, cells in sorted(rows)], header, right=range(1, 9))
