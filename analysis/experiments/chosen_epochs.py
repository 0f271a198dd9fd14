"""Measure of the experiment ``choice``: epochs solved one by one, with requests by alternative."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from analysis.experiments.measures import Measured, performed
from analysis.runs.plan import plan
from analysis.simulation.outcome import RATE
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from instances.families import drawing
from instances.families.physical import Physical, adjusted_template
from instances.instance import Instance

if TYPE_CHECKING:
    from analysis.experiments.measures import Work
    from heuristics.system_models.scenario import EdgeNode, Scenario

BETA_POWER = "beta_power"
"""Setting with the exponent p of beta = (bits/16)^p; without it beta is that of the catalogue."""

MOST, SERVED, BATCHES = 4, "served_", "batches_"
"""Largest number of alternatives, and prefixes of columns with their counts, numbered from 1."""

LAST_SHARE = "last_share"
"""Column with the share of the completed requests that the last alternative serves."""


def chosen_epochs(work: Work) -> Measured:
    """Solve the problems of some epochs, and count requests and batches by alternative.

    Parameters
    ----------
    work
        Work whose settings are parameters of the family ``paper``, with as many alternatives at
        each edge node, and ``beta_power``.

    Returns
    -------
    Measured
        Numbers of arrived and completed requests and of epochs without a proof; completed requests
        and batches of each alternative, over all edge nodes, in the order given.
    """
    settings = dict(work.settings)
    power = settings.pop(BETA_POWER, None)
    template = adjusted_template(Physical(**settings))
    began = time.process_time()
    counts = dict.fromkeys(("num_epochs", "arrived", "completed", "num_unproved"), 0)
    by_alternative: dict[str, int] = {}
    for epoch in range(work.num_epochs):
        scenario = drawing.draw(template, drawing.epoch_seed(work.seed, epoch))
        if power is not None:
            scenario = _with_beta(scenario, power)
        data = assemble(scenario)
        task = plan(Instance(name="epoch", coefficients=data), work.scheme, seed=work.seed)
        result = performed(task)
        schedule = result.schedule or Schedule.empty(data.num_edge_nodes)
        counts["num_epochs"] += 1
        counts["arrived"] += scenario.num_requests
        counts["completed"] += schedule.throughput
        counts["num_unproved"] += result.bound != schedule.throughput
        for rows in data.alternatives:
            for number, row in enumerate(rows, start=1):
                batch = schedule.batches[row]
                for name, count in ((SERVED, len(batch)), (BATCHES, int(bool(batch)))):
                    key = f"{name}{number}"
                    by_alternative[key] = by_alternative.get(key, 0) + count
    arrived, completed = counts["arrived"], counts["completed"]
    last = by_alternative[max(key for key in by_alternative if key.startswith(SERVED))]
    values: dict[str, Any] = {
        **counts,
        RATE: completed / arrived if arrived else None,
        LAST_SHARE: last / completed if completed else None,
        **by_alternative,
    }
    return Measured(values=values, times={"cpu_s": time.process_time() - began})


def _with_beta(scenario: Scenario, power: float) -> Scenario:
    """Return the scenario with beta = (bits/16)^p in every row: alpha of the weights is bits/16."""

    def changed(edge_node: EdgeNode) -> EdgeNode:
        beta = float(edge_node.quantization.alpha_weights) ** power
        quantization = edge_node.quantization.model_copy(update={"beta": beta})
        return edge_node.model_copy(update={"quantization": quantization})

    return scenario.model_copy(update={"edge_nodes": tuple(map(changed, scenario.edge_nodes))})
