"""Method: a named solver and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol

from heuristics.errors import InputError
from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from analysis.methods.option import Option, OptionValue
    from analysis.runs.task import Task
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


class Origin(NamedTuple):
    """The plug-in that brought a method: its name, and the sha256 of its file."""

    plugin: str
    sha256: str


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
    is_exact
        Whether it proves the optimum of whatever instance, given time.
    takes_warm_start
        Whether it starts from a schedule, and keeps it where it finds nothing better.
    takes_node_limit
        Whether it can end at a number of nodes.
    may_crash
        Whether a solver that is not ours runs in its process: where one run is asked for, it
        gets a process of its own.
    needs
        The module of the extra of the method's name, without which it cannot run; None for a
        method that is always there.
    export
        How its model is written; None for a method without a model.
    origin
        The plug-in that brought it; None for a method of this distribution.
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
    is_exact: bool = False
    takes_warm_start: bool = False
    takes_node_limit: bool = True
    may_crash: bool = False
    needs: str | None = None
    export: Export | None = None
    origin: Origin | None = None

    @property
    def missing(self) -> str | None:
        """What to type to install the method; None if it is there."""
        if self.needs is None or find_spec(self.needs) is not None:
            return None
        return f'pip install "otgah[{self.name}]"'

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
