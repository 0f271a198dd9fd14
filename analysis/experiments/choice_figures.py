"""Figures of the experiment ``choice``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.choice_cases import (
    ALIKE,
    BY_OT_GAH,
    CASE,
    CASES,
    CHOSEN,
    LENGTH_CASES,
    LOAD,
    REQUIRED,
    SCHEME_CASES,
    UP_TO,
    USERS,
)
from analysis.experiments.choice_gains import by_point
from analysis.experiments.chosen_epochs import SERVED
from analysis.experiments.comparing import RATE
from analysis.experiments.experiment import LABEL, Drawing
from analysis.experiments.figure import Axis, curves
from analysis.experiments.statistics import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from analysis.experiments.choice_cases import Case

_ALL_USERS = {UP_TO: "users require up to a", ALIKE: "all users require a"}
_RATE = Axis(column=RATE, title="completed", is_share=True)
_LOAD = Axis(column=LOAD, title="load, times the rate of the case", is_logarithmic=True)
_SHARE = "share"
_KINDS = {"schemes": SCHEME_CASES, "lengths": LENGTH_CASES}


def draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    """Draw completion rates, gains, and the alternatives that are chosen."""
    return (
        *_frontiers(table, source),
        *_gains(table, source),
        *_over_load(table, source),
        *_shares(table, source),
    )


def names(cases: Mapping[str, Case]) -> list[str]:
    """Return the names of all alternatives of some cases, each once, in their order."""
    return list(dict.fromkeys(name for case in cases.values() for name in case.names))


def _frontiers(table: pd.DataFrame, source: str) -> Iterator[Drawing]:
    for users, title in _ALL_USERS.items():
        rows = chosen(table, {USERS: users, LOAD: 1})
        if not rows[CASE].isin(SCHEME_CASES).any():
            continue
        yield Drawing(
            name=f"choice-accuracy-{users.replace(' ', '-')}",
            picture=curves(
                rows,
                title=f"Fixed schemes and a scheme chosen, {title}",
                x=Axis(column=REQUIRED, title=f"accuracy a, {title}"),
                y=_RATE,
                panels=(CASE, {case: case for case in SCHEME_CASES}),
                labels=[CHOSEN.label, BY_OT_GAH.label, *names(SCHEME_CASES)],
                caption="All lines but that of OT-GAH are optima. A fixed scheme is that of all "
                "edge nodes; a chosen one is that of each edge node in each epoch.",
                source=source,
            ),
        )


def _gains(table: pd.DataFrame, source: str) -> Iterator[Drawing]:
    found = by_point(table)
    for name, rows, x, cases in (
        (
            "choice-gain-accuracy",
            found[(found[USERS] == UP_TO) & (found[LOAD] == 1)],
            Axis(column=REQUIRED, title="accuracy a, users require up to a"),
            SCHEME_CASES,
        ),
        ("choice-gain-load", found[(found[USERS] == UP_TO) & (found[REQUIRED] == 1)], _LOAD, CASES),
    ):
        own = rows[rows[CASE].isin(cases)]
        if own.empty:
            continue
        yield Drawing(
            name=name,
            picture=curves(
                own,
                title="Gain of choosing over the best fixed alternative",
                x=x,
                y=Axis(column="gain", title="gain [points]"),
                labels=list(cases),
                caption="Difference of the optima's completion rates, in percentage points. The "
                "best fixed alternative is that with the highest mean at each point.",
                source=source,
            ),
        )


def _over_load(table: pd.DataFrame, source: str) -> Iterator[Drawing]:
    rows = chosen(table, {USERS: UP_TO, REQUIRED: 1})
    for kind, cases in _KINDS.items():
        if not rows[CASE].isin(cases).any():
            continue
        yield Drawing(
            name=f"choice-load-{kind}",
            picture=curves(
                rows,
                title=f"Fixed {kind} and chosen ones, by load",
                x=_LOAD,
                y=_RATE,
                panels=(CASE, {case: case for case in cases}),
                labels=[CHOSEN.label, BY_OT_GAH.label, *names(cases)],
                caption=f"Users require an accuracy of up to 1. Load 1: {_rates(cases)}.",
                source=source,
            ),
        )


def _rates(cases: Mapping[str, Case]) -> str:
    return ", ".join(f"{case.rate_per_s:g}/s ({name})" for name, case in cases.items())


def _shares(table: pd.DataFrame, source: str) -> Iterator[Drawing]:
    rows = by_alternative(chosen(table, {USERS: UP_TO, REQUIRED: 1, LABEL: CHOSEN.label}))
    for kind, cases in _KINDS.items():
        if not rows[CASE].isin(cases).any():
            continue
        yield Drawing(
            name=f"choice-shares-{kind}",
            picture=curves(
                rows,
                title=f"Requests by the {kind} that the optimum chooses",
                x=_LOAD,
                y=Axis(column=_SHARE, title="of the completed", is_share=True),
                panels=(CASE, {case: case for case in cases}),
                labels=names(cases),
                caption="Among choices that serve as many, the solver takes the first it finds. "
                f"Users require an accuracy of up to 1. Load 1: {_rates(cases)}.",
                source=source,
            ),
        )


def by_alternative(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each alternative of each row, with its share of the completed requests."""
    import pandas as pd

    parts = []
    for case, own in rows.groupby(CASE):
        served = own[own["completed"] > 0]
        for number, name in enumerate(CASES[str(case)].names, start=1):
            share = served[f"{SERVED}{number}"].astype(float) / served["completed"].astype(float)
            part = served.assign(**{_SHARE: share})
            part[LABEL] = name
            parts.append(part)
    return pd.concat(parts) if parts else rows.assign(**{_SHARE: []})
