"""Plugin: the file of a plug-in with its checked metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.methods.method import Method, Origin
from analysis.methods.option import Option
from analysis.plugins.call import Call
from analysis.plugins.entry import PluginEntry
from analysis.plugins.literal import VARIABLE, python_literal, toml_literal
from analysis.plugins.plugin_file import DATA, PluginFile
from heuristics.errors import InputError
from heuristics.problem import Problem
from instances.families.family import Family, Parameters

if TYPE_CHECKING:
    from os import PathLike

    from analysis.plugins.entry import MethodEntry

READERS = ("analysis.plugins.call",)
"""Modules that a process imports before it runs a plug-in's method; none is the plug-in's."""


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plug-in whose metadata is valid.

    Parameters
    ----------
    file
        File of the plug-in as it was read.
    entry
        Metadata of the file.
    """

    file: PluginFile
    entry: PluginEntry

    @classmethod
    def read(cls, path: str | PathLike[str], *, module: str | None = None) -> Plugin:
        """Read the metadata of a plug-in without executing its code.

        Parameters
        ----------
        path
            Path of a Python file with a literal ``PLUGIN = {...}``, or of a TOML file with the
            same keys for a plug-in without code.
        module
            Name of the module if the file is an installed one.

        Raises
        ------
        InputError
            If the metadata breaks a rule. The error names file, field, rule and value.
        """
        return cls.of(PluginFile.read(path, module=module))

    @classmethod
    def of(cls, file: PluginFile) -> Plugin:
        """Return the plug-in of a file that has been read.

        Raises
        ------
        InputError
            If the metadata breaks a rule, as in :meth:`read`.
        """
        if file.path.endswith(DATA):
            values, names, field = toml_literal(file.text, source=file.path), None, ""
        else:
            values, names = python_literal(file.text, source=file.path)
            field = VARIABLE
        for name, table in _tables(values.get("llms")):
            table.setdefault("name", name)
        entry = PluginEntry.parse(values, source=file.path, field=field)
        for place, identifier in entry.identifiers.items():
            if names is None or identifier not in names:
                rule = "must be the name of something in the file"
                place = f"{field}.{place}".lstrip(".")
                raise InputError(rule, source=file.path, field=place, found=identifier)
        return cls(file=file, entry=entry)

    @property
    def name(self) -> str:
        """Name of the plug-in."""
        return self.entry.name

    @property
    def sha256(self) -> str:
        """SHA-256 digest of its file."""
        return self.file.sha256

    def methods(self) -> tuple[Method, ...]:
        """Return its methods for the registry, without importing their code."""
        return tuple(self._method(name, each) for name, each in self.entry.methods.items())

    def _method(self, name: str, entry: MethodEntry) -> Method:
        return Method(
            name=name,
            summary=entry.summary,
            solve=Call(file=self.file, name=name, entry=entry),
            problems=tuple(map(Problem, entry.problems)),
            options=tuple(
                Option(
                    name=key,
                    summary=each.summary,
                    default=each.default,
                    allowed=each.allowed,
                    least=each.least,
                )
                for key, each in entry.options.items()
            ),
            single_node=entry.single_node,
            node_kind=entry.node_kind,
            modules=READERS,
            is_random=entry.is_random,
            is_exact=entry.proves == "optimum",
            takes_warm_start=entry.takes_warm_start,
            takes_node_limit=entry.takes_node_limit,
            takes_alternatives=entry.takes_alternatives,
            may_crash=True,
            origin=Origin(plugin=self.name, sha256=self.sha256),
        )

    def family(self, name: str) -> Family:
        """Import the plug-in and return one of its families.

        Raises
        ------
        InputError
            If the metadata does not name a class of parameters and a function.
        """
        entry, module = self.entry.families[name], self.file.load()
        parameters, draw = getattr(module, entry.parameters), getattr(module, entry.draw)
        place = f"{VARIABLE}.families.{name}"
        if not (isinstance(parameters, type) and issubclass(parameters, Parameters)):
            raise InputError(
                "must be a class that inherits Parameters of instances.families.family",
                source=self.file.path,
                field=f"{place}.parameters",
                found=parameters,
            )
        if not callable(draw):
            rule = "must be a function"
            raise InputError(rule, source=self.file.path, field=f"{place}.draw", found=draw)
        return Family(
            name=name,
            summary=entry.summary,
            binds=entry.binds,
            parameters=parameters,
            draw=draw,
        )


def _tables(value: object) -> list[tuple[str, dict[str, object]]]:
    """Return the entries of a table that are tables themselves."""
    if not isinstance(value, dict):
        return []
    return [(name, each) for name, each in value.items() if isinstance(each, dict)]
