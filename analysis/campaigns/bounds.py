"""Bounds: proved beside the runs of a batch, for each optimum that no run proved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from analysis.engines.engine import GRACE_S
from analysis.engines.wire import to_order, to_outcome
from analysis.runs.bound_run import NAME
from analysis.runs.task import Task
from instances.certificate_files import certificate_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.engines.engine import EndedRun, Engine
    from analysis.runs.outcome import Outcome
    from analysis.store.store import Store

WORK = "analysis.runs.bound_run"
"""Name of the module that proves bounds and judges them."""

TIME_LIMIT_S = 10.0
"""Default time limit of one bound [s]."""


@dataclass(frozen=True, kw_only=True)
class BoundTally:
    """Counts of the bounds of a batch.

    Parameters
    ----------
    num_bounds
        Number of bounds that were proved and stored.
    failures
        Reasons why the other bounds are missing, one line each.
    """

    num_bounds: int = 0
    failures: tuple[str, ...] = ()


def keep_bounds(
    store: Store,
    tasks: Iterable[Task],
    engine: Engine,
    *,
    time_limit: float | None = TIME_LIMIT_S,
    memory_limit: int | None = None,
    grace_s: float = GRACE_S,
) -> BoundTally:
    """Prove and store the missing bounds, one for each instance and problem.

    P3' as maximisation is P1 at one edge node, so one bound of P1 serves both.

    Parameters
    ----------
    store
        Store of the runs and the bounds; see :meth:`Store.unproved`.
    tasks
        Runs whose instances and problems count.
    engine
        Engine that makes the proofs.
    time_limit
        Time limit of each bound [s]; None for no limit.
    memory_limit, grace_s
        Limits as for the runs; see :class:`analysis.engines.engine.WorkOrder`.
    """
    wanted = store.unproved()
    questions = {
        "/".join(question): Task(
            whole=task.whole,
            edge_node=task.edge_node,
            method=NAME,
            problem=task.problem.bounded_as,
            time_limit=time_limit,
        )
        for task in tasks
        if (question := (task.data.digest(), str(task.problem.bounded_as))) in wanted
    }
    num_bounds, failures = 0, []
    with tqdm(total=len(questions), unit="bound", disable=None, leave=False) as bar:
        orders = (
            to_order(task, id=name, memory_limit=memory_limit, grace_s=grace_s, work=WORK)
            for name, task in questions.items()
        )
        for ended in engine.run(orders):
            outcome = to_outcome(questions[ended.id], ended)
            if outcome.result.bound is None:
                failures.append(_failure(outcome))
            else:
                store.write_bound(_row(outcome, ended))
                num_bounds += 1
            bar.update()
    return BoundTally(num_bounds=num_bounds, failures=tuple(failures))


def _failure(outcome: Outcome) -> str:
    task, message = outcome.task, outcome.result.message
    told = (message or "the run proved no bound").strip().splitlines()[-1]
    return f"no bound for {task.problem} of {task.instance.name}: {told}"


def _row(outcome: Outcome, ended: EndedRun) -> dict[str, Any]:
    """Return the row of a bound."""
    task, result = outcome.task, outcome.result
    proof = result.certificate
    return {
        "coefficients": task.data.digest(),
        "problem": task.problem,
        "bound": result.bound,
        "bound_raw": result.bound_raw,
        "objective": result.objective,
        "runtime_s": result.runtime_s,
        "time_limit_s": task.time_limit,
        "certificate": None
        if proof is None
        else json.dumps(certificate_document(proof, task.instance.name)),
        "made_at": ended.started_at,
        "otgah": metadata.version("otgah"),
    }
