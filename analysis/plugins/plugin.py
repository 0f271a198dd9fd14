"""Plugin: a file and what it brings, checked."""

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
"""What a process imports beforehand that runs a method of a plug-in; nothing of the plug-in."""


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plug-in whose metadata keeps the rules.

    Parameters
    ----------
    file
        What was read.
    entry
        What the file says that it brings.
    """

    file: PluginFile
    entry: PluginEntry

    @classmethod
    def read(cls, path: str | PathLike[str], *, module: str | None = None) -> Plugin:
        """Read the metadata of a plug-in; nothing of it is executed.

        Parameters
        ----------
        path
            A file of Python with a literal ``PLUGIN = {...}``, or TOML with the same keys where
            there is no code to bring.
        module
            The name of the module, where it is an installed one.

        Raises
        ------
        InputError
            If the metadata breaks a rule: file, field, rule and the value found.
        """
        return cls.of(PluginFile.read(path, module=module))

    @classmethod
    def of(cls, file: PluginFile) -> Plugin:
        """Return the plug-in of a file that was read.

        Raises
        ------
        InputError
            As :meth:`read`.
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
        """What it is called."""
        return self.entry.name

    @property
    def sha256(self) -> str:
        """The sha256 of its file."""
        return self.file.sha256

    def methods(self) -> tuple[Method, ...]:
        """Return its methods as the registry has them; their code is not imported yet."""
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
            may_crash=True,
            origin=Origin(plugin=self.name, sha256=self.sha256),
        )

    def family(self, name: str) -> Family:
        """Import the plug-in and return a family of it.

        Raises
        ------
        InputError
            If what the metadata names is no class of parameters, or no function.
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
    """Return the tables of a table, whatever else there is."""
    if not isinstance(value, dict):
        return []
    return [(name, each) for name, each in value.items() if isinstance(each, dict)]
