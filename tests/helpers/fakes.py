"""Runs that go wrong: the work of an engine where the name of the instance says how."""

import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from itertools import chain, repeat

from analysis.runs import bound_run, method_run
from analysis.runs.method_run import judged
from heuristics.anytime import run_anytime
from heuristics.coefficients import Coefficients
from heuristics.errors import InputError
from heuristics.judges import checker
from heuristics.limits import Limits
from heuristics.problem import Problem
from heuristics.reporting import report
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

__all__ = ["WORK", "endless", "judged", "solved"]

WORK = __name__

MARK = "OTGAH_TEST_MARK"
"""The variable of the file that tells a second attempt from the first."""

LEFT = "left = 'over'"
"""What stands in the command of a process that a run leaves."""

RESULT = (
    "problem",
    "schedule",
    "bound",
    "bound_raw",
    "runtime_s",
    "build_s",
    "num_nodes",
    "node_kind",
    "simplex_iterations",
    "proved_by",
    "solver",
    "certificate",
    "claimed_objective",
    "message",
)


def solved(task, warm_start=None):
    """Do what the instance's name asks for, and solve it if that is nothing."""
    match task.instance.name:
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(7)
        case "raise":
            raise RuntimeError("boom in the solver")
        case "refuse":
            raise InputError("must be otherwise", source="solver")
        case "out of memory":
            raise MemoryError
        case "hang":
            time.sleep(600)
        case "hoard":
            hoard = bytearray(b"x") * 800_000_000
            time.sleep(600)
            return hoard
        case "hoard elsewhere":
            hoarding = "import sys; hoard = b'x' * 800_000_000; sys.stdin.read()"
            subprocess.run([sys.executable, "-c", hoarding], stdin=subprocess.PIPE, check=False)
        case "chatter":
            os.write(1, b"noise of a solver\n")
        case "flood":
            for _ in range(200):
                os.write(1, b"x" * 100_000)
            os.write(1, b"the end")
        case "report and hang":
            report(schedule=Schedule.of([[0], []]), bound=3)
            report(schedule=Schedule.of([[0], [1]]))
            time.sleep(600)
        case "improve without end":
            better = [Schedule.of(each) for each in ([[], []], [[0], []], [[0], [1]])]
            return run_anytime(Problem.P1, Limits(), chain(better, repeat(None)))
        case "report nonsense and hang":
            report(schedule=Schedule.of([[0, 0, 1, 2], [0, 1, 2]]), bound=3)
            time.sleep(600)
        case "leave children":
            _leave_a_child()
        case "die once":
            if not os.path.exists(os.environ[MARK]):
                open(os.environ[MARK], "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "kill the supervisor":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(600)
        case "corrupt the judge":
            method_run.check = checker.check = lambda *given, **options: ()
            return Result(
                problem=Problem.P1,
                status=Status.FEASIBLE,
                ended_by=EndedBy.COMPLETED,
                schedule=Schedule.of([[0, 1, 2], [0, 1, 2]]),
                runtime_s=0.0,
            )
        case "say what is no result":
            return Namespace(
                **dict.fromkeys(RESULT), status="great", ended_by="luck", trajectory=()
            )
    return (bound_run if task.method == bound_run.NAME else method_run).solved(task, warm_start)


def _leave_a_child():
    """Start a process that detaches itself from all that it could be found by."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(
                sys.executable, [sys.executable, "-c", f"import time; {LEFT}; time.sleep(600)"]
            )
        os._exit(0)
    os.wait()


def endless():
    """Return 60 requests of 20 levels: no search without pruning comes to an end."""
    levels = [each % 20 for each in range(60)]
    return Coefficients(
        uplink=[[1] * 60],
        uplink_capacity=[29],
        downlink=[[0] * 60],
        downlink_capacity=[0],
        memory=[levels],
        memory_capacity=[500],
        compute=[levels],
        compute_budget=[[1000] * 60],
        eligible=[[1] * 60],
    )
