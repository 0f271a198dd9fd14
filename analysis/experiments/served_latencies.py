"""Measure of the experiment ``serving``: fates, goodput and latencies of one scheme."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from analysis.experiments.measures import Measured
from analysis.experiments.traced import trace_path
from analysis.simulation.arrivals import POISSON
from analysis.simulation.outcome import RATE
from analysis.simulation.request import Fate
from analysis.simulation.simulate import simulate

if TYPE_CHECKING:
    from analysis.experiments.measures import Work

GOODPUT = "goodput"

_LATENCIES = {"latency": "latency_s", "ttft": "ttft_s", "tpot": "tpot_s"}


def served_latencies(work: Work) -> Measured:
    """Simulate some epochs, and report fates, goodput, and latencies at p50 and p95.

    The settings ``trace`` and ``limits`` name the trace, absent for Poisson arrivals, and the
    limits of the goodput. Latencies are those of received outputs, and absent without any.
    """
    settings: dict[str, Any] = dict(work.settings)
    trace, limits = settings.pop("trace", None), settings.pop("limits")
    began = time.process_time()
    simulation = simulate(
        settings.pop("scenario"),
        [work.scheme],
        carry_over=settings.pop("carry_over", False),
        num_epochs=work.num_epochs,
        seed=work.seed,
        settings=settings,
        goodput=limits,
        arrivals=POISSON if trace is None else trace_path(str(trace)),
    )
    [row] = simulation.to_dict()["schemes"]
    values: dict[str, Any] = {"num_epochs": simulation.num_epochs, "arrived": row["arrived"]}
    values |= {str(fate): row[str(fate)] for fate in Fate}
    values |= {RATE: row[RATE], GOODPUT: row[GOODPUT]}
    for name, key in _LATENCIES.items():
        for statistic in ("p50", "p95"):
            found = row[key]
            values[f"{name}_{statistic}_s"] = None if found is None else found[statistic]
    return Measured(values=values, times={"cpu_s": time.process_time() - began})
