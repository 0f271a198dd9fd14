"""Paired comparisons in words: the sentence that the test of two methods supports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.metrics.paired import CONFIDENCE, SIGNIFICANCE, Paired
from analysis.text.phrases import p_text, percent

if TYPE_CHECKING:
    import pandas as pd


def paired_sentence(compared: Paired, *, p_value: float | None = None) -> str:
    """Return the sentence that a comparison of two methods supports.

    Parameters
    ----------
    compared
        The comparison.
    p_value
        The p-value to judge by, adjusted if this is one comparison of several. If None, the
        p-value of the comparison itself.
    """
    first, second, column = compared.first, compared.second, compared.column
    p = compared.p_value if p_value is None else p_value
    if p is None or None in (compared.effect, compared.low, compared.high):
        return f"{first} and {second} share no question to compare {column} on."
    where = _where(compared)
    if compared.equal == compared.pairs:
        return f"{first} and {second} are equal in {column} {where}."
    counts = (
        f"better on {compared.first_better}, equal on {compared.equal}, "
        f"worse on {compared.second_better}"
    )
    size = f"{_size(compared)}, {100 * CONFIDENCE:.0f} % interval {_interval(compared)}"
    test = f"Wilcoxon p {p_text(p)}, rank-biserial {compared.rank_biserial:+.2f}"
    if p >= SIGNIFICANCE:
        return (
            f"No difference in {column} is shown between {first} and {second} {where}: "
            f"{first} is {counts} ({size}; {test})."
        )
    relation = "lower" if (compared.rank_biserial or 0.0) < 0 else "higher"
    return f"{first} has a {relation} {column} than {second} {where}: {counts} ({size}; {test})."


def with_sentences(pairs: pd.DataFrame) -> pd.DataFrame:
    """Add ``sentence``, judged by the adjusted p-value, to a table of pairs.

    Parameters
    ----------
    pairs
        The table that :func:`analysis.metrics.all_pairs` returns.

    Returns
    -------
    pandas.DataFrame
        A copy with ``sentence`` before ``p_adjusted``; without a pair, the empty table.
    """
    if pairs.empty:
        return pairs.copy()
    fields = pairs.drop(columns="p_adjusted").astype(object)
    known = fields.where(fields.notna(), None).to_dict("records")
    adjusted = [None if p != p else p for p in pairs["p_adjusted"].astype(float)]
    sentences = [
        paired_sentence(Paired(**{str(name): value for name, value in row.items()}), p_value=p)
        for row, p in zip(known, adjusted, strict=True)
    ]
    told = pairs.copy()
    told.insert(told.columns.get_loc("p_adjusted"), "sentence", sentences)  # type: ignore[arg-type]
    return told


def _where(compared: Paired) -> str:
    where = f"over {compared.pairs} {'question' if compared.pairs == 1 else 'questions'}"
    if not compared.unpaired:
        return where
    have = "has" if compared.unpaired == 1 else "have"
    return f"{where} ({compared.unpaired} more {have} no such pair)"


def _size(compared: Paired) -> str:
    if compared.is_ratio:
        return f"ratio {compared.effect:.3g}"
    return f"mean difference {_value(compared, compared.effect)}"


def _interval(compared: Paired) -> str:
    if compared.is_ratio:
        return f"{compared.low:.3g} to {compared.high:.3g}"
    return f"{_value(compared, compared.low)} to {_value(compared, compared.high)}"


def _value(compared: Paired, value: float | None) -> str:
    return percent(value, 2) if "gap" in compared.column else f"{value:.3g}"
