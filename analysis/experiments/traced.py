"""The measure of the modern page: a simulation on requests that were really made, in bursts."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.experiments.measures import Measured
from analysis.simulation.outcome import RATE
from analysis.simulation.simulate import simulate
from instances.trace_excerpt import EXCERPT

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.measures import Work

DATA = "OTGAH_DATA"
"""The environment variable that names the folder of outside data."""

AZURE, SYNTHETIC = "Azure LLM inference trace 2023, code", "synthetic excerpt"
_PLACES = {AZURE: "azure_llm_2023/AzureLLMInferenceTrace_code.csv"}

ANYTIME_S = 0.5
"""The part of an epoch of 2 s that is given to the optimum."""

BUSY = 0.1
"""The share of the epochs, those with the most arrivals, that counts as busy."""


def trace_at_hand() -> str:
    """Return the name of the trace that is there: the real one, else the synthetic excerpt."""
    folder = os.environ.get(DATA)
    return AZURE if folder and (Path(folder) / _PLACES[AZURE]).is_file() else SYNTHETIC


def traced(work: Work) -> Measured:
    """Simulate epochs of a trace, and count what became of the requests.

    Parameters
    ----------
    work
        Among its settings ``trace`` is a name of :func:`trace_at_hand`, so that rows of one
        trace are never taken for those of another.

    Returns
    -------
    Measured
        All requests and those of the busy epochs; of the times the longest, the one that 1 % of
        the epochs exceed, and how many epochs took longer than `ANYTIME_S`.
    """
    settings = dict(work.settings)
    name = str(settings.pop("trace"))
    path = EXCERPT if name == SYNTHETIC else Path(os.environ[DATA]) / _PLACES[name]
    began = time.process_time()
    simulation = simulate(
        settings.pop("scenario"),
        [work.scheme],
        arrivals=path,
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
            **{name: row[name] for name in ("arrived", "completed", "late", "dropped", "refused")},
            RATE: row[RATE],
            "num_unproved": int((status != "optimal").sum()) if len(status) else None,
            **_busy(simulation.requests, simulation.num_epochs),
        },
        times={
            "cpu_s": cpu_s,
            "solve_max_s": float(solving.max()) if len(solving) else None,
            "solve_99_s": float(solving.quantile(0.99)) if len(solving) else None,
            "solve_over_limit": float((solving > ANYTIME_S).sum()) if len(solving) else None,
        },
    )


def _busy(requests: pd.DataFrame, num_epochs: int) -> dict[str, Any]:
    """Count the requests that arrived for the busy epochs, the first of those with as many."""
    arrived = requests.groupby("epoch").size().sort_index()
    most = arrived.sort_values(ascending=False, kind="stable").index[
        : max(1, round(BUSY * num_epochs))
    ]
    there = requests[requests["epoch"].isin(most)]
    completed = int((there["fate"] == "completed").sum())
    return {
        "busy_arrived": len(there),
        "busy_completed": completed,
        "busy_rate": completed / len(there) if len(there) else None,
    }
