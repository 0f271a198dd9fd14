"""Hindsight: a schedule of all epochs at once that knows all arrivals, and a bound on every scheme.

The requests of a simulation make one problem P1, with a row for each edge node and epoch, as in
the family ``horizon``. A request may wait for a later epoch whether or not the schemes let it.
The decomposition solves this problem twice. The objective is that of a schedule in the rows of
the family, which are never optimistic. The bound is that of relaxed rows, which admit every
schedule of a registered method: a method of one epoch sees only the requests that still wait, so
k6 of its epoch may be larger, and its longest output shorter, than those of a row of the family.

The time of a change between alternatives counts as 0. Static batching, no batching and continuous
batching keep neither the slots nor T_C, so they have no bound.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.plugins.lookup import method
from analysis.runs.bound_run import without_spectrum
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from analysis.simulation.errors import OPTION as ERROR_OPTION
from analysis.simulation.schemes import RIVALS
from heuristics.errors import InputError
from heuristics.result import EndedBy
from heuristics.system_models.assemble import assemble
from heuristics.system_models.choices import choices
from heuristics.system_models.output_levels import with_output_levels
from heuristics.system_models.protocol import PeriodMode
from instances.families import drawing
from instances.families.horizon import horizon_scenario, refuse_rows
from instances.instance import Instance

if TYPE_CHECKING:
    from analysis.simulation.setup import Setup
    from heuristics.coefficients import Coefficients
    from heuristics.result import Result
    from heuristics.system_models.scenario import Scenario
    from heuristics.system_models.template import Template

OPTION = "--hindsight"

TIME_LIMIT_S = 60.0
"""Default time limit of the two solutions together [s]."""

_DTYPES = {"prompt_tokens": np.int64, "output_tokens": np.int64}


@dataclass(frozen=True, kw_only=True)
class Hindsight:
    """Number of requests that a schedule with knowledge of all arrivals serves in time.

    Parameters
    ----------
    objective
        Throughput of the best schedule found; None if the solver failed.
    bound
        Upper bound on the completed requests of a scheme; None if the solver failed.
    """

    objective: int | None
    bound: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class HindsightProblem:
    """The problem of all epochs of a simulation.

    Parameters
    ----------
    rows
        Rows of the family ``horizon``, which are never optimistic.
    relaxed
        Rows that admit every schedule of a registered method.
    """

    rows: Coefficients
    relaxed: Coefficients

    @classmethod
    def of(cls, setup: Setup) -> HindsightProblem:
        """Return the problem of a simulation.

        Parameters
        ----------
        setup
            Checked arguments of the simulation.

        Raises
        ------
        InputError
            If estimates have errors, slots are tuned or outlast a pipelined period, or the problem
            is too large.
        """
        _refuse(setup)
        template = _template(setup)
        try:
            refuse_rows(template, setup.num_epochs)
            epochs = [
                _draws(template, setup.arrivals.scenario(epoch))
                for epoch in range(setup.num_epochs)
            ]
            scenario = horizon_scenario(template, epochs)
            rows = assemble(scenario, compress=True)
        except InputError as error:
            raise error.within(OPTION) from error
        return cls(rows=rows, relaxed=assemble(scenario, compress=True, relax=True))

    def of_p2(self) -> HindsightProblem:
        """Return the problem without spectrum, for a scheme that solves P2."""
        return HindsightProblem(
            rows=without_spectrum(self.rows), relaxed=without_spectrum(self.relaxed)
        )

    def solve(self, *, seed: int, time_limit: float | None) -> Hindsight:
        """Solve both problems by the decomposition.

        Parameters
        ----------
        seed
            Seed of the decomposition.
        time_limit
            Time limit of both solutions together [s]; None for no limit. The first has half of it,
            the second also the time that the first leaves.

        Raises
        ------
        KeyboardInterrupt
            If the solver was interrupted.
        """
        if self.rows.digest() == self.relaxed.digest():
            found = _solved(self.rows, seed, time_limit)
            return Hindsight(objective=found.objective, bound=found.bound)
        half = None if time_limit is None else time_limit / 2
        began = time.monotonic()
        found = _solved(self.rows, seed, half)
        left = None if half is None else half + max(0.0, half - (time.monotonic() - began))
        return Hindsight(objective=found.objective, bound=_solved(self.relaxed, seed, left).bound)


def hindsight_of(
    setup: Setup, problem: HindsightProblem, time_limit: float | None
) -> dict[str, Hindsight | None]:
    """Return what hindsight reaches, by scheme.

    Parameters
    ----------
    setup
        Checked arguments of the simulation.
    problem
        The problem of its epochs.
    time_limit
        Time limit of a problem [s]; None for no limit. Schemes that solve P2 have a problem of
        their own.

    Returns
    -------
    dict
        None for a scheme that keeps neither slots nor T_C.
    """
    by_spectrum: dict[bool, Hindsight] = {}
    found: dict[str, Hindsight | None] = {}
    for name in setup.schemes:
        if name in RIVALS:
            found[name] = None
            continue
        limits_spectrum = method(name).problems[0].limits_spectrum
        if limits_spectrum not in by_spectrum:
            asked = problem if limits_spectrum else problem.of_p2()
            by_spectrum[limits_spectrum] = asked.solve(seed=setup.seed, time_limit=time_limit)
        found[name] = by_spectrum[limits_spectrum]
    return found


def _refuse(setup: Setup) -> None:
    if setup.tune_slots is not None:
        rule = "must be left out where slots are tuned, as its rows have fixed slots"
        raise InputError(rule, source=OPTION, field="tune-slots", found=setup.tune_slots)
    if setup.errors is not None:
        rule = f"must be left out beside {ERROR_OPTION}, as its rows have no errors"
        raise InputError(rule, source=OPTION, found=True)
    epoch = setup.arrivals.template.epoch
    longest = max(epoch.uplink_slot_s, epoch.downlink_slot_s)
    if epoch.period is PeriodMode.PIPELINED and longest > epoch.compute_slot_s:
        rule = f"must be at most T_C, {epoch.compute_slot_s}, where epochs are pipelined"
        raise InputError(rule, source=OPTION, field="uplink and downlink slot", found=longest)


def _template(setup: Setup) -> Template:
    """Return the recipe of the requests, without the time of a change of the alternative."""
    template = setup.arrivals.template
    template = with_output_levels(template, template.workload.output_tokens)
    changes = {"switching_s": 0.0, "storage_bytes_per_s": None}
    inference = template.inference.model_copy(update=changes)
    return template.model_copy(update={"inference": inference})


def _draws(template: Template, scenario: Scenario) -> drawing.Draws:
    """Return the drawn values of an epoch; the alternatives of an edge node share channels."""
    channels, row = [], 0
    for each in template.edge_nodes:
        drawn = scenario.edge_nodes[row]
        columns = drawn.covered, drawn.uplink_gain, drawn.downlink_gain
        kinds = np.bool_, np.float64, np.float64
        channels.append(
            drawing.Channels(
                *(np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True))
            )
        )
        row += len(choices(template.inference, each))
    requests = {
        name: np.array(column, dtype=_DTYPES.get(name, np.float64))
        for name, column in scenario.requests
    }
    return drawing.Draws(requests=requests, channels=tuple(channels))


def _solved(data: Coefficients, seed: int, time_limit: float | None) -> Result:
    instance = Instance(name="hindsight", coefficients=data)
    result = perform(plan(instance, "decomposition", seed=seed, time_limit=time_limit)).result
    if result.ended_by is EndedBy.INTERRUPTED:
        raise KeyboardInterrupt
    return result
