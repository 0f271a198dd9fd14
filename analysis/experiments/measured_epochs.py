"""Measure of the experiment of measured latency: epochs scheduled by one model, timed by another.

A schedule is made by the peaks of the data sheet or by a latency profile. The profile then times
its batches, without the margin. A request is late if its batch takes longer than min(tau', T_C).
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from analysis.experiments.measures import Measured
from analysis.experiments.traced import trace_path
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from analysis.simulation import execution
from analysis.simulation.arrivals import TraceArrivals
from analysis.simulation.outcome import RATE
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from heuristics.system_models.choices import own_setting
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.protocol import latency_budgets
from instances.families import drawing
from instances.families.physical import Deployment, Physical, adjusted_template
from instances.families.trace import TraceReading
from instances.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.experiments.measures import Work
    from heuristics.system_models.scenario import Scenario

TRACE = "trace"
"""Setting with the name of a trace."""

MODEL, PEAKS, PROFILE = "model", "peaks", "profile"
"""Setting with the latency model of the scheduler, and its values."""


def measured_epochs(work: Work) -> Measured:
    """Schedule some epochs, and time their batches by the latency profile.

    Parameters
    ----------
    work
        Work whose settings are parameters of the family ``paper``, with a latency profile as the
        device, and ``model``, the latency model of the scheduler. With ``trace``, the name of a
        trace, and ``first_epoch`` its requests arrive.

    Returns
    -------
    Measured
        Numbers of arrived, scheduled and completed requests, of epochs with a schedule, and of
        epochs with a late request.
    """
    settings = dict(work.settings)
    by_peaks = settings.pop(MODEL) == PEAKS
    began = time.process_time()
    names = ("num_epochs", "arrived", "scheduled", "completed", "num_schedules", "num_late")
    counts = dict.fromkeys(names, 0)
    for truth in _scenarios(settings, work.seed, work.num_epochs):
        planned = _by_peaks(truth) if by_peaks else truth
        schedule = _solved(planned, work.scheme, work.seed)
        completed = num_in_time(truth, planned, schedule)
        counts["num_epochs"] += 1
        counts["arrived"] += truth.num_requests
        counts["scheduled"] += schedule.throughput
        counts["completed"] += completed
        counts["num_schedules"] += schedule.throughput > 0
        counts["num_late"] += completed < schedule.throughput
    rate = counts["completed"] / counts["arrived"] if counts["arrived"] else None
    return Measured(values={**counts, RATE: rate}, times={"cpu_s": time.process_time() - began})


def _scenarios(settings: dict[str, Any], seed: int, num_epochs: int) -> Iterator[Scenario]:
    """Yield the scenario of each epoch, drawn or with the requests of a trace."""
    trace, first_epoch = settings.pop(TRACE, None), settings.pop("first_epoch", 0)
    if trace is None:
        template = adjusted_template(Physical(**settings))
        for epoch in range(num_epochs):
            yield drawing.draw(template, drawing.epoch_seed(seed, epoch))
        return
    arrivals = TraceArrivals.read(
        trace_path(trace),
        adjusted_template(Deployment(**settings)),
        seed,
        parameters=TraceReading.model_validate({"first_epoch": first_epoch}),
        num_epochs=num_epochs,
    )
    for epoch in range(arrivals.num_epochs or 0):
        yield arrivals.scenario(epoch)


def _by_peaks(truth: Scenario) -> Scenario:
    """Return the scenario by the data sheets of the same devices, each run in one way."""
    rows = {each.alternative_of or each.name: each for each in truth.edge_nodes}
    alone = {"alternative_of": None, "longest_output_tokens": None}
    edge_nodes = tuple(
        each.model_copy(update={"name": name, **alone}) for name, each in rows.items()
    )
    changes = {"latency": LatencyModel.COMPUTE, "longest_output_tokens": None}
    setting = truth.setting.model_copy(update=changes)
    return truth.model_copy(update={"edge_nodes": edge_nodes, "setting": setting})


def _solved(scenario: Scenario, method: str, seed: int) -> Schedule:
    task = plan(Instance(name="epoch", coefficients=assemble(scenario)), method, seed=seed)
    return perform(task).result.schedule or Schedule.empty(len(scenario.edge_nodes))


def num_in_time(truth: Scenario, planned: Scenario, schedule: Schedule) -> int:
    """Return the number of scheduled requests whose batch the profile has ready in time.

    Parameters
    ----------
    truth
        Scenario by the latency profile.
    planned
        Scenario that was scheduled; its rows are those of the schedule.
    schedule
        Batch of each row.
    """
    requests, setting = truth.requests, truth.setting
    budgets = latency_budgets(
        requests.arrival_s,
        requests.deadline_s,
        epoch_start_s=setting.epoch_start_s,
        uplink_slot_s=setting.uplink_slot_s,
        compute_slot_s=setting.compute_slot_s,
        downlink_slot_s=setting.downlink_slot_s,
        count_waiting=setting.count_waiting,
    )
    num_completed = 0
    for edge_node, batch in zip(planned.edge_nodes, schedule.batches, strict=True):
        if not batch:
            continue
        own = own_setting(setting, edge_node)
        outputs = [requests.output_tokens[request] for request in batch]
        _, took = execution.stages_s(
            edge_node, own, own.padding_tokens, outputs, num_gpus=edge_node.num_gpus
        )
        num_completed += sum(
            took <= Fraction(int(budgets.capped[request]), budgets.denominator) for request in batch
        )
    return num_completed
