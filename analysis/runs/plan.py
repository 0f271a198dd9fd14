"""Plan: a method, an instance and settings, checked and joined to a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.plugins.lookup import method
from analysis.runs import limits
from analysis.runs.task import Task
from heuristics.alternatives import refuse_alternatives
from heuristics.errors import InputError
from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from analysis.methods.method import Method
    from analysis.methods.option import OptionValue
    from instances.instance import Instance


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
    """Check a method and its settings against an instance, and return the task.

    Parameters
    ----------
    instance
        Instance as read from its file.
    method_name
        Name of the method.
    problem
        Problem to solve; the method's default if None.
    edge_node
        Name or index of the only edge node to solve; None for all.
    seed, time_limit, node_limit
        As in :class:`Task`.
    settings
        Options of the method that differ from their defaults.
    source
        File of the instance, for messages.

    Raises
    ------
    InputError
        If the method cannot solve this: the message names the choices that it has.
    """
    chosen = method(method_name)
    _refuse_missing(chosen)
    place = source if source is not None else instance.name
    solved = _problem(chosen, problem)
    index = None if edge_node is None else instance.edge_node_index(str(edge_node))
    num_edge_nodes = len(instance.coefficients.alternatives)
    if index is None and num_edge_nodes > 1 and (chosen.single_node or solved.is_single_node):
        what = f"method {chosen.name}" if chosen.single_node else f"problem {solved}"
        raise InputError(
            f"must be one for {what}, or --edge-node must pick one",
            source=place,
            field="edge nodes",
            found=num_edge_nodes,
        )
    has_choice = index is None or len(instance.rows_of(index)) > 1
    if has_choice and not chosen.takes_alternatives:
        try:
            refuse_alternatives(instance.coefficients, chosen.name)
        except InputError as error:
            raise error.within(place) from error
    options = chosen.parse(settings or {})
    _refuse_cardinality(chosen, solved, options.get("z"))
    if node_limit is not None and not chosen.takes_node_limit:
        rule = f"must be left out for method {chosen.name}, which counts no nodes"
        raise InputError(rule, source="node limit", found=node_limit)
    return Task(
        whole=instance,
        edge_node=index,
        method=chosen.name,
        problem=solved,
        options=options,
        seed=limits.parse_seed(seed, source="seed"),
        time_limit=limits.time_limit(time_limit, source="time limit"),
        node_limit=limits.count(node_limit, source="node limit"),
        plugin=None if chosen.origin is None else chosen,
    )


def _refuse_missing(chosen: Method) -> None:
    if chosen.missing is not None:
        rule = f"must be installed first: {chosen.missing}"
        raise InputError(rule, field="method", found=chosen.name)


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
