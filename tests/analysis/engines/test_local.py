"""The local engine: what a run does, it does to itself alone."""

import json
import os
from dataclasses import asdict, replace

import psutil
import pytest

from analysis.engines import fork_client, local
from analysis.engines.child import modules_of
from analysis.engines.engine import WorkOrder
from analysis.engines.local import NUM_ATTEMPTS, LocalEngine, carry_out, run_alone
from analysis.engines.wire import to_order
from analysis.methods.registry import METHODS
from analysis.runs.operating_system import is_linux
from analysis.runs.plan import plan
from heuristics.errors import InputError
from instances.instance import Instance
from tests.helpers.examples import problem
from tests.helpers.fakes import LEFT, MARK, WORK


@pytest.fixture
def own_fork_server(monkeypatch):
    """Have a fork server that begins within the test and ends with it."""
    monkeypatch.setattr(fork_client, "_server", None)
    yield
    fork_client._server.close()


def order(name, *, time_limit=None, **changes):
    task = plan(Instance(name=name, coefficients=problem()), "ot-gah", time_limit=time_limit)
    return replace(to_order(task, id=name, work=WORK), **changes)


def ended(name, **options):
    return carry_out(order(name, **options))


def told(run):
    return run.result["status"], run.result["ended_by"]


def test_an_order_and_what_it_comes_to_are_plain_data():
    given = order("fine")
    assert WorkOrder(**json.loads(json.dumps(asdict(given)))) == given
    run = ended("fine")
    assert json.loads(json.dumps(asdict(run)))["result"]["schedule"] is not None
    assert told(run) == ("feasible", "completed")
    assert run.machine["highspy"]
    assert run.num_attempts == 1


def test_a_killed_run_keeps_what_it_reported_last():
    run = ended("report and hang", time_limit=0.2, grace_s=0.3)
    assert told(run) == ("feasible", "time-limit")
    assert run.result["schedule"] == [[0], [1]]
    assert run.result["bound"] == 3


def test_a_run_ends_with_the_first_schedule_that_meets_its_target():
    run = ended_with_target(1)
    assert told(run) == ("feasible", "interrupted")
    assert run.result["schedule"] == [[0], []]
    assert [point[1] for point in run.result["trajectory"]] == [0, 1]


def ended_with_target(target):
    return carry_out(order("improve without end", target=target))


def test_what_a_killed_run_reported_is_judged():
    run = ended("report nonsense and hang", time_limit=0.2, grace_s=0.3)
    assert told(run) == ("none", "error")
    assert run.violations
    assert run.result["claimed_objective"] == 7


def test_the_judge_is_out_of_reach_of_a_run():
    run = ended("corrupt the judge")
    assert told(run) == ("none", "error")
    assert run.result["claimed_objective"] == 6


def test_what_is_no_result_is_an_error():
    run = ended("say what is no result")
    assert told(run) == ("none", "error")


@pytest.mark.skipif(not is_linux(), reason="only Linux adopts orphans")
def test_a_detached_process_of_a_run_ends_with_it():
    assert told(ended("leave children")) == ("feasible", "completed")
    lines = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
    assert not any(LEFT in line for line in lines)


def test_output_without_end_is_cut_on_the_way():
    run = ended("flood")
    assert told(run) == ("feasible", "completed")
    assert run.log.startswith("[19996007 bytes left out]\n")
    assert run.log.endswith("the end")
    assert len(run.log) < 4100


def test_a_crash_has_the_stack_of_its_end_in_the_log():
    assert "Segmentation fault" in ended("segfault").log


def test_a_run_that_something_from_outside_killed_is_begun_again(
    tmp_path, monkeypatch, own_fork_server
):
    monkeypatch.setenv(MARK, str(tmp_path / "mark"))
    run = ended("die once")
    assert told(run) == ("feasible", "completed")
    assert run.num_attempts == 2


@pytest.mark.parametrize("name", ["die", "kill the supervisor"])
def test_a_run_that_is_killed_again_and_again_has_crashed(name):
    run = ended(name)
    assert told(run) == ("none", "crash")
    assert "SIGKILL" in run.result["message"]
    assert run.num_attempts == NUM_ATTEMPTS


def test_a_run_that_does_not_begin_is_killed():
    run = ended("fine", work="tests.helpers.hanging", start_s=2.0)
    assert told(run) == ("none", "time-limit")
    assert run.result["message"] == "killed: it had not begun after 2 s"


def test_runs_of_a_pool_share_processes_and_one_that_is_killed_is_replaced():
    names = ["fine", "segfault", "fine", "hang", "chatter", "fine"]
    orders = [
        replace(order(name, time_limit=0.3 if name == "hang" else 60), id=str(place), grace_s=0.3)
        for place, name in enumerate(names)
    ]
    orders = [each if each.time_limit < 1 else replace(each, grace_s=60) for each in orders]
    runs = {each.id: told(each) for each in LocalEngine(isolation="pool").run(orders)}
    ends = {"segfault": ("none", "crash"), "hang": ("none", "time-limit")}
    assert runs == {
        str(place): ends.get(name, ("feasible", "completed")) for place, name in enumerate(names)
    }


@pytest.mark.long
def test_the_fork_server_has_one_thread_when_it_has_imported_every_method(own_fork_server):
    """A process with further threads may not fork: their locks would stay closed in the child."""
    fork_client.start_fork_server(modules_of(METHODS))
    assert told(ended("fine")) == ("feasible", "completed")
    assert psutil.Process(fork_client._server.process.pid).num_threads() == 1


def test_the_fork_server_is_started_again_where_it_was_killed():
    assert told(ended("fine")) == ("feasible", "completed")
    fork_client._server.process.kill()
    fork_client._server.process.wait()
    assert told(ended("fine")) == ("feasible", "completed")


@pytest.fixture
def deaths(monkeypatch, own_fork_server):
    """Have fork servers killed as they begin, as often as the list is long."""
    left, fork = [], fork_client._ForkServer.fork

    def fork_and_die(server, descriptor):
        fork(server, descriptor)
        if left:
            left.pop()
            server.process.kill()

    monkeypatch.setattr(fork_client._ForkServer, "fork", fork_and_die)
    return left


def test_what_is_killed_before_a_run_has_begun_costs_it_no_attempt(deaths):
    deaths += range(NUM_ATTEMPTS + 1)
    run = ended("fine")
    assert told(run) == ("feasible", "completed")
    assert run.num_attempts == 1
    assert deaths == []


def test_no_run_is_lost_where_none_can_be_begun(deaths, monkeypatch):
    monkeypatch.setattr(local, "NUM_STARTS", 3)
    deaths += range(100)
    with pytest.raises(OSError, match="no process for a run could be started in 3 attempts"):
        list(LocalEngine().run([order("fine")]))


def test_what_a_later_campaign_needs_is_imported_before_its_runs_are_forked(
    tmp_path, monkeypatch, own_fork_server
):
    module = tmp_path / "needed_later.py"
    module.write_text(f"import os; open({str(tmp_path / 'who')!r}, 'a').write(f'{{os.getpid()}} ')")
    monkeypatch.syspath_prepend(tmp_path)
    assert told(ended("fine")) == ("feasible", "completed")
    server = fork_client._server.process.pid
    for _ in range(2):
        local.start_fork_server(["heuristics.ot_gah", module.stem])
        assert told(ended("fine")) == ("feasible", "completed")
    assert fork_client._server.process.pid == server
    assert (tmp_path / "who").read_text() == f"{server} "


def test_a_run_holds_at_most_its_share_of_the_machine(monkeypatch):
    monkeypatch.setattr(local, "memory_share", lambda num_jobs: 700 // num_jobs)
    run = ended("hoard")
    assert told(run) == ("none", "memory-limit")
    assert run.result["message"] == "killed: it held more than 700 MB, its share of the machine"
    assert run.largest_memory_mb >= 700  # whole MB of what was more


def test_another_isolation_is_refused():
    with pytest.raises(InputError, match="--isolation: must be one of process, pool, found 'none'"):
        LocalEngine(isolation="none")


def _command(process):
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it went while it was looked at
        return ""


def test_no_process_is_left_when_all_runs_have_ended():
    run_alone(order("fine"))
    here = psutil.Process()
    left = [
        each
        for each in here.children(recursive=True)
        if each.pid != fork_client._server.process.pid
    ]
    left = [each for each in left if "fork_server" in _command(each)]
    _, still_there = psutil.wait_procs(left, timeout=10)  # the last may be on its way out
    assert still_there == []
    assert os.waitpid(-1, os.WNOHANG)[0] == 0
