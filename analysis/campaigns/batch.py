"""Batch: instance x method x seed, resumable, each run in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.campaigns.bounds import TIME_LIMIT_S, BoundTally, keep_bounds
from analysis.campaigns.campaign import Campaign
from analysis.engines.child import modules_of
from analysis.engines.engine import GRACE_S
from analysis.engines.local import LocalEngine
from analysis.plugins.lookup import method
from analysis.runs import bound_run, limits
from analysis.runs.limits import count
from analysis.runs.plan import plan
from analysis.store.store import Store
from heuristics.errors import InputError
from instances.files import read_instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from analysis.engines.engine import Engine
    from instances.instance import Instance


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of a batch: runs asked for, kept and failed, and bounds proved.

    Parameters
    ----------
    num_runs
        Number of runs asked for.
    num_kept
        Number of runs that were in the store, or that another batch made meanwhile.
    num_failed
        Number of new runs that failed.
    num_bounds
        Number of bounds that were proved after the runs, for optima that no run proved.
    bound_failures
        Reasons why other bounds are missing, one line each. No run fails because of them.
    """

    num_runs: int
    num_kept: int
    num_failed: int
    num_bounds: int = 0
    bound_failures: tuple[str, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        """Return the sums over two batches."""
        return Tally(
            num_runs=self.num_runs + other.num_runs,
            num_kept=self.num_kept + other.num_kept,
            num_failed=self.num_failed + other.num_failed,
            num_bounds=self.num_bounds + other.num_bounds,
            bound_failures=self.bound_failures + other.bound_failures,
        )

    def __str__(self) -> str:
        """Return the counts as a line."""
        num_made = self.num_runs - self.num_kept
        bounds = f", {self.num_bounds} bounds proved" if self.num_bounds else ""
        return (
            f"{self.num_runs} runs: {num_made} new, "
            f"{self.num_kept} already in the store, {self.num_failed} failed{bounds}"
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
    prove_bounds: bool = True,
    bound_time_limit: float | None = TIME_LIMIT_S,
    grace_s: float = GRACE_S,
    isolation: str = "process",
    engine: Engine | None = None,
) -> Tally:
    """Run every method on every instance with every seed, and store each run when it ends.

    Afterwards prove a bound for each P1 and P2 whose optimum no run proved, so that every schedule
    has a gap; see :func:`analysis.campaigns.bounds.keep_bounds`.

    Parameters
    ----------
    paths
        Paths of instance files, and of folders with instance files.
    methods
        Names of the methods.
    out
        Path of the store. Runs in the store are not made again.
    problem, edge_node, time_limit, node_limit
        As in :func:`analysis.runs.plan.plan`.
    seeds
        Seeds of the methods' random choices.
    settings
        Options of the methods. Each goes to the methods that have it; at least one must have it.
    num_jobs
        Number of runs at the same time.
    memory_limit
        Resident memory at which a run is killed, its children included [MB]; the run's share of
        the machine's memory if None.
    retry_failed
        True to repeat failed runs.
    prove_bounds
        True to prove bounds after the runs.
    bound_time_limit
        Time limit of each such bound [s]; None for no limit.
    grace_s
        Time after the time limit at which a run is killed [s].
    isolation
        Isolation of a run; see :class:`analysis.engines.local.LocalEngine`.
    engine
        Engine that makes the runs, with its own ``num_jobs`` and ``isolation``; processes of this
        machine if None.

    Returns
    -------
    Tally

    Raises
    ------
    InputError
        If a file, a method or a setting is invalid, before the first run; or if the store has
        other coefficients under the name of an instance.

    Notes
    -----
    An interrupt ends the runs under way and keeps the finished runs in the store. Several batches
    on one machine may write to one store at the same time: no batch makes a run that another is
    making, and each returns when all runs that it was asked for are in the store.
    """
    if not methods:
        raise InputError("must name at least one method", source="methods", found=list(methods))
    jobs = count(num_jobs, source="jobs") or 1
    limit = count(memory_limit, source="memory limit")
    bound_limit = limits.time_limit(bound_time_limit, source="bound time limit")
    seeds = tuple(seeds)
    own = _settings_by_method(methods, settings or {})
    chosen = engine or LocalEngine(num_jobs=jobs, isolation=isolation)
    _refuse_memory(limit, chosen)
    chosen.prepare([*modules_of(methods), *(bound_run.MODULES if prove_bounds else ())])
    sources, tasks = {}, {}
    for path, instance in _instances(paths):
        sources[instance.name] = path
        for name in methods:
            for seed in seeds:
                task = plan(
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
                tasks[task.identity(memory_limit=limit)] = task
    with Store.open(out) as store:
        campaign = Campaign(
            store, chosen, tasks, sources=sources, memory_limit=limit, grace_s=grace_s
        )
        num_kept = campaign.begin(retry_failed=retry_failed)
        num_failed = campaign.run()
        num_kept += campaign.num_elsewhere
        bounds = BoundTally()
        if prove_bounds:
            bounds = keep_bounds(
                store,
                tasks.values(),
                chosen,
                time_limit=bound_limit,
                memory_limit=limit,
                grace_s=grace_s,
            )
    return Tally(
        num_runs=len(tasks),
        num_kept=num_kept,
        num_failed=num_failed,
        num_bounds=bounds.num_bounds,
        bound_failures=bounds.failures,
    )


def _refuse_memory(limit: int | None, engine: Engine) -> None:
    """Raise InputError for a limit above the share of each run."""
    if limit is not None and engine.share_mb is not None and limit > engine.share_mb:
        rule = f"must be at most {engine.share_mb}, the share of this machine that each of "
        rule += f"{engine.num_jobs} runs at the same time has"
        raise InputError(rule, source="memory limit", found=limit)


def _instances(paths: Iterable[str | PathLike[str]]) -> Iterator[tuple[Path, Instance]]:
    """Yield each instance once; raise InputError for two problems of one name."""
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
    """Return the files, and the JSON files of the folders in order of their names."""
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
