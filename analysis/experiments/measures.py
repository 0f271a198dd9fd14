"""Measures: what makes a row of an experiment. Each is a function of its work alone.

What is counted comes out the same whenever it is measured again; what is timed does not, and is
kept apart.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.simulation.outcome import RATE
from analysis.simulation.simulate import simulate

SCENARIO, ARRIVALS = "section-v", "poisson"


@dataclass(frozen=True, kw_only=True)
class Work:
    """A row that is asked for.

    Parameters
    ----------
    measure
        What makes it.
    scheme
        The method or the rival.
    settings
        Of the scenario and the scheme.
    seed
        Of all draws.
    num_epochs
        How many epochs.
    """

    measure: Measure
    scheme: str
    settings: Mapping[str, Any]
    seed: int
    num_epochs: int

    def asked(self) -> str:
        """Return all that the row depends on, as JSON."""
        parts = {
            "measure": self.measure.__name__,
            "scheme": self.scheme,
            "settings": dict(self.settings),
            "seed": self.seed,
            "num_epochs": self.num_epochs,
        }
        return json.dumps(parts, sort_keys=True)

    def key(self) -> str:
        """Return the sha256 of what was asked."""
        return hashlib.sha256(self.asked().encode()).hexdigest()

    def measured(self) -> Measured:
        """Do the work."""
        return self.measure(self)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A row that was measured.

    Parameters
    ----------
    values
        What was counted: the same again whenever it is measured again.
    times
        What was timed [s].
    """

    values: Mapping[str, int | float | str | None]
    times: Mapping[str, float | None]


Measure = Callable[[Work], Measured]


def simulated(work: Work) -> Measured:
    """Simulate some epochs, and count what became of the requests.

    ``num_unsolved`` are the epochs without a schedule and ``num_unproved`` those without a proof
    of optimality; both are absent for a scheme that solves no problem.
    """
    settings = dict(work.settings)
    began = time.process_time()
    simulation = simulate(
        settings.pop("scenario", SCENARIO),
        [work.scheme],
        arrivals=settings.pop("arrivals", ARRIVALS),
        carry_over=settings.pop("carry_over", False),
        time_limit=settings.pop("time_limit", None),
        num_epochs=work.num_epochs,
        seed=work.seed,
        settings=settings,
    )
    cpu_s = time.process_time() - began
    [row] = simulation.to_dict()["schemes"]
    epochs = simulation.epochs
    status, solving = epochs["status"].dropna(), epochs["runtime_s"].dropna()
    return Measured(
        values={
            "num_epochs": simulation.num_epochs,
            "arrived": row["arrived"],
            "completed": row["completed"],
            "late": row["late"],
            "dropped": row["dropped"],
            "refused": row["refused"],
            RATE: row[RATE],
            "completed_per_epoch": row["completed"] / simulation.num_epochs,
            "num_unsolved": row["num_unsolved"],
            "num_unproved": int((status != "optimal").sum()) if len(status) else None,
        },
        times={
            "cpu_s": cpu_s,
            "solve_mean_s": float(solving.mean()) if len(solving) else None,
            "solve_max_s": float(solving.max()) if len(solving) else None,
        },
    )
