"""Components: the components of an instance as instance files, and their runs joined again.

Edge nodes and requests that no chain of eligible pairs connects are independent problems. Each can
be solved on another machine: a schedule of the instance is one schedule of each component, so the
objectives and the bounds add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.runs.violation import violation_to_dict
from analysis.store.store import read_rows
from formulations.decomposition.components import components
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.problem import Problem
from heuristics.result import relative_gap
from heuristics.schedule import Schedule
from instances.file_names import file_name
from instances.files import read_instance, write_instance
from instances.instance import Instance
from instances.schedule_files import parse_assignment
from instances.strict_json import parse_json

if TYPE_CHECKING:
    from os import PathLike

    from formulations.decomposition.components import Component
    from heuristics.coefficients import Coefficients
    from heuristics.judges.checker import Violation

    Row = dict[str, Any]

_CHANNELS = ("covered", "uplink_gain", "downlink_gain")
"""Values of an edge node that belong to requests of the whole instance."""


@dataclass(frozen=True, kw_only=True, eq=False)
class JoinedRuns:
    """Schedule and bound of an instance, joined from runs of its components.

    Parameters
    ----------
    instance
        Name of the instance.
    num_components
        Number of components.
    schedule
        Schedule of the instance: the best schedule of each component.
    bound
        Sum of the smallest bounds of the components; None if a component has no bound.
    violations
        Broken constraints of the instance, found by the judge; empty for a feasible schedule.
    """

    instance: str
    num_components: int
    schedule: Schedule
    bound: int | None
    violations: tuple[Violation, ...]

    @property
    def objective(self) -> int:
        """Throughput of the schedule."""
        return self.schedule.throughput

    @property
    def gap(self) -> float | None:
        """Relative gap of the objective to the bound; None without a bound."""
        return relative_gap(self.objective, self.bound)

    def to_dict(self) -> dict[str, Any]:
        """Return the joined runs as values of JSON."""
        return {
            "instance": self.instance,
            "num_components": self.num_components,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "assignment": {str(j): list(batch) for j, batch in enumerate(self.schedule.batches)},
            "violations": [violation_to_dict(each) for each in self.violations],
        }

    def __str__(self) -> str:
        """Return the numbers as a line."""
        bound = "no bound" if self.bound is None else f"bound {self.bound}"
        return (
            f"{self.instance}: objective {self.objective}, {bound}, "
            f"{self.num_components} components, {len(self.violations)} constraints broken"
        )


def split_components(
    instance: Instance | str | PathLike[str], folder: str | PathLike[str]
) -> list[Path]:
    """Write each component of an instance as an instance file.

    Parameters
    ----------
    instance
        Instance, or path of an instance file.
    folder
        Folder for the files, created if it is missing.

    Returns
    -------
    list of Path
        Paths of the files, in the order of their smallest edge node. Each is named
        NAME-component-K. Edge nodes and requests without eligible pairs are in no file.

    Raises
    ------
    InputError
        If the instance file breaks a rule.

    Notes
    -----
    A component keeps the columns of its requests and the physical values of its edge nodes, but no
    channels and no scenario, which describe the whole instance.
    """
    whole = instance if isinstance(instance, Instance) else read_instance(instance)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, component in enumerate(components(whole.coefficients)):
        part = _part(whole, component, number)
        paths.append(target / f"{file_name(part.name)}.json")
        write_instance(part, paths[-1])
    return paths


def join_components(
    instance: Instance | str | PathLike[str], runs: str | PathLike[str]
) -> JoinedRuns:
    """Join runs of the components of an instance to one schedule and one bound.

    Parameters
    ----------
    instance
        Instance that :func:`split_components` split, or the path of its file.
    runs
        Path of a store with runs of P1 on each component.

    Returns
    -------
    JoinedRuns
        The best schedule and the smallest bound of each component, joined and judged.

    Raises
    ------
    InputError
        If the instance file or the store breaks a rule, or if the store has no schedule of a
        component, or other coefficients under its name.
    """
    whole = instance if isinstance(instance, Instance) else read_instance(instance)
    stored = _Runs(runs)
    found = components(whole.coefficients)
    batches: dict[int, list[int]] = {}
    bounds: list[int | None] = []
    for number, component in enumerate(found):
        name, data = _name(whole, number), component.of(whole.coefficients)
        best = stored.schedule(name, data)
        for row, batch in zip(component.edge_nodes.tolist(), best.batches, strict=True):
            batches[row] = component.requests[list(batch)].tolist()
        bounds.append(stored.bound(name, best.throughput))
    rows = range(whole.coefficients.num_edge_nodes)
    schedule = Schedule.of(batches.get(row, ()) for row in rows)
    return JoinedRuns(
        instance=whole.name,
        num_components=len(found),
        schedule=schedule,
        bound=None if None in bounds else sum(each for each in bounds if each is not None),
        violations=check(whole.coefficients, schedule),
    )


def _name(whole: Instance, number: int) -> str:
    return f"{whole.name}-component-{number}"


def _part(whole: Instance, component: Component, number: int) -> Instance:
    """Return a component as an instance."""
    requests = edge_nodes = None
    if whole.requests is not None:
        chosen = component.requests.tolist()
        requests = {key: [column[i] for i in chosen] for key, column in whole.requests.items()}
    if whole.edge_nodes is not None:
        edge_nodes = tuple(
            {key: value for key, value in whole.edge_nodes[j].items() if key not in _CHANNELS}
            for j in component.edge_nodes.tolist()
        )
    return Instance(
        name=_name(whole, number),
        coefficients=component.of(whole.coefficients),
        family=whole.family,
        seed=whole.seed,
        parameters=whole.parameters,
        requests=requests,
        edge_nodes=edge_nodes,
    )


class _Runs:
    """The runs of P1 in a store, and the bounds beside them, by instance."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = path
        self._digest = {
            each["instance"]: each["coefficients"] for each in read_rows(path, "instances")
        }
        self._runs = [each for each in read_rows(path, "runs") if each["problem"] == Problem.P1]
        self._proved = {
            each["coefficients"]: each["bound"]
            for each in read_rows(path, "bounds")
            if each["problem"] == Problem.P1
        }

    def schedule(self, name: str, data: Coefficients) -> Schedule:
        """Return the best schedule of a component.

        Raises
        ------
        InputError
            If the store has other coefficients under the name, or no schedule.
        """
        rule = f"must hold a schedule of {name}, a component"
        if self._digest.get(name, data.digest()) != data.digest():
            raise InputError(f"{rule} of this instance", source=self._path, found="another")
        found = [each for each in self._of(name) if each["assignment"] is not None]
        if not found:
            raise InputError(rule, source=self._path, found="none")
        best = max(found, key=lambda each: each["objective"] or 0)
        try:
            return parse_assignment(parse_json(best["assignment"], self._path), data)
        except InputError as error:
            raise error.within(self._path) from error

    def bound(self, name: str, objective: int) -> int | None:
        """Return the smallest proven bound of a component; None without one."""
        bounds = [each["bound"] for each in self._of(name)]
        bounds.append(self._proved.get(self._digest[name]))
        least = min((each for each in bounds if each is not None), default=None)
        if least is not None and least < objective:
            rule = f"must be at least {objective}, the objective of {name}"
            raise InputError(rule, source=self._path, field="bound", found=least)
        return least

    def _of(self, name: str) -> list[Row]:
        return [each for each in self._runs if each["instance"] == name]
