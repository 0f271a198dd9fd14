"""Statement of a problem: the data and the cardinalities z for which it is defined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.errors import InputError
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def require_statement(problem: Problem, data: Coefficients, z: int | None) -> None:
    """Refuse data or a cardinality for which the problem is not stated.

    Parameters
    ----------
    problem
        P1 for any number of edge nodes; P2, P3 and P3' for one edge node, which may have
        alternatives.
    data
        Coefficients.
    z
        Cardinality of (14a) and (15a): required by P3, optional for P3', None for P1 and P2.

    Raises
    ------
    InputError
        If the problem is not stated for the data or for z.
    """
    if problem.is_single_node and (num_edge_nodes := len(data.alternatives)) != 1:
        raise InputError(
            f"must have one edge node, as {problem} is stated for one",
            field="coefficients",
            found=num_edge_nodes,
        )
    if z is None:
        if problem is Problem.P3:
            raise InputError("must be given: P3 asks for a batch of z requests", field="z")
        return
    if problem in (Problem.P1, Problem.P2):
        feasibility = Problem.P3PRIME if problem is Problem.P1 else Problem.P3
        raise InputError(
            f"must be absent: {problem} is a maximisation, {feasibility} asks for z requests",
            field="z",
            found=z,
        )
    if isinstance(z, bool) or not isinstance(z, int) or z < 0:
        raise InputError("must be an integer of at least 0", field="z", found=z)


def require_candidate(data: Coefficients, z: int | None) -> None:
    """Refuse a cardinality if no request is eligible: its row would have no variables.

    Raises
    ------
    InputError
        If no request is eligible.
    """
    if not data.pairs.num_pairs:
        raise InputError("must be left out where no request is eligible", field="z", found=z)
