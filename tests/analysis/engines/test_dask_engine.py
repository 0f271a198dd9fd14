"""The Dask engine: the runs of the local one, on workers that share nothing and may die."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace

import psutil
import pytest

from analysis.cli import main
from analysis.engines import dask_engine
from analysis.engines.dask_engine import DaskEngine
from analysis.engines.wire import to_order
from analysis.plugins.registry import forget_plugins, use_plugin
from analysis.runs.plan import plan
from analysis.store.store import read_rows
from heuristics.errors import InputError
from instances.files import write_instance
from instances.instance import Instance
from tests.analysis.campaigns.test_survival import OTGAH, OUTCOME, SLEEPER
from tests.helpers.examples import problem
from tests.helpers.fakes import WORK

distributed = pytest.importorskip("distributed", reason="Dask is not installed: the extra [dask]")

from tests.helpers.apart import Apart  # noqa: E402  # it needs Dask

PATIENCE_S = 60


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Apart(tmp_path_factory.mktemp("workers")) as found:
        yield found


@pytest.fixture
def engine(cluster):
    with DaskEngine(cluster.scheduler_address) as found:
        yield found


@pytest.fixture
def sleeper():
    """Return what makes an order for a run that sleeps."""
    use_plugin(SLEEPER)
    instance = Instance(name="sleeping", coefficients=problem())
    yield lambda ms: to_order(plan(instance, "sleeper", settings={"ms": ms}), id="sleeping")
    forget_plugins()


def order(name, **changes):
    task = plan(Instance(name=name, coefficients=problem()), "ot-gah")
    return replace(to_order(task, id=name, work=WORK), **changes)


def told(run):
    return run.result["status"], run.result["ended_by"]


def outcomes(runs):
    rows = read_rows(runs, "runs")
    return sorted(tuple(row[name] for name in OUTCOME.split()) for row in rows)


def instances(folder, count):
    for index in range(count):
        data = problem(memory_capacity=[7 + index, 10])
        write_instance(Instance(name=f"hand-{index}", coefficients=data), folder / f"{index}.json")
    return str(folder)


def runs_of(worker):
    """Return the processes of the runs of a worker: what its server has forked."""
    try:
        return [
            each
            for child in psutil.Process(worker).children()
            if "analysis.engines.fork_server" in child.cmdline()
            for each in child.children(recursive=True)
        ]
    except psutil.Error:
        return []


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def at_work(cluster):
    return [pid for pid in cluster.pids() if len(runs_of(pid)) > 1]


def in_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    return thread


def kill_the_worker_at_work(cluster):
    os.kill(wait_until(lambda: at_work(cluster))[0], signal.SIGKILL)


def test_a_batch_comes_to_the_same_rows_as_on_this_machine(cluster, tmp_path, capsys):
    given = ["batch", instances(tmp_path / "instances", 2), "--plugin", str(SLEEPER)]
    given += ["--methods", "ot-gah,random-order,sleeper", "--set", "ms=1", "--seeds", "0:2"]
    here, there = tmp_path / "here.sqlite", tmp_path / "there.sqlite"
    elsewhere = ["--engine", "dask", "--scheduler", cluster.scheduler_address]
    assert main([*given, "--out", str(here)]) == 0
    assert main([*given, "--out", str(there), *elsewhere]) == 0
    assert outcomes(there) == outcomes(here)
    assert len(outcomes(there)) == 12
    assert len(read_rows(there, "bounds")) == len(read_rows(here, "bounds")) == 2
    rows = read_rows(there, "runs")
    assert {(row["num_attempts"], row["num_jobs"]) for row in rows} == {(1, 2)}
    capsys.readouterr()
    assert main([*given, "--out", str(there), *elsewhere, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["num_kept"] == 12
    forget_plugins()


def test_the_workers_have_folders_of_their_own(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        found = [client.run(os.getcwd), client.run(os.getenv, "HOME")]
    for each in found:
        assert len(set(each.values())) == 2
        assert not set(each.values()) & {os.getcwd(), os.getenv("HOME")}


def test_a_run_has_its_limits_on_a_worker_too(engine):
    hanging = order("hang", time_limit=0.2, grace_s=0.2)
    orders = [order("segfault"), hanging, order("hoard", memory_limit=500), order("fine")]
    assert {each.id: told(each) for each in engine.run(orders)} == {
        "segfault": ("none", "crash"),
        "hang": ("none", "time-limit"),
        "hoard": ("none", "memory-limit"),
        "fine": ("feasible", "completed"),
    }


def test_a_worker_that_is_killed_costs_its_run_a_repeat(cluster, engine, sleeper):
    killer = in_thread(lambda: kill_the_worker_at_work(cluster))
    [run] = engine.run([sleeper(1500)])
    killer.join()
    assert told(run) == ("feasible", "completed")
    assert run.num_attempts == 2


def test_a_run_that_dask_gives_up_is_submitted_again(cluster, engine, sleeper, monkeypatch):
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    killer = in_thread(lambda: kill_the_worker_at_work(cluster))
    [run] = engine.run([sleeper(1500)])
    killer.join()
    assert told(run) == ("feasible", "completed")
    assert run.num_attempts == 2


def test_a_run_whose_workers_die_again_and_again_has_crashed(cluster, engine, sleeper, monkeypatch):
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    monkeypatch.setattr(dask_engine, "NUM_ATTEMPTS", 1)
    killer = in_thread(lambda: kill_the_worker_at_work(cluster))
    [run] = engine.run([sleeper(60_000)])
    killer.join()
    assert told(run) == ("none", "crash")
    assert run.result["message"] == "its workers died in 1 attempts"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_runs_of_a_client_that_ends_are_killed(cluster, tmp_path, number):
    given = ["batch", instances(tmp_path / "instances", 2), "--plugin", SLEEPER]
    given += ["--methods", "sleeper", "--set", "ms=60000", "--out", tmp_path / "runs.sqlite"]
    given += ["--engine", "dask", "--scheduler", cluster.scheduler_address]
    client = subprocess.Popen([OTGAH, *map(str, given)], stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(at_work(cluster)) == 2)
    client.send_signal(number)
    said = client.communicate()[1]
    if number == signal.SIGINT:
        assert client.returncode == 130
        told = "interrupted; finished runs are kept, and the same command continues from there"
        assert said.splitlines()[-1] == f"otgah: {told}"
    wait_until(lambda: not any(runs_of(pid) for pid in cluster.pids()))


def test_a_scheduler_that_goes_ends_the_batch_with_a_line(tmp_path, sleeper):
    with Apart(tmp_path / "workers", num_workers=1) as own:
        engine = DaskEngine(own.scheduler_address, connect_s=2)
        closer = in_thread(lambda: (wait_until(lambda: at_work(own)), own.close()))
        with engine, pytest.raises(ConnectionError, match="has gone; finished runs are kept"):
            list(engine.run([sleeper(60_000)]))
        closer.join()


def test_a_scheduler_without_workers_is_told(tmp_path):
    with Apart(tmp_path / "workers", num_workers=0) as own:
        rule = "--scheduler: must have a worker within 0.2 s; `dask worker tcp://.*` is one"
        with pytest.raises(InputError, match=rule):
            DaskEngine(own.scheduler_address, workers_s=0.2)


def test_a_scheduler_that_does_not_answer_is_told_in_time(capsys):
    rule = "--scheduler: must be the address of a Dask scheduler that answers within 1 s"
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        busy = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        for address in (busy, "tcp://127.0.0.1:1", "127.0.0.1", "nonsense://here"):
            with pytest.raises(InputError, match=f"{rule}, found {address!r}"):
                DaskEngine(address, connect_s=1.0)
    assert capsys.readouterr().err == ""


def test_another_version_on_a_worker_is_told(cluster, monkeypatch):
    monkeypatch.setattr(dask_engine, "own_version", lambda: "9.9")
    rule = r"must have otgah 9\.9 on every worker, as here, found '0\.1\.0 on tcp:"
    with pytest.raises(InputError, match=rule):
        DaskEngine(cluster.scheduler_address)


def test_another_version_on_a_worker_that_comes_later_is_told(engine, monkeypatch):
    monkeypatch.setattr(dask_engine, "own_version", lambda: "9.9")
    with pytest.raises(InputError, match=r"must have otgah 9\.9 on every worker"):
        list(engine.run([order("fine")]))


def test_without_dask_it_is_told_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    rule = r'not installed; to install it: pip install "otgah\[dask\]", found \'dask\''
    with pytest.raises(InputError, match=rule):
        DaskEngine("tcp://127.0.0.1:8786")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--engine", "grid"], "--engine: must be local or dask, found 'grid'"),
        (["--engine", "dask"], "--scheduler: must be the address of a running scheduler"),
        (["--scheduler", "tcp://a:1"], "--scheduler: must be left out unless --engine is dask"),
        (["--engine", "dask", "--scheduler", "tcp://a:1", "--jobs", "2"], "--jobs: must be 1"),
    ],
)
def test_options_that_contradict_each_other_are_told(options, said, capsys, tmp_path):
    given = ["batch", str(tmp_path), "--methods", "ot-gah", "--out", str(tmp_path / "runs.sqlite")]
    assert main([*given, *options]) == 2
    assert said in capsys.readouterr().err


def test_the_default_engine_loads_no_dask(tmp_path):
    given = ["batch", instances(tmp_path / "instances", 1), "--methods", "ot-gah", "--no-bound"]
    given += ["--out", str(tmp_path / "runs.sqlite")]
    code = f"import sys; from analysis.cli import main; main({given!r}); "
    code += "sys.exit(any(name in sys.modules for name in ('dask', 'distributed')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.long
def test_workers_killed_throughout_lose_nothing_and_double_nothing(tmp_path, capsys):
    random.seed(11)
    num_instances, num_seeds = 4, 63
    given = ["batch", instances(tmp_path / "instances", num_instances), "--plugin", str(SLEEPER)]
    given += ["--methods", "sleeper,random-order", "--set", "ms=100", "--no-bound"]
    given += ["--seeds", f"0:{num_seeds}", "--out"]
    here, there = str(tmp_path / "here.sqlite"), str(tmp_path / "there.sqlite")
    assert main([*given, here, "--jobs", "2"]) == 0
    num_kills, is_over = 0, threading.Event()
    with Apart(tmp_path / "workers") as own:

        def kill():
            nonlocal num_kills
            while not is_over.wait(random.uniform(0, 4)):
                working = at_work(own)
                if working:
                    os.kill(random.choice(working), signal.SIGKILL)
                    num_kills += 1

        killer = in_thread(kill)
        try:
            status = main([*given, there, "--engine", "dask", "--scheduler", own.scheduler_address])
        finally:
            is_over.set()
            killer.join()
    forget_plugins()
    assert status == 0
    expected = outcomes(here)
    assert len(expected) == num_instances * num_seeds * 2
    assert outcomes(there) == expected
    assert read_rows(there, "claims") == []
    assert num_kills >= 20
    attempts = [row["num_attempts"] for row in read_rows(there, "runs")]
    with capsys.disabled():
        print(
            f"\n{num_kills} workers killed over {len(expected)} runs: none lost, none doubled, "
            f"{sum(attempts) - len(attempts)} begun again, at most {max(attempts)} times in all"
        )
