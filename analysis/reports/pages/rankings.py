"""Rankings: three mean runtimes, the virtual best, and tests of differences of gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from analysis.metrics import (
    RUNTIME_SHIFT_S,
    all_pairs,
    empirical_complexity,
    runtime_means,
    shows_growth,
    virtual_best,
)
from analysis.metrics.runtime import LONG_S, PENALTY_FACTOR
from analysis.reports.pages.elements import (
    Head,
    TableCell,
    count_cell,
    decimal_cell,
    fine_percent_cell,
    items,
    p_cell,
    paragraph,
    percent_cell,
    rows_table,
    seconds_cell,
)
from analysis.text.answer import title
from analysis.text.paired import with_sentences
from analysis.text.runtimes import complexity_sentence, ranking

if TYPE_CHECKING:
    import pandas as pd


def runtimes(runs: pd.DataFrame, problem: str) -> str:
    """Return three mean runtimes of each method, its share in the virtual best, and its growth.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    problem
        Problem whose runs are compared.
    """
    chosen = runs[runs["problem"] == problem]
    means = runtime_means(chosen)
    best = virtual_best(chosen).set_index("method")
    heads = [
        Head("method"),
        Head("completed", "of all runs"),
        Head("all runs", f"geometric mean, shift {RUNTIME_SHIFT_S:g} s"),
        Head("with penalty", f"PAR-{PENALTY_FACTOR}, mean"),
        Head("solved by all", "geometric mean"),
        Head("long questions", f"some run took {LONG_S:g} s"),
        Head("fastest on", "questions, with ties"),
        Head("share", "in the virtual best"),
    ]
    rows = [
        [
            row["method"],
            TableCell(f"{row['solved']}/{row['runs']}", row["solved"] / row["runs"]),
            seconds_cell(row["counted_s"]),
            seconds_cell(row["penalised_s"]),
            seconds_cell(row["common_s"]),
            seconds_cell(row["long_s"]),
            count_cell(best.loc[row["method"], "best"]),
            percent_cell(best.loc[row["method"], "share"]),
        ]
        for row in means.to_dict("records")
    ]
    return str(
        paragraph(ranking(means))
        + rows_table(f"Runtimes of {problem}", heads, rows)
        + _growth(empirical_complexity(chosen))
    )


def _growth(fitted: pd.DataFrame) -> Markup:
    """Return the growth of times with size by method, and the methods without a clear growth."""
    told, unclear = [], []
    for _, row in fitted.iterrows():
        name = title(str(row["method"]))
        if shows_growth(row):
            told.append(complexity_sentence(row, name=name, size="the number of eligible pairs"))
        else:
            unclear.append(name)
    grown = items(told) if told else Markup("")
    if not unclear:
        return grown
    return grown + paragraph(
        f"The runs of {', '.join(unclear)} are too few, or too similar in size, to show how times "
        f"grow."
    )


def differences(runs: pd.DataFrame, problem: str) -> str:
    """Return the tests of differences of gaps between every two methods.

    Parameters
    ----------
    runs, problem
        As in :func:`runtimes`.
    """
    chosen = runs[runs["problem"] == problem]
    compared = with_sentences(all_pairs(chosen)) if chosen["method"].nunique() > 1 else None
    if compared is None or compared["p_adjusted"].isna().all():
        return str(paragraph("No two methods have gaps that can be compared."))
    heads = [
        Head("first"),
        Head("second", is_text=True),
        Head("questions", "with gaps of both"),
        Head("first better"),
        Head("equal"),
        Head("second better"),
        Head("difference", "of mean gaps, first minus second"),
        Head("from", "95 % interval"),
        Head("to"),
        Head("p", "Wilcoxon, adjusted by Holm"),
        Head("effect", "rank-biserial"),
    ]
    rows: list[list[TableCell | str]] = [
        [
            row["first"],
            row["second"],
            count_cell(row["pairs"]),
            *(count_cell(row[name]) for name in ("first_better", "equal", "second_better")),
            *(fine_percent_cell(row[name]) for name in ("effect", "low", "high")),
            p_cell(row["p_adjusted"]),
            decimal_cell(row["rank_biserial"]),
        ]
        for row in compared.to_dict("records")
    ]
    sentences = compared.loc[compared["p_adjusted"].notna(), "sentence"].head(3)
    return str(
        items(map(str, sentences)) + rows_table(f"Differences of gaps, {problem}", heads, rows)
    )
