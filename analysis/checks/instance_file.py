"""Instance file: the verdict on an instance file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.coefficients import FIELDS, RESOURCES
from heuristics.pairs import AMOUNTS
from instances.files import read_instance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from heuristics.coefficients import Coefficients
    from instances.instance import Instance


@dataclass(frozen=True, kw_only=True)
class FileVerdict:
    """Verdict on an instance file that breaks no rule of the format.

    Parameters
    ----------
    instance
        Name of the instance.
    num_requests, num_edge_nodes, num_eligible
        Number of requests I, of rows J, one for each alternative of an edge node, and of eligible
        pairs.
    unfit
        Pairs (edge node, request) that the file calls eligible but that do not fit their edge
        node alone. They are dropped.
    derived_again
        True if the file's scenario gives the file's coefficients; None without a scenario.
    differences
        Names of the coefficients that differ from those of the scenario.
    num_with_alternatives
        Number of edge nodes if some of them have alternatives; None if each row is one.
    best_known
        Reason why the file's best known values are impossible; None if they are possible.
    """

    instance: str
    num_requests: int
    num_edge_nodes: int
    num_eligible: int
    unfit: tuple[tuple[int, int], ...]
    derived_again: bool | None
    differences: tuple[str, ...]
    best_known: str | None
    num_with_alternatives: int | None = None

    @property
    def passed(self) -> bool:
        """True if the file does not contradict itself."""
        return self.derived_again is not False and self.best_known is None

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as ``otgah check --json`` prints it."""
        return {
            "instance": self.instance,
            "passed": self.passed,
            "num_requests": self.num_requests,
            "num_edge_nodes": self.num_edge_nodes,
            "num_eligible": self.num_eligible,
            "unfit": [list(pair) for pair in self.unfit],
            "derived_again": self.derived_again,
            "differences": list(self.differences),
            "best_known": self.best_known,
        }


def check_file(path: str | PathLike[str], *, edge_node: str | int | None = None) -> FileVerdict:
    """Validate an instance file.

    Parameters
    ----------
    path
        Path of the instance file.
    edge_node
        Name or index of the edge node whose pairs are listed; None for all edge nodes.

    Raises
    ------
    InputError
        If the file breaks a rule of the format.
    """
    instance = read_instance(path)
    data = instance.coefficients
    index = None if edge_node is None else instance.edge_node_index(str(edge_node))
    rows = range(data.num_edge_nodes) if index is None else instance.rows_of(index)
    derived = instance.derived()
    differences = () if derived is None else _differences(data, derived)
    sizes = np.diff(data.pairs.row_pointer)
    return FileVerdict(
        instance=instance.name if index is None else instance.name_at(index),
        num_requests=data.num_requests,
        num_edge_nodes=len(rows),
        num_eligible=int(sizes[list(rows)].sum()),
        unfit=tuple((j, i) for j, i in data.unfit_pairs.tolist() if j in rows),
        derived_again=None if derived is None else not differences,
        differences=differences,
        best_known=_best_known(instance),
        num_with_alternatives=_num_with_alternatives(data, rows),
    )


def _num_with_alternatives(data: Coefficients, rows: Sequence[int]) -> int | None:
    kept = set(rows)
    num_edge_nodes = sum(not kept.isdisjoint(each) for each in data.alternatives)
    return num_edge_nodes if num_edge_nodes < len(rows) else None


def _differences(data: Coefficients, derived: Coefficients) -> tuple[str, ...]:
    """Return the names of the fields that differ."""
    if data.is_compressed != derived.is_compressed:
        return ("eligible",)
    groups = () if data.alternatives == derived.alternatives else ("alternatives",)
    if not data.is_compressed:
        pairs = ((name, data.given(name), derived.given(name)) for name in FIELDS)
        differing = (name for name, one, other in pairs if not np.array_equal(one, other))
        return (*differing, *groups)
    capacities = (f"{name}_capacity" for name in RESOURCES)
    differences = [
        name
        for name in capacities
        if not np.array_equal(getattr(data, name), getattr(derived, name))
    ]
    same_pairs = all(map(np.array_equal, data.pairs[:2], derived.pairs[:2]))
    if not same_pairs:
        return (*differences, "eligible", *groups)
    amounts = zip(AMOUNTS, data.pairs[2:], derived.pairs[2:], strict=True)
    differences += [name for name, one, other in amounts if not np.array_equal(one, other)]
    return (*differences, *groups)


def _best_known(instance: Instance) -> str | None:
    """Return the reason why the best known values are impossible, else None; solve nothing."""
    best_known = instance.best_known
    if best_known is None:
        return None
    num_servable = np.unique(instance.coefficients.pairs.requests).size
    if best_known.objective > num_servable:
        return (
            f"objective {best_known.objective} exceeds the {num_servable} requests that are "
            f"eligible anywhere"
        )
    return None
