"""Measures: functions that make a row of an experiment from its work alone.

Counts are the same in every repetition. Times differ between repetitions and are kept apart.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.plugins.lookup import method
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from analysis.simulation.outcome import RATE
from analysis.simulation.request import Fate
from analysis.simulation.rows import BATCH_COLUMNS, REQUEST_COLUMNS
from analysis.simulation.setup import Setup
from analysis.simulation.simulate import go_through
from heuristics.result import EndedBy, Status
from instances.families.registry import family

if TYPE_CHECKING:
    from analysis.runs.task import Task
    from heuristics.result import Result

_FATE, _EPOCH = (list(REQUEST_COLUMNS).index(name) for name in ("fate", "epoch"))
_START, _END = (list(BATCH_COLUMNS).index(name) for name in ("batch_start_s", "batch_end_s"))

SCENARIO, ARRIVALS = "section-v", "poisson"


@dataclass(frozen=True, kw_only=True)
class Work:
    """Work of one row.

    Parameters
    ----------
    measure
        Function that makes the row.
    scheme
        Name of the method or the rival.
    settings
        Settings of the scenario and the scheme.
    seed
        Seed of all random draws.
    num_epochs
        Number of epochs.
    """

    measure: Measure
    scheme: str
    settings: Mapping[str, Any]
    seed: int
    num_epochs: int

    def asked(self) -> str:
        """Return everything that the row depends on, as JSON."""
        parts = {
            "measure": self.measure.__name__,
            "scheme": self.scheme,
            "settings": dict(self.settings),
            "seed": self.seed,
            "num_epochs": self.num_epochs,
        }
        return json.dumps(parts, sort_keys=True)

    def key(self) -> str:
        """Return the sha256 of :meth:`asked`."""
        return hashlib.sha256(self.asked().encode()).hexdigest()

    def measured(self) -> Measured:
        """Do the work."""
        return self.measure(self)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Measured row.

    Parameters
    ----------
    values
        Counts, the same in every repetition.
    times
        Times, which differ between repetitions [s].
    """

    values: Mapping[str, int | float | str | None]
    times: Mapping[str, float | None]


Measure = Callable[[Work], Measured]


def simulated(work: Work) -> Measured:
    """Simulate some epochs, and count the fates of the requests.

    ``batch_s`` is the mean computing time of a batch. ``num_unsolved`` counts the epochs without a
    schedule, ``num_unproved`` the epochs without a proof of optimality; both are absent for a
    scheme that solves no problem.
    """
    settings = dict(work.settings)
    began = time.process_time()
    setup = Setup.of(
        settings.pop("scenario", SCENARIO),
        schemes=[work.scheme],
        arrivals=settings.pop("arrivals", ARRIVALS),
        carry_over=settings.pop("carry_over", False),
        time_limit=settings.pop("time_limit", None),
        tune_slots=settings.pop("tune_slots", None),
        error=settings.pop("error", None),
        quantile=settings.pop("quantile", None),
        num_epochs=work.num_epochs,
        seed=work.seed,
        settings=settings,
    )
    # The tables of `simulate` would take about as long as the epochs.
    [run] = go_through(setup, setup.runs(None), None)
    cpu_s = time.process_time() - began
    fates = Counter(row[_FATE] for row in run.requests if row[_EPOCH] < setup.num_epochs)
    arrived = sum(fates.values())
    status = [row["status"] for row in run.epochs if row["status"] is not None]
    solving = [row["runtime_s"] for row in run.epochs if row["runtime_s"] is not None]
    return Measured(
        values={
            "num_epochs": setup.num_epochs,
            "arrived": arrived,
            **{str(fate): fates[str(fate)] for fate in Fate},
            RATE: fates[str(Fate.COMPLETED)] / arrived if arrived else None,
            "completed_per_epoch": fates[str(Fate.COMPLETED)] / setup.num_epochs,
            "batch_s": _mean([row[_END] - row[_START] for row in run.batches]),
            "num_unsolved": status.count(str(Status.NONE)) if status else None,
            "num_unproved": len(status) - status.count(str(Status.OPTIMAL)) if status else None,
        },
        times={
            "cpu_s": cpu_s,
            "solve_mean_s": _mean(solving),
            "solve_max_s": max(solving, default=None),
        },
    )


def solved(work: Work) -> Measured:
    """Draw one problem of a family and solve it.

    The settings ``family``, ``problem``, ``time_limit`` and ``node_limit`` define the run. Every
    other setting is an option of the method or, failing that, a parameter of the family.
    ``is_cut`` marks a run that a limit ended.
    """
    settings = dict(work.settings)
    names = {option.name for option in method(work.scheme).options}
    options = {name: settings.pop(name) for name in names & settings.keys()}
    chosen = family(settings.pop("family"))
    asked = {name: settings.pop(name, None) for name in ("problem", "time_limit", "node_limit")}
    [instance] = chosen.generate(settings, work.seed)
    task = plan(instance, work.scheme, seed=work.seed, settings=options, **asked)
    began = time.process_time()
    result = performed(task)
    cpu_s = time.process_time() - began
    return Measured(
        values={
            "num_requests": instance.coefficients.num_requests,
            "num_eligible": task.data.pairs.num_pairs,
            "objective": result.objective,
            "bound": result.bound,
            "num_nodes": result.num_nodes,
            "is_cut": int(result.ended_by in (EndedBy.TIME_LIMIT, EndedBy.NODE_LIMIT)),
            "ended_by": str(result.ended_by),
        },
        times={"cpu_s": cpu_s, "solve_s": result.runtime_s},
    )


def performed(task: Task) -> Result:
    """Return the result of a run that was not interrupted.

    Raises
    ------
    KeyboardInterrupt
        If the solver was interrupted: the row is not finished and must not be kept.
    """
    result = perform(task).result
    if result.ended_by is EndedBy.INTERRUPTED:
        raise KeyboardInterrupt
    return result


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None
