"""Method: a named solver with its properties and options."""

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
    """Signature of the function behind every method."""

    def __call__(self, task: Task, warm_start: Schedule | None) -> Result:
        """Solve the task's coefficients."""


class Export(Protocol):
    """Signature of the function that writes the model of a MILP method."""

    def __call__(self, task: Task, path: str | PathLike[str]) -> None:
        """Write the model to an .mps or .lp file."""


class Origin(NamedTuple):
    """Name of the plug-in that defines a method, and the SHA-256 digest of its file."""

    plugin: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Method:
    """A named method with its properties and options.

    Parameters
    ----------
    name, summary
        Name of the method, and a description in one line.
    solve
        Function that solves a task. It imports heavy modules only when it is called.
    problems
        Problems that the method can solve, the default first.
    options
        Parameters of the method.
    single_node
        True if the method solves instances of one edge node only.
    node_kind
        Kind of nodes that the method counts; None if it counts none.
    modules
        Modules that the solver imports. The fork server imports them in advance.
    is_random
        True if the result depends on the seed.
    is_exact
        True if the method proves the optimum of every instance, given enough time.
    takes_warm_start
        True if the method can start from a schedule. It returns that schedule or a better one.
    takes_node_limit
        True if the method can stop at a number of nodes.
    takes_alternatives
        True if the method solves instances whose edge nodes can be run in several ways.
    may_crash
        True if third-party code runs in the method's process. A single run then gets a process
        of its own.
    needs
        Module that an extra of the distribution installs, and without which the method cannot
        run; None if the method needs no extra.
    extra
        Name of that extra; None for the method's name.
    export
        Function that writes the method's model; None for a method without a model.
    origin
        Plug-in that defines the method; None for a method of this distribution.
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
    takes_alternatives: bool = False
    may_crash: bool = False
    needs: str | None = None
    extra: str | None = None
    export: Export | None = None
    origin: Origin | None = None

    @property
    def missing(self) -> str | None:
        """Command that installs the method's extra; None if the method can run."""
        if self.needs is None or find_spec(self.needs) is not None:
            return None
        return f'pip install "otgah[{self.extra or self.name}]"'

    def parse(self, settings: Mapping[str, object]) -> dict[str, OptionValue]:
        """Return the value of every option, with defaults for those that are not set.

        An option that records leave out at its default is left out.

        Raises
        ------
        InputError
            If the method has no such option, or the value is not allowed.
        """
        source = f"method {self.name}"
        options = {option.name: option for option in self.options}
        for key in settings:
            if key not in options:
                known = ", ".join(options) or "none"
                raise InputError(f"must be one of its options ({known})", source=source, found=key)
        values = {
            name: option.parse(settings[name], source=source)
            if name in settings
            else option.default
            for name, option in options.items()
        }
        return {
            name: value
            for name, value in values.items()
            if options[name].is_kept or value != options[name].default
        }
