"""Origin of the runs on a page: their file, their number, and the software that made them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from analysis.reports.pages.elements import items, terms
from analysis.text.phrases import counted

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

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


def source(path: str | PathLike[str], runs: pd.DataFrame) -> str:
    """Return the source of the runs of a page, for the captions of its charts."""
    on = counted(runs["instance"].nunique(), "instance")
    return f"{Path(path).name}, {counted(len(runs), 'run')} on {on}"


def conditions(runs: pd.DataFrame) -> str:
    """Return the list of versions, seeds, limits and options of the runs."""
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
    """Return the notes of the instances: values that were drawn, and requests that are too long."""
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
