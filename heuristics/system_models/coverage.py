"""Coverage: the requests within reach of an edge node, and the columns of their channels.

An edge node has a flag and two gains for each request, or the indices of its covered requests and
two gains for each of these. The second form is for many edge nodes, each with few requests.
"""

from __future__ import annotations

from itertools import compress, pairwise
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Field, Tag

from heuristics.system_models.validation import LARGEST_COUNT, Flag, broken_rule

if TYPE_CHECKING:
    from heuristics.system_models.scenario import EdgeNode

GAINS = ("uplink_gain", "downlink_gain")

_FLAGS, _INDICES = "flags", "indices"


def _form(covered: object) -> str:
    first = covered[0] if isinstance(covered, list | tuple) and covered else True
    return _INDICES if type(first) is int else _FLAGS


Index = Annotated[int, Field(strict=True, ge=0, le=LARGEST_COUNT)]

Covered = Annotated[
    Annotated[tuple[Flag, ...], Tag(_FLAGS)] | Annotated[tuple[Index, ...], Tag(_INDICES)],
    Discriminator(_form),
]
"""Requests in coverage: True or False for each request, or ascending indices of some."""


def holds_indices(edge_node: EdgeNode, num_requests: int) -> bool:
    """Return True if an edge node has the indices of its covered requests.

    An empty column holds no index, and as no flag either unless there are no requests at all.
    """
    covered = edge_node.covered
    return num_requests > 0 and (not covered or _form(covered) == _INDICES)


def refuse_columns(edge_node: EdgeNode, place: str, num_requests: int) -> None:
    """Refuse indices out of order or range, and columns of another length.

    Parameters
    ----------
    edge_node
        The edge node.
    place
        Path of the edge node in the scenario, for the error.
    num_requests
        I, the number of requests.
    """
    covered, expected = edge_node.covered, num_requests
    rule = f"must have one value a request, {num_requests}"
    if holds_indices(edge_node, num_requests):
        expected = len(covered)
        rule = f"must have one value a covered request, {expected}"
        for before, index in pairwise(covered):
            if index <= before:
                found = [before, index]
                raise broken_rule(f"{place}.covered", "must rise from index to index", found=found)
        if covered and covered[-1] >= num_requests:
            limit = f"must hold indices below the number of requests, {num_requests}"
            raise broken_rule(f"{place}.covered", limit, found=covered[-1])
    for column in ("covered", *GAINS):
        length = len(getattr(edge_node, column))
        if length != expected:
            raise broken_rule(f"{place}.{column}", rule, found=length)


def num_covered(edge_node: EdgeNode, num_requests: int) -> int:
    """Return the number of requests in the coverage of an edge node."""
    covered = edge_node.covered
    return len(covered) if holds_indices(edge_node, num_requests) else sum(covered)


def to_indices(edge_node: EdgeNode) -> EdgeNode:
    """Return an edge node with the columns of its covered requests, from those of all requests."""
    flags = edge_node.covered
    columns: dict[str, Any] = {
        name: tuple(compress(getattr(edge_node, name), flags)) for name in GAINS
    }
    columns["covered"] = tuple(compress(range(len(flags)), flags))
    return edge_node.model_copy(update=columns)


def to_flags(edge_node: EdgeNode, num_requests: int) -> EdgeNode:
    """Return an edge node with columns of all requests; a gain is 0 where it is unknown."""
    columns: dict[str, list[Any]] = {name: [0.0] * num_requests for name in GAINS}
    columns["covered"] = [False] * num_requests
    for place, request in enumerate(edge_node.covered):
        columns["covered"][request] = True
        for name in GAINS:
            columns[name][request] = getattr(edge_node, name)[place]
    return edge_node.model_copy(update={name: tuple(each) for name, each in columns.items()})
