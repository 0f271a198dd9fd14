"""Subject of a report: its title, answer and tables, read and computed once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.reports.faults import comparison_faults, faults
from analysis.reports.sources import by_contestant, compare_stores, instance_runs, runs_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    import pandas as pd

    from analysis.metrics.comparison import Comparison


class Template(StrEnum):
    """Template of a report, which decides its subject."""

    OVERVIEW = "overview"
    COMPARE = "compare"
    INSTANCE = "instance"
    CAMPAIGN = "campaign"
    SIMULATION = "simulation"
    LEAGUE = "league"


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """Title, answer and tables of a report.

    Parameters
    ----------
    title, answer
        Title of the page, and the sentence that answers it.
    faults
        Contradictions and failed runs, a line each.
    parameters
        Parameters of the notebook.
    content
        Content of the notebook: a table of runs, a comparison, an instance with its runs, the
        tables of a simulation, or the runs of a league.
    runs
        All runs of the store; those of both stores for a comparison; None for a simulation and for
        a league.
    comparison
        The comparison of two stores; None for other templates.
    """

    title: str
    answer: str
    faults: tuple[str, ...]
    parameters: dict[str, str]
    content: object
    runs: pd.DataFrame | None
    comparison: Comparison | None = None


def read_subject(
    template: Template,
    path: str | PathLike[str],
    *,
    after: str | PathLike[str] | None = None,
    instance: str | None = None,
) -> Subject:
    """Read the stores of a report, and compute what its page says.

    Raises
    ------
    InputError
        If a path holds no store, or no run, or the instance has no run in the store.
    """
    readers: dict[Template, Callable[[], Subject]] = {
        Template.OVERVIEW: lambda: _overview(path),
        Template.COMPARE: lambda: _comparison(path, str(after)),
        Template.INSTANCE: lambda: _instance(path, str(instance)),
        Template.CAMPAIGN: lambda: _campaign(path),
        Template.SIMULATION: lambda: _simulation(path),
        Template.LEAGUE: lambda: _league(path),
    }
    return readers[template]()


def _overview(path: str | PathLike[str]) -> Subject:
    from analysis.text.answer import answer, question

    runs = runs_of(path)
    named = by_contestant(runs)
    return Subject(
        title=question(named),
        answer=answer(named),
        faults=faults(named),
        parameters=_paths(path),
        content=named,
        runs=runs,
    )


def _comparison(path: str | PathLike[str], after: str) -> Subject:
    from analysis.text.comparison import TITLE, answers

    compared = compare_stores(path, after)
    return Subject(
        title=TITLE,
        answer=" ".join(answers(compared)),
        faults=comparison_faults(compared),
        parameters=_paths(path, after_path=after),
        content=compared,
        runs=compared.runs,
        comparison=compared,
    )


def _instance(path: str | PathLike[str], instance: str) -> Subject:
    from analysis.text.instance import instance_answer, instance_title

    runs = runs_of(path)
    shown = instance_runs(path, instance, runs=by_contestant(runs))
    given = {"instance": instance}
    is_file = Path(instance).is_file()
    return Subject(
        title=instance_title(shown),
        answer=instance_answer(shown),
        faults=faults(shown.runs),
        parameters=_paths(path, **given) if is_file else _paths(path) | given,
        content=shown,
        runs=runs,
    )


def _campaign(path: str | PathLike[str]) -> Subject:
    from analysis.text.campaign_runs import TITLE, answer

    runs = runs_of(path)
    named = by_contestant(runs)
    return Subject(
        title=TITLE,
        answer=answer(named),
        faults=faults(named),
        parameters=_paths(path),
        content=named,
        runs=runs,
    )


def _simulation(path: str | PathLike[str]) -> Subject:
    from analysis.tables.simulation import read_tables
    from analysis.text.simulation import SIMULATION_TITLE, simulation_answer

    tables = read_tables(path)
    return Subject(
        title=SIMULATION_TITLE,
        answer=simulation_answer(tables.schemes.to_dict("records")),
        faults=(),
        parameters=_paths(path),
        content=tables,
        runs=None,
    )


def _league(path: str | PathLike[str]) -> Subject:
    from analysis.metrics.league import standings, with_gap
    from analysis.tables.league import read_league
    from analysis.text.league import LEAGUE_TITLE, league_answer

    runs = read_league(path)
    table = with_gap(runs)
    limits = sorted(table["limit_s"].unique())
    return Subject(
        title=LEAGUE_TITLE,
        answer=league_answer(table, {each: standings(table, each) for each in limits}),
        faults=(),
        parameters=_paths(path),
        content=runs,
        runs=None,
    )


def _paths(path: str | PathLike[str], **others: str) -> dict[str, str]:
    """Return the paths that a notebook receives, absolute, since its folder is another."""
    return {name: str(Path(each).resolve()) for name, each in {"runs_path": path, **others}.items()}
