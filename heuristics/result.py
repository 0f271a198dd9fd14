"""Result: the outcome of a run, with its status, schedule, bound and proof."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from heuristics.certificate import Proof

if TYPE_CHECKING:
    from heuristics.certificate import Certificate
    from heuristics.problem import Problem
    from heuristics.schedule import Schedule


class Status(StrEnum):
    """Status of the schedule. OPTIMAL requires a proof by the method."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NONE = "none"


class EndedBy(StrEnum):
    """Reason why the run ended."""

    PROOF = "proof"
    COMPLETED = "completed"
    TIME_LIMIT = "time-limit"
    NODE_LIMIT = "node-limit"
    MEMORY_LIMIT = "memory-limit"
    INTERRUPTED = "interrupted"
    CRASH = "crash"
    ERROR = "error"


class NodeKind(StrEnum):
    """Kind of the counted nodes; counts of different kinds never share a column."""

    TREE = "tree"
    BRANCH_AND_BOUND = "branch-and-bound"


class Progress(NamedTuple):
    """One point of a run's trajectory."""

    runtime_s: float
    objective: int | None
    bound: int | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome of one run of one method on one problem.

    Parameters
    ----------
    problem
        Problem that was solved; the schedule is judged by its constraints.
    status, ended_by
        Status of the schedule, and reason why the run ended.
    schedule
        Best schedule found; None without one.
    bound
        Proven upper bound on the throughput; None if the method proves no bound.
    bound_raw
        Bound as the solver returned it, before it was rounded down to an integer.
    runtime_s
        Duration of the solve alone [s], without file reading, compiling and model building. None
        for a run whose process died.
    build_s
        Duration of building the model and translating it for the solver [s].
    num_nodes, node_kind
        Number of nodes visited and their kind; None if the method does not count nodes.
    simplex_iterations
        Number of iterations of the LP solver; None without an LP solver.
    proved_by
        Name of the method whose proof makes the status OPTIMAL or INFEASIBLE; None without a proof.
    solver
        Name and version of the solver behind the method; None for our own code.
    certificate
        Certificate of the bound; None if the method makes no certificates.
    claimed_objective
        Throughput of a schedule that was removed because it breaks a constraint or its proof is
        invalid; None otherwise.
    trajectory
        Incumbents and bounds over time, in order.
    message
        Error message of a failed run.

    Raises
    ------
    ValueError
        If the parts contradict each other.
    """

    problem: Problem
    status: Status
    ended_by: EndedBy
    schedule: Schedule | None = None
    bound: int | None = None
    bound_raw: float | None = None
    runtime_s: float | None
    build_s: float | None = None
    num_nodes: int | None = None
    node_kind: NodeKind | None = None
    simplex_iterations: int | None = None
    proved_by: str | None = None
    solver: str | None = None
    certificate: Certificate | None = None
    claimed_objective: int | None = None
    trajectory: tuple[Progress, ...] = ()
    message: str | None = None

    def __post_init__(self) -> None:
        has_schedule = self.status in (Status.OPTIMAL, Status.FEASIBLE)
        if has_schedule != (self.schedule is not None):
            raise ValueError(f"status {self.status} contradicts the schedule {self.schedule}")
        if self.status is Status.OPTIMAL and self.objective != self.bound:
            raise ValueError(
                f"an optimal objective must equal its bound, "
                f"found {self.objective} and {self.bound}"
            )
        proven = self.status in (Status.OPTIMAL, Status.INFEASIBLE)
        if proven != (self.proved_by is not None) or proven != (self.ended_by is EndedBy.PROOF):
            raise ValueError(
                f"status {self.status} contradicts proved_by {self.proved_by} or "
                f"ended_by {self.ended_by}"
            )
        if self.objective is not None and self.bound is not None and self.objective > self.bound:
            raise ValueError(f"bound {self.bound} lies below the objective {self.objective}")
        if self.claimed_objective is not None and has_schedule:
            raise ValueError("a claim is of a schedule that is left out, and there is one")
        if self.certificate is not None and self.certificate.bound != self.bound:
            raise ValueError(
                f"a certificate must be of the bound, "
                f"found {self.certificate.bound} and {self.bound}"
            )
        if (self.num_nodes is None) != (self.node_kind is None):
            raise ValueError("num_nodes and node_kind must be given together")

    @property
    def objective(self) -> int | None:
        """The throughput of the schedule; None without one."""
        return None if self.schedule is None else self.schedule.throughput

    @property
    def proof(self) -> Proof | None:
        """Kind of proof of the status; None without a proof."""
        if self.proved_by is None:
            return None
        return Proof.SEARCH if self.certificate is None else self.certificate.proof

    @property
    def gap(self) -> float | None:
        """Relative gap of this run's own objective to its own bound; see :func:`relative_gap`."""
        return relative_gap(self.objective, self.bound)

    def _repr_html_(self) -> str:
        from heuristics.display.result import result_html

        return result_html(self)


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return (bound - objective) / bound, 0 when both are 0, None without either.

    Examples
    --------
    >>> relative_gap(3, 4), relative_gap(0, 0), relative_gap(3, None)
    (0.25, 0.0, None)
    """
    if objective is None or bound is None:
        return None
    return 0.0 if bound == objective else (bound - objective) / bound
