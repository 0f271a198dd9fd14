"""Instance: a named problem, its origin and its best known bounds."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heuristics.coefficients import Coefficients
    from heuristics.system_models.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class BestKnown:
    """Throughput of the best known schedule of P1, and the smallest proven bound.

    Parameters
    ----------
    objective, bound
        Numbers of requests; the optimum is proved if they are equal.
    proved_by
        Methods that proved the bound.

    Raises
    ------
    ValueError
        If the bound lies below the objective.
    """

    objective: int
    bound: int
    proved_by: str

    def __post_init__(self) -> None:
        if not 0 <= self.objective <= self.bound:
            raise ValueError(
                f"best_known must have 0 <= objective <= bound, "
                f"found {self.objective} and {self.bound}"
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """A problem with a name; ``coefficients`` alone defines it.

    Parameters
    ----------
    name
        Name of the instance, not empty and free of control characters.
    coefficients
        Coefficients of P1.
    family, seed, parameters
        Origin of a generated instance; None and empty for an instance from elsewhere.
    requests
        Columns of length I: ``arrival_s``, ``prompt_tokens``, ``output_tokens``,
        ``deadline_s``, ``accuracy``. With a scenario they are set to the scenario's.
    edge_nodes
        Name and physical values of each of the J edge nodes, units in the keys. With a
        scenario they are set to the scenario's.
    scenario
        Physical description from which the coefficients follow; None if the file has none.
    best_known
        Best known objective and bound of P1; None if unknown.

    Raises
    ------
    ValueError
        If the name is empty or holds control characters.
    """

    name: str
    coefficients: Coefficients
    family: str | None = None
    seed: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    requests: Mapping[str, Any] | None = None
    edge_nodes: tuple[Mapping[str, Any], ...] | None = None
    scenario: Scenario | None = None
    best_known: BestKnown | None = None

    def __post_init__(self) -> None:
        refuse_name(self.name)
        if self.scenario is not None:
            requests, edge_nodes, _ = self.scenario.to_parts()
            object.__setattr__(self, "requests", requests)
            object.__setattr__(self, "edge_nodes", tuple(edge_nodes))

    @property
    def edge_node_names(self) -> tuple[str, ...]:
        """Name of each edge node; its index if the file has no names."""
        if self.edge_nodes is None:
            return tuple(str(index) for index in range(self.coefficients.num_edge_nodes))
        return tuple(str(edge_node["name"]) for edge_node in self.edge_nodes)

    def edge_node_index(self, name_or_index: str) -> int:
        """Return the index of the edge node with this name, or else with this index.

        Raises
        ------
        InputError
            If no edge node has this name or index.
        """
        names = self.edge_node_names
        if name_or_index in names:
            return names.index(name_or_index)
        if name_or_index.isascii() and name_or_index.isdigit() and int(name_or_index) < len(names):
            return int(name_or_index)
        known = ", ".join(names)
        raise InputError(
            f"must be one of {known} or an index of 0..{len(names) - 1}",
            source=self.name,
            field="edge node",
            found=name_or_index,
        )

    def at(self, edge_node: int) -> Instance:
        """Return the problem of one edge node, named NAME@EDGE_NODE.

        It has no ``best_known``, since the optimum of one edge node is not that of the file, and
        no scenario, which describes the whole file.
        """
        return Instance(
            name=self.name_at(edge_node),
            coefficients=self.coefficients.at(edge_node),
            family=self.family,
            seed=self.seed,
            parameters=self.parameters,
            requests=self.requests,
            edge_nodes=None if self.edge_nodes is None else (self.edge_nodes[edge_node],),
        )

    def name_at(self, edge_node: int) -> str:
        """Return the name under which the problem of one edge node is recorded."""
        return f"{self.name}@{self.edge_node_names[edge_node]}"

    def derived(self) -> Coefficients | None:
        """Return the coefficients derived again from the scenario; None without a scenario."""
        if self.scenario is None:
            return None
        from heuristics.system_models.assemble import assemble

        return assemble(self.scenario)

    def _repr_html_(self) -> str:
        from instances.instance_html import instance_html

        return instance_html(self)


def refuse_name(name: str) -> None:
    """Raise ValueError if this cannot name an instance or an edge node."""
    if not name:
        raise ValueError("name must not be empty")
    if any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in name):
        raise ValueError("name must be free of control characters")
