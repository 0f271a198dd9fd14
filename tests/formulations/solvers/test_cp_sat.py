"""CP-SAT: its answers, and its process, which may die."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.solvers import cp_sat as module
from formulations.solvers.cp_sat import cp_sat
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from heuristics.schedule import Schedule
from tests.formulations.test_theorems import tight
from tests.helpers.dense import dense
from tests.helpers.examples import problem
from tests.helpers.oracles import is_possible, optimum
from tests.helpers.strategies import coefficients, levelled

any_edge_node = st.one_of(coefficients(max_edge_nodes=1), levelled(max_edge_nodes=1))


@given(any_edge_node, st.sampled_from([Problem.P2, Problem.P3PRIME]))
def test_the_problems_of_one_edge_node_have_their_optima(data, name):
    assert cp_sat(data, problem=name).objective == optimum(data, name)


@given(any_edge_node, st.sampled_from([Problem.P3, Problem.P3PRIME]), st.integers(0, 8))
def test_a_cardinality_is_reached_exactly_where_some_batch_has_it(data, name, z):
    found = cp_sat(data, problem=name, z=z)
    possible = is_possible(data, name, z)
    assert found.status == (Status.OPTIMAL if possible else Status.INFEASIBLE)


@given(tight())
def test_the_optimum_is_proved_whatever_the_magnitude(data):
    """In integers there is no magnitude at which a proof does not count."""
    result = cp_sat(data)
    assert (result.status, result.objective) == (Status.OPTIMAL, optimum(data))


def test_without_a_schedule_a_bound_of_zero_is_none():
    """What CP-SAT gives before it has looked at anything."""
    result = cp_sat(dense(100), time_limit=0.0)
    assert (result.status, result.ended_by) == (Status.NONE, EndedBy.TIME_LIMIT)
    assert result.bound is result.bound_raw is None


def test_the_process_is_kept_and_its_start_is_no_runtime():
    cp_sat(problem())
    process = module._WORKER._process
    result = cp_sat(dense(20))
    assert module._WORKER._process is process
    assert result.build_s > 0
    assert result.trajectory[-1] == (result.runtime_s, result.objective, result.bound)
    assert result.solver.startswith("CP-SAT 9.")


def test_the_death_of_the_process_is_a_crash_that_keeps_the_incumbent():
    cp_sat(problem())
    start = Schedule.of([[0], [1], [2]])
    threading.Timer(1, os.kill, (module._WORKER._process.pid, signal.SIGSEGV)).start()
    result = cp_sat(dense(100), warm_start=start)
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.CRASH)
    assert result.objective >= 3
    assert result.message == "the process of the solver died of signal SIGSEGV"
    assert result.proved_by is None
    assert cp_sat(problem()).status == Status.OPTIMAL


def test_a_process_that_outlasts_its_time_is_killed(monkeypatch):
    monkeypatch.setattr(module, "GRACE_S", -59.5)
    result = cp_sat(dense(100), time_limit=60.0, warm_start=Schedule.of([[0], [], []]))
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.TIME_LIMIT)
    assert result.objective >= 1
    assert cp_sat(problem()).status == Status.OPTIMAL


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(InputError, match="must have one edge node"):
        cp_sat(problem(), problem=Problem.P2)
    with pytest.raises(InputError, match="time_limit: must"):
        cp_sat(problem(), time_limit=-1)
    with pytest.raises(InputError, match="warm_start: must be feasible, but breaks memory"):
        cp_sat(problem(), warm_start=Schedule.of([[0, 1, 2], []]))


ABANDONED = """
import os, signal, threading, time
from formulations.solvers import cp_sat
from tests.helpers.examples import problem
from tests.helpers.dense import dense
cp_sat.cp_sat(problem())
print(cp_sat._WORKER._process.pid, flush=True)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGKILL)).start()
cp_sat.cp_sat(dense(100))
"""


def test_the_process_ends_with_the_one_that_started_it():
    run = subprocess.run(
        [sys.executable, "-c", ABANDONED], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == -signal.SIGKILL
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(run.stdout)).wait(timeout=30)
    assert not psutil.pid_exists(int(run.stdout))


INTERRUPTED = """
import os, signal, threading
from formulations.solvers.{name} import {name}
from tests.helpers.examples import problem
from tests.helpers.dense import dense
{name}(problem())
threading.Timer(2.0, os.kill, (os.getpid(), signal.SIGINT)).start()
result = {name}(dense(300), time_limit=60.0)
print(result.ended_by, result.runtime_s < 30, result.bound is None or result.bound > 0)
"""


@pytest.mark.parametrize("name", ["cp_sat", "scip"])
def test_ctrl_c_ends_the_run_and_keeps_what_it_has(name):
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(name=name)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (run.stdout, run.stderr) == ("interrupted True True\n", "")
