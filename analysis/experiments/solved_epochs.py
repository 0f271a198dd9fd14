"""Measure of the sensitivity experiment: epochs solved one by one, without execution.

Other tests show for every method that measured executions agree with the coefficients. This measure
therefore leaves the replay out.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.experiments.caps import best_caps
from analysis.experiments.measures import Measured, performed
from analysis.experiments.readings import merged
from analysis.plugins.lookup import method
from analysis.runs.plan import plan
from analysis.simulation import execution
from analysis.simulation.outcome import RATE
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.template import Template
from instances.families import drawing
from instances.families.physical import Physical, adjusted_template
from instances.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.experiments.measures import Work
    from heuristics.system_models.scenario import Scenario


class _Solved(NamedTuple):
    """Schedule of an epoch, a flag for proved optimality, and the s' of each edge node."""

    schedule: Schedule
    is_proved: bool
    padding: tuple[int, ...]


def solved_epochs(work: Work) -> Measured:
    """Solve the problems of some epochs independently.

    Parameters
    ----------
    work
        Work whose settings are parameters of the families, and ``edge_nodes``, ``sections``,
        ``options`` and ``is_capped`` as in :class:`analysis.experiments.readings.Reading`.

    Returns
    -------
    Measured
        Numbers of arrived and completed requests, of epochs without a proof, of batches, and of
        batches in which reading the weights, or weights and KV caches, at the bandwidth of the
        boards, takes longer than computing, under any latency model.
    """
    is_capped = bool(work.settings.get("is_capped", False))
    template, options = adjusted(work.settings), _options(work)
    began = time.process_time()
    counts = dict.fromkeys(
        (
            "num_epochs",
            "arrived",
            "completed",
            "num_unproved",
            "num_batches",
            "num_read_longer",
            "num_read_all_longer",
        ),
        0,
    )
    for epoch in range(work.num_epochs):
        scenario = _drawn(template, drawing.epoch_seed(work.seed, epoch))
        solve = _solve_capped if is_capped else _solve
        found = solve(scenario, work.scheme, work.seed, options)
        batches = [
            (edge_node, batch) for edge_node, batch in enumerate(found.schedule.batches) if batch
        ]
        counts["num_epochs"] += 1
        counts["arrived"] += scenario.num_requests
        counts["completed"] += found.schedule.throughput
        counts["num_unproved"] += not found.is_proved
        counts["num_batches"] += len(batches)
        for name, counts_caches in (("num_read_longer", False), ("num_read_all_longer", True)):
            counts[name] += sum(
                _reads_longer(
                    scenario,
                    edge_node,
                    batch,
                    found.padding[edge_node],
                    counts_caches=counts_caches,
                )
                for edge_node, batch in batches
            )
    rate = counts["completed"] / counts["arrived"] if counts["arrived"] else None
    return Measured(values={**counts, RATE: rate}, times={"cpu_s": time.process_time() - began})


def adjusted(settings: Mapping[str, Any]) -> Template:
    """Return the scenario of these settings, from which :func:`solved_epochs` draws.

    Parameters
    ----------
    settings
        Parameters of the families, and ``edge_nodes`` and ``sections`` as in a reading.

    Raises
    ------
    InputError
        If a value breaks a rule, or the scenario has no edge node of that name.
    """
    own = {"edge_nodes": {}, "sections": {}, **settings}
    edge_nodes, sections = own.pop("edge_nodes"), own.pop("sections")
    for name in ("is_capped", "options"):
        own.pop(name, None)
    values = adjusted_template(Physical(**own)).changed(**sections).model_dump()
    names = [each["name"] for each in values["edge_nodes"]]
    for name in edge_nodes:
        if name not in names:
            raise InputError(f"must be one of {', '.join(names)}", field="edge_nodes", found=name)
    values["edge_nodes"] = [
        merged(each, edge_nodes.get(each["name"], {})) for each in values["edge_nodes"]
    ]
    return Template.parse(values)


def _drawn(template: Template, seed: int) -> Scenario:
    """Draw an epoch with the bandwidths of the boards, under either latency model."""
    latency = template.inference.latency
    drawn = drawing.draw(template.changed(inference={"latency": LatencyModel.SERIAL}), seed)
    setting = drawn.setting.model_copy(update={"latency": latency})
    return drawn.model_copy(update={"setting": setting})


def _options(work: Work) -> dict[str, Any]:
    """Return the options of the reading that the method has."""
    known = {option.name for option in method(work.scheme).options}
    given = work.settings.get("options", {})
    return {name: value for name, value in given.items() if name in known}


def _solve(scenario: Scenario, name: str, seed: int, options: Mapping[str, Any]) -> _Solved:
    instance = Instance(name="epoch", coefficients=assemble(scenario))
    task = plan(instance, name, seed=seed, settings=options)
    result = performed(task)
    schedule = result.schedule or Schedule.empty(len(scenario.edge_nodes))
    padding = (scenario.setting.padding_tokens,) * len(scenario.edge_nodes)
    return _Solved(schedule, result.bound == schedule.throughput, padding)


def _solve_capped(scenario: Scenario, name: str, seed: int, options: Mapping[str, Any]) -> _Solved:
    found = best_caps(scenario, name, seed=seed, settings=options)
    padding = tuple(cap.prompt_tokens for cap in found.caps)
    return _Solved(found.schedule, found.bound == found.objective, padding)


def _reads_longer(
    scenario: Scenario,
    edge_node: int,
    batch: tuple[int, ...],
    padding_tokens: int,
    *,
    counts_caches: bool,
) -> bool:
    """Return True if a batch's reading of weights, or of caches too, outlasts its computing."""
    outputs = [scenario.requests.output_tokens[request] for request in batch]
    node = scenario.edge_nodes[edge_node]
    computing, both = (
        execution.stages_s(
            node,
            scenario.setting.model_copy(
                update={"latency": latency, "count_kv_reading": counts_caches}
            ),
            padding_tokens,
            outputs,
            num_gpus=node.num_gpus,
        )[1]
        for latency in (LatencyModel.COMPUTE, LatencyModel.SERIAL)
    )
    return both - computing > computing
