"""Bounds: of every question of a batch that a heuristic answered and no run proved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from analysis.bounding import NAME, perform
from analysis.child import GRACE_S, run_all
from analysis.task import Task
from instances.certificate_files import certificate_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.child import Ended
    from analysis.store import Store

TIME_LIMIT_S = 10.0
"""Of one bound, unless another is given [s]."""


@dataclass(frozen=True, kw_only=True)
class BoundTally:
    """What the bounds of a batch came to.

    Parameters
    ----------
    num_bounds
        Those that were proved and kept.
    failures
        What went wrong with the others, a line each.
    """

    num_bounds: int = 0
    failures: tuple[str, ...] = ()


def keep_bounds(
    store: Store,
    tasks: Iterable[Task],
    *,
    time_limit: float | None = TIME_LIMIT_S,
    num_jobs: int = 1,
    memory_limit: int | None = None,
    grace_s: float = GRACE_S,
) -> BoundTally:
    """Prove and keep a bound of each question that wants one, once for all methods and seeds.

    Parameters
    ----------
    store
        Where the runs are, and the bounds go; see :meth:`Store.unproved`.
    tasks
        The runs whose questions count.
    time_limit
        Seconds of each bound; None for as long as it takes.
    num_jobs, memory_limit, grace_s
        As of the runs.
    """
    wanted = store.unproved()
    questions = {
        question: Task(
            whole=task.whole,
            edge_node=task.edge_node,
            method=NAME,
            problem=task.problem,
            time_limit=time_limit,
        )
        for task in tasks
        if (question := (task.data.digest(), str(task.problem))) in wanted
    }
    num_bounds, failures = 0, []
    with tqdm(total=len(questions), unit="bound", disable=None, leave=False) as bar:
        for ended in run_all(
            questions.values(),
            num_jobs=num_jobs,
            memory_limit=memory_limit,
            grace_s=grace_s,
            perform=perform,
        ):
            if ended.outcome.result.bound is None:
                failures.append(_failure(ended))
            else:
                store.write_bound(_row(ended))
                num_bounds += 1
            bar.update()
    return BoundTally(num_bounds=num_bounds, failures=tuple(failures))


def _failure(ended: Ended) -> str:
    task, message = ended.outcome.task, ended.outcome.result.message
    told = (message or "it proved nothing").strip().splitlines()[-1]
    return f"no bound for {task.problem} of {task.instance.name}: {told}"


def _row(ended: Ended) -> dict[str, Any]:
    """Return the row of a bound, as the store has it."""
    task, result = ended.outcome.task, ended.outcome.result
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
        "made_at": datetime.fromtimestamp(ended.started_at, UTC).isoformat("T", "seconds"),
        "otgah": metadata.version("otgah"),
    }
