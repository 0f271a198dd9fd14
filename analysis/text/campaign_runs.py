"""Runs of a campaign in words: their endings, their questions, their dates and their software."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.metrics import QUESTION, is_solved
from analysis.metrics.campaign import coverage, varying
from analysis.store.columns import PROVENANCE
from analysis.text.phrases import counted, seconds

if TYPE_CHECKING:
    import pandas as pd

TITLE = "What ran, and what failed?"


def answer(runs: pd.DataFrame) -> str:
    """Return one sentence on the number of runs and their endings.

    Notes
    -----
    The questions are counted too where some instance has several of them.
    """
    num_instances = runs["instance"].nunique()
    num_questions = len(runs.drop_duplicates(QUESTION))
    asked = counted(num_instances, "instance")
    if num_questions > num_instances:
        asked += f" with {num_questions:,} questions, each a problem posed on an instance"
    num_failed = int(runs["failed"].sum())
    num_cut = int((~runs["failed"] & ~is_solved(runs)).sum())
    num_whole = len(runs) - num_failed - num_cut
    were = "was" if num_cut == 1 else "were"
    cut = f"{num_cut:,} {were} stopped by a limit or by hand" if num_cut else "none was stopped"
    failed = f"{num_failed:,} failed" if num_failed else "none failed"
    return (
        f"{counted(len(runs), 'run')} of {counted(runs['method'].nunique(), 'method')} on {asked}: "
        f"{num_whole:,} completed, {cut}, and {failed}."
    )


def completeness(runs: pd.DataFrame) -> str:
    """Return one sentence on the methods that did not run on every question."""
    table = coverage(runs)
    several = table["problem"].nunique() > 1
    missing = [
        f"{row['method']} on {row['asked']} of {row['questions']}"
        + (f" of {row['problem']}" if several else "")
        for row in table[table["asked"] < table["questions"]].to_dict("records")
    ]
    if not missing:
        return "Every method ran on every question."
    return f"Not every method ran on every question: {', '.join(missing)}."


def duration(runs: pd.DataFrame) -> str:
    """Return one sentence on the dates of the runs and the total lifetime of their processes."""
    wall = float(runs["wall_s"].sum())
    first, latest = _minute(runs["started_at"].min()), _minute(runs["started_at"].max())
    began = f"at {first}" if first == latest else f"between {first} and {latest}"
    return f"The runs began {began} (UTC); their processes took {seconds(wall)} in total."


def uniformity(runs: pd.DataFrame) -> str:
    """Return one sentence on differences of software and machine between the runs."""
    changed = varying(runs, PROVENANCE)
    if not changed:
        return "All runs were made with the same software on the same machine."
    told = ", ".join(f"{name} ({', '.join(values)})" for name, values in changed.items())
    return f"The runs differ in {told}, so compare their times with care."


def _minute(time: Any) -> str:
    return str(time)[:16].replace("T", " ")
