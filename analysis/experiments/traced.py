"""Measure of the experiment ``modern``: epochs of a real, bursty trace."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.experiments.caps import best_caps
from analysis.experiments.measures import Measured
from analysis.simulation.arrivals import TraceArrivals
from analysis.simulation.outcome import RATE
from analysis.simulation.simulate import simulate
from instances.families.physical import Deployment, adjusted_template
from instances.families.trace import TraceReading
from instances.traces.excerpt import EXCERPT

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analysis.experiments.measures import Work

DATA = "OTGAH_DATA"
"""The environment variable that names the folder of outside data."""

AZURE, SYNTHETIC = "Azure LLM inference trace 2023, code", "synthetic excerpt"
_PLACES = {AZURE: "azure_llm_2023/AzureLLMInferenceTrace_code.csv"}

ANYTIME_S = 0.5
"""Time limit of the optimum in an epoch of 2 s [s]."""

BUSY = 0.1
"""Share of the epochs, those with the most arrivals, that count as busy."""

PROMPT_LEVELS = (256, 512, 1024, 2048, 4096)
"""Values of s' if it is chosen for each batch [tokens]."""


def trace_at_hand() -> str:
    """Return the name of the available trace: the real one, else the synthetic excerpt."""
    folder = os.environ.get(DATA)
    return AZURE if folder and (Path(folder) / _PLACES[AZURE]).is_file() else SYNTHETIC


def trace_path(name: str) -> Path:
    """Return the path of a trace that :func:`trace_at_hand` names."""
    return EXCERPT if name == SYNTHETIC else Path(os.environ[DATA]) / _PLACES[name]


@dataclass(frozen=True, kw_only=True)
class _Epochs:
    """Counts of some epochs: requests by fate, proofs and solving times.

    Parameters
    ----------
    arrived, completed
        Number of requests of each epoch.
    num_late
        Number of requests that were served late.
    is_proved
        Flag of each solved epoch: True if its schedule is proved optimal.
    solving_s
        Solving time of each epoch [s].
    """

    arrived: pd.Series[int]
    completed: pd.Series[int]
    num_late: int
    is_proved: pd.Series[bool]
    solving_s: pd.Series[float]


def traced(work: Work) -> Measured:
    """Run epochs of a trace, and count the fates of the requests.

    Parameters
    ----------
    work
        Work whose setting ``trace`` is a name of :func:`trace_at_hand`, so that rows of different
        traces are never mixed. With the setting ``is_capped`` s' is chosen for each batch from
        `PROMPT_LEVELS`; such epochs are solved, but not executed.

    Returns
    -------
    Measured
        Counts over all epochs and over the busy epochs; the longest time, the time that 1 % of
        the epochs exceed, and the number of epochs longer than `ANYTIME_S`.
    """
    settings = dict(work.settings)
    name = str(settings.pop("trace"))
    path = trace_path(name)
    run: Callable[[Work, Path, dict[str, Any]], _Epochs]
    run = _capped if settings.pop("is_capped", False) else _simulated
    began, began_cpu = time.perf_counter(), time.process_time()
    epochs = run(work, path, settings)
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    busy = epochs.arrived.sort_values(ascending=False, kind="stable").index
    busy = busy[: max(1, round(BUSY * len(epochs.arrived)))]
    solving = epochs.solving_s
    is_solved = len(solving) > 0
    return Measured(
        values={
            "num_epochs": len(epochs.arrived),
            **_counted("", epochs),
            "late": epochs.num_late,
            "num_unproved": int((~epochs.is_proved).sum()) if is_solved else None,
            **_counted("busy_", epochs, busy),
        },
        times={
            "cpu_s": cpu_s,
            "wall_s": wall_s,
            "solve_max_s": float(solving.max()) if is_solved else None,
            "solve_99_s": float(solving.quantile(0.99)) if is_solved else None,
            "solve_over_limit": float((solving > ANYTIME_S).sum()) if is_solved else None,
        },
    )


def _counted(prefix: str, epochs: _Epochs, of: Any = slice(None)) -> dict[str, Any]:
    arrived, completed = int(epochs.arrived[of].sum()), int(epochs.completed[of].sum())
    return {
        f"{prefix}arrived": arrived,
        f"{prefix}completed": completed,
        f"{prefix}{RATE}": completed / arrived if arrived else None,
    }


def _simulated(work: Work, path: Path, settings: dict[str, Any]) -> _Epochs:
    import pandas as pd

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
    all_epochs = pd.RangeIndex(simulation.num_epochs)
    requests = simulation.requests
    completed = requests[requests["fate"] == "completed"]
    rows = simulation.epochs
    return _Epochs(
        arrived=requests.groupby("epoch").size().reindex(all_epochs, fill_value=0),
        completed=completed.groupby("epoch").size().reindex(all_epochs, fill_value=0),
        num_late=int((requests["fate"] == "late").sum()),
        is_proved=rows["status"].dropna() == "optimal",
        solving_s=rows["runtime_s"].dropna().astype(float),
    )


def _capped(work: Work, path: Path, settings: dict[str, Any]) -> _Epochs:
    import pandas as pd

    reading = TraceReading.model_validate({"first_epoch": settings.pop("first_epoch", 0)})
    template = adjusted_template(Deployment(**settings))
    arrivals = TraceArrivals.read(
        path, template, work.seed, parameters=reading, num_epochs=work.num_epochs
    )
    num_epochs = arrivals.num_epochs or 0
    arrived, served, proved, solving = [], [], [], []
    for epoch in range(num_epochs):
        scenario = arrivals.scenario(epoch)
        began = time.perf_counter()
        found = best_caps(scenario, work.scheme, prompt_levels=PROMPT_LEVELS, seed=work.seed)
        solving.append(time.perf_counter() - began)
        arrived.append(scenario.num_requests)
        served.append(found.objective)
        proved.append(found.bound == found.objective)
    return _Epochs(
        arrived=pd.Series(arrived, dtype=int),
        completed=pd.Series(served, dtype=int),
        num_late=0,
        is_proved=pd.Series(proved, dtype=bool),
        solving_s=pd.Series(solving, dtype=float),
    )
