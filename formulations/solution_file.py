"""Solution files: values of an exported model's variables, as other solvers write them.

A file is recognised by its first line:

========  =====================================  ==========================================
solver    first line                             line of a variable
========  =====================================  ==========================================
CPLEX     ``<?xml`` or ``<CPLEXSolution``        ``<variable name="x(0_1)" value="1"/>``
Gurobi    ``# Solution for model``               ``x(0_1) 1``
COPT      ``# Objective value``                  ``x(0_1) 1``
SCIP      ``solution status:`` or                ``x(0_1) 1 (obj:1)``; zeros are left out
          ``objective value:``
HiGHS     ``Model status``                       ``x(0_1) 1``, below ``# Columns``
CBC       ``Optimal - objective value`` ...      ``0 x(0_1) 1 0``; zeros may be left out
Xpress    ``NAME``                               ``C x(0_1) 1``
========  =====================================  ==========================================
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from heuristics.errors import InputError
from heuristics.schedule import Schedule
from heuristics.text_file import read_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from heuristics.coefficients import Coefficients

    Values = Iterator[tuple[str, str]]

TOLERANCE = 1e-3
"""Largest distance of a binary variable from 0 and 1, of which solvers allow some 1e-5."""

_VARIABLE = re.compile(
    r"(?P<name>x|batch_load|use|threshold)"
    r"(?:\((?P<j>[0-9]{1,9})(?:_(?P<i>[0-9]{1,9}))?\)|_(?P<row>[0-9]{1,9})(?:_(?P<request>[0-9]{1,9}))?)"
)
"""Name of a variable as Pyomo exports it, ``x(0_1)``, or PuLP, ``x_0_1``."""

_NUM_INDICES = {"x": 2, "threshold": 2, "batch_load": 1, "use": 1}
_CBC = re.compile(r"(Optimal|Stopped|Integer infeasible|Infeasible|Unbounded)\b.*objective value")
_NO_SOLUTION = ("no solution available", "infeasible", "unbounded")


@dataclass(frozen=True, kw_only=True)
class SolutionFile:
    """The schedule in a solution file.

    Parameters
    ----------
    solver
        Name of the solver that writes such files.
    schedule
        Requests whose variable is 1, by row of the coefficients.
    """

    solver: str
    schedule: Schedule


def read_solution(path: str | os.PathLike[str], data: Coefficients) -> SolutionFile:
    """Read the solution of an exported model.

    Parameters
    ----------
    path
        Path of the file, gzipped if the name ends in ``.gz``.
    data
        Coefficients of the exported model.

    Returns
    -------
    SolutionFile
        The schedule, not judged. Variables that the file leaves out are 0.

    Raises
    ------
    InputError
        If the file has no known format, breaks a rule of it, has no solution, names a variable
        that the model lacks, or gives a binary variable another value than 0 or 1.
    """
    text = read_text(path)
    try:
        solver, values = _recognised(text)
        return SolutionFile(solver=solver, schedule=_schedule(values, data))
    except InputError as error:
        raise error.within(path) from error


def _recognised(text: str) -> tuple[str, Values]:
    """Return the name of the solver and the pairs of variable and value."""
    first = text.lstrip().partition("\n")[0].strip()
    for solver, begins, values in _FORMATS:
        if re.match(begins, first):
            return solver, values(text)
    if first.startswith("Columns"):
        rule = "must be written by HiGHS with write_solution_style 0"
        raise InputError(rule, found=first[:40])
    rule = "must be a solution file of CPLEX (XML), Gurobi, COPT, SCIP, HiGHS, CBC or Xpress"
    raise InputError(rule, found=first[:40])


def _cplex(text: str) -> Values:
    if "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL):
        raise InputError("must be XML without declarations", found="<!")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise InputError(f"must be XML: {error}") from error
    if root.tag != "CPLEXSolution":  # a file of several solutions
        root = next(root.iter("CPLEXSolution"), root)
    variables = root.find("variables")
    if variables is None:
        raise InputError("must have the element variables", found=root.tag)
    for each in variables.iter("variable"):
        yield each.get("name", ""), each.get("value", "")


def _plain(text: str) -> Values:
    for line in _lines(text):
        if not line.startswith("#"):
            yield _fields(line, 0, 2)


def _scip(text: str) -> Values:
    for line in _lines(text):
        if line.startswith("solution status:"):
            _refuse_none(line)
        elif not line.startswith("objective value:"):
            if line in _NO_SOLUTION:
                raise InputError("must hold a solution", found=line)
            yield _fields(line, 0, 2, 3)


def _highs(text: str) -> Values:
    lines = _lines(text)
    head: list[str] = []
    for line in lines:
        if line.startswith("# Columns"):
            break
        head.append(line)
    else:
        raise InputError("must have the section # Columns")
    if "Feasible" not in head:
        raise InputError("must hold a feasible solution", found=" ".join(head[1:2]))
    for line in lines:
        if line.startswith("#"):
            return
        yield _fields(line, 0, 2)
    raise InputError("must have the section # Rows")


def _cbc(text: str) -> Values:
    lines = _lines(text)
    _refuse_none(next(lines))
    for line in lines:
        # Two asterisks mark a value that violates a bound.
        yield _fields(line.removeprefix("**").strip(), 1, 4)


def _xpress(text: str) -> Values:
    lines = _lines(text)
    next(lines)
    for line in lines:
        if line == "ENDATA":
            return
        if line.startswith("C "):
            yield _fields(line, 1, 3)
    raise InputError("must end in ENDATA")


_FORMATS: tuple[tuple[str, str, Callable[[str], Values]], ...] = (
    ("CPLEX", r"<(\?xml|CPLEXSolution)", _cplex),
    ("Gurobi", r"# Solution for model", _plain),
    ("COPT", r"# Objective value", _plain),
    ("SCIP", r"(solution status|objective value):", _scip),
    ("HiGHS", r"Model status", _highs),
    ("CBC", _CBC.pattern, _cbc),
    ("Xpress", r"NAME\b", _xpress),
)


def _lines(text: str) -> Iterator[str]:
    return (line for each in text.splitlines() if (line := each.strip()))


def _fields(line: str, name: int, *lengths: int) -> tuple[str, str]:
    """Return the name of a variable and its value, the field after it."""
    fields = line.split()
    if len(fields) not in lengths:
        raise InputError("must have a variable and its value in each line", found=line[:60])
    return fields[name], fields[name + 1]


def _refuse_none(line: str) -> None:
    if any(each in line.lower() for each in _NO_SOLUTION):
        raise InputError("must hold a solution", found=line[:60])


def _schedule(values: Values, data: Coefficients) -> Schedule:
    """Return the requests whose variable is 1, by row."""
    batches: list[list[int]] = [[] for _ in range(data.num_edge_nodes)]
    seen: set[str] = set()
    for title, text in values:
        name, indices = _parts(title)
        if title in seen:
            raise InputError("must be given once", field="variable", found=title)
        seen.add(title)
        value = _number(title, text)
        if name != "x":
            continue
        j, i = indices
        if j >= data.num_edge_nodes or i >= data.num_requests or data.pairs.places(j, [i])[0] < 0:
            rule = "must be a variable of the model: an eligible pair of edge node and request"
            raise InputError(rule, field="variable", found=title)
        if min(abs(value), abs(value - 1)) > TOLERANCE:
            raise InputError("must be 0 or 1", field=title, found=text)
        if value > 0.5:
            batches[j].append(i)
    return Schedule.of(batches)


def _parts(title: str) -> tuple[str, tuple[int, ...]]:
    """Return the name of a variable without its indices, and its indices."""
    match = _VARIABLE.fullmatch(title)
    if match is not None:
        groups = (match["j"], match["i"]) if match["j"] else (match["row"], match["request"])
        indices = tuple(int(each) for each in groups if each is not None)
        if len(indices) == _NUM_INDICES[match["name"]]:
            return match["name"], indices
    rule = "must be named as in an exported model, x(0_1) or x_0_1"
    raise InputError(rule, field="variable", found=title[:60])


def _number(title: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError("must be a number", field=title, found=text[:40])
    return value
