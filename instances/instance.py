"""Instance: a named problem, its origin and its best known bounds."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heuristics.alternatives import Groups
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
        Name and physical values of each of the J rows, units in the keys. With a scenario they
        are set to the scenario's. ``alternative_of`` names the edge node that several rows are
        alternatives of.
    scenario
        Physical description from which the coefficients follow; None if the file has none.
    best_known
        Best known objective and bound of P1; None if unknown.

    Raises
    ------
    ValueError
        If the name is empty or holds control characters.
    InputError
        If ``alternative_of`` contradicts the alternatives of the coefficients.
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
        refuse_contradiction(self.edge_nodes, self.coefficients.alternatives)

    @property
    def edge_node_names(self) -> tuple[str, ...]:
        """Name of each row; its index if the file has no names."""
        if self.edge_nodes is None:
            return tuple(str(index) for index in range(self.coefficients.num_edge_nodes))
        return tuple(str(edge_node["name"]) for edge_node in self.edge_nodes)

    @property
    def groups(self) -> Groups:
        """The rows of each edge node with alternatives, or with rows that state its name."""
        edge_nodes = self.edge_nodes or ()
        named = {row for row, each in enumerate(edge_nodes) if "alternative_of" in each}
        groups = self.coefficients.alternatives
        return tuple(rows for rows in groups if len(rows) > 1 or rows[0] in named)

    @property
    def selection_names(self) -> tuple[str, ...]:
        """Names that select rows: that of each row, then that of each edge node of :attr:`groups`.

        An edge node with alternatives has the name that its rows state as ``alternative_of``, or
        else its index here.
        """
        rows = self.edge_node_names
        edge_nodes = self.edge_nodes or ({},) * len(rows)
        groups = (
            str(edge_nodes[group[0]].get("alternative_of", index))
            for index, group in enumerate(self.groups, start=len(rows))
        )
        return (*rows, *groups)

    def edge_node_index(self, name_or_index: str) -> int:
        """Return the index of the row or edge node with this name, or else with this index.

        Edge nodes with alternatives have the indices after those of the rows.

        Raises
        ------
        InputError
            If no edge node has this name or index.
        """
        names = self.selection_names
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

    def rows_of(self, edge_node: int) -> tuple[int, ...]:
        """Return the rows of an index: itself, or all rows of an edge node with alternatives."""
        num_rows = self.coefficients.num_edge_nodes
        return (edge_node,) if edge_node < num_rows else self.groups[edge_node - num_rows]

    def at(self, edge_node: int) -> Instance:
        """Return the problem of one edge node, named NAME@EDGE_NODE.

        It has no ``best_known``, since the optimum of one edge node is not that of the file, and
        no scenario, which describes the whole file.

        Parameters
        ----------
        edge_node
            Index of a row, or of an edge node with alternatives as in :meth:`edge_node_index`.
        """
        rows = self.rows_of(edge_node)
        kept = None if self.edge_nodes is None else tuple(self.edge_nodes[row] for row in rows)
        return Instance(
            name=self.name_at(edge_node),
            coefficients=self.coefficients.of_rows(rows),
            family=self.family,
            seed=self.seed,
            parameters=self.parameters,
            requests=self.requests,
            edge_nodes=kept,
        )

    def name_at(self, edge_node: int) -> str:
        """Return the name under which the problem of one edge node is recorded."""
        return f"{self.name}@{self.selection_names[edge_node]}"

    def derived(self) -> Coefficients | None:
        """Return the coefficients derived again from the scenario; None without a scenario."""
        if self.scenario is None:
            return None
        from heuristics.system_models.assemble import assemble

        return assemble(self.scenario, compress=self.coefficients.is_compressed)

    def _repr_html_(self) -> str:
        from instances.instance_html import instance_html

        return instance_html(self)


def refuse_contradiction(
    edge_nodes: tuple[Mapping[str, Any], ...] | None, alternatives: Groups
) -> None:
    """Raise InputError unless the rows that state one ``alternative_of`` are one group.

    Parameters
    ----------
    edge_nodes
        Description of each row; None without descriptions.
    alternatives
        Rows of each edge node.
    """
    rows_of: dict[str, list[int]] = {}
    for row, each in enumerate(edge_nodes or ()):
        if each.get("alternative_of") is not None:
            rows_of.setdefault(each["alternative_of"], []).append(row)
    if not rows_of:
        return
    group_of = {row: rows for rows in alternatives for row in rows}
    names = {each.get("name") for each in edge_nodes or ()}
    for name, rows in rows_of.items():
        field = f"edge_nodes[{rows[0]}].alternative_of"
        if name in names:
            raise InputError("must differ from the names of the rows", field=field, found=name)
        if tuple(rows) != group_of[rows[0]]:
            group = list(group_of[rows[0]])
            rule = f"must be that of exactly the rows {group}, as in coefficients.alternatives"
            raise InputError(rule, field=field, found=name)


def refuse_name(name: str) -> None:
    """Raise ValueError if this cannot name an instance or an edge node."""
    if not name:
        raise ValueError("name must not be empty")
    if any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in name):
        raise ValueError("name must be free of control characters")
