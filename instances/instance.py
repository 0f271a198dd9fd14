"""Instance: a named problem with where it comes from and what is known of it."""

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
    """The best schedule's throughput and the least bound that anyone has proved, of P1.

    Parameters
    ----------
    objective, bound
        Requests; the optimum is proved where they are equal.
    proved_by
        The methods behind the bound.

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
        Not empty, free of control characters.
    coefficients
        The integers of P1.
    family, seed, parameters
        How it was generated; None and empty for one made elsewhere.
    requests
        Columns of length I: ``arrival_s``, ``prompt_tokens``, ``output_tokens``,
        ``deadline_s``, ``accuracy``. With a scenario they are set to the scenario's.
    edge_nodes
        Name and physical values of each of the J edge nodes, units in the keys. With a
        scenario they are set to the scenario's.
    scenario
        Physical description from which the coefficients follow; None if the file has none.
    best_known
        What has been proved of P1.

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
        """The name of each edge node; its index where it has none."""
        if self.edge_nodes is None:
            return tuple(str(index) for index in range(self.coefficients.num_edge_nodes))
        return tuple(str(edge_node["name"]) for edge_node in self.edge_nodes)

    def edge_node_index(self, name_or_index: str) -> int:
        """Return the index of the edge node with this name or, failing that, this index.

        Raises
        ------
        InputError
            If there is no such edge node.
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
        """Return the case of one edge node, named NAME@EDGE_NODE.

        The optimum of a node is not that of the file, so ``best_known`` stays behind, and the
        physical description with it: the rest of it belongs to the whole file.
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
        """Return the name under which the case of one edge node is recorded."""
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
