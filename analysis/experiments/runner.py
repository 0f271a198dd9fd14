"""Runner: makes the missing rows of experiments and returns their tables."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from analysis.experiments.experiment import TIME
from analysis.runs.provenance import provenance
from analysis.store.columns import PROVENANCE
from analysis.store.store import Store
from instances.traces.announcement import announce, announced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    import pandas as pd

    from analysis.experiments.experiment import Experiment
    from analysis.experiments.measures import Measured, Work

_WRITE_EVERY_S = 0.5


def run(
    experiments: Sequence[Experiment],
    path: str | PathLike[str],
    *,
    is_quick: bool = False,
    num_jobs: int = 1,
) -> dict[str, pd.DataFrame]:
    """Make the missing rows of experiments, and return the table of each.

    Parameters
    ----------
    experiments
        Experiments to run; a row that two of them share is made once.
    path
        Path of the store of rows. Each row is written when it is finished, so that a killed study
        resumes where it stopped.
    is_quick
        True if each is run with its quick effort.
    num_jobs
        Number of processes.

    Returns
    -------
    dict
        Tables by name of the experiment, with a row for each point, line and seed. Columns in
        this order: parameters that vary, ``line``, ``seed``, counts, and times, whose names start
        with ``time_``.
    """
    works: dict[str, Work] = {}
    asked: dict[str, list[tuple[Mapping[str, Any], str]]] = {}
    for experiment in experiments:
        rows = asked[experiment.name] = []
        for row, work in experiment.works(experiment.effort(is_quick=is_quick)):
            key = work.key()
            works[key] = work
            rows.append((row, key))
    with Store.open(path) as store:
        there = store.measurements()
        missing = {key: work for key, work in works.items() if key not in there}
        _make(missing, store, num_jobs)
        there = store.measurements()
    return {name: _table((row, there[key]) for row, key in rows) for name, rows in asked.items()}


def _make(missing: Mapping[str, Work], store: Store, num_jobs: int) -> None:
    if missing and num_jobs == 1:
        _load_kernels()  # Otherwise the first row would be timed with them.
    made = _in_this_process(missing) if num_jobs == 1 else _in_processes(missing, num_jobs)
    pending: list[dict[str, Any]] = []
    last = time.monotonic()
    try:
        for key, measured in tqdm(made, total=len(missing), unit="row", disable=None, leave=False):
            pending.append(_row(key, missing[key], measured))
            if time.monotonic() - last >= _WRITE_EVERY_S:
                store.write_measurements(pending)
                pending.clear()
                last = time.monotonic()
    finally:
        store.write_measurements(pending)


def _in_this_process(works: Mapping[str, Work]) -> Iterator[tuple[str, Measured]]:
    for key, work in works.items():
        yield key, work.measured()


def _in_processes(works: Mapping[str, Work], num_jobs: int) -> Iterator[tuple[str, Measured]]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(num_jobs, context, initializer=_get_ready) as pool:
        futures = {pool.submit(_measured, work): key for key, work in works.items()}
        try:
            for future in as_completed(futures):
                measured, lines = future.result()
                for line in lines:
                    announce(line)
                yield futures[future], measured
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _measured(work: Work) -> tuple[Measured, list[str]]:
    """Return the row of a work, and the summary lines of the traces read for it."""
    lines: list[str] = []
    with announced(lines.append):
        return work.measured(), lines


def _get_ready() -> None:
    """Leave interrupts to the parent process, end with it, and load the solvers' kernels."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _load_kernels()


def _load_kernels() -> None:
    for module in ("heuristics.ready", "formulations.ready"):
        import_module(module)


def _end_with_parent() -> None:
    """End this process when its parent is gone: a killed parent sends no message."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _row(key: str, work: Work, measured: Measured) -> dict[str, Any]:
    return {
        "key": key,
        "asked": work.asked(),
        "measured": json.dumps(dict(measured.values)),
        "times": json.dumps(dict(measured.times)),
        "made_at": datetime.now(UTC).isoformat("T", "seconds"),
        **{name: provenance()[name] for name in PROVENANCE},
    }


def _table(rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [
            {
                **row,
                **json.loads(kept["measured"]),
                **{f"{TIME}{name}": value for name, value in json.loads(kept["times"]).items()},
            }
            for row, kept in rows
        ]
    ).convert_dtypes()
