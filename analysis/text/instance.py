"""Instance in words: its best schedule, its size, and what blocks its next request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.text.answer import title

if TYPE_CHECKING:
    from analysis.checks.headroom import Headroom
    from analysis.metrics.instance_runs import InstanceRuns
    from instances.instance import Instance


def instance_title(shown: InstanceRuns) -> str:
    """Return the question that the page of an instance answers."""
    return f"What do the schedules of {shown.instance.name} do?"


def instance_answer(shown: InstanceRuns) -> str:
    """Return one sentence on the best schedule of an instance and the best bound."""
    best = shown.best()
    if best is None:
        return f"None of its {len(shown.runs)} runs found a schedule."
    data, _ = shown.problem_of(best)
    served = f"serves {best['objective']} of {data.num_requests} requests"
    where = "" if best["instance"] == shown.instance.name else f" of {best['instance']}"
    told = f"The best schedule{where}, found by {title(str(best['method']))}, {served}"
    if pd.isna(best["best_bound"]):
        return f"{told}; no bound is proved."
    if best["best_bound"] == best["objective"]:
        return f"{told}, which is proved to be optimal."
    return f"{told}; the best proven bound is {best['best_bound']}."


def instance_size(instance: Instance) -> str:
    """Return one sentence on the requests, edge nodes and eligible pairs of an instance."""
    data = instance.coefficients
    ways = f"run in {data.num_edge_nodes} ways " if data.has_alternatives else ""
    return (
        f"{data.num_requests:,} requests and {len(data.alternatives)} edge nodes {ways}"
        f"({', '.join(instance.edge_node_names)}), {data.pairs.num_pairs:,} eligible pairs."
    )


def best_known_sentence(instance: Instance) -> str:
    """Return one sentence on the best known values in an instance file; empty without any."""
    known = instance.best_known
    if known is None:
        return ""
    return (
        f"Its file claims a schedule of {known.objective} requests and the bound {known.bound}, "
        f"by {known.proved_by}."
    )


def blocking_sentence(room: Headroom, names: tuple[str, ...]) -> str:
    """Return one sentence on the constraints that block the next request.

    Parameters
    ----------
    room
        Headroom of a schedule.
    names
        Names of the edge nodes, in the order of the headroom's rows.
    """
    num_waiting = int(room.is_open.any(axis=0).sum())
    if num_waiting == 0:
        return "Every request that is eligible anywhere is served."
    num_fitting = int(room.fits.any(axis=0).sum())
    if num_fitting:
        verb = "fits" if num_fitting == 1 else "fit"
        return (
            f"The schedule can be extended: {num_fitting} of the {num_waiting} eligible requests "
            f"that it leaves out {verb} on an edge node beside the requests served there."
        )
    parts = []
    for edge_node, name in enumerate(names):
        counts = {each: int(pairs[edge_node].sum()) for each, pairs in room.blocked.items()}
        num_open = int(room.is_open[edge_node].sum())
        if num_open:
            most = max(counts, key=lambda each: counts[each])
            parts.append(f"at {name}, {_name(most)} blocks {counts[most]} of {num_open}")
    return (
        f"None of the {num_waiting} eligible requests that are left out fits into the schedule: "
        f"{'; '.join(parts)}."
    )


def _name(constraint: str) -> str:
    return {
        "own deadline": "the request's own deadline",
        "batch deadline": "the most urgent deadline of the batch",
    }.get(constraint, f"the {constraint}")
