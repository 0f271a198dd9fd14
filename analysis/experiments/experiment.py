"""Experiment: what varies, what is fixed, what is measured, and which claims it tests."""

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
"""A value for everything that varies."""

LABEL, SEED = "line", "seed"
"""The columns of a tidy table that say which line a row is of, and its seed."""

TIME = "time_"
"""What the columns start with that are measured with a clock: they are never the same again."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a figure: what serves the requests.

    Parameters
    ----------
    label
        What the figure and the table call it.
    scheme
        A registered method, ``static-batching`` or ``no-batching``.
    settings
        Its options that leave their default.
    """

    label: str
    scheme: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much of an experiment is run.

    Parameters
    ----------
    num_seeds
        Each point is drawn with the seeds 0, 1, ...
    num_epochs
        Epochs of each simulation.
    only
        Of what varies, the values to keep, where not all are.
    without
        Labels of lines to leave out.
    seeds_at
        How many seeds a point has instead; None leaves ``num_seeds``.
    """

    num_seeds: int
    num_epochs: int = 1
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    seeds_at: Callable[[Point], int | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A figure of an experiment and the name of its files."""

    name: str
    picture: Picture


def _as_they_are(point: Point) -> Mapping[str, Any]:
    return point


def _all(point: Point) -> bool:
    return True


def _can_run() -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """An experiment.

    Parameters
    ----------
    name, title
        What it is called.
    place
        Where the paper has it.
    question
        What it answers, in a sentence or two.
    varies
        What varies, with all its values; the points are their product.
    fixed
        Settings that all points have alike.
    lines
        What serves the requests: all lines of a point and seed meet the same requests.
    quick, full
        How much is run.
    claims
        What it tests.
    draw
        From the tidy table and its source line, to the figures.
    tabulate
        From the tidy table to one that the page shows as it is; None for no such table.
    settings
        From a point to the settings of its simulation; those that vary as they are if not given.
        ``scenario`` and ``arrivals`` among them replace ``section-v`` and ``poisson``.
    keep
        Which points of the product there are.
    measure
        What makes a row.
    missing
        Why it cannot run here, such as data that are not there; None where it can.
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
    measure: Measure = simulated
    missing: Callable[[], str | None] = _can_run

    def effort(self, *, is_quick: bool) -> Effort:
        """Return how much is run."""
        return self.quick if is_quick else self.full

    def points(self, effort: Effort) -> Iterator[Point]:
        """Yield the points, in the order of the values."""
        for values in itertools.product(*self.varies.values()):
            point = dict(zip(self.varies, values, strict=True))
            kept = all(point[name] in allowed for name, allowed in effort.only.items())
            if kept and self.keep(point):
                yield point

    def works(self, effort: Effort) -> Iterator[tuple[dict[str, Any], Work]]:
        """Yield what tells each row of the table from the others, and the work it takes."""
        for point in self.points(effort):
            given = effort.seeds_at(point) if effort.seeds_at else None
            for seed in range(effort.num_seeds if given is None else given):
                for line in self.lines:
                    if line.label not in effort.without:
                        yield (
                            {**point, LABEL: line.label, SEED: seed},
                            self.work(point, line, seed, effort.num_epochs),
                        )

    def work(self, point: Point, line: Line, seed: int, num_epochs: int) -> Work:
        """Return the work of one row."""
        return Work(
            measure=self.measure,
            scheme=line.scheme,
            settings={**self.fixed, **self.settings(point), **line.settings},
            seed=seed,
            num_epochs=num_epochs,
        )
