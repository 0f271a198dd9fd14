"""Conform: a small campaign that tests if a method keeps the promises of every method."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.conformance.cases import (
    EMPTY,
    HAND,
    MIXED,
    NOBODY,
    WITHIN_LICENCES,
    Case,
    cases,
    large,
    optimum,
)
from analysis.conformance.work import CHANGED
from analysis.engines.child import run_all, start_server
from analysis.plugins.lookup import method
from analysis.runs.plan import plan
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import Status
from instances.files import read_instance, write_instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from analysis.engines.child import TimedOutcome
    from analysis.methods.method import Method
    from analysis.plugins.plugin import Plugin
    from analysis.runs.outcome import Outcome
    from analysis.runs.task import Task
    from heuristics.schedule import Schedule
    from instances.instance import Instance

    Known = dict[int, int]
    Tasks = Callable[..., Iterator[Task]]

TIME_LIMIT_S, GRACE_S, MEMORY_LIMIT_MB = 10.0, 10.0, 4000
"""Limits of each run. The campaign takes some seconds for a method that passes all checks."""

SHORT_LIMIT_S, OVERRUN_S = 1.0, 2.0
"""Time limit of the runs that test it, and tolerance for exceeding it."""

SEED = 3
"""Seed of every run of the campaign."""

_NO_OPTION = "no-such-option"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One promise, kept or not.

    Parameters
    ----------
    subject
        Name of the method or the family.
    promise
        Promise that was tested.
    trouble
        Failure in one line; None if the promise is kept.
    """

    subject: str
    promise: str
    trouble: str | None = None

    @property
    def passed(self) -> bool:
        """True if the promise is kept."""
        return self.trouble is None

    def __str__(self) -> str:
        """Return the check as a line."""
        head = f"{'ok  ' if self.passed else 'FAIL'}  {self.subject}: {self.promise}"
        return head if self.passed else f"{head}: {self.trouble}"


def conform(
    names: Iterable[str] = (),
    *,
    plugins: Iterable[Plugin] = (),
    settings: Mapping[str, object] | None = None,
) -> Iterator[Check]:
    """Yield a check for each promise of each method, and of the families of plug-ins.

    Each run is made in a process of its own, with limits. LLMs and devices are not run.

    Parameters
    ----------
    names
        Names of methods; all methods of the plug-ins if empty.
    plugins
        Plug-ins in use. Their families are tested if no method is named.
    settings
        Options of the methods that differ from their defaults.

    Raises
    ------
    InputError
        If a method does not exist or lacks an option, or neither a method nor a plug-in is given.
    """
    settings = dict(settings or {})
    names, plugins = tuple(names), tuple(plugins)
    chosen = names or tuple(name for each in plugins for name in each.entry.methods)
    families = (
        () if names else tuple((each, name) for each in plugins for name in each.entry.families)
    )
    if not (chosen or plugins):
        raise InputError("must be named, or come with a plug-in", field="method", found="none")
    for used in plugins:  # an invalid plug-in was refused when it was read
        yield Check(subject=used.name, promise="its metadata keeps the rules")
    found = [method(name) for name in chosen]
    for each in found:
        each.parse(settings)
    start_server([each.name for each in found])
    for each in found:
        yield from of_method(each, settings)
    for plugin, name in families:
        yield of_family(plugin, name)


def of_method(chosen: Method, settings: Mapping[str, object] | None = None) -> Iterator[Check]:
    """Yield a check for each promise of a method, with these settings of its options."""
    settings = dict(settings or {})
    given = ", ".join(f"{name}={value}" for name, value in settings.items())
    check = partial(Check, subject=f"{chosen.name}, {given}" if given else chosen.name)
    tasks: Tasks = partial(_tasks, chosen, settings=settings)
    asked = [
        (each, task)
        for each in cases(with_alternatives=chosen.takes_alternatives)
        for task in tasks(each.instance, seed=SEED)
    ]
    (first,) = _run([asked[0][1]])
    yield check(promise="it runs", trouble=_failure(first))
    if _failure(first) is not None:
        return
    ended = _run([task for _, task in asked])
    known = {id(task): _known(case, task) for case, task in asked}
    for topic in dict.fromkeys(case.topic for case, _ in asked):
        here = [each for (case, _), each in zip(asked, ended, strict=True) if case.topic == topic]
        look = _nothing_served if topic in (EMPTY, NOBODY) else _answered
        yield check(promise=topic, trouble=_first(here, look, known))
    yield check(promise="schedules are feasible", trouble=_first(ended, _infeasible, known))
    yield check(promise="claims are true", trouble=_first(ended, _false_claim, known))
    yield check(promise="bounds are valid", trouble=_first(ended, _false_bound, known))
    yield check(promise="the input is not changed", trouble=_first(ended, _changed, known))
    yield check(promise="the seed decides", trouble=_not_repeated(asked, ended))
    yield check(promise="the time limit is kept", trouble=_overrun(tasks, settings))
    if chosen.takes_node_limit:
        yield check(promise="the node limit is kept", trouble=_beyond_nodes(tasks))
    if chosen.takes_warm_start:
        yield check(promise="a warm start is not lost", trouble=_lost_start(asked, ended, known))
    yield check(promise="its options are taken", trouble=_refused_option(chosen, settings))
    yield check(promise="other options are refused", trouble=_taken_option(chosen))


def of_family(plugin: Plugin, name: str) -> Check:
    """Check that equal seeds of a family give equal instances, and that these can be read."""
    check = partial(Check, subject=name, promise="a seed draws the same instances")
    try:
        chosen = plugin.family(name)
        with tempfile.TemporaryDirectory() as folder:
            for seed in (0, 1):
                texts = [_written(chosen.generate({}, seed), Path(folder)) for _ in range(2)]
                if texts[0] != texts[1]:
                    return check(trouble=f"seed {seed} drew different instances the second time")
    except Exception as error:
        return check(trouble=f"{type(error).__name__}: {error}")
    return check()


def _written(instances: Iterable[Instance], folder: Path) -> list[bytes]:
    """Return the content of each instance's file, which must be readable."""
    texts = []
    for number, instance in enumerate(instances):
        path = folder / f"{number}.json"
        write_instance(instance, path)
        read_instance(path)
        texts.append(path.read_bytes())
    return texts


def _tasks(
    chosen: Method, instance: Instance, *, time_limit: float = TIME_LIMIT_S, **options: object
) -> Iterator[Task]:
    """Yield a task for each maximisation that the method solves, of one edge node if necessary."""
    maximised: list[Problem] = [
        each for each in chosen.problems if each in (Problem.P1, Problem.P2)
    ]
    for problem in maximised or [Problem.P3PRIME]:
        is_alone = chosen.single_node or problem.is_single_node
        yield plan(
            instance,
            chosen.name,
            problem=problem,
            edge_node=0 if is_alone and len(instance.coefficients.alternatives) > 1 else None,
            time_limit=time_limit,
            **options,  # type: ignore[arg-type]  # the options of plan
        )


def _run(
    tasks: list[Task], *, grace_s: float = GRACE_S, warm_start: Schedule | None = None
) -> list[TimedOutcome]:
    """Run tasks in processes of their own; return their outcomes in the order of the tasks."""
    ended = run_all(
        tasks,
        grace_s=grace_s,
        memory_limit=MEMORY_LIMIT_MB,
        warm_start=warm_start,
        work="analysis.conformance.work",
    )
    by_task = {id(each.outcome.task): each for each in ended}
    return [by_task[id(task)] for task in tasks]


def _known(case: Case, task: Task) -> int:
    """Return the optimum of a task, that worked out by hand if the task is P1 of the whole case."""
    if case.optimum is not None and task.edge_node is None and task.problem is Problem.P1:
        return case.optimum
    return optimum(task)


def _first(
    ended: Iterable[TimedOutcome], look: Callable[[Outcome, int], str | None], known: Known
) -> str | None:
    """Return the first failure that ``look`` finds in the outcomes, with its instance."""
    for each in ended:
        task = each.outcome.task
        trouble = look(each.outcome, known[id(task)])
        if trouble is not None:
            return f"{task.instance.name}, {task.problem}: {trouble}"
    return None


def _failure(ended: TimedOutcome) -> str | None:
    result = ended.outcome.result
    if result.status is not Status.NONE:
        return None
    told = (result.message or "no schedule").strip().splitlines()[-1]
    return f"status none, ended by {result.ended_by}: {told}"


def _answered(outcome: Outcome, best: int) -> str | None:
    result = outcome.result
    if result.objective is None:
        told = (result.message or "").strip().splitlines()
        return f"no schedule, ended by {result.ended_by}{': ' + told[-1] if told else ''}"
    if method(outcome.task.method).is_exact and result.objective != best:
        return f"an exact method found {result.objective} requests, but the optimum is {best}"
    return None


def _nothing_served(outcome: Outcome, best: int) -> str | None:
    result = outcome.result
    told = (result.status, result.objective, result.bound)
    if told == (Status.OPTIMAL, 0, 0):
        return None
    return f"must be optimal with 0 requests and bound 0, found {result.status}, {told[1:]}"


def _infeasible(outcome: Outcome, best: int) -> str | None:
    return str(outcome.violations[0]) if outcome.violations else None


def _false_claim(outcome: Outcome, best: int) -> str | None:
    result = outcome.result
    if result.claimed_objective is not None and not outcome.violations:
        return result.message
    if result.status is Status.OPTIMAL and result.objective != best:
        return f"calls {result.objective} requests optimal, but the optimum is {best}"
    return None


def _false_bound(outcome: Outcome, best: int) -> str | None:
    bound = outcome.result.bound
    return None if bound is None or bound >= best else f"bound {bound}, but {best} is feasible"


def _changed(outcome: Outcome, best: int) -> str | None:
    message = outcome.result.message or ""
    return message.strip().splitlines()[-1] if CHANGED in message else None


def _not_repeated(asked: list[tuple[Case, Task]], ended: list[TimedOutcome]) -> str | None:
    chosen = [place for place, (each, _) in enumerate(asked) if each.topic in (HAND, MIXED)]
    again = _run([asked[place][1] for place in chosen])
    for place, second in zip(chosen, again, strict=True):
        results = [each.outcome.result for each in (ended[place], second)]
        told = [(each.schedule, each.bound, each.num_nodes) for each in results]
        if told[0] != told[1]:
            name = second.outcome.task.instance.name
            objectives = " and ".join(str(each.objective) for each in results)
            return f"{name}: seed {SEED} gave two answers, of {objectives} requests"
    return None


def _overrun(tasks: Tasks, settings: Mapping[str, object]) -> str | None:
    # A model of fewer requests stays within the licence of a solver.
    instance = large(WITHIN_LICENCES) if settings else large()
    for each in _run(list(tasks(instance, time_limit=SHORT_LIMIT_S, seed=SEED))):
        runtime_s = each.outcome.result.runtime_s
        if each.wall_s >= SHORT_LIMIT_S + GRACE_S:
            return f"killed {GRACE_S:g} s after a limit of {SHORT_LIMIT_S:g} s"
        if runtime_s is not None and runtime_s > SHORT_LIMIT_S + OVERRUN_S:
            return f"{runtime_s:.1f} s of solving with a limit of {SHORT_LIMIT_S:g} s"
        if each.outcome.failed:
            return _failure(each)
    return None


def _beyond_nodes(tasks: Tasks) -> str | None:
    for case in cases():
        if case.topic == MIXED:
            for each in _run(list(tasks(case.instance, node_limit=1))):
                if each.outcome.failed:
                    return f"{case.instance.name}: {_failure(each)}"
    return None


def _lost_start(
    asked: list[tuple[Case, Task]], ended: list[TimedOutcome], known: Known
) -> str | None:
    for (case, task), before in zip(asked, ended, strict=True):
        schedule = before.outcome.result.schedule
        if case.topic == MIXED and schedule is not None:
            (after,) = _run([task], warm_start=schedule)
            objective = after.outcome.result.objective
            if objective is None or objective < schedule.throughput:
                start = schedule.throughput
                return f"{case.instance.name}: warm start of {start} requests, result {objective}"
    return None


def _refused_option(chosen: Method, settings: Mapping[str, object]) -> str | None:
    instance = next(cases()).instance
    for option in chosen.options:
        for value in option.usable:
            changed = {**settings, option.name: value}
            for each in _run(list(_tasks(chosen, instance, settings=changed))):
                if each.outcome.failed:
                    return f"{option.name}={value}: {_failure(each)}"
    return None


def _taken_option(chosen: Method) -> str | None:
    try:
        list(_tasks(chosen, next(cases()).instance, settings={_NO_OPTION: "1"}))
    except InputError:
        return None
    return f"the unknown option {_NO_OPTION} was accepted"
