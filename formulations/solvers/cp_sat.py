"""Method ``cp-sat``: P1, P2, P3 and P3' solved exactly by CP-SAT in a separate process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from formulations.question import Question
from formulations.solvers.conclusion import Reading, conclude
from formulations.solvers.options import Options
from formulations.solvers.watch import Watch, run_interruptibly
from formulations.solvers.worker import Worker, WorkerDied, WorkerKilled
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status

if TYPE_CHECKING:
    from formulations.solvers.conclusion import Ending
    from heuristics.coefficients import Coefficients
    from heuristics.result import Result
    from heuristics.schedule import Schedule

METHOD = "cp-sat"

GRACE_S = 30.0
"""Time beyond the time limit after which the process of CP-SAT is killed [s]."""

ENDINGS: dict[str, Ending] = {
    "OPTIMAL": (Status.OPTIMAL, EndedBy.PROOF),
    "INFEASIBLE": (Status.INFEASIBLE, EndedBy.PROOF),
    "FEASIBLE": (Status.FEASIBLE, EndedBy.TIME_LIMIT),
    "UNKNOWN": (Status.FEASIBLE, EndedBy.TIME_LIMIT),
    "stopped": (Status.FEASIBLE, EndedBy.INTERRUPTED),
}
"""Translation of the status of CP-SAT, whose only limit is the time limit.

"stopped" is our own status: the run was asked to end and ended without a proof.
https://developers.google.com/optimization/cp/cp_solver#cp-sat_return_values
"""


class Asked(NamedTuple):
    """Question sent to the process of CP-SAT."""

    question: Question
    options: Options


@dataclass(frozen=True, kw_only=True)
class Told:
    """Message of the process of CP-SAT: start of the solve, better schedule, or final answer.

    Parameters
    ----------
    said
        Status of CP-SAT; empty before the end.
    schedule
        Best schedule so far; None before the first.
    bound
        Bound on the throughput; None before the first.
    version
        Version of OR-Tools.
    """

    said: str = ""
    schedule: Schedule | None = None
    bound: float | None = None
    version: str


def cp_sat(
    data: Coefficients,
    *,
    problem: Problem = Problem.P1,
    z: int | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    warm_start: Schedule | None = None,
) -> Result:
    """Solve a problem exactly by CP-SAT of OR-Tools, in one thread.

    Parameters
    ----------
    data
        Coefficients; of one edge node unless the problem is P1.
    problem, z
        P1, P2, P3 or P3', and the cardinality of the last two.
    time_limit
        Time limit of the solve [s]; a run stopped by it keeps its schedule and bound.
    seed
        ``random_seed`` of CP-SAT.
    warm_start
        Feasible schedule to start from; it is kept if CP-SAT finds nothing better. Pairs that
        are not eligible are removed from it.

    Returns
    -------
    Result
        Optimal only if CP-SAT says so and the schedule meets its bound. Nodes are not counted:
        CP-SAT learns clauses and restarts, so its branches form no tree. If Ctrl-C ends the run
        or the process crashes, the incumbent is kept.

    Raises
    ------
    InputError
        If the problem is not stated for the data, an option is out of range, or the warm start
        is not feasible.
    RuntimeError
        If the process of CP-SAT raises an exception.

    Notes
    -----
    CP-SAT runs in a separate process, see :mod:`formulations.solvers.worker`. The process is kept
    for the next question; the time of its start is part of ``build_s``.

    References
    ----------
    L. Perron, F. Didier, S. Gay, The CP-SAT-LP Solver, CP 2023, doi 10.4230/LIPIcs.CP.2023.3.
    """
    options = Options(time_limit=time_limit, seed=seed)
    question = Question.of(data, problem, z, warm_start)
    if known := question.without_a_solver(proved_by=METHOD, node_kind=None):
        return known
    conversation = _Conversation(Asked(question, options))
    run_interruptibly(conversation.run, _WORKER.stop)
    return conversation.result()


_WORKER = Worker("formulations.solvers.cp_sat_process")


class _Conversation:
    """A question to the process of CP-SAT, and the messages received."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._watch = Watch(question=asked.question)
        self._build_s = self._runtime_s = 0.0
        self._last = Told(version="")
        self._ending: Ending | None = None
        self._said = ""

    def run(self) -> None:
        """Send the question, and record messages until the answer or the end of the process."""
        limit = self._asked.options.time_limit
        limit_s = None if limit is None else limit + GRACE_S
        try:
            self._last = _WORKER.ask(self._asked, self._note, limit_s=limit_s)
            self._said = self._last.said
            self._ending = ENDINGS.get(self._said)
        except WorkerDied as death:
            by = EndedBy.TIME_LIMIT if isinstance(death, WorkerKilled) else EndedBy.CRASH
            self._ending, self._said = (Status.FEASIBLE, by), str(death)
        self._runtime_s = self._watch.elapsed_s

    def result(self) -> Result:
        """Return the result that the answer proves."""
        reading = Reading(
            solver="CP-SAT",
            said=self._said,
            ending=self._ending,
            schedule=self._last.schedule,
            bound=self._last.bound,
        )
        return conclude(
            self._asked.question,
            reading,
            version=self._last.version,
            runtime_s=self._runtime_s,
            build_s=self._build_s,
            node_kind=None,
            proved_by=METHOD,
            trajectory=self._watch.trajectory,
        )

    def _note(self, told: Told) -> None:
        self._last = told
        if told.schedule is None:  # first message: the model is built and the solve begins
            self._build_s = self._watch.elapsed_s
            self._watch.started = time.perf_counter()
        else:
            self._watch.note(told.schedule.throughput, told.bound, told.schedule)
