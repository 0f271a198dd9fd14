"""Export of a model to an MPS or LP file for other solvers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulations.language import Form, Language
from formulations.parameters import Parameters
from formulations.row_titles import row_title
from formulations.statement import require_statement
from heuristics.errors import InputError
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients

SUFFIXES = (".mps", ".lp")

_LARGEST_IN_PULP = 10**12
"""Least number that PuLP would round: an LP file has 12 significant digits, an MPS file 13."""


def export(
    data: Coefficients,
    path: str | os.PathLike[str],
    *,
    problem: Problem = Problem.P1,
    language: str = Language.PYOMO,
    form: str = Form.BIG_M,
    z: int | None = None,
) -> None:
    """Write the model of a problem, with readable names, by the writer of its language.

    Parameters
    ----------
    data
        Coefficients; of one edge node unless the problem is P1.
    path
        Path of the file, ``.mps`` or ``.lp``. An existing file is replaced in one step, or kept
        unchanged if writing fails.
    problem, language, z
        As in :func:`formulations.milp.milp_bigm`.
    form
        Form of the deadlines: ``big-m`` or ``threshold``.

    Raises
    ------
    InputError
        If the path has another suffix, the problem is not stated for the data, or the writer
        would round a number.
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"must end in {' or '.join(SUFFIXES)}", source=target)
    tongue = Language.named(language)
    require_statement(problem, data, z)
    largest = Parameters.of(data).largest_value
    if tongue is Language.PULP and largest >= _LARGEST_IN_PULP:
        raise InputError(
            f"must hold numbers below {_LARGEST_IN_PULP}, as PuLP rounds what it writes",
            source=target,
            found=largest,
        )
    model = tongue.build(data, problem=problem, form=Form(form), z=z)
    temporary = target.with_name(f".{os.getpid()}.{target.stem}{suffix}")
    write = _write_pyomo if tongue is Language.PYOMO else _write_pulp
    try:
        write(model, temporary)
        temporary.replace(target)
    except OSError as error:
        if error.filename is not None:  # None if the disk is full
            raise
        raise InputError(f"cannot be written: {error.strerror}", source=target) from error
    finally:
        temporary.unlink(missing_ok=True)


def _write_pyomo(model: Any, path: Path) -> None:
    from pyomo.core.base.label import cpxlp_label_from_name
    from pyomo.environ import Constraint

    titles = {
        each.local_name: row_title(each.local_name, each.doc, problem=model.name)
        for each in model.component_objects(Constraint)
    }

    def label(component: Any) -> str:
        name = component.local_name
        parent = component.parent_component().local_name
        return str(cpxlp_label_from_name(titles.get(parent, parent) + name.removeprefix(parent)))

    model.write(str(path), io_options={"labeler": label})


def _write_pulp(model: Any, path: Path) -> None:
    if path.suffix == ".lp":
        model.writeLP(str(path))
    else:
        # Without its own section, the sense is written as a comment and other solvers minimise.
        model.writeMPS(str(path), with_objsense=True)
