"""The parts of a report's page, as HTML that a notebook shows too."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from analysis.metrics import NODE_SHIFT, RUNTIME_SHIFT_S, contradictions, summary
from analysis.reports.pages.markup import (
    LONGEST_TABLE,
    Cell,
    Head,
    body,
    count_cell,
    decimal_cell,
    items,
    paragraph,
    percent_cell,
    prose,
    rows_table,
    seconds_cell,
    table,
    terms,
)
from analysis.text import answer
from analysis.text.phrases import ABSENT, counted

if TYPE_CHECKING:
    from collections.abc import Collection
    from os import PathLike

_LONGEST_MESSAGE = 300
_TOO_LONG = ("_longer_than_padding", "_longer_than_levels")
_PROVENANCE = (
    "otgah",
    "git",
    "python",
    "numpy",
    "numba",
    "highspy",
    "pyomo",
    "pulp",
    "platform",
    "cpu",
    "num_cpus",
)

_PROVENANCE_NAMES = {"git": "commit", "cpu": "processor", "num_cpus": "processors"}


def opening(runs: pd.DataFrame) -> str:
    """Return the question, loudly what contradicts its answer, the answer, and what failed."""
    return str(
        Markup("<h1>{}</h1>").format(prose(answer.question(runs)))
        + contradicted(runs)
        + paragraph(answer.answer(runs), kind="answer")
        + paragraph(answer.proven_optima(runs), answer.comparison(runs), answer.bound_sources(runs))
        + failures(runs)
    )


def source(path: str | PathLike[str], runs: pd.DataFrame) -> str:
    """Return where the runs of a page come from, as its charts say it."""
    on = counted(runs["instance"].nunique(), "instance")
    return f"{Path(path).name}, {counted(len(runs), 'run')} on {on}"


def heading(problem: str, problems: Collection[str]) -> str:
    """Return the heading of what is said of one problem; empty if there is no other."""
    return str(Markup("<h3>Problem {}</h3>").format(problem)) if len(problems) > 1 else ""


_SUMMARY = (
    Head("method"),
    Head("runs", "failed included"),
    Head("mean gap", "to the best proven bound"),
    Head("largest gap"),
    Head("short", "requests below bound, mean"),
    Head("optimal", "schedule reaches the bound"),
    Head("proved", "by the run itself"),
    Head("runtime", f"mean, shift {RUNTIME_SHIFT_S:g} s"),
    Head("longest"),
    Head("tree nodes", f"mean, shift {NODE_SHIFT}"),
    Head("b&b nodes", f"mean, shift {NODE_SHIFT}"),
)


def summary_table(runs: pd.DataFrame, problem: str) -> str:
    """Return the table by family and method of one problem.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    problem
        The problem whose runs are summarised: gaps of two problems never share a table.
    """
    chosen = runs[runs["problem"] == problem]
    everywhere = summary(chosen, by=("method",)).assign(family="all families")
    by_family = summary(chosen, by=("family", "method"))
    groups = [everywhere] if by_family["family"].nunique(dropna=False) > 1 else []
    groups += [group for _, group in by_family.groupby("family", dropna=False, sort=False)]
    return str(table(f"Summary of {problem}", _SUMMARY, map(_table_group, groups)))


def _table_group(group: pd.DataFrame) -> Markup:
    family = group["family"].iloc[0]
    name = "(no family)" if pd.isna(family) else str(family)
    head = Markup('<tr class="family"><th colspan="{}" scope="rowgroup">{}</th></tr>')
    return head.format(len(_SUMMARY), name) + body(
        [_summary_row(row) for row in group.to_dict("records")], _SUMMARY
    )


def _summary_row(row: dict[Any, Any]) -> list[Cell | str]:
    num_runs, with_gap = row["runs"], row["with_gap"]
    runs, gap = Cell(f"{num_runs:,}", num_runs), percent_cell(row["mean_gap"])
    if row["failed"]:
        told = Markup('{} <strong class="bad">{} failed</strong>')
        runs = runs._replace(shown=told.format(runs.shown, row["failed"]))
    if 0 < with_gap < num_runs:
        told = Markup("{}<small>over {} runs</small>")
        gap = gap._replace(shown=told.format(gap.shown, with_gap))
    name = row["method"]
    if answer.is_subject(name):
        name = Markup("<strong>{}</strong>").format(name)
    return [
        name,
        runs,
        gap,
        percent_cell(row["max_gap"]),
        decimal_cell(row["mean_short"]),
        Cell(f"{row['optimal']}/{num_runs}", row["optimal"] / num_runs),
        Cell(f"{row['proved']}/{num_runs}", row["proved"] / num_runs),
        seconds_cell(row["runtime_s"]),
        seconds_cell(row["max_runtime_s"]),
        count_cell(row["tree_nodes"]),
        count_cell(row["branch_and_bound_nodes"]),
    ]


def contradicted(runs: pd.DataFrame) -> Markup:
    """Return the alarm over questions whose runs contradict each other; empty without any."""
    found = contradictions(runs)
    if found.empty:
        return Markup("")
    told = items(
        f"{row['instance']}, {row['problem']}: {row['contradiction']}"
        for row in found.to_dict("records")
    )
    return Markup(
        '<div class="alarm" role="alert"><strong>Contradictions.</strong> On {} a bound lies '
        "below a schedule that the judge let pass. One of the two is wrong; what they say is in "
        "no mean.{}</div>"
    ).format(counted(found["instance"].nunique(), "instance"), told)


def failures(runs: pd.DataFrame) -> Markup:
    """Return how many runs of which method failed; empty if none did."""
    failed = runs[runs["failed"]]
    if failed.empty:
        return Markup("")
    counts = failed["method"].value_counts(sort=False)
    parts = ", ".join(f"{count} of {answer.title(str(name))}" for name, count in counts.items())
    return Markup(
        '<p class="warning"><strong>{} of {} runs failed</strong> ({}). They stay in every count; '
        "see “What did not end well”.</p>"
    ).format(len(failed), len(runs), parts)


_TROUBLES = (
    Head("instance"),
    Head("method", is_text=True),
    Head("seed"),
    Head("ended by", is_text=True),
    Head("claimed", "by the solver, refused"),
    Head("message", is_text=True),
)


def troubles(runs: pd.DataFrame) -> str:
    """Return the runs that failed or ended without a schedule, with what they had to say."""
    without = runs["objective"].isna() & (runs["status"] != "infeasible")
    rows = runs[runs["failed"] | without]
    if rows.empty:
        return str(paragraph("Every run ended with a schedule or a proof."))
    return str(
        rows_table(
            "Runs without a schedule",
            _TROUBLES,
            [
                [
                    row["instance"],
                    row["method"],
                    count_cell(row["seed"]),
                    row["ended_by"],
                    count_cell(row["claimed_objective"]),
                    Markup('<span class="message">{}</span>').format(_last_line(row["message"])),
                ]
                for row in rows.head(LONGEST_TABLE + 1).to_dict("records")
            ],
            num_rows=len(rows),
            what="runs without a schedule",
        )
    )


def conditions(runs: pd.DataFrame) -> str:
    """Return what the runs were made with: versions, seeds, limits and options."""
    rows = {
        "runs": f"{len(runs):,}, made {_span(runs['started_at'])} (UTC)",
        "instances": f"{runs['instance'].nunique():,}{_seeds(runs['instance_seed'])}",
        "seeds of methods": _values(runs["seed"]),
        "time limit": _values(runs["time_limit_s"], "{:g} s"),
        "node limit": _values(runs["node_limit"]),
        "memory limit": _values(runs["memory_limit_mb"], "{} MB"),
        "runs at the same time": _values(runs["num_jobs"]),
        "options": ", ".join(_options(runs)) or "none",
    }
    rows |= {_PROVENANCE_NAMES.get(name, name): _values(runs[name]) for name in _PROVENANCE}
    return str(terms(rows.items()) + _notes(runs))


def _notes(runs: pd.DataFrame) -> Markup:
    """Return what the instances say of themselves: what was drawn, and what is too long."""
    told: dict[str, None] = {}
    too_long: Counter[tuple[str, str]] = Counter()
    noted = runs.dropna(subset=["notes"]).drop_duplicates("instance")
    for family, text in zip(noted["family"], noted["notes"], strict=True):
        notes = json.loads(text)
        if drawn := notes.get("drawn"):
            told[f"Family {family}: drawn by seed, not measured: {', '.join(drawn)}."] = None
        for key, requests in notes.items():
            if key.endswith(_TOO_LONG) and requests:
                too_long[family, key.replace("_", " ")] += len(requests)
    for (family, what), count in too_long.items():
        told[f"Family {family}: {counted(count, 'request')} eligible nowhere, {what}."] = None
    return items(told) if told else Markup("")


def _options(runs: pd.DataFrame) -> list[str]:
    told: dict[str, None] = {}
    for method, options in zip(runs["method"], runs["options"], strict=True):
        for key, value in json.loads(options).items():
            if value is not None:
                told[f"{method} {key}={value}"] = None
    return list(told)


def _values(column: pd.Series[Any], form: str = "{}") -> str:
    values = sorted(column.dropna().unique().tolist())
    if not values:
        return "none"
    if len(values) > 6 and all(isinstance(value, int) for value in values):
        return f"{values[0]} to {values[-1]}"
    return ", ".join(form.format(value) for value in values)


def _seeds(column: pd.Series[Any]) -> str:
    number = column.nunique()
    return f", {'seed' if number == 1 else 'seeds'} {_values(column)}" if number else ""


def _span(times: pd.Series[str]) -> str:
    first, last = (str(each)[:16].replace("T", " ") for each in (times.min(), times.max()))
    return first if first == last else f"{first} to {last}"


def _last_line(message: Any) -> str:
    if pd.isna(message):
        return ABSENT
    return str(message).strip().splitlines()[-1][:_LONGEST_MESSAGE]
