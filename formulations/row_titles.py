"""Row titles: names of constraints in exported files, with the tag of the paper's equation."""

from __future__ import annotations

from heuristics.problem import Problem


def row_title(constraint: str, tag: str, *, problem: str) -> str:
    """Return the name of a constraint's rows in exported files, without the indices.

    The rows of P2, P3 and P3' carry their tags, since these problems tag the same constraint
    differently. The rows of P1 keep the names of the constraints.

    Parameters
    ----------
    constraint
        Name of the constraint in the model.
    tag
        Tag of the constraint.
    problem
        Name of the model.

    Examples
    --------
    >>> row_title("memory", "(13a)", problem="P2"), row_title("memory", "(12c)", problem="P1")
    ('memory_13a', 'memory')
    """
    return constraint if problem == Problem.P1 else f"{constraint}_{tag.strip('()')}"
