"""Result: what every method returns, and what is known of it."""

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
    """What is known of the schedule. Only a method with a proof says OPTIMAL."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NONE = "none"


class EndedBy(StrEnum):
    """Why the run ended."""

    PROOF = "proof"
    COMPLETED = "completed"
    TIME_LIMIT = "time-limit"
    NODE_LIMIT = "node-limit"
    MEMORY_LIMIT = "memory-limit"
    INTERRUPTED = "interrupted"
    CRASH = "crash"
    ERROR = "error"


class NodeKind(StrEnum):
    """What a counted node is; counts of different kinds never share a column."""

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
        The problem that was solved, and by whose constraints the schedule is judged.
    status, ended_by
        What is known of the schedule, and why the run ended.
    schedule
        The best schedule found; None if there is none.
    bound
        A proven upper bound on the throughput; None if the method has none.
    bound_raw
        The bound as the solver gave it, before it was rounded down to an integer.
    runtime_s
        The solve alone [s]: no file reading, no compiling, no model building. None for a run
        that did not live to tell.
    build_s
        Building the model and its translation to the solver [s].
    num_nodes, node_kind
        Nodes visited, and of which kind; None if the method counts none.
    simplex_iterations
        Iterations of the LP solver; None if there is none.
    proved_by
        The method whose proof makes the status OPTIMAL or INFEASIBLE; None without a proof.
    solver
        Name and version of the solver behind the method; None for our own code.
    certificate
        What proves the bound, for anyone to check; None if the method makes none.
    claimed_objective
        The throughput of a schedule that is left out, since it breaks a constraint or its proof
        is none; None elsewhere.
    trajectory
        Incumbents and bounds over time, in order.
    message
        What a failed run had to say.

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
        """How the status is proved; None without a proof."""
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
