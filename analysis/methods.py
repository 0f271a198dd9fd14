"""The registry of methods: the one place that joins solvers, warm starts and the judge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from analysis import adapters
from analysis import settings as typed
from analysis.settings import Option
from analysis.task import Outcome, Task, in_file_indices
from heuristics.checker import check
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from analysis.settings import OptionValue
    from heuristics.checker import Violation
    from heuristics.schedule import Schedule
    from instances.instance import Instance


class Solve(Protocol):
    """How the registry calls every solver."""

    def __call__(self, task: Task, warm_start: Schedule | None) -> Result:
        """Solve the task's coefficients."""


class Export(Protocol):
    """How the registry writes the model of a MILP method."""

    def __call__(self, task: Task, path: str | PathLike[str]) -> None:
        """Write the model to an .mps or .lp file."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """A named method and what can be asked of it.

    Parameters
    ----------
    name, summary
        What it is called by, and what it does, in one line.
    solve
        The solver behind the name; it imports what is heavy only when it is called.
    problems
        The problems that it can solve, the default first.
    options
        Its parameters.
    single_node
        Whether it solves one edge node only.
    node_kind
        What its nodes are; None if it counts none.
    modules
        What its solver imports, for a server of processes to import beforehand.
    is_random
        Whether the seed changes what it does.
    export
        How its model is written; None for a method without a model. A method with a model takes
        a warm start.
    """

    name: str
    summary: str
    solve: Solve
    problems: tuple[Problem, ...] = (Problem.P1,)
    options: tuple[Option, ...] = ()
    single_node: bool = False
    node_kind: NodeKind | None = None
    modules: tuple[str, ...] = ()
    is_random: bool = False
    export: Export | None = None

    def parse(self, settings: Mapping[str, object]) -> dict[str, OptionValue]:
        """Return the value of every option, the default where it is not set.

        Raises
        ------
        InputError
            If the method has no such option, or the option cannot take the value.
        """
        source = f"method {self.name}"
        options = {option.name: option for option in self.options}
        for key in settings:
            if key not in options:
                known = ", ".join(options) or "none"
                raise InputError(f"must be one of its options ({known})", source=source, found=key)
        return {
            name: option.parse(settings[name], source=source)
            if name in settings
            else option.default
            for name, option in options.items()
        }


def method(name: str) -> Method:
    """Return the method of this name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in METHODS:
        raise InputError(f"must be one of {', '.join(METHODS)}", field="method", found=name)
    return METHODS[name]


def methods() -> tuple[Method, ...]:
    """Return every method, in the order of the table at the end of this module."""
    return tuple(METHODS.values())


def plan(
    instance: Instance,
    method_name: str,
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
    settings: Mapping[str, object] | None = None,
    source: str | PathLike[str] | None = None,
) -> Task:
    """Check that a method can be run on an instance as asked, and return the task.

    Parameters
    ----------
    instance
        The instance as its file has it.
    method_name
        Name of the method.
    problem
        The problem to solve; the method's default if None.
    edge_node
        Name or index of the only edge node to solve; None for all.
    seed, time_limit, node_limit
        As in :class:`Task`.
    settings
        Options of the method that leave their default.
    source
        The file of the instance, for messages.

    Raises
    ------
    InputError
        If the method cannot do this: the message says what it can.
    """
    chosen = method(method_name)
    place = source if source is not None else instance.name
    solved = _problem(chosen, problem)
    index = None if edge_node is None else instance.edge_node_index(str(edge_node))
    num_edge_nodes = instance.coefficients.num_edge_nodes
    if index is None and num_edge_nodes > 1 and (chosen.single_node or solved.is_single_node):
        what = f"method {chosen.name}" if chosen.single_node else f"problem {solved}"
        raise InputError(
            f"must be one for {what}, or --edge-node must pick one",
            source=place,
            field="edge nodes",
            found=num_edge_nodes,
        )
    options = chosen.parse(settings or {})
    _refuse_cardinality(chosen, solved, options.get("z"))
    if solved is Problem.P3PRIME and options.get("z") is None:
        solved = Problem.P1
    return Task(
        whole=instance,
        edge_node=index,
        method=chosen.name,
        problem=solved,
        options=options,
        seed=typed.parse_seed(seed, source="seed"),
        time_limit=typed.time_limit(time_limit, source="time limit"),
        node_limit=typed.count(node_limit, source="node limit"),
    )


def perform(
    task: Task, *, warm_start: Schedule | None = None, started_from: str | None = None
) -> Outcome:
    """Run a task and judge what comes out.

    Parameters
    ----------
    task
        What to run.
    warm_start
        A schedule for a MILP method to start from.
    started_from
        What the warm start is called: a method or a file.

    Raises
    ------
    InputError
        If the method takes no warm start, or the warm start breaks a constraint.
    """
    if warm_start is not None:
        _refuse_warm_start(task, warm_start, started_from or "warm start")
    result = method(task.method).solve(task, warm_start)
    return judged(task, replace(result, problem=task.problem), started_from=started_from)


def judged(task: Task, result: Result, *, started_from: str | None = None) -> Outcome:
    """Return the outcome of a run, in which no broken schedule is called feasible.

    Parameters
    ----------
    task
        What was run.
    result
        What the method returned.
    started_from
        What the run's warm start is called.
    """
    violations = () if result.schedule is None else _violations(task, result.schedule)
    if violations:
        result = replace(
            result,
            status=Status.NONE,
            ended_by=EndedBy.ERROR,
            schedule=None,
            bound=None,
            bound_raw=None,
            proved_by=None,
            message=f"the schedule breaks {len(violations)} constraint(s), first {violations[0]}",
        )
    return Outcome(task=task, result=result, violations=violations, warm_start=started_from)


def _violations(task: Task, schedule: Schedule) -> tuple[Violation, ...]:
    found = check(task.data, schedule, task.problem, cardinality=task.cardinality)
    return in_file_indices(found, task.edge_node)


def _problem(chosen: Method, name: str | None) -> Problem:
    if name is None:
        return chosen.problems[0]
    if name not in list(chosen.problems):
        supported = ", ".join(chosen.problems)
        raise InputError(
            f"must be one of {supported} for method {chosen.name}", field="problem", found=name
        )
    return Problem(name)


def _refuse_cardinality(chosen: Method, problem: Problem, z: OptionValue) -> None:
    if problem is Problem.P3 and z is None:
        raise InputError("must be set for problem P3", source=f"method {chosen.name}", field="z")
    if problem in (Problem.P1, Problem.P2) and z is not None:
        rule = f"must be left out for problem {problem}, which maximises"
        raise InputError(rule, source=f"method {chosen.name}", field="z", found=z)


def _refuse_warm_start(task: Task, warm_start: Schedule, name: str) -> None:
    if method(task.method).export is None:
        able = ", ".join(each.name for each in methods() if each.export is not None)
        raise InputError(
            f"must be left out for method {task.method}; it is for {able}",
            field="warm start",
            found=name,
        )
    violations = _violations(task, warm_start)
    if violations:
        rule = f"must be feasible for {task.problem}, but breaks {violations[0]}"
        raise InputError(rule, source=name, field="warm start")


_Z = Option(
    name="z",
    summary="the number of requests of P3 and P3', which then ask whether a batch of it exists",
    default=None,
)
_START = Option(
    name="start",
    summary="where z begins: at all requests, or at the bound of the cheap tests",
    default="all",
    allowed=("all", "bound"),
)
_ORDER = Option(
    name="order",
    summary="the order of the edge nodes; all tries every permutation of at most 6",
    default="given",
    allowed=("given", "capacity", "random", "all"),
)
_TIES = Option(
    name="ties",
    summary="which of two equal requests is taken: the first, or the one of fewer edge nodes",
    default="index",
    allowed=("index", "eligibility"),
)
_INNER = Option(
    name="inner",
    summary="the method that finds the largest batch of an edge node",
    default="single-node",
    allowed=("single-node", "ot", "ot-literal", "ot-pseudocode", "ot-unpruned"),
)
_PRUNINGS = {
    "ot": ("exact", "OT, Algorithm 2, with the exact pruning: k > N(v)"),
    "ot-literal": ("literal", "OT with the pruning as the paper's text has it: k >= N(v)"),
    "ot-pseudocode": ("pseudocode", "OT with the pruning of Algorithm 2's line 22 alone"),
    "ot-unpruned": ("none", "OT without pruning, the paper's benchmark"),
}
_LANGUAGES = {"milp-bigm": ("pyomo", "Pyomo"), "milp-bigm-pulp": ("pulp", "PuLP")}
_BASELINES = {
    "greedy-by-output": "requests of few output tokens first, each where it still fits",
    "greedy-by-deadline": "requests of early deadline first, each where it still fits",
    "first-come-first-served": "requests in order of arrival, each where it still fits",
}

METHODS: dict[str, Method] = {
    each.name: each
    for each in (
        Method(
            name="algorithm-1",
            summary="Algorithm 1: the largest batch of one edge node with ample spectrum, P2",
            solve=adapters.algorithm_1,
            modules=("heuristics.algorithm_1",),
            problems=(Problem.P2,),
            single_node=True,
        ),
        *(
            Method(
                name=name,
                summary=summary,
                solve=partial(adapters.ot, pruning=pruning),
                modules=("heuristics.ot", "heuristics.ready"),
                problems=(Problem.P3PRIME, Problem.P1),
                options=(_START,),
                single_node=True,
                node_kind=NodeKind.TREE,
            )
            for name, (pruning, summary) in _PRUNINGS.items()
        ),
        Method(
            name="single-node",
            summary="the largest batch of one edge node at any size, with its proof",
            solve=adapters.single_node,
            modules=("heuristics.single_node", "heuristics.ready"),
            problems=(Problem.P3PRIME, Problem.P1, Problem.P2),
            single_node=True,
        ),
        Method(
            name="ot-gah",
            summary="OT-GAH, Algorithm 3: OT for one edge node after the other, at least half",
            solve=adapters.ot_gah,
            modules=("heuristics.ot_gah", "heuristics.ready"),
            options=(_ORDER, _TIES, _INNER, replace(_START, default="bound")),
            node_kind=NodeKind.TREE,
            is_random=True,
        ),
        Method(
            name="ot-gah-plus",
            summary="OT-GAH, then moves between the edge nodes for at most half a second",
            solve=adapters.ot_gah_plus,
            modules=("heuristics.ot_gah_plus", "heuristics.ready"),
            is_random=True,
        ),
        *(
            Method(
                name=name,
                summary=f"the MILP with big-M deadlines in {title}, solved by HiGHS",
                solve=partial(adapters.milp_bigm, language=language),
                modules=(
                    "highspy",
                    "formulations.milp",
                    f"formulations.{language}_highs",
                    f"formulations.{language}_p1",
                ),
                problems=tuple(Problem),
                options=(_Z,),
                node_kind=NodeKind.BRANCH_AND_BOUND,
                is_random=True,
                export=partial(adapters.export, language=language),
            )
            for name, (language, title) in _LANGUAGES.items()
        ),
        *(
            Method(
                name=name,
                summary=summary,
                solve=adapters.greedy,
                modules=("heuristics.greedy",),
            )
            for name, summary in _BASELINES.items()
        ),
        Method(
            name="random-order",
            summary="requests in random order, each where it still fits",
            solve=adapters.random_order,
            modules=("heuristics.greedy",),
            is_random=True,
        ),
    )
}
"""Every method by its name."""
