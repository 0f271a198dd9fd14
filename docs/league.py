"""League: the page of the kept league of heuristics, with its standings and gaps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.metrics.league import anytime, gaps_by_family, standings, with_gap
from analysis.tables.league import read_league
from analysis.text.league import LEAGUE_TITLE, closed_answer, league_answer, rank_text
from analysis.text.phrases import percent, seconds
from docs.markdown import code, escaped, table

if TYPE_CHECKING:
    import pandas as pd

KEPT = Path("analysis", "results", "league.csv")
"""File of the kept league, relative to the top of the repository."""

TIMES_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Times of the table of gaps over time [s]."""


def pages(root: Path) -> dict[str, str]:
    """Return the text of the league's page by its path."""
    runs = with_gap(read_league(root / KEPT))
    limits = sorted(float(each) for each in runs["limit_s"].unique())
    answer = league_answer(runs, {each: standings(runs, each) for each in limits})
    parts = [
        f"# {LEAGUE_TITLE}",
        f"**{escaped(answer)}**",
        f"{escaped(closed_answer(runs))}",
        f"There are {runs['seed'].nunique()} seeds. The median load of the machine "
        f"({escaped(runs['machine'].iloc[0])}) was {runs['load'].median():.0f}: "
        "other programs took a part of the processors. The guide "
        "[heuristics](guides/heuristics.md#the-league) says how runs are made, and "
        "`otgah report analysis/results/league.csv --template league` draws the curves.",
    ]
    for limit_s in limits:
        parts += [f"## Standings at {seconds(limit_s)}", _standings(runs, limit_s)]
    parts += ["## Mean gap over time", _over_time(runs, max(limits))]
    for limit_s in limits:
        told = "Each cell has the mean gap, and the worst gap in brackets [%]."
        parts += [f"## Gaps by family at {seconds(limit_s)}", told, _by_family(runs, limit_s)]
    return {"analysis/league.md": "\n\n".join(parts) + "\n"}


def _percent(fraction: float, digits: int = 1) -> str:
    """Return a fraction in percent that no narrow column breaks."""
    return percent(fraction, digits).replace(" ", "&nbsp;")


def _standings(runs: pd.DataFrame, limit_s: float) -> str:
    rows = [
        [
            code(method),
            escaped(rank_text(row)),
            _percent(row["mean_gap"], 2),
            _percent(row["worst_gap"]),
            _percent(row["solved"]),
        ]
        for method, row in standings(runs, limit_s).iterrows()
    ]
    return table(["method", "mean rank", "mean gap", "worst gap", "solved"], rows)


def _over_time(runs: pd.DataFrame, limit_s: float) -> str:
    times = [each for each in TIMES_S if each <= limit_s]
    gaps = anytime(runs, times)
    rows = [
        [code(method), *(_percent(gap, 2) for gap in gaps[method])]
        for method in standings(runs, limit_s).index
    ]
    return table(["method", *(seconds(each) for each in times)], rows)


def _by_family(runs: pd.DataFrame, limit_s: float) -> str:
    methods = standings(runs, limit_s).index.tolist()
    rows = []
    for family, own in gaps_by_family(runs, limit_s).groupby(level="family", sort=False):
        by_method = own.droplevel("family")
        mean, worst = by_method["mean_gap"], by_method["worst_gap"]
        cells = [f"{100 * mean[name]:.1f}&nbsp;({100 * worst[name]:.1f})" for name in methods]
        rows.append([escaped(family), *cells])
    return table(["family", *(code(each) for each in methods)], rows)
