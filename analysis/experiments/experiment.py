"""Experiment: parameters that vary or are fixed, measures, and the claims under test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.experiments.measures import Work, simulated

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from analysis.experiments.claim import Claim
    from analysis.experiments.measures import Measure
    from analysis.experiments.picture import Picture

Point = Mapping[str, Any]
"""A value for each parameter that varies."""

LABEL, SEED = "line", "seed"
"""Columns of a tidy table with the line and the seed of a row."""

TIME = "time_"
"""Prefix of columns that are measured with a clock, and differ between runs."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """Line of a figure: a scheme with its options.

    Parameters
    ----------
    label
        Name of the line in figure and table.
    scheme
        A registered method, ``static-batching`` or ``no-batching``.
    settings
        Options of the scheme that differ from their default.
    ignores
        Parameters without an effect on the line: rows that differ in these alone are made once.
    """

    label: str
    scheme: str
    settings: Mapping[str, object] = field(default_factory=dict)
    ignores: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Effort of an experiment: number of seeds, epochs and points.

    Parameters
    ----------
    num_seeds
        Number of seeds of each point: 0, 1, ...
    num_epochs
        Number of epochs of each simulation.
    only
        Values to keep, by parameter; all values of a parameter that is not named.
    without
        Labels of lines to leave out.
    seeds_at
        Function that returns another number of seeds for a point; None for ``num_seeds``.
    """

    num_seeds: int
    num_epochs: int = 1
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    seeds_at: Callable[[Point], int | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Figure of an experiment and the name of its files."""

    name: str
    picture: Picture


def _as_they_are(point: Point) -> Mapping[str, Any]:
    return point


def _all(point: Point) -> bool:
    return True


def _every_line(point: Point, line: Line) -> bool:
    return True


def _can_run() -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """Experiment of the study.

    Parameters
    ----------
    name, title
        Name and title of the experiment.
    place
        Place in the paper.
    question
        Question that the experiment answers, in a sentence or two.
    varies
        Parameters that vary, each with its values; the points are their product.
    fixed
        Settings that all points share.
    lines
        Lines of the figure. All lines of a point and seed serve the same requests.
    quick, full
        Efforts of the quick and the full study.
    claims
        Claims under test.
    draw
        Function from the tidy table and its source line to the figures.
    tabulate
        Function from the tidy table to a table for the page; None for no table.
    settings
        Function from a point to the settings of its simulation; the point itself if None.
        The settings ``scenario`` and ``arrivals`` replace ``section-v`` and ``poisson``.
    keep
        Function that returns True for the points of the product to run.
    has_line
        Function that returns True for the lines to run at a point.
    measure
        Function that makes a row.
    missing
        Reason why the experiment cannot run, such as missing data; None if it can.
    """

    name: str
    title: str
    place: str
    question: str
    varies: Mapping[str, tuple[Any, ...]]
    fixed: Mapping[str, Any]
    lines: tuple[Line, ...]
    quick: Effort
    full: Effort
    claims: tuple[Claim, ...]
    draw: Callable[[pd.DataFrame, str], tuple[Drawing, ...]]
    tabulate: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    settings: Callable[[Point], Mapping[str, Any]] = _as_they_are
    keep: Callable[[Point], bool] = _all
    has_line: Callable[[Point, Line], bool] = _every_line
    measure: Measure = simulated
    missing: Callable[[], str | None] = _can_run

    def effort(self, *, is_quick: bool) -> Effort:
        """Return the quick or the full effort."""
        return self.quick if is_quick else self.full

    def points(self, effort: Effort) -> Iterator[Point]:
        """Yield the points, in the order of the values."""
        for values in itertools.product(*self.varies.values()):
            point = dict(zip(self.varies, values, strict=True))
            kept = all(point[name] in allowed for name, allowed in effort.only.items())
            if kept and self.keep(point):
                yield point

    def works(self, effort: Effort) -> Iterator[tuple[dict[str, Any], Work]]:
        """Yield the identifying columns of each row of the table, and its work."""
        for point in self.points(effort):
            given = effort.seeds_at(point) if effort.seeds_at else None
            for seed in range(effort.num_seeds if given is None else given):
                for line in self.lines:
                    if line.label not in effort.without and self.has_line(point, line):
                        yield (
                            {**point, LABEL: line.label, SEED: seed},
                            self.work(point, line, seed, effort.num_epochs),
                        )

    def work(self, point: Point, line: Line, seed: int, num_epochs: int) -> Work:
        """Return the work of one row."""
        settings = {**self.fixed, **self.settings(point), **line.settings}
        return Work(
            measure=self.measure,
            scheme=line.scheme,
            settings={key: value for key, value in settings.items() if key not in line.ignores},
            seed=seed,
            num_epochs=num_epochs,
        )
