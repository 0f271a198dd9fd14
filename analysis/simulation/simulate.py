"""Simulate many epochs, with all schemes on the same requests."""

from __future__ import annotations

import itertools
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from analysis.runs.limits import time_limit as checked_limit
from analysis.simulation.arrivals import POISSON
from analysis.simulation.goodput import Limits
from analysis.simulation.hindsight import TIME_LIMIT_S, HindsightProblem, hindsight_of
from analysis.simulation.outcome import Simulation
from analysis.simulation.rows import BATCH_COLUMNS, REQUEST_COLUMNS, frame
from analysis.simulation.setup import Setup
from analysis.simulation.usage import USAGE_COLUMNS
from analysis.store.columns import EPOCH_COLUMNS
from analysis.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from os import PathLike

    from analysis.simulation.run import Run
    from heuristics.system_models.template import Template

_WRITE_EVERY_S = 0.5


def simulate(
    scenario: str | PathLike[str] | Template,
    schemes: Sequence[str] = ("ot-gah",),
    *,
    arrivals: str | PathLike[str] = POISSON,
    num_epochs: int | None = None,
    seed: int = 0,
    settings: Mapping[str, object] | None = None,
    carry_over: bool = False,
    time_limit: float | None = None,
    tune_slots: int | None = None,
    goodput: str | None = None,
    error: str | None = None,
    quantile: float | str | None = None,
    hindsight: bool = False,
    hindsight_time_limit: float | None = TIME_LIMIT_S,
    out: str | PathLike[str] | None = None,
) -> Simulation:
    """Run many epochs of the protocol of Fig. 3 and measure the fate of every request.

    In each epoch the controller gathers the requests of the previous period, a scheme decides which
    requests each edge node batches, and the decision is executed and measured. All schemes serve
    the same requests with the same channels.

    Parameters
    ----------
    scenario
        A scenario of the catalogue, the path of a TOML file made like one, or a template.
    schemes
        Registered methods, which batch dynamically, ``static-batching``, ``no-batching`` and
        ``continuous-batching``.
    arrivals
        ``poisson`` for the scenario's rate, or the path of a trace.
    num_epochs
        Number of epochs with arrivals; None for all of a trace.
    seed
        Seed of every random draw: requests, channels, and random choices of the methods.
    settings
        Parameters of the scenario, as the families take them, options of the methods, and the
        readings of the rivals, ``upload`` and ``admission``, of
        :mod:`analysis.simulation.readings`.
    carry_over
        True if requests that were not scheduled wait for later epochs until their deadline has
        passed; otherwise they are refused. No batching always lets them wait.
    time_limit
        Time limit of each epoch [s]; None for no limit.
    tune_slots
        Number of epochs after which T_U, T_C and T_D are chosen anew, from the requests of these
        epochs, as :mod:`analysis.simulation.slots` says; None for the slots of the scenario. No
        batching keeps its slots.
    goodput
        Limits of the goodput such as ``e2e:2s,ttft:500ms,tpot:50ms``, any subset, as
        :class:`analysis.simulation.goodput.Limits` has them; None for no goodput.
    error
        Errors of the estimates that the schemes decide on, such as
        ``output=lognormal:0.3,gain=db:3,latency=normal:0.1``, any subset, as
        :mod:`analysis.simulation.errors` has them; None if the estimates are the truth.
    quantile
        Quantile of each error that the schemes plan with, between 0 and 1; None for the estimates.
    hindsight
        True to solve the problem of all epochs at once, see :mod:`analysis.simulation.hindsight`.
    hindsight_time_limit
        Time limit of this problem [s]; None for no limit.
    out
        Path of the store that keeps the epochs. An epoch that is already stored is not decided
        again; it is executed again and must give the same numbers.

    Returns
    -------
    Simulation
        Tables of epochs, requests, batches and edge nodes, a summary, and serving metrics.

    Raises
    ------
    InputError
        If a name, a setting or a file is bad; raised before the first epoch.

    Notes
    -----
    After an interrupt the store holds the finished epochs. In the table of requests, each request
    of the given epochs has exactly one fate: completed, late, dropped or refused.

    Examples
    --------
    >>> names = ["ot-gah", "static-batching"]
    >>> two = simulate("section-v", names, num_epochs=3, settings={"count_waiting": False})
    >>> two.summary()[["scheme", "arrived", "completed"]].values.tolist()
    [['ot-gah', 309, 35], ['static-batching', 309, 21]]
    """
    limits = None if goodput is None else Limits.parse(goodput)
    setup = Setup.of(
        scenario,
        arrivals=arrivals,
        schemes=schemes,
        num_epochs=num_epochs,
        seed=seed,
        settings=settings or {},
        carry_over=carry_over,
        time_limit=time_limit,
        tune_slots=tune_slots,
        error=error,
        quantile=quantile,
    )
    seconds = checked_limit(hindsight_time_limit, source="--hindsight-time-limit")
    problem = HindsightProblem.of(setup) if hindsight else None
    if out is None:
        outcome = _outcome(setup, go_through(setup, setup.runs(None), None), limits)
    else:
        with Store.open(out) as store:
            outcome = _outcome(setup, go_through(setup, setup.runs(store), store), limits)
    if problem is None:
        return outcome
    return replace(outcome, hindsight=hindsight_of(setup, problem, seconds))


def go_through(setup: Setup, runs: tuple[Run, ...], store: Store | None) -> tuple[Run, ...]:
    """Run every scheme through the epochs, and through later ones until its requests have ended."""
    total = len(runs) * setup.num_epochs
    with _written(store) as keep, tqdm(total=total, unit="epoch", disable=None, leave=False) as bar:
        for epoch in itertools.count():
            is_asked = epoch < setup.num_epochs
            going = [run for run in runs if is_asked or run.is_open(setup.num_epochs)]
            if not going:
                break
            scenario = setup.arrivals.scenario(epoch)
            for run in going:
                keep(run.step(scenario, epoch))
                bar.update(is_asked)
        for run in runs:
            keep(run.finish())
    return runs


@contextmanager
def _written(store: Store | None) -> Iterator[Any]:
    """Yield a function that keeps rows; they are written at intervals and at the end."""
    pending: list[dict[str, Any]] = []
    last = time.monotonic()

    def keep(rows: list[dict[str, Any]]) -> None:
        nonlocal last
        pending.extend(rows)
        if time.monotonic() - last >= _WRITE_EVERY_S:
            write()
            last = time.monotonic()

    def write() -> None:
        if store is not None and pending:
            store.write_epochs(pending)
        pending.clear()

    try:
        yield keep
    finally:
        write()


def _outcome(setup: Setup, runs: tuple[Run, ...], limits: Limits | None) -> Simulation:
    requests = (
        row
        for run in runs
        for row in sorted(run.requests, key=lambda row: row[1:3])
        if row[1] < setup.num_epochs
    )
    epochs = ([row[name] for name in EPOCH_COLUMNS] for run in runs for row in run.epochs)
    return Simulation(
        schemes=setup.schemes,
        num_epochs=setup.num_epochs,
        epochs=frame(epochs, EPOCH_COLUMNS),
        requests=frame(requests, REQUEST_COLUMNS),
        batches=frame((row for run in runs for row in run.batches), BATCH_COLUMNS),
        edge_nodes=frame((row for run in runs for row in run.usage), USAGE_COLUMNS),
        arrivals_s=setup.num_epochs * setup.arrivals.template.epoch.period_s,
        limits=limits,
    )
