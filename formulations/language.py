"""The modelling languages, each a set of modules of its name, and the forms of a model."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError

if TYPE_CHECKING:
    from types import ModuleType

    from formulations.solvers.highs import Translation
    from heuristics.coefficients import Coefficients
    from heuristics.problem import Problem


class Form(StrEnum):
    """How a model states the deadlines, (12d): as the paper has them, or more tightly."""

    BIG_M = "big-m"
    THRESHOLD = "threshold"


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
        return import_module(f"formulations.{self}_models.{problem.lower()}")

    def build(
        self, data: Coefficients, *, problem: Problem, form: Form = Form.BIG_M, z: int | None
    ) -> Any:
        """Return the model of a problem in one of its forms.

        Raises
        ------
        InputError
            If the problem is not stated for the data, or the form not in the language.
        """
        if form is Form.THRESHOLD and self is not Language.PYOMO:
            raise InputError("must be pyomo for the threshold form", field="language", found=self)
        model = self.models(problem).build(data, z=z)
        if form is Form.BIG_M:
            return model
        return import_module("formulations.pyomo_models.threshold").tighten(model, data)

    def to_highs(self, model: Any) -> Translation:
        """Hand a model over to HiGHS."""
        translation: Translation = import_module(f"formulations.solvers.{self}_highs").translate(
            model
        )
        return translation
