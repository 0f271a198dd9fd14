"""Measure of the experiment of hindsight: a scheme simulated, or all epochs as one problem."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from analysis.experiments.measures import SCENARIO, Measured, simulated
from analysis.simulation.arrivals import POISSON
from analysis.simulation.hindsight import HindsightProblem
from analysis.simulation.outcome import RATE
from analysis.simulation.setup import Setup

if TYPE_CHECKING:
    from analysis.experiments.measures import Work

HINDSIGHT = "hindsight"
"""Name of the line without a scheme, which knows all arrivals."""

TIME_LIMIT_S = 60.0


def in_hindsight(work: Work) -> Measured:
    """Simulate a scheme, or solve the problem of all epochs.

    Parameters
    ----------
    work
        Work whose scheme is ``hindsight`` or one that :func:`simulated` takes.

    Returns
    -------
    Measured
        For ``hindsight`` the arrived and completed requests of the best schedule, and ``bound``;
        otherwise the counts of :func:`simulated`.
    """
    if work.scheme != HINDSIGHT:
        return simulated(work)
    settings = dict(work.settings)
    began = time.process_time()
    setup = Setup.of(
        settings.pop("scenario", SCENARIO),
        schemes=["ot-gah-fast"],
        arrivals=POISSON,
        carry_over=bool(settings.pop("carry_over", False)),
        time_limit=None,
        num_epochs=work.num_epochs,
        seed=work.seed,
        settings=settings,
    )
    problem = HindsightProblem.of(setup)
    found = problem.solve(seed=work.seed, time_limit=TIME_LIMIT_S)
    arrived, completed = problem.rows.num_requests, found.objective
    rate = completed / arrived if arrived and completed is not None else None
    return Measured(
        values={
            "num_epochs": setup.num_epochs,
            "arrived": arrived,
            "completed": completed,
            RATE: rate,
            "bound": found.bound,
        },
        times={"cpu_s": time.process_time() - began},
    )
