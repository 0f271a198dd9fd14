"""File of a plug-in: its text, sent along with each run, and the module made from it."""

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
    """The text of a plug-in as it was read, which every process can import.

    Parameters
    ----------
    path
        Absolute path of the file.
    text
        Content of the file when it was read. This text is executed even if the file has changed.
    module
        Name of the installed module that the file is; None for a file outside any package.
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
            If the file cannot be read, is too large, or has another suffix than a plug-in.
        """
        target = Path(path)
        if target.suffix not in (CODE, DATA):
            rule = f"must end in {CODE}, or in {DATA} where it has no code"
            raise InputError(rule, source="plug-in", found=str(path))
        text = read_text(target, largest=LARGEST_SETTINGS)
        return cls(path=str(target.resolve()), text=text, module=module)

    @property
    def sha256(self) -> str:
        """SHA-256 digest of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def load(self) -> ModuleType:
        """Import the plug-in, once per process.

        Raises
        ------
        RuntimeError
            If the installed module has changed since it was read.
        Exception
            Any exception that the plug-in raises.
        """
        if self.module is not None:
            return self._installed(self.module)
        name = f"otgah_plugin_{self.sha256[:16]}"
        if name in sys.modules:
            return sys.modules[name]
        module = ModuleType(name)
        module.__file__ = self.path
        sys.modules[name] = module  # dataclasses look up their module there
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
            raise RuntimeError(f"module {name} has changed since it was read: {found.path}")
        return module
