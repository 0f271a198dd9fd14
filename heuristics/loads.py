"""Loads: the demand of each batch of a schedule beside the capacity of its edge node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from heuristics.coefficients import RESOURCES
from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.coefficients import Coefficients
    from heuristics.schedule import Schedule

TAGS = {"uplink": "(12a)", "downlink": "(12b)", "memory": "(12c)"}


class Load(NamedTuple):
    """Both sides of one constraint at one edge node."""

    constraint: str
    """Name of the constraint, as in the formulations and for the judge."""
    tag: str
    """Number of the constraint in the paper."""
    load: int
    """Demand of the batch, in the unit of the coefficients."""
    capacity: int | None
    """Capacity; None for the deadline of an empty batch."""

    @property
    def share(self) -> float | None:
        """The load over the capacity; None without a capacity or for a capacity of 0."""
        return self.load / self.capacity if self.capacity else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Loads:
    """A schedule with its loads at every edge node.

    The loads are reported, not judged: a load may exceed its capacity.

    Parameters
    ----------
    schedule
        The schedule.
    names
        Names of the edge nodes.
    edge_nodes
        Loads of each edge node: uplink and downlink where the problem limits them, memory,
        and the deadline, the compute of the batch against the smallest budget of its requests.

    Examples
    --------
    >>> from heuristics.schedule import Schedule
    >>> from heuristics.coefficients import Coefficients
    >>> data = Coefficients(
    ...     uplink=[[4, 5]], uplink_capacity=[10], downlink=[[1, 1]], downlink_capacity=[4],
    ...     memory=[[3, 3]], memory_capacity=[8], compute=[[2, 2]], compute_budget=[[5, 4]],
    ...     eligible=[[1, 1]],
    ... )
    >>> for load in Loads.of(data, Schedule.of([[0, 1]])).edge_nodes[0]:
    ...     print(load.constraint, load.load, load.capacity, load.share)
    uplink 9 10 0.9
    downlink 2 4 0.5
    memory 6 8 0.75
    deadline 4 4 1.0
    """

    schedule: Schedule
    names: tuple[str, ...]
    edge_nodes: tuple[tuple[Load, ...], ...]

    @classmethod
    def of(
        cls,
        data: Coefficients,
        schedule: Schedule,
        *,
        problem: Problem = Problem.P1,
        names: Sequence[str] | None = None,
    ) -> Self:
        """Return the loads of a schedule.

        Parameters
        ----------
        data
            The coefficients of the problem.
        schedule
            A schedule with a batch for each edge node.
        problem
            Whose constraints count: P2 and P3 are without (12a) and (12b).
        names
            Names of the edge nodes; None for their indices.

        Raises
        ------
        ValueError
            If the numbers of batches, edge nodes and names differ, or a request does not exist.
        """
        num_edge_nodes = data.num_edge_nodes
        names = tuple(map(str, range(num_edge_nodes))) if names is None else tuple(names)
        if not len(schedule.batches) == len(names) == num_edge_nodes:
            raise ValueError(
                f"batches and names must be {num_edge_nodes}, as edge nodes are, "
                f"found {len(schedule.batches)} and {len(names)}"
            )
        for _, request in schedule.pairs():
            if not 0 <= request < data.num_requests:
                rule = f"must be an index of 0..{data.num_requests - 1}"
                raise ValueError(f"a request {rule}, found {request}")
        resources = RESOURCES if problem.limits_spectrum else ("memory",)
        edge_nodes = tuple(
            _loads(data, j, batch, resources) for j, batch in enumerate(schedule.batches)
        )
        return cls(schedule=schedule, names=names, edge_nodes=edge_nodes)

    def _repr_html_(self) -> str:
        from heuristics.display.schedule import loads_html

        return loads_html(self)


def _loads(
    data: Coefficients, edge_node: int, batch: tuple[int, ...], resources: Sequence[str]
) -> tuple[Load, ...]:
    budgets = data.amounts("compute_budget", edge_node, batch)
    deadline = Load(
        "deadline",
        "(12d)",
        int(data.amounts("compute", edge_node, batch).sum()),
        int(budgets.min()) if budgets.size else None,
    )
    shared = (
        Load(
            name,
            TAGS[name],
            int(data.amounts(name, edge_node, batch).sum()),
            int(getattr(data, f"{name}_capacity")[edge_node]),
        )
        for name in resources
    )
    return (*shared, deadline)
