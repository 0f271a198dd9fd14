"""P1, P2, P3 and P3' in integers, solved exactly by CP-SAT in a process of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from formulations.question import Question
from formulations.solvers.options import Options
from formulations.solvers.verdict import Reading, conclude
from formulations.solvers.watch import Watch, run_interruptibly
from formulations.solvers.worker import Worker, WorkerDied, WorkerKilled
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status

if TYPE_CHECKING:
    from formulations.solvers.verdict import Ending
    from heuristics.coefficients import Coefficients
    from heuristics.result import Result
    from heuristics.schedule import Schedule

METHOD = "cp-sat"

GRACE_S = 30.0
"""What CP-SAT may take beyond its time limit before its process is killed [s]."""

ENDINGS: dict[str, Ending] = {
    "OPTIMAL": (Status.OPTIMAL, EndedBy.PROOF),
    "INFEASIBLE": (Status.INFEASIBLE, EndedBy.PROOF),
    "FEASIBLE": (Status.FEASIBLE, EndedBy.TIME_LIMIT),
    "UNKNOWN": (Status.FEASIBLE, EndedBy.TIME_LIMIT),
    "stopped": (Status.FEASIBLE, EndedBy.INTERRUPTED),
}
"""What a status of CP-SAT means: the time limit is the only one that it has.

"stopped" is ours, for a run that was cut and had been asked to end.
https://developers.google.com/optimization/cp/cp_solver#cp-sat_return_values
"""


class Asked(NamedTuple):
    """What the process of CP-SAT is given."""

    question: Question
    options: Options


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the process of CP-SAT tells: that it begins, what it finds, and how it ended.

    Parameters
    ----------
    said
        Its status; empty before the end.
    schedule
        The best that it has; None if it has none.
    bound
        On the throughput; None if it has none.
    version
        Of OR-Tools.
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
        The coefficients; of one edge node unless the problem is P1.
    problem, z
        P1, P2, P3 or P3', and the cardinality of the last two.
    time_limit
        Of the solve [s]; a run that reaches it keeps its schedule and bound.
    seed
        ``random_seed`` of CP-SAT.
    warm_start
        A feasible schedule to start from, which is kept where CP-SAT finds nothing better. Its
        pairs that are not eligible are left out.

    Returns
    -------
    Result
        Optimal only if CP-SAT says so and its bound is met. Its branches are choices of a search
        that learns clauses and starts again, not nodes of a tree, so none are counted. Ctrl-C
        ends the run and keeps its incumbent, as does the death of the process, a crash.

    Raises
    ------
    InputError
        If the problem is not stated for the data, an option is out of range, or the warm start
        is not feasible.
    RuntimeError
        If its process raises.

    Notes
    -----
    OR-Tools brings a HiGHS that cannot be loaded where highspy has loaded another: hence the
    process, which is kept for the next question. Its start is a part of ``build_s``.

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
    """A question to the process of CP-SAT and what it told."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._watch = Watch(question=asked.question)
        self._build_s = self._runtime_s = 0.0
        self._last = Told(version="")
        self._ending: Ending | None = None
        self._said = ""

    def run(self) -> None:
        """Ask, and note what is told until the answer or the death of the process."""
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
        """Return what can be said of it."""
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
        if told.schedule is None:  # the model is built, and the solve begins
            self._build_s = self._watch.elapsed_s
            self._watch.started = time.perf_counter()
        else:
            self._watch.note(told.schedule.throughput, told.bound, told.schedule)
