"""The metadata of a plug-in: what it brings, as its file says in a literal."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from heuristics.problem import Problem
from heuristics.result import NodeKind
from heuristics.system_models.catalogue.reader import Device, LlmEntry, QuantizationEntry
from heuristics.system_models.validation import Flag, Record, broken_rule

LONGEST_LINE = 200

_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)


def _is_name(text: str) -> str:
    if len(text) > 60 or _NAME.fullmatch(text) is None:
        rule = "must be at most 60 small letters and digits, words joined by - or ."
        raise broken_rule("", rule, found=text)
    return text


def _is_line(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_LINE or not text.isprintable():
        rule = f"must be one line of 1..{LONGEST_LINE} printable characters"
        raise broken_rule("", rule, found=text)
    return text


def _is_identifier(text: str) -> str:
    if not text.isidentifier():
        raise broken_rule("", "must be the name of something in the file", found=text)
    return text


Slug = Annotated[str, Field(strict=True), AfterValidator(_is_name)]
Line = Annotated[str, Field(strict=True), AfterValidator(_is_line)]
Identifier = Annotated[str, Field(strict=True), AfterValidator(_is_identifier)]


class OptionEntry(Record):
    """A parameter of a method, as :class:`analysis.methods.option.Option` has it."""

    summary: Line
    default: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] | Line | None
    allowed: tuple[Line, ...] = ()
    least: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] = 0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.allowed and self.default not in self.allowed:
            rule = f"must be one of {', '.join(self.allowed)}"
            raise broken_rule("default", rule, found=self.default)
        is_integer = isinstance(self.default, int) and self.default >= self.least
        if not self.allowed and self.default is not None and not is_integer:
            rule = f"must be None or an integer of at least {self.least}"
            raise broken_rule("default", rule, found=self.default)
        return self


class MethodEntry(Record):
    """A method of a plug-in.

    Parameters
    ----------
    summary
        What it does, in one line.
    solve
        The name of the function, called with the coefficients and by keyword ``seed``,
        ``time_limit``, the options, and what the entries below say that it takes.
    problems
        The problems that it can solve, the default first; the function is given ``problem``
        where there are several.
    options
        Its parameters.
    proves
        What it may claim: ``nothing``, a ``bound``, or the ``optimum`` of whatever instance.
    takes_node_limit, takes_warm_start
        Whether the function is given ``node_limit``, ``warm_start``.
    single_node, is_random, node_kind
        As of :class:`analysis.methods.method.Method`.
    """

    summary: Line
    solve: Identifier
    problems: Annotated[tuple[Problem, ...], Field(min_length=1)] = (Problem.P1,)
    options: dict[Identifier, OptionEntry] = Field(default_factory=dict)
    proves: Literal["nothing", "bound", "optimum"] = "nothing"
    takes_node_limit: Flag = False
    takes_warm_start: Flag = False
    single_node: Flag = False
    is_random: Flag = False
    node_kind: NodeKind | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.problems)) < len(self.problems):
            raise broken_rule("problems", "must name each once", found=list(self.problems))
        for name in self.options:
            if name in GIVEN:
                rule = f"must differ from {', '.join(GIVEN)}, which every method is given"
                raise broken_rule(f"options.{name}", rule, found=name)
        return self


GIVEN = ("data", "seed", "time_limit", "node_limit", "warm_start", "problem")
"""What functions are given beside their options."""


class FamilyEntry(Record):
    """A family of instances of a plug-in, as :class:`instances.families.family.Family` has it.

    Parameters
    ----------
    summary, binds
        What its instances are, and which constraint it makes bind, each in one line.
    parameters
        The name of the class of its parameters.
    draw
        The name of the function that draws the problems of a seed.
    """

    summary: Line
    binds: Line
    parameters: Identifier
    draw: Identifier


class PluginEntry(Record):
    """All that a plug-in brings.

    Parameters
    ----------
    name, version
        What it is called in rows and reports.
    methods, families
        By name.
    llms, devices, quantizations
        By name, as the files of the catalogue have them: each value with its source.
    """

    name: Slug
    version: Line
    methods: dict[Slug, MethodEntry] = Field(default_factory=dict)
    families: dict[Slug, FamilyEntry] = Field(default_factory=dict)
    llms: dict[Slug, LlmEntry] = Field(default_factory=dict)
    devices: dict[Slug, Device] = Field(default_factory=dict)
    quantizations: dict[Slug, QuantizationEntry] = Field(default_factory=dict)

    @property
    def identifiers(self) -> dict[str, str]:
        """The names that the file's code must have, by the field that says so."""
        found = {f"methods.{name}.solve": each.solve for name, each in self.methods.items()}
        for name, each in self.families.items():
            found[f"families.{name}.parameters"] = each.parameters
            found[f"families.{name}.draw"] = each.draw
        return found
