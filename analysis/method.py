"""Method: a named solver and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from heuristics.errors import InputError
from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from analysis.settings import Option, OptionValue
    from analysis.task import Task
    from heuristics.result import NodeKind, Result
    from heuristics.schedule import Schedule


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
