"""The modelling languages: Pyomo and PuLP, each a set of modules of its name."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError

if TYPE_CHECKING:
    from types import ModuleType

    from formulations.highs import Translation
    from heuristics.problem import Problem


class Language(StrEnum):
    """A modelling language. Its library is imported at the first use, not before."""

    PYOMO = "pyomo"
    PULP = "pulp"

    @classmethod
    def named(cls, name: str) -> Language:
        """Return the language of this name.

        Raises
        ------
        InputError
            If there is none.
        """
        try:
            return cls(name)
        except ValueError as error:
            known = " or ".join(cls)
            raise InputError(f"must be {known}", field="language", found=name) from error

    @property
    def method(self) -> str:
        """The name of the method that solves models in this language."""
        return {Language.PYOMO: "milp-bigm", Language.PULP: "milp-bigm-pulp"}[self]

    def models(self, problem: Problem) -> ModuleType:
        """Return the module whose ``build(data, z=z)`` states the problem."""
        return import_module(f"formulations.{self}_{problem.lower()}")

    def to_highs(self, model: Any) -> Translation:
        """Hand a model over to HiGHS."""
        translation: Translation = import_module(f"formulations.{self}_highs").translate(model)
        return translation
