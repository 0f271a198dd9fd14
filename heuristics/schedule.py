"""Schedule: the batch of requests of each edge node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Schedule:
    r"""An assignment of requests to edge nodes, :math:`\{S^{(j)}\}`.

    Parameters
    ----------
    batches
        Indices of the requests of each edge node, ascending, shape (J, any). The type does not
        check constraints; the judge does.

    Examples
    --------
    >>> Schedule.of([[2, 0], []])
    Schedule(batches=((0, 2), ()))
    """

    batches: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, batches: Iterable[Iterable[int]]) -> Schedule:
        """Return the schedule with these batches, each sorted."""
        return cls(tuple(tuple(sorted(int(request) for request in batch)) for batch in batches))

    @classmethod
    def empty(cls, num_edge_nodes: int) -> Schedule:
        """Return the schedule without requests: feasible in P1, P2 and P3' as maximisation."""
        return cls(((),) * num_edge_nodes)

    def of_rows(self, rows: Sequence[int]) -> Schedule:
        """Return the schedule of some rows, in their order; the inverse of :meth:`on_rows`.

        Examples
        --------
        >>> Schedule.of([[1], [2, 0], []]).of_rows([1])
        Schedule(batches=((0, 2),))
        """
        return Schedule(tuple(self.batches[row] for row in rows))

    def on_rows(self, rows: Sequence[int], num_rows: int) -> Schedule:
        """Return the schedule of a problem from that of some of its rows.

        Parameters
        ----------
        rows
            Index in the problem of each row of this schedule.
        num_rows
            Number of rows of the problem; rows that are not named have empty batches.

        Examples
        --------
        >>> Schedule.of([[2, 0]]).on_rows([1], 3)
        Schedule(batches=((), (0, 2), ()))
        """
        batch_of = dict(zip(rows, self.batches, strict=True))
        return Schedule(tuple(batch_of.get(row, ()) for row in range(num_rows)))

    @property
    def throughput(self) -> int:
        """The number of pairs chosen, the objective (12)."""
        return sum(len(batch) for batch in self.batches)

    def _repr_html_(self) -> str:
        from heuristics.display.schedule import schedule_html

        return schedule_html(self)

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Return the chosen pairs (edge node, request), the :math:`x_{ij} = 1`."""
        return tuple((j, i) for j, batch in enumerate(self.batches) for i in batch)
