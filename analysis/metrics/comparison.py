"""Comparison of two campaigns, run by run: improvements and regressions from before to after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics import (
    QUESTION,
    Paired,
    compare_values,
    contradictions,
    counted_runtime,
    holm,
    with_best_bound,
    with_contestant,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

BEFORE, AFTER = "before", "after"

COMPARED = ("objective", "gap", "short", "runtime_s", "num_nodes")
"""Columns of which each pair keeps the values before and after."""

TIME_FACTOR, TIME_DIFFERENCE_S = 1.1, 0.01
"""Least factor and least difference [s] by which a run counts as faster or slower. Smaller changes
are noise of the machine."""

_COUNTED = (
    "better",
    "equal",
    "worse",
    "failed now",
    "failed no more",
    "failed both times",
    "faster",
    "slower",
    "gained",
    "lost",
)
_P_VALUES = ("gap_p", "runtime_s_p")
_SAME_ROW = [*QUESTION, "contestant", "seed", "repeat"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Two campaigns side by side.

    Parameters
    ----------
    runs
        All runs of both campaigns, with gaps to the best bound of either; ``campaign``,
        ``contestant``, and ``is_paired``, True if the other campaign has the same run.
    pairs
        A row for each run that both campaigns have: ``instance``, ``family``, ``problem``,
        ``contestant``, ``method`` (after), ``seed``; for each of :data:`COMPARED` a column
        ``_before`` and a column ``_after``, likewise for ``ended_by``, ``failed`` and ``proved``;
        ``schedule``, one of ``better``, ``worse``, ``equal``, ``failed now``, ``failed no more``,
        ``failed both times``; ``time``, one of ``faster``, ``slower``, ``same``; ``proof``, one
        of ``gained``, ``lost``, ``same``.
    methods
        A row for each problem and contestant with pairs: counts of the values of ``schedule``,
        ``time`` and ``proof`` (``failed now`` is ``failed_now``); ``gap_before`` and
        ``gap_after``, means over the questions that have both; ``runtime_s_before`` and
        ``runtime_s_after``, shifted geometric means; ``gap_p`` and ``runtime_s_p``, p-values of
        Wilcoxon's tests, adjusted by Holm for the number of rows.
    unpaired
        A row for each contestant and campaign, with the number of runs that the other campaign
        lacks.
    contradictions
        Contradictions between the runs of both campaigns; look at these first.
    tests
        For each problem and contestant, the comparisons of ``gap`` and ``runtime_s`` with after
        as the first.
    """

    runs: pd.DataFrame
    pairs: pd.DataFrame
    methods: pd.DataFrame
    unpaired: pd.DataFrame
    contradictions: pd.DataFrame
    tests: Mapping[tuple[str, str], Mapping[str, Paired]]

    def regressions(self) -> pd.DataFrame:
        """Return the pairs with a new failure, a worse schedule or a lost proof, worst first."""
        lost = self.pairs["schedule"].isin(["failed now", "worse"]) | (
            self.pairs["proof"] == "lost"
        )
        return _by_weight(self.pairs[lost], sign=-1)

    def improvements(self) -> pd.DataFrame:
        """Return the pairs that fail no more, or gained requests or a proof, best first."""
        gained = self.pairs["schedule"].isin(["failed no more", "better"]) | (
            self.pairs["proof"] == "gained"
        )
        return _by_weight(self.pairs[gained], sign=1)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as ``otgah report BEFORE AFTER --json`` prints it."""
        return {
            "contradictions": _records(self.contradictions),
            "methods": _records(self.methods),
            "regressions": _records(self.regressions()),
            "improvements": _records(self.improvements()),
            "unpaired": _records(self.unpaired),
        }


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows for JSON, with None for absent values."""
    plain = table.astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


def compare(before: pd.DataFrame, after: pd.DataFrame) -> Comparison:
    """Compare two tables of runs.

    Parameters
    ----------
    before, after
        As :func:`analysis.tables.runs.runs_table` returns them.

    Returns
    -------
    Comparison

    Notes
    -----
    Two runs are a pair if they have the same question, seed and contestant. A contestant is a
    method with the options that differ within its own campaign. An option that changed between
    the campaigns is therefore not part of the name, and its effect is compared. If each campaign
    has a single contestant, the two are paired whatever their names. Gaps of both campaigns are
    taken to the best bound of either, so that a better bound does not look like a worse schedule.
    """
    tables = {BEFORE: with_contestant(before), AFTER: with_contestant(after)}
    names = {campaign: table["contestant"].unique() for campaign, table in tables.items()}
    if all(len(each) == 1 for each in names.values()) and names[BEFORE][0] != names[AFTER][0]:
        name = f"{names[BEFORE][0]} → {names[AFTER][0]}"
        tables = {campaign: table.assign(contestant=name) for campaign, table in tables.items()}
    runs = with_best_bound(
        pd.concat(
            [table.assign(campaign=campaign) for campaign, table in tables.items()],
            ignore_index=True,
        )
    )
    runs["runtime_s"] = counted_runtime(runs).astype("Float64")
    runs["proved"] = runs["proved_by"].notna()
    runs["repeat"] = runs.groupby([*_SAME_ROW[:-1], "campaign"], dropna=False).cumcount()
    campaigns = runs.groupby(_SAME_ROW, dropna=False)["campaign"]
    runs["is_paired"] = campaigns.transform("nunique") == 2
    pairs, unpaired = _paired(runs)
    tests = {
        (str(problem), str(name)): {
            column: paired(group, column) for column in ("gap", "runtime_s")
        }
        for (problem, name), group in pairs.groupby(["problem", "contestant"], sort=False)
    }
    return Comparison(
        runs=runs,
        pairs=pairs,
        methods=_methods(pairs, tests),
        unpaired=unpaired,
        contradictions=contradictions(runs),
        tests=tests,
    )


def _paired(runs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pairs, and the number of runs without a partner by contestant and campaign."""
    both = [*COMPARED, "ended_by", "failed", "proved"]
    sides = {
        campaign: runs.loc[runs["campaign"] == campaign, [*_SAME_ROW, "family", "method", *both]]
        for campaign in (BEFORE, AFTER)
    }
    merged = sides[BEFORE].merge(
        sides[AFTER], on=_SAME_ROW, how="outer", suffixes=("_before", "_after"), indicator="side"
    )
    for name in ("family", "method"):
        merged[name] = merged.pop(f"{name}_after").fillna(merged.pop(f"{name}_before"))
    alone = merged[merged["side"] != "both"]
    campaign = alone["side"].astype(str).map({"left_only": BEFORE, "right_only": AFTER})
    counts = alone.assign(campaign=campaign).groupby(["contestant", "campaign"], sort=False).size()
    unpaired = counts.rename("runs").reset_index()
    pairs = merged[merged["side"] == "both"].drop(columns=["side", "repeat"])
    told = {f"{name}_{side}": bool for name in ("failed", "proved") for side in (BEFORE, AFTER)}
    pairs = pairs.astype(told).reset_index(drop=True)
    pairs["schedule"] = _schedule(pairs)
    pairs["time"] = _time(pairs)
    gained = pairs["proved_after"].astype(int) - pairs["proved_before"].astype(int)
    pairs["proof"] = gained.map({1: "gained", -1: "lost", 0: "same"})
    first = [
        "instance",
        "family",
        "problem",
        "contestant",
        "method",
        "seed",
        "schedule",
        "time",
        "proof",
    ]
    return pairs[[*first, *(name for name in pairs if name not in first)]], unpaired


def _schedule(pairs: pd.DataFrame) -> Any:
    """Return the change of each schedule; a first schedule after none counts as better."""
    before, after = (
        pairs[f"objective_{side}"].astype("Float64").fillna(-1.0).astype(float)
        for side in (BEFORE, AFTER)
    )
    failed_before, failed_after = pairs["failed_before"], pairs["failed_after"]
    return np.select(
        [
            failed_before & failed_after,
            failed_after,
            failed_before,
            after > before,
            after < before,
        ],
        ["failed both times", "failed now", "failed no more", "better", "worse"],
        default="equal",
    )


def _time(pairs: pd.DataFrame) -> Any:
    before, after = (pairs[f"runtime_s_{side}"].astype(float) for side in (BEFORE, AFTER))
    tells = (after - before).abs() > TIME_DIFFERENCE_S
    return np.select(
        [tells & (after > TIME_FACTOR * before), tells & (before > TIME_FACTOR * after)],
        ["slower", "faster"],
        default="same",
    )


def paired(pairs: pd.DataFrame, column: str) -> Paired:
    """Compare one column over the questions of some pairs, with seeds averaged and after first.

    Parameters
    ----------
    pairs
        Rows of :attr:`Comparison.pairs`.
    column
        One of :data:`COMPARED`.
    """
    values = pairs.astype({f"{column}_{side}": "Float64" for side in (BEFORE, AFTER)})
    groups = values.groupby(QUESTION, dropna=False, sort=False)
    sides = {}
    for side in (AFTER, BEFORE):
        of_side = groups[f"{column}_{side}"]
        sides[side] = of_side.mean().where(of_side.count() == groups.size())
    return compare_values(
        sides[AFTER].to_numpy(float, na_value=np.nan),
        sides[BEFORE].to_numpy(float, na_value=np.nan),
        column=column,
        first=AFTER,
        second=BEFORE,
    )


def _methods(
    pairs: pd.DataFrame, tests: Mapping[tuple[str, str], Mapping[str, Paired]]
) -> pd.DataFrame:
    rows = []
    for (problem, name), group in pairs.groupby(["problem", "contestant"], sort=False):
        test = tests[str(problem), str(name)]
        counts = group["schedule"].value_counts()
        counts = pd.concat([counts, *(group[each].value_counts() for each in ("time", "proof"))])
        rows.append(
            {"problem": problem, "contestant": name, "pairs": len(group)}
            | {each.replace(" ", "_"): int(counts.get(each, 0)) for each in _COUNTED}
            | {
                "gap_before": test["gap"].second_mean,
                "gap_after": test["gap"].first_mean,
                "runtime_s_before": test["runtime_s"].second_mean,
                "runtime_s_after": test["runtime_s"].first_mean,
                "gap_p": test["gap"].p_value,
                "runtime_s_p": test["runtime_s"].p_value,
            }
        )
    numbers = ["gap_before", "gap_after", "runtime_s_before", "runtime_s_after", *_P_VALUES]
    counted = [each.replace(" ", "_") for each in _COUNTED]
    table = pd.DataFrame(rows, columns=["problem", "contestant", "pairs", *counted, *numbers])
    for column in _P_VALUES:
        found = [None if pd.isna(p) else float(p) for p in table[column]]
        table[column] = pd.array(holm(found), dtype="Float64")
    return table.astype(dict.fromkeys(numbers, "Float64"))


def _by_weight(pairs: pd.DataFrame, *, sign: int) -> pd.DataFrame:
    """Return pairs sorted by failures first, then by requests gained or lost, then by name."""
    won = pairs["objective_after"].astype("Float64") - pairs["objective_before"].astype("Float64")
    failing = pairs["schedule"].isin(["failed now", "failed no more"])
    order = pd.DataFrame(
        {
            "failing": ~failing,
            "won": -sign * won.fillna(0.0).astype(float),
            "name": pairs["instance"],
        }
    )
    return pairs.loc[order.sort_values(["failing", "won", "name"], kind="stable").index]
