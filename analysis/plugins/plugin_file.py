"""A plug-in's file: its text, which travels with each run, and the module that it makes."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from heuristics.errors import InputError
from heuristics.text_file import LARGEST_SETTINGS, read_text

if TYPE_CHECKING:
    from os import PathLike

DATA, CODE = ".toml", ".py"


@dataclass(frozen=True, kw_only=True)
class PluginFile:
    """A plug-in as it was read, for whatever process to import.

    Parameters
    ----------
    path
        Where it was, absolute.
    text
        What it held: what runs is what was read, whatever becomes of the file.
    module
        The name of an installed module, which is imported by it; None for a file of its own.
    """

    path: str
    text: str
    module: str | None = None

    @classmethod
    def read(cls, path: str | PathLike[str], *, module: str | None = None) -> PluginFile:
        """Read a plug-in without executing anything.

        Raises
        ------
        InputError
            If it cannot be read, is too large, or is named like no plug-in.
        """
        target = Path(path)
        if target.suffix not in (CODE, DATA):
            rule = f"must end in {CODE}, or in {DATA} where it has no code"
            raise InputError(rule, source="plug-in", found=str(path))
        text = read_text(target, largest=LARGEST_SETTINGS)
        return cls(path=str(target.resolve()), text=text, module=module)

    @property
    def sha256(self) -> str:
        """The sha256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def load(self) -> ModuleType:
        """Import the plug-in, once a process.

        Raises
        ------
        RuntimeError
            If an installed module is no longer what was read.
        Exception
            Whatever the plug-in raises.
        """
        if self.module is not None:
            return self._installed(self.module)
        name = f"otgah_plugin_{self.sha256[:16]}"
        if name in sys.modules:
            return sys.modules[name]
        module = ModuleType(name)
        module.__file__ = self.path
        sys.modules[name] = module  # data classes look themselves up there
        try:
            exec(compile(self.text, self.path, "exec"), module.__dict__)  # the user named the file
        except BaseException:
            del sys.modules[name]
            raise
        return module

    def _installed(self, name: str) -> ModuleType:
        module = import_module(name)
        found = PluginFile.read(module.__file__ or "", module=name)
        if found.sha256 != self.sha256:
            raise RuntimeError(f"module {name} is not the one that was read: {found.path}")
        return module
