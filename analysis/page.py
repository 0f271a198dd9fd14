"""The parts of a report's page, as HTML that a notebook shows too."""

from __future__ import annotations

import html
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import answer
from analysis.metrics import NODE_SHIFT, RUNTIME_SHIFT_S, summary
from analysis.text import ABSENT, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
    """Return the question, its answer, and loudly what contradicts it."""
    return (
        f"<h1>{_prose(answer.question(runs))}</h1>"
        f'<p class="answer">{_prose(answer.answer(runs))}</p>'
        f"<p>{_prose(answer.proven_optima(runs))} {_prose(answer.comparison(runs))} "
        f"{_prose(answer.bound_sources(runs))}</p>"
        f"{_contradictions(runs)}{_failed(runs)}"
    )


def heading(problem: str, problems: Collection[str]) -> str:
    """Return the heading of what is said of one problem; empty if there is no other."""
    return f"<h3>Problem {_text(problem)}</h3>" if len(problems) > 1 else ""


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
    bodies = "".join(_table_group(group) for group in groups)
    heads = (
        ("method", ""),
        ("runs", "failed included"),
        ("mean gap", "to the best proven bound"),
        ("largest gap", ""),
        ("short", "requests below bound, mean"),
        ("optimal", "schedule reaches the bound"),
        ("proved", "by the run itself"),
        ("runtime", f"mean, shift {RUNTIME_SHIFT_S:g} s"),
        ("longest", ""),
        ("tree nodes", f"mean, shift {NODE_SHIFT}"),
        ("b&b nodes", f"mean, shift {NODE_SHIFT}"),
    )
    head = "".join(
        f'<th scope="col">{_text(name)}{f"<small>{_text(note)}</small>" if note else ""}</th>'
        for name, note in heads
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Summary of {problem}">'
        f"<table><thead><tr>{head}</tr></thead>{bodies}</table></div>"
    )


def _table_group(group: pd.DataFrame) -> str:
    family = group["family"].iloc[0]
    name = "(no family)" if pd.isna(family) else str(family)
    lines = [f'<tr class="family"><th colspan="11" scope="rowgroup">{_text(name)}</th></tr>']
    for row in group.to_dict("records"):
        num_runs, with_gap = row["runs"], row["with_gap"]
        runs = f"{num_runs}"
        if row["failed"]:
            runs += f' <strong class="bad">{row["failed"]} failed</strong>'
        gap = _text(percent(_or_none(row["mean_gap"])))
        if 0 < with_gap < num_runs:
            gap += f"<small>over {with_gap} runs</small>"
        chosen = ' class="subject"' if row["method"] == answer.SUBJECT else ""
        cells = (
            runs,
            gap,
            percent(_or_none(row["max_gap"])),
            _decimal(row["mean_short"]),
            f"{row['optimal']}/{num_runs}",
            f"{row['proved']}/{num_runs}",
            seconds(_or_none(row["runtime_s"])),
            seconds(_or_none(row["max_runtime_s"])),
            _count(row["tree_nodes"]),
            _count(row["branch_and_bound_nodes"]),
        )
        lines.append(
            f'<tr{chosen}><th scope="row">{_text(row["method"])}</th>'
            + "".join(f"<td>{cell}</td>" for cell in cells)
            + "</tr>"
        )
    return f"<tbody>{''.join(lines)}</tbody>"


def _contradictions(runs: pd.DataFrame) -> str:
    found = runs.dropna(subset=["contradiction"]).drop_duplicates(["instance", "problem"])
    if found.empty:
        return ""
    items = _items(
        f"{row['instance']}, {row['problem']}: {row['contradiction']}"
        for row in found.to_dict("records")
    )
    return (
        f'<div class="alarm" role="alert"><strong>Contradictions.</strong> On '
        f"{len(found)} instance(s) a bound lies below a schedule that the judge let pass. One of "
        f"the two is wrong; these instances are in no mean.{items}</div>"
    )


def _failed(runs: pd.DataFrame) -> str:
    failed = runs[runs["failed"]]
    if failed.empty:
        return ""
    counts = failed["method"].value_counts(sort=False)
    parts = ", ".join(f"{count} of {answer.title(str(name))}" for name, count in counts.items())
    return (
        f'<p class="warning"><strong>{len(failed)} of {len(runs)} runs failed</strong> ({parts}). '
        f"They stay in every count; see “What did not end well”.</p>"
    )


def troubles(runs: pd.DataFrame) -> str:
    """Return the runs that failed or ended without a schedule, with what they had to say."""
    without = runs["objective"].isna() & (runs["status"] != "infeasible")
    rows = runs[runs["failed"] | without]
    if rows.empty:
        return "<p>Every run ended with a schedule or a proof.</p>"
    lines = "".join(
        f'<tr><th scope="row">{_text(row["instance"])}</th><td class="left">{_text(row["method"])}'
        f'</td><td>{row["seed"]}</td><td class="left">{_text(row["ended_by"])}</td>'
        f"<td>{_count(row['claimed_objective'])}</td>"
        f'<td class="left message">{_text(_last_line(row["message"]))}</td></tr>'
        for row in rows.to_dict("records")
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Runs without a schedule">'
        '<table><thead><tr><th scope="col">instance</th><th scope="col" class="left">method</th>'
        '<th scope="col">seed</th><th scope="col" class="left">ended by</th>'
        '<th scope="col">claimed<small>by the solver, refused</small></th>'
        '<th scope="col" class="left">message</th></tr>'
        f"</thead><tbody>{lines}</tbody></table></div>"
    )


def conditions(runs: pd.DataFrame) -> str:
    """Return what the runs were made with: versions, seeds, limits and options."""
    rows = {
        "runs": f"{len(runs)}, made {_span(runs['started_at'])} (UTC)",
        "instances": f"{runs['instance'].nunique()}, seeds {_values(runs['instance_seed'])}",
        "seeds of methods": _values(runs["seed"]),
        "time limit": _values(runs["time_limit_s"], "{:g} s"),
        "node limit": _values(runs["node_limit"]),
        "memory limit": _values(runs["memory_limit_mb"], "{} MB"),
        "runs at the same time": _values(runs["num_jobs"]),
        "options": ", ".join(_options(runs)) or "none",
    }
    rows |= {_PROVENANCE_NAMES.get(name, name): _values(runs[name]) for name in _PROVENANCE}
    lines = "".join(f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>" for name, text in rows.items())
    return f"<dl>{lines}</dl>{_notes(runs)}"


def _notes(runs: pd.DataFrame) -> str:
    """Return what the instances say of themselves: what was drawn, and what is too long."""
    told: dict[str, None] = {}
    too_long: Counter[tuple[str, str]] = Counter()
    noted = runs.dropna(subset=["notes"]).drop_duplicates("instance")
    for family, text in zip(noted["family"], noted["notes"], strict=True):
        notes = json.loads(text)
        if drawn := notes.get("drawn"):
            told[f"Family {family}: drawn by seed, not measured: {', '.join(drawn)}."] = None
        for key, requests in notes.items():
            if key.endswith(_TOO_LONG):
                too_long[family, key.replace("_", " ")] += len(requests)
    for (family, what), count in too_long.items():
        told[f"Family {family}: {count} requests eligible nowhere, {what}."] = None
    return _items(told) if told else ""


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


def _span(times: pd.Series[str]) -> str:
    first, last = (str(each)[:16].replace("T", " ") for each in (times.min(), times.max()))
    return first if first == last else f"{first} to {last}"


def _last_line(message: Any) -> str:
    if pd.isna(message):
        return ABSENT
    return str(message).strip().splitlines()[-1][:_LONGEST_MESSAGE]


def _items(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_text(text)}</li>' for text in texts)}</ul>"


def _or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _decimal(value: Any) -> str:
    return ABSENT if pd.isna(value) else f"{value:.2f}"


def _count(value: Any) -> str:
    return ABSENT if pd.isna(value) else f"{value:,.0f}"


def _prose(text: str) -> str:
    """Return text for reading, which breaks no line inside a name or before a percent sign."""
    return _text(text).replace("OT-GAH", "OT\u2011GAH").replace(" %", "\u00a0%")


def _text(value: object) -> str:
    return html.escape(str(value))
