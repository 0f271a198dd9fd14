"""Question: a problem with data, cardinality and warm start, as exact methods take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formulations.evaluation import broken_rows
from formulations.statement import require_statement
from heuristics.errors import InputError
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients
    from heuristics.problem import Problem
    from heuristics.result import NodeKind


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """A problem with its data, cardinality and warm start; made by :meth:`of`.

    Parameters
    ----------
    data
        Coefficients; of one edge node unless the problem is P1.
    problem
        P1, P2, P3 or P3'.
    z
        Cardinality of P3 and P3'; None for a maximisation.
    warm_start
        Feasible schedule of eligible pairs; None to start without a schedule.
    """

    data: Coefficients
    problem: Problem
    z: int | None = None
    warm_start: Schedule | None = None

    @classmethod
    def of(
        cls, data: Coefficients, problem: Problem, z: int | None, warm_start: Schedule | None
    ) -> Question:
        """Check the input and return the question.

        Pairs that are not eligible are removed from the warm start.

        Raises
        ------
        InputError
            If the problem is not stated for the data, or the warm start is not feasible: a
            solver would ignore it without a message.
        """
        require_statement(problem, data, z)
        question = cls(data=data, problem=problem, z=z)
        if warm_start is None:
            return question
        start = question._eligible_part(warm_start)
        if (broken := question.broken_row(start)) is not None:
            raise InputError(f"must be feasible, but breaks {broken}", field="warm_start")
        return cls(data=data, problem=problem, z=z, warm_start=start)

    def broken_row(self, schedule: Schedule | None) -> str | None:
        """Return a row that a schedule violates in integers; None if it keeps all rows."""
        if schedule is None:
            return None
        return next(broken_rows(self.data, schedule, self.problem, self.z), None)

    def _eligible_part(self, schedule: Schedule) -> Schedule:
        data = self.data
        if len(schedule.batches) != data.num_edge_nodes:
            raise InputError(
                f"must have {data.num_edge_nodes} batches, one for each edge node",
                field="warm_start",
                found=len(schedule.batches),
            )
        for _, request in schedule.pairs():
            if not 0 <= request < data.num_requests:
                raise InputError("must hold indices of requests", field="warm_start", found=request)
        return Schedule.of(
            [i for i, place in zip(batch, data.pairs.places(j, batch), strict=True) if place >= 0]
            for j, batch in enumerate(schedule.batches)
        )

    def without_a_solver(self, *, proved_by: str, node_kind: NodeKind | None) -> Result | None:
        """Return the result if no pair is eligible, so that only the empty schedule exists.

        Parameters
        ----------
        proved_by
            Name of the method.
        node_kind
            Kind of the method's nodes; None if it counts no nodes.

        Returns
        -------
        Result or None
            None if some pair is eligible, so that a solver is needed.
        """
        if self.data.pairs.num_pairs:
            return None
        possible = not self.z
        return Result(
            problem=self.problem,
            status=Status.OPTIMAL if possible else Status.INFEASIBLE,
            ended_by=EndedBy.PROOF,
            schedule=Schedule.empty(self.data.num_edge_nodes) if possible else None,
            bound=0 if possible else None,
            runtime_s=0.0,
            build_s=0.0,
            num_nodes=None if node_kind is None else 0,
            node_kind=node_kind,
            simplex_iterations=None if node_kind is None else 0,
            proved_by=proved_by,
        )
