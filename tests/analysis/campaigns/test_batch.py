"""The batch: what breaks in a run is a row, and what is done is not done again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from analysis.campaigns import campaign
from analysis.campaigns.batch import Tally, batch
from analysis.cli import main
from analysis.engines.child import run_alone
from analysis.engines.local import LocalEngine
from analysis.engines.wire import to_order
from analysis.runs.plan import plan
from analysis.tables.runs import runs_table
from heuristics.errors import InputError
from instances.files import write_instance
from instances.instance import BestKnown, Instance
from tests.helpers.examples import problem
from tests.helpers.fakes import WORK, endless


def instance(name, **changes):
    return Instance(name=name, coefficients=problem(**changes), family="hand", seed=3)


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b"):
        write_instance(instance(name), tmp_path / "instances" / f"{name}.json")
    return tmp_path / "instances"


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs.sqlite"


@pytest.fixture
def faulty(tmp_path, monkeypatch):
    """Return a batch over instances whose runs go wrong as their names say."""
    monkeypatch.setattr(campaign, "WORK", WORK)

    def run(*names, **options):
        paths = [tmp_path / f"{name}.json" for name in names]
        for name, path in zip(names, paths, strict=True):
            write_instance(instance(name), path)
        progress = batch(paths, ["ot-gah"], tmp_path / "runs.sqlite", prove_bounds=False, **options)
        return progress, runs_table(tmp_path / "runs.sqlite").set_index("instance")

    return run


def test_every_instance_method_and_seed_is_a_row(folder, runs):
    progress = batch([folder], ["ot-gah", "milp-bigm"], runs, seeds=range(2))
    table = runs_table(runs)
    assert progress == Tally(num_runs=8, num_kept=0, num_failed=0)
    keys = table[["instance", "method", "seed"]].itertuples(index=False, name=None)
    assert set(keys) == {
        (name, method, seed)
        for name in "ab"
        for method in ("ot-gah", "milp-bigm")
        for seed in range(2)
    }
    assert set(table["objective"]) == {3}
    assert set(table["gap"]) == {0.0}
    assert set(table["family"]) == {"hand"}
    assert json.loads(table["assignment"][0]).keys() == {"0", "1"}


def test_a_finished_run_is_not_made_again(folder, runs):
    batch([folder / "a.json"], ["ot-gah"], runs)
    first = runs_table(runs)
    progress = batch([folder], ["ot-gah"], runs, prove_bounds=False)
    assert progress == Tally(num_runs=2, num_kept=1, num_failed=0)
    again = runs_table(runs)
    assert again.iloc[:1].equals(first)
    assert again["instance"].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    "change",
    [
        {"seeds": [1]},
        {"time_limit": 5.0},
        {"node_limit": 10**6},
        {"memory_limit": 4000},
        {"settings": {"order": "capacity"}},
        {"edge_node": 0},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_run_under_other_conditions_is_another_run(folder, runs, change):
    path = folder / "a.json"
    batch([path], ["ot-gah"], runs)
    assert batch([path], ["ot-gah"], runs, **change).num_kept == 0
    assert batch([path], ["ot-gah"], runs, **change).num_kept == 1


def test_a_file_named_twice_is_run_once(folder, runs):
    assert batch([folder, folder / "a.json", folder], ["ot-gah"], runs).num_runs == 2


def test_an_option_goes_to_the_methods_that_have_it(folder, runs):
    batch([folder], ["ot-gah", "random-order"], runs, settings={"order": "capacity"})
    options = runs_table(runs).groupby("method")["options"].first()
    assert json.loads(options["ot-gah"])["order"] == "capacity"
    assert json.loads(options["random-order"]) == {}


def test_an_edge_node_is_a_problem_of_its_own_name(folder, runs):
    batch([folder / "a.json"], ["ot"], runs, edge_node=1)
    row = runs_table(runs).iloc[0]
    assert (row["instance"], row["problem"], row["objective"]) == ("a@1", "P1", 1)
    assert json.loads(row["assignment"]) == {"0": [], "1": [0]}


def test_what_breaks_is_a_row_and_the_others_go_on(faulty):
    progress, table = faulty("segfault", "exit", "raise", "refuse", "out of memory", "fine")
    assert progress == Tally(num_runs=6, num_kept=0, num_failed=4)
    assert table["ended_by"].to_dict() == {
        "segfault": "crash",
        "exit": "crash",
        "raise": "error",
        "refuse": "error",
        "out of memory": "memory-limit",
        "fine": "completed",
    }
    assert table["message"]["segfault"] == "the process died of signal SIGSEGV"
    assert table["message"]["exit"] == "the process died of exit status 7"
    assert table["message"]["raise"].strip().endswith("RuntimeError: boom in the solver")
    lost = table.drop(index="fine")
    assert (lost["status"] == "none").all()
    for absent in ("objective", "bound", "gap", "runtime_s", "assignment"):
        assert lost[absent].isna().all()
    assert table["objective"]["fine"] == 3


def test_a_run_that_outlasts_its_limit_and_the_grace_is_killed(faulty):
    assert faulty("hang", time_limit=0.1, grace_s=0.3)[0].num_failed == 0
    _, table = faulty("fine", time_limit=60)
    assert table["ended_by"].to_dict() == {"hang": "time-limit", "fine": "completed"}
    assert table["status"]["hang"] == "none"


def test_a_run_that_holds_too_much_memory_is_killed(faulty):
    progress, table = faulty("hoard", "hoard elsewhere", "fine", memory_limit=700)
    assert progress.num_failed == 0
    assert table["ended_by"].to_dict() == {
        "hoard": "memory-limit",
        "hoard elsewhere": "memory-limit",
        "fine": "completed",
    }
    assert table["message"]["hoard"] == "killed: it held more than 700 MB"


def test_only_failed_runs_are_retried(faulty, monkeypatch):
    faulty("raise", "fine")
    assert faulty("raise", "fine")[0].num_kept == 2
    monkeypatch.undo()
    progress, table = faulty("raise", "fine", retry_failed=True)
    assert progress == Tally(num_runs=2, num_kept=1, num_failed=0)
    assert table["ended_by"].to_dict() == {"raise": "completed", "fine": "completed"}


def test_two_jobs_give_what_one_gives(folder, tmp_path):
    tables = []
    for jobs in (1, 2):
        batch([folder], ["ot-gah", "milp-bigm"], tmp_path / f"{jobs}.sqlite", num_jobs=jobs)
        table = runs_table(tmp_path / f"{jobs}.sqlite")
        tables.append(table.sort_values(["instance", "method"])["assignment"].tolist())
    assert tables[0] == tables[1]


def test_runs_end_when_nobody_asks_for_them_any_more():
    """Closing the generator kills what is under way: no process is left."""
    task = plan(instance("hang"), "ot-gah")
    quick = plan(instance("fine"), "ot-gah")
    orders = [to_order(each, id=each.instance.name, work=WORK) for each in (task, quick)]
    ended = LocalEngine(num_jobs=2).run(orders)
    assert next(ended).id == "fine"
    before = _descendants()
    ended.close()
    assert len(_descendants()) < len(before)


def _descendants():
    return psutil.Process().children(recursive=True)


def test_one_run_alone_is_an_outcome_whatever_happens():
    crashed = run_alone(plan(instance("segfault"), "ot-gah"), work=WORK)
    assert crashed.result.ended_by == "crash"
    assert crashed.result.message == "the process died of signal SIGSEGV"
    assert run_alone(plan(instance("fine"), "ot-gah"), work=WORK).result.objective == 3


def test_one_run_alone_hands_on_what_the_method_refuses():
    with pytest.raises(InputError, match="solver: must be otherwise"):
        run_alone(plan(instance("refuse"), "ot-gah"), work=WORK)


def test_what_a_solver_prints_does_not_reach_the_output(faulty, capfd):
    faulty("chatter")
    captured = capfd.readouterr()
    assert "noise" not in captured.out


def test_best_known_values_are_kept_beside_the_runs(tmp_path, runs):
    known = BestKnown(objective=3, bound=3, proved_by="hand")
    named = Instance(name="k", coefficients=problem(), best_known=known)
    write_instance(named, tmp_path / "k.json")
    batch([tmp_path / "k.json"], ["ot-gah"], runs)
    row = runs_table(runs).iloc[0]
    assert (row["known_objective"], row["known_bound"], row["known_by"]) == (3, 3, "hand")


REFUSED = {
    "unknown method": ({"methods": ["ot-gah", "magic"]}, "method: must be one of .* 'magic'"),
    "no method": ({"methods": []}, "methods: must name at least one method"),
    "unknown option": ({"settings": {"speed": "9"}}, "--set: must be an option of one of ot-gah"),
    "impossible option": ({"settings": {"order": "best"}}, "order: must be one of given, .*'best'"),
    "unsupported problem": ({"problem": "P2"}, "problem: must be one of P1 for method ot-gah"),
    "no job": ({"num_jobs": 0}, "jobs: must be an integer of at least 1, found 0"),
    "no time": ({"time_limit": 0}, "time limit: must be a positive number of seconds, found 0"),
    "no time for bounds": ({"bound_time_limit": 0}, "bound time limit: must be a positive number"),
    "no memory": ({"memory_limit": -1}, "memory limit: must be an integer of at least 1"),
    "unknown edge node": ({"edge_node": "moon"}, "edge node: must be one of .* found 'moon'"),
    "more edge nodes": ({"methods": ["ot"]}, "a.json: edge nodes: must be one for method ot"),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_refused_before_the_first_run(folder, runs, change, message):
    given = {"methods": ["ot-gah"]} | change
    with pytest.raises(InputError, match=message):
        batch([folder], given.pop("methods"), runs, **given)
    assert not runs.exists()


def test_one_broken_file_stops_the_batch_before_it_starts(folder, runs):
    (folder / "z.json").write_text("{")
    with pytest.raises(InputError, match=r"z\.json"):
        batch([folder], ["ot-gah"], runs)
    assert not runs.exists()


def test_one_name_with_two_problems_is_refused(folder, runs):
    write_instance(instance("a", memory_capacity=[9, 9]), folder / "other.json")
    with pytest.raises(InputError, match=r"other.json: coefficients: must have .* found 'a'"):
        batch([folder], ["ot-gah"], runs)
    assert not runs.exists()


def test_a_problem_that_changed_under_its_name_is_refused(folder, runs):
    batch([folder], ["ot-gah"], runs)
    write_instance(instance("a", memory_capacity=[9, 9]), folder / "a.json")
    with pytest.raises(InputError, match="a: coefficients: must have the coefficients that the"):
        batch([folder], ["ot-gah"], runs)
    assert len(runs_table(runs)) == 2


def test_a_folder_without_instances_is_refused(tmp_path, runs):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: must hold instance files"):
        batch([tmp_path / "empty"], ["ot-gah"], runs)


def test_a_script_without_a_guard_is_run_once(folder, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from analysis.campaigns.batch import batch\n"
        "print('once')\n"
        f"batch([{str(folder)!r}], ['ot-gah'], {str(tmp_path / 'r.sqlite')!r})\n"
    )
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ended.stdout == "once\n"
    assert len(runs_table(tmp_path / "r.sqlite")) == 2


def test_an_interrupt_keeps_what_is_finished_and_leaves_no_process(tmp_path):
    """The first instance takes an instant, the second for ever."""
    write_instance(instance("a"), tmp_path / "a.json")
    write_instance(Instance(name="z", coefficients=endless()), tmp_path / "z.json")
    runs = tmp_path / "runs.sqlite"
    command = [Path(sys.executable).with_name("otgah"), "batch", tmp_path, "--methods"]
    process = subprocess.Popen(
        [*command, "ot-unpruned", "--edge-node", "0", "--out", runs],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        while not (runs.exists() and len(_rows(runs)) == 1):
            assert process.poll() is None
            time.sleep(0.05)
        children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    kept = "finished runs are kept, and the same command continues from there"
    assert errors == f"otgah: interrupted; {kept}\n"
    assert _rows(runs)["instance"].tolist() == ["a@0"]
    assert psutil.wait_procs(children, timeout=10)[1] == []


def _rows(path):
    try:
        return runs_table(path)
    except InputError:  # the file is there, its tables are not yet
        return []


def test_a_batch_of_the_milp_and_ot_gah_counts_the_nodes_of_every_run(tmp_path, runs):
    """The commands of the paper's question; one instance has no eligible pair."""
    for name, arguments in {"uniform-random": ("--seeds", "0:3"), "paper": ()}.items():
        assert main(["generate", name, "--out", str(tmp_path / "made"), *arguments]) == 0
    write_instance(instance("nobody", eligible=[[0] * 3] * 2), tmp_path / "made" / "nobody.json")
    given = ["batch", str(tmp_path / "made"), "--methods", "milp-bigm,ot-gah", "--time-limit", "60"]
    assert main([*given, "--out", str(runs)]) == 0
    assert main(["export-runs", str(runs), "--out", str(tmp_path / "runs.csv")]) == 0
    table = pd.read_csv(tmp_path / "runs.csv")
    finished = table[table["ended_by"].isin(["proof", "completed"])]
    assert len(finished) == len(table) == 2 * 5
    assert finished["num_nodes"].notna().all()
    kinds = {"milp-bigm": "branch-and-bound", "ot-gah": "tree"}
    assert finished["node_kind"].tolist() == finished["method"].map(kinds).tolist()
