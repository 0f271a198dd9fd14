"""Entry: the rules for the metadata of a plug-in."""

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


NAME_RULE = "must be at most 60 small letters and digits, words joined by - or ."
"""Rule for the names of plug-ins, methods, families and models."""


def is_name(text: str) -> bool:
    """Return True if a text follows the rule for names."""
    return len(text) <= 60 and _NAME.fullmatch(text) is not None


def _checked_name(text: str) -> str:
    if not is_name(text):
        raise broken_rule("", NAME_RULE, found=text)
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


Slug = Annotated[str, Field(strict=True), AfterValidator(_checked_name)]
Line = Annotated[str, Field(strict=True), AfterValidator(_is_line)]
Identifier = Annotated[str, Field(strict=True), AfterValidator(_is_identifier)]


class OptionEntry(Record):
    """Metadata of an option; the fields are those of :class:`analysis.methods.option.Option`."""

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
    """Metadata of a method.

    Parameters
    ----------
    summary
        Description of the method in one line.
    solve
        Name of the function. It is called with the coefficients and, by keyword, ``seed``,
        ``time_limit``, the options and the arguments that the fields below add.
    problems
        Problems that the method can solve, the default first. With several problems the
        function gets the argument ``problem``.
    options
        Parameters of the method.
    proves
        Claims that are accepted: ``nothing``, a ``bound``, or the ``optimum`` of every instance.
    takes_node_limit, takes_warm_start
        True if the function gets the argument ``node_limit`` or ``warm_start``.
    takes_alternatives
        True if the function uses at most one row of each group of ``data.alternatives``.
        Otherwise instances with alternatives are refused.
    single_node, is_random, node_kind
        The same as for :class:`analysis.methods.method.Method`.
    """

    summary: Line
    solve: Identifier
    problems: Annotated[tuple[Problem, ...], Field(min_length=1)] = (Problem.P1,)
    options: dict[Identifier, OptionEntry] = Field(default_factory=dict)
    proves: Literal["nothing", "bound", "optimum"] = "nothing"
    takes_node_limit: Flag = False
    takes_alternatives: Flag = False
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
"""Arguments that functions get in addition to their options."""


class FamilyEntry(Record):
    """Metadata of a family; see :class:`instances.families.family.Family`.

    Parameters
    ----------
    summary, binds
        Description of the instances, and the constraint that binds in them, each in one line.
    parameters
        Name of the class of its parameters.
    draw
        Name of the function that draws the problems of a seed.
    """

    summary: Line
    binds: Line
    parameters: Identifier
    draw: Identifier


class PluginEntry(Record):
    """Metadata of a plug-in.

    Parameters
    ----------
    name, version
        Name and version of the plug-in in rows and reports.
    methods, families
        Metadata of each method and family, by name.
    llms, devices, quantizations
        Entries of the catalogue, by name, in the format of its files: each value with a source.
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
        """Names that the code of the file must define, by the field that refers to them."""
        found = {f"methods.{name}.solve": each.solve for name, each in self.methods.items()}
        for name, each in self.families.items():
            found[f"families.{name}.parameters"] = each.parameters
            found[f"families.{name}.draw"] = each.draw
        return found
