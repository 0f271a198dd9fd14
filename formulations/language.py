"""Modelling languages, Pyomo and PuLP, and the two forms of a model."""

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
    """Form of the deadlines (12d) in a model: big-M as in the paper, or ordered thresholds."""

    BIG_M = "big-m"
    THRESHOLD = "threshold"


class Language(StrEnum):
    """A modelling language, whose library is imported at the first use."""

    PYOMO = "pyomo"
    PULP = "pulp"

    @classmethod
    def named(cls, name: str) -> Language:
        """Return the language of this name.

        Raises
        ------
        InputError
            If no language has this name.
        """
        try:
            return cls(name)
        except ValueError as error:
            known = " or ".join(cls)
            raise InputError(f"must be {known}", field="language", found=name) from error

    @property
    def method(self) -> str:
        """Name of the method that solves models in this language."""
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
            If the problem is not stated for the data, or the language lacks the form.
        """
        if form is Form.THRESHOLD and self is not Language.PYOMO:
            raise InputError("must be pyomo for the threshold form", field="language", found=self)
        model = self.models(problem).build(data, z=z)
        if form is Form.BIG_M:
            return model
        return import_module("formulations.pyomo_models.threshold").tighten(model, data)

    def to_highs(self, model: Any) -> Translation:
        """Translate a model for HiGHS."""
        translation: Translation = import_module(f"formulations.solvers.{self}_highs").translate(
            model
        )
        return translation
