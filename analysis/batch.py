"""The batch: instance x method x seed, resumable, each run in a process of its own."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from analysis import bounding
from analysis import settings as typed
from analysis.bounds import TIME_LIMIT_S, BoundTally, keep_bounds
from analysis.child import GRACE_S, run_all, start_server
from analysis.methods import method
from analysis.running import plan
from analysis.settings import count
from analysis.store import Store
from analysis.task import violation_to_dict
from heuristics.errors import InputError
from instances.files import read_instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from analysis.child import Ended
    from analysis.task import Task
    from instances.instance import Instance

DISTRIBUTIONS = ("otgah", "numpy", "numba", "highspy", "pyomo", "pulp")
"""The distributions whose versions stand in each row."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a batch came to.

    Parameters
    ----------
    num_runs
        All runs asked for.
    num_kept
        Those that the store held already.
    num_failed
        Those of the others that failed.
    num_bounds
        Bounds that were proved after the runs, where no run proved the optimum.
    bound_failures
        What went wrong with other bounds, a line each. They make no run a failed one.
    """

    num_runs: int
    num_kept: int
    num_failed: int
    num_bounds: int = 0
    bound_failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the numbers in a sentence."""
        num_made = self.num_runs - self.num_kept
        bounds = f", and {self.num_bounds} bounds proved beside them" if self.num_bounds else ""
        return (
            f"{self.num_runs} runs: {num_made} made, {self.num_failed} of them failed, "
            f"{self.num_kept} were there{bounds}"
        )


def batch(
    paths: Sequence[str | PathLike[str]],
    methods: Sequence[str],
    out: str | PathLike[str],
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    seeds: Iterable[int] = (0,),
    settings: Mapping[str, object] | None = None,
    num_jobs: int = 1,
    time_limit: float | None = None,
    node_limit: int | None = None,
    memory_limit: int | None = None,
    retry_failed: bool = False,
    is_bounded: bool = True,
    bound_time_limit: float | None = TIME_LIMIT_S,
    grace_s: float = GRACE_S,
) -> Tally:
    """Run every method on every instance with every seed, and keep each run as it ends.

    Then prove a bound of each P1 and P2 whose optimum no run proved, so that every schedule has
    a gap; see :func:`analysis.bounds.keep_bounds`.

    Parameters
    ----------
    paths
        Instance files, and folders that are searched for them.
    methods
        Names of methods.
    out
        The store; runs that it holds already are not made again.
    problem, edge_node, time_limit, node_limit
        As in :func:`analysis.running.plan`.
    seeds
        Of the methods' random choices.
    settings
        Options; each goes to the methods that have it, and one must.
    num_jobs
        How many runs go on at the same time.
    memory_limit
        Resident memory at which a run is killed [MB].
    retry_failed
        Make the runs again that failed before.
    is_bounded
        Whether bounds are proved after the runs.
    bound_time_limit
        Of each such bound [s]; None for as long as it takes.
    grace_s
        Time after its time limit at which a run is killed [s].

    Returns
    -------
    Tally

    Raises
    ------
    InputError
        If a file, a method or a setting is bad, before the first run; or if the store holds
        other coefficients under the name of an instance.

    Notes
    -----
    An interrupt ends the runs under way and leaves the finished ones in the store.
    """
    if not methods:
        raise InputError("must name at least one method", source="methods", found=list(methods))
    jobs = count(num_jobs, source="jobs") or 1
    limit = count(memory_limit, source="memory limit")
    bound_limit = typed.time_limit(bound_time_limit, source="bound time limit")
    seeds = tuple(seeds)
    own = _settings_by_method(methods, settings or {})
    start_server(methods, bounding.MODULES if is_bounded else ())
    tasks = {
        task.identity(memory_limit=limit): task
        for path, instance in _instances(paths)
        for name in methods
        for seed in seeds
        for task in [
            plan(
                instance,
                name,
                problem=problem,
                edge_node=edge_node,
                seed=seed,
                time_limit=time_limit,
                node_limit=node_limit,
                settings=own[name],
                source=path,
            )
        ]
    }
    with Store.open(out) as store:
        for task in tasks.values():
            store.refuse_other_coefficients(task.instance.name, task.data.digest())
        done = store.keys(without_failed=retry_failed)
        missing = {key: task for key, task in tasks.items() if key not in done}
        num_failed = 0
        bar = tqdm(total=len(missing), unit="run", disable=None, leave=False)
        with bar:
            runs = run_all(missing.values(), num_jobs=jobs, memory_limit=limit, grace_s=grace_s)
            for ended in runs:
                store.write(*_rows(ended, memory_limit=limit, num_jobs=jobs))
                num_failed += ended.outcome.failed
                bar.update()
        bounds = BoundTally()
        if is_bounded:
            bounds = keep_bounds(
                store,
                tasks.values(),
                time_limit=bound_limit,
                num_jobs=jobs,
                memory_limit=limit,
                grace_s=grace_s,
            )
    return Tally(
        num_runs=len(tasks),
        num_kept=len(tasks) - len(missing),
        num_failed=num_failed,
        num_bounds=bounds.num_bounds,
        bound_failures=bounds.failures,
    )


def _instances(paths: Iterable[str | PathLike[str]]) -> Iterator[tuple[Path, Instance]]:
    """Read every file, each once; refuse two problems of one name."""
    digests: dict[str, tuple[str, Path]] = {}
    for path in _files(paths):
        instance = read_instance(path)
        digest = instance.coefficients.digest()
        first_digest, first = digests.setdefault(instance.name, (digest, path))
        if digest != first_digest:
            raise InputError(
                f"must have the coefficients that {first} has under the same name",
                source=path,
                field="coefficients",
                found=instance.name,
            )
        yield path, instance


def _files(paths: Iterable[str | PathLike[str]]) -> list[Path]:
    """Return the named files, and the JSON files of the named folders by name."""
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(
                each
                for pattern in ("*.json", "*.json.gz")
                for each in path.rglob(pattern)
                if not any(part.startswith(".") for part in each.relative_to(path).parts)
            )
            if not inside:
                raise InputError("must hold instance files (.json or .json.gz)", source=path)
            found.update(dict.fromkeys(inside))
        else:
            found[path] = None
    return list(found)


def _settings_by_method(
    methods: Iterable[str], settings: Mapping[str, object]
) -> dict[str, dict[str, object]]:
    own: dict[str, dict[str, object]] = {}
    for name in methods:
        options = {option.name for option in method(name).options}
        own[name] = {key: value for key, value in settings.items() if key in options}
    for key in settings:
        if not any(key in each for each in own.values()):
            raise InputError(
                f"must be an option of one of {', '.join(own)}", source="--set", found=key
            )
    return own


def _rows(
    ended: Ended, *, memory_limit: int | None, num_jobs: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the rows of the instance and of the run, as the store has them."""
    outcome = ended.outcome
    task, result = outcome.task, outcome.result
    run = {
        "key": task.identity(memory_limit=memory_limit),
        "instance": task.instance.name,
        "method": task.method,
        "problem": result.problem,
        "cardinality": task.cardinality,
        "options": json.dumps(dict(task.options)),
        "seed": task.seed,
        "time_limit_s": task.time_limit,
        "node_limit": task.node_limit,
        "memory_limit_mb": memory_limit,
        "wall_s": ended.wall_s,
        "assignment": None if outcome.assignment is None else json.dumps(outcome.assignment),
        "violations": json.dumps([violation_to_dict(each) for each in outcome.violations]),
        "trajectory": json.dumps(result.trajectory) if result.trajectory else None,
        "started_at": datetime.fromtimestamp(ended.started_at, UTC).isoformat("T", "seconds"),
        "num_jobs": num_jobs,
    }
    told = (
        "status ended_by objective bound bound_raw runtime_s build_s num_nodes node_kind "
        "simplex_iterations proved_by proof solver claimed_objective message"
    )
    run |= {name: getattr(result, name) for name in told.split()}
    return _instance_row(task), run | provenance()


def _instance_row(task: Task) -> dict[str, Any]:
    instance, best_known = task.instance, task.instance.best_known
    notes = instance.parameters.get("notes")
    return {
        "instance": instance.name,
        "coefficients": task.data.digest(),
        "family": instance.family,
        "instance_seed": instance.seed,
        "num_requests": task.data.num_requests,
        "num_edge_nodes": task.data.num_edge_nodes,
        "num_eligible": int(task.data.eligible.sum()),
        "known_objective": None if best_known is None else best_known.objective,
        "known_bound": None if best_known is None else best_known.bound,
        "known_by": None if best_known is None else best_known.proved_by,
        "notes": None if notes is None else json.dumps(notes),
    }


@cache
def provenance() -> dict[str, Any]:
    """Return the versions and the machine that a run was made with."""
    versions = {name: metadata.version(name) for name in DISTRIBUTIONS}
    return {
        **versions,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "num_cpus": os.cpu_count(),
    }
