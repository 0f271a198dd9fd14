"""The contract of the command line: verbs, keys, exit statuses, and one line where it fails."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from analysis.campaigns.batch import Tally
from analysis.cli import main
from analysis.engines.child import run_alone
from analysis.methods import registry
from analysis.methods.method import Method
from analysis.methods.registry import METHODS, methods
from analysis.tables.runs import FIRST_COLUMNS
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule
from instances.families.registry import FAMILIES
from instances.files import read_instance, write_instance
from instances.instance import BestKnown, Instance
from tests.helpers.examples import problem
from tests.helpers.fakes import WORK

VERBS = ("families", "methods", "generate", "solve", "bound", "check", "batch", "report", "export")
VERBS += ("simulate", "schema")
SOLVE_KEYS = (
    "instance method problem status ended_by objective bound bound_raw gap runtime_s build_s "
    "num_nodes node_kind proved_by assignment violations"
)


@pytest.fixture
def file(tmp_path):
    edge_nodes = ({"name": "server"}, {"name": "uav"})
    hand = Instance(name="hand", coefficients=problem(), family="f", edge_nodes=edge_nodes)
    write_instance(hand, tmp_path / "hand.json")
    return tmp_path / "hand.json"


@pytest.fixture
def otgah(capsys):
    """Return what the command prints, and refuse anything but the status that is expected."""

    def run(*arguments, status=0):
        assert main([str(each) for each in arguments]) == status
        return capsys.readouterr()

    return run


@pytest.fixture
def solved(otgah):
    def run(*arguments, status=0):
        return json.loads(otgah("solve", *arguments, "--json", status=status).out)

    return run


@pytest.mark.parametrize("verb", [*VERBS, "export-runs"])
def test_every_verb_has_help_with_an_example(otgah, verb):
    assert f"Example: otgah {verb} " in " ".join(otgah(verb, "--help").out.split())


def test_the_help_names_every_verb(otgah):
    text = otgah("--help").out
    assert all(f"\n  {verb} " in text for verb in [*VERBS, "export-runs"])
    assert otgah().out == text
    assert all(not line.endswith("...") for line in text.splitlines()[1:])


def test_the_version_is_that_of_the_distribution(otgah):
    assert otgah("--version").out == "otgah 0.1.0\n"


def test_a_method_that_is_not_installed_is_listed_with_what_to_type(otgah, file, monkeypatch):
    missing = replace(METHODS["scip"], needs="no_such_module")
    monkeypatch.setitem(registry.METHODS, "scip", missing)
    line = 'pip install "otgah[scip]"'
    (told,) = (each for each in otgah("methods").out.splitlines() if each.startswith("scip "))
    assert told.endswith(f"(not installed: {line})")
    listed = {each["name"]: each for each in json.loads(otgah("methods", "--json").out)}
    assert (listed["scip"]["installed"], listed["scip"]["install"]) == (False, line)
    assert (listed["ot"]["installed"], listed["ot"]["install"]) == (True, None)
    refused = otgah("solve", file, "--method", "scip", status=2)
    assert refused.err == f"otgah: method: must be installed first: {line}, found 'scip'\n"
    otgah("batch", file, "--methods", "ot-gah,scip", "--out", file.with_name("r.sqlite"), status=2)


def test_a_model_with_thresholds_can_be_exported(otgah, file, tmp_path):
    otgah("export", file, "--method", "milp-threshold", "--out", tmp_path / "model.lp")
    assert "threshold" not in (tmp_path / "model.lp").read_text()  # no budget binds there
    dense = Instance(name="dense", coefficients=problem(compute_budget=[[1, 2, 3], [6, 4, 6]]))
    write_instance(dense, file)
    otgah("export", file, "--method", "milp-threshold", "--out", tmp_path / "model.lp")
    assert "threshold" in (tmp_path / "model.lp").read_text()


def test_families_and_methods_have_a_line_each(otgah):
    for verb, names in (("families", FAMILIES), ("methods", METHODS)):
        lines = otgah(verb).out.splitlines()
        assert [line.split()[0] for line in lines] == list(names)
        listed = json.loads(otgah(verb, "--json").out)
        assert [each["name"] for each in listed] == list(names)
        assert all(each["summary"] for each in listed)


# generate


def test_generate_writes_a_grid_over_the_lists_and_prints_the_paths(otgah, tmp_path):
    arguments = ("--seeds", "3:5", "--set", "num_requests=4,6", "--set", "num_edge_nodes=2")
    out = otgah("generate", "uniform-random", "--out", tmp_path / "new", *arguments).out
    paths = [Path(line) for line in out.splitlines()]
    assert sorted(paths) == sorted((tmp_path / "new").iterdir())
    shapes = [read_instance(path).coefficients.uplink.shape for path in paths]
    assert shapes == [(2, 4), (2, 4), (2, 6), (2, 6)]
    assert [read_instance(path).seed for path in paths] == [3, 4, 3, 4]


def test_generate_writes_the_same_bytes_again(otgah, tmp_path):
    for folder in ("one", "two"):
        otgah("generate", "half-tight", "--out", tmp_path / folder)
    ((first,), (second,)) = ((tmp_path / folder).iterdir() for folder in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_generate_prints_paths_as_json(otgah, tmp_path):
    out = otgah("generate", "half-tight", "--out", tmp_path, "--json").out
    assert [Path(each).name for each in json.loads(out)] == ["half-tight-seed0.json"]


# solve


def test_solve_prints_the_published_keys(solved, file):
    outcome = solved(file, "--method", "milp-bigm")
    assert set(outcome) >= set(SOLVE_KEYS.split())
    expected = {
        "instance": "hand",
        "method": "milp-bigm",
        "problem": "P1",
        "status": "optimal",
        "ended_by": "proof",
        "objective": 3,
        "bound": 3,
        "gap": 0.0,
        "node_kind": "branch-and-bound",
        "proved_by": "milp-bigm",
        "violations": [],
    }
    assert {key: outcome[key] for key in expected} == expected
    served = [request for batch in outcome["assignment"].values() for request in batch]
    assert sorted(served) == [0, 1, 2]
    assert list(outcome["assignment"]) == ["0", "1"]


def test_a_heuristic_has_no_bound_and_no_gap(solved, file):
    outcome = solved(file, "--method", "greedy-by-output")
    absent = ("bound", "bound_raw", "gap", "num_nodes", "node_kind", "proved_by")
    assert [outcome[key] for key in absent] == [None] * len(absent)
    assert outcome["ended_by"] == "completed"


def test_solve_tells_a_reader_the_same(otgah, file):
    out = otgah("solve", file, "--method", "milp-bigm").out
    assert "status     optimal, proved by search\n" in out
    assert "objective  3\n" in out


def test_options_of_a_method_are_set_by_name(solved, file):
    assert solved(file, "--method", "ot-gah", "--set", "order=all")["options"]["order"] == "all"


def test_one_edge_node_is_solved_by_name_or_index(solved, file):
    for key in ("uav", "1"):
        outcome = solved(file, "--method", "ot", "--edge-node", key)
        assert outcome["instance"] == "hand@uav"
        assert outcome["problem"] == "P1"
        assert outcome["objective"] == 1
        assert list(outcome["assignment"]) == ["0", "1"]
        assert outcome["assignment"]["0"] == []


def test_an_infeasible_problem_is_a_success_without_a_schedule(solved, file, tmp_path):
    arguments = ("--method", "milp-bigm", "--problem", "P3", "--edge-node", "0", "--set", "z=3")
    outcome = solved(file, *arguments, "--schedule", tmp_path / "s.json")
    assert (outcome["status"], outcome["objective"], outcome["bound"]) == ("infeasible", None, None)
    assert outcome["assignment"] is None
    assert not (tmp_path / "s.json").exists()


def test_a_run_that_ends_at_a_limit_is_a_success(solved, tmp_path, otgah):
    otgah("generate", "uniform-random", "--out", tmp_path, "--set", "num_requests=40")
    (path,) = tmp_path.glob("*.json")
    outcome = solved(path, "--method", "ot-unpruned", "--edge-node", "0", "--node-limit", "5")
    assert outcome["ended_by"] == "node-limit"
    assert outcome["num_nodes"] <= 5


@pytest.mark.parametrize("method", [each.name for each in methods() if each.takes_warm_start])
def test_a_warm_start_is_a_method_or_a_schedule_file(solved, otgah, file, tmp_path, method):
    start = tmp_path / "start.json"
    otgah("solve", file, "--method", "random-order", "--schedule", start)
    for warm_start in ("ot-gah", start):
        outcome = solved(file, "--method", method, "--warm-start", warm_start)
        assert outcome["objective"] == 3
        assert outcome["warm_start"] == str(warm_start)


def test_a_solver_that_breaks_the_schedule_is_exit_1(solved, file, monkeypatch, capsys):
    def solve(task, warm_start):
        return Result(
            problem=Problem.P1,
            status=Status.FEASIBLE,
            ended_by=EndedBy.COMPLETED,
            schedule=Schedule(((0, 1, 2), ())),
            runtime_s=0.0,
        )

    monkeypatch.setitem(registry.METHODS, "fake", Method(name="fake", summary="", solve=solve))
    outcome = solved(file, "--method", "fake", status=1)
    assert (outcome["status"], outcome["ended_by"]) == ("none", "error")
    assert outcome["objective"] is None
    assert [each["constraint"] for each in outcome["violations"]] == ["memory"]


def test_a_solver_that_raises_is_exit_1_in_one_line(otgah, file, monkeypatch):
    def solve(task, warm_start):
        raise RuntimeError("boom\nand more")

    monkeypatch.setitem(registry.METHODS, "fake", Method(name="fake", summary="", solve=solve))
    captured = otgah("solve", file, "--method", "fake", "--json", status=1)
    assert captured.err == "otgah: RuntimeError: boom and more (see OTGAH_TRACEBACK=1)\n"
    assert captured.out == ""
    monkeypatch.setenv("OTGAH_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        main(["solve", str(file), "--method", "fake"])


def test_a_solver_that_crashes_is_exit_1_and_a_document(solved, tmp_path, monkeypatch):
    path = tmp_path / "segfault.json"
    write_instance(Instance(name="segfault", coefficients=problem()), path)
    monkeypatch.setattr("otgah._solving.run_alone", partial(run_alone, work=WORK))
    outcome = solved(path, "--method", "milp-bigm", status=1)
    assert (outcome["status"], outcome["ended_by"]) == ("none", "crash")
    assert outcome["assignment"] is None


# check


def test_check_passes_what_solve_wrote(otgah, file, tmp_path):
    schedule = tmp_path / "s.json"
    otgah("solve", file, "--method", "ot-gah", "--schedule", schedule)
    verdict = json.loads(otgah("check", file, schedule, "--json").out)
    assert verdict["feasible"]
    assert verdict["violations"] == []
    assert verdict["objective"] == 3


def schedule_file(tmp_path, **batches):
    path = tmp_path / "broken.json"
    document = {"format": "otgah-schedule", "version": 1, "instance": "hand"}
    path.write_text(json.dumps(document | {"assignment": batches}))
    return path


def test_check_names_each_violated_constraint_with_its_slack(otgah, file, tmp_path):
    """Memory 9 of 7 at edge node 0; request 2 is served twice."""
    path = schedule_file(tmp_path, **{"0": [0, 1, 2], "1": [2]})
    verdict = json.loads(otgah("check", file, path, "--json", status=3).out)
    found = {each["constraint"]: each["slack"] for each in verdict["violations"]}
    assert found == {"once": -1, "memory": -2}
    assert (
        "memory (12c) at edge node 0: 9 exceeds 7, slack -2"
        in otgah("check", file, path, status=3).out
    )


def test_check_judges_by_the_problem_that_is_asked(otgah, tmp_path):
    """Uplink 2 + 2 of 3 breaks P1; P2 has no uplink."""
    coefficients = problem(uplink_capacity=[3, 10])
    write_instance(Instance(name="hand", coefficients=coefficients), tmp_path / "hand.json")
    path = schedule_file(tmp_path, **{"0": [0, 1], "1": []})
    arguments = ("check", tmp_path / "hand.json", path, "--edge-node", "0")
    otgah(*arguments, status=3)
    otgah(*arguments, "--problem", "P2")


def test_check_reads_a_schedule_of_one_edge_node(otgah, file, tmp_path):
    schedule = tmp_path / "s.json"
    otgah("solve", file, "--method", "ot", "--edge-node", "uav", "--schedule", schedule)
    verdict = json.loads(otgah("check", file, schedule, "--edge-node", "uav", "--json").out)
    assert verdict["instance"] == "hand@uav"
    assert verdict["objective"] == 1


def test_check_lists_the_pairs_that_were_dropped(otgah, tmp_path):
    path = tmp_path / "unfit.json"
    unfit = problem(memory=[[3, 8, 3], [3, 3, 3]])
    write_instance(Instance(name="unfit", coefficients=unfit), path)
    verdict = json.loads(otgah("check", path, "--json").out)
    assert verdict["unfit"] == [[0, 1]]
    assert verdict["derived_again"] is None
    assert "dropped: edge node 0, request 1 does not fit alone" in otgah("check", path).out


def test_check_derives_the_coefficients_again(otgah, tmp_path):
    (path,) = otgah("generate", "paper", "--out", tmp_path).out.splitlines()
    assert json.loads(otgah("check", path, "--json").out)["derived_again"] is True
    document = json.loads(Path(path).read_text())
    document["coefficients"]["memory_capacity"][0] += 1
    Path(path).write_text(json.dumps(document))
    verdict = json.loads(otgah("check", path, "--json", status=3).out)
    assert verdict["derived_again"] is False
    assert verdict["differences"] == ["memory_capacity"]
    assert "gives other coefficients: memory_capacity" in otgah("check", path, status=3).out


def test_check_refuses_a_best_known_value_that_cannot_be(otgah, tmp_path):
    path = tmp_path / "known.json"
    for objective, status in ((3, 0), (4, 3)):
        known = BestKnown(objective=objective, bound=4, proved_by="hand")
        write_instance(Instance(name="k", coefficients=problem(), best_known=known), path)
        otgah("check", path, status=status)


# batch, export, export-runs


def test_batch_says_what_it_did_and_resumes(otgah, file, tmp_path):
    arguments = ("batch", file, "--methods", "ot-gah,milp-bigm", "--out", tmp_path / "r.sqlite")
    first = json.loads(otgah(*arguments, "--json").out)
    made = {"num_runs": 2, "num_kept": 0, "num_failed": 0}
    assert first == made | {"num_bounds": 0, "bound_failures": []}
    second = otgah(*arguments, "--retry", "failed")
    assert second.out.startswith("2 runs: 0 new, 2 already in the store, 0 failed: ")


def test_batch_bounds_what_no_run_proved_unless_told_not_to(otgah, file, tmp_path):
    out = tmp_path / "r.sqlite"
    arguments = ("batch", file, "--methods", "ot-gah", "--out", out)
    assert json.loads(otgah(*arguments, "--json", "--no-bound").out)["num_bounds"] == 0
    bounded = otgah(*arguments, "--bound-time-limit", "20").out
    assert bounded.endswith(f", 1 already in the store, 0 failed, 1 bounds proved: {out}\n")
    refused = otgah(*arguments, "--bound-time-limit", "0", status=2)
    assert "--bound-time-limit: must be a positive number of seconds" in refused.err


def test_a_bound_that_failed_is_one_line_and_no_error(otgah, file, tmp_path, monkeypatch):
    tally = Tally(num_runs=1, num_kept=0, num_failed=0, bound_failures=("no bound for P1",))
    monkeypatch.setattr("otgah.batch", lambda *_, **__: tally)
    ended = otgah("batch", file, "--methods", "ot-gah", "--out", tmp_path / "r.sqlite")
    assert ended.err == "otgah: no bound for P1\n"


def test_the_table_of_runs_has_the_published_columns(otgah, file, tmp_path):
    runs, out = tmp_path / "r.sqlite", tmp_path / "t.csv"
    otgah("batch", file, "--methods", "ot-gah,milp-bigm", "--out", runs, "--seeds", "0:2")
    otgah("export-runs", runs, "--out", out)
    header, *lines = out.read_text().splitlines()
    assert header.split(",")[: len(FIRST_COLUMNS)] == list(FIRST_COLUMNS)
    assert len(lines) == 4
    # objective, bound, best_bound, gap: the bound of the MILP is the best for OT-GAH too
    found = {tuple(line.split(",")[6:10]) for line in lines}
    assert found == {("3", "3", "3", "0.0"), ("3", "", "3", "0.0")}


@pytest.mark.parametrize("method", [each.name for each in methods() if each.export])
@pytest.mark.parametrize("suffix", ["mps", "lp"])
def test_export_writes_a_model_that_another_solver_reads(otgah, file, tmp_path, method, suffix):
    import highspy

    out = tmp_path / f"model.{suffix}"
    otgah("export", file, "--method", method, "--out", out)
    solver = highspy.Highs()
    solver.silent()
    solver.readModel(str(out))
    solver.run()
    assert abs(solver.getInfo().objective_function_value) == pytest.approx(3)
