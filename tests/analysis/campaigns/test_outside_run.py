"""Outside runs: what another solver found is judged, marked, and never believed as a proof."""

import json

import pytest

import otgah
from analysis.cli import main
from analysis.methods.registry import METHODS
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from instances.files import write_instance
from instances.instance import Instance
from instances.schedule_files import read_schedule
from tests.helpers.examples import problem

GOOD = "# Objective value 3\nx(0_1) 1\nx(0_2) 1\nx(1_0) 1\n"
BROKEN = "# Objective value 3\nx(0_0) 1\nx(0_1) 1\nx(0_2) 1\n"
INSTANCE = Instance(name="three", coefficients=problem())


@pytest.fixture
def folder(tmp_path):
    write_instance(INSTANCE, tmp_path / "three.json")
    (tmp_path / "good.sol").write_text(GOOD)
    (tmp_path / "broken.sol").write_text(BROKEN)
    return tmp_path


def call(folder, solution, *options):
    paths = str(folder / "three.json"), str(folder / solution)
    return main(["import", *paths, "--method", "milp-bigm", *options])


def test_a_solution_becomes_a_schedule_and_a_run(folder, capsys):
    runs, schedule = folder / "runs.sqlite", folder / "schedule.json"
    options = "--schedule", str(schedule), "--runs", str(runs), "--runtime-s", "2.5", "--bound", "3"
    assert call(folder, "good.sol", *options, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["ended_by"], told["objective"]) == ("feasible", "completed", 3)
    assert (told["bound"], told["proved_by"], told["runtime_s"]) == (None, None, 2.5)
    assert told["message"] == "the solver states a bound of 3, which is no proof"
    assert read_schedule(schedule, INSTANCE) == Schedule.of([[1, 2], [0]])
    assert call(folder, "good.sol", *options) == 0  # replaced
    (row,) = otgah.runs_table(runs).to_dict("records")
    assert (row["method"], row["solver"]) == ("outside:milp-bigm", "COPT, outside")
    shown = otgah.show_run(runs, row["key"])
    assert shown.commands[-1].endswith("--method milp-bigm --out model.mps")
    assert "another solver" in shown.caution


def test_the_run_joins_a_comparison(folder):
    runs = folder / "runs.sqlite"
    otgah.import_solution(folder / "three.json", folder / "good.sol", "my solver", runs=runs)
    otgah.batch([folder / "three.json"], ["milp-threshold"], runs, prove_bounds=False)
    table = otgah.runs_table(runs).set_index("method")
    assert list(table["gap"]) == [0, 0]
    assert table.loc["outside:my solver", "best_bound"] == 3


def test_a_schedule_that_breaks_a_row_fails_the_check(folder, capsys):
    schedule = folder / "schedule.json"
    assert call(folder, "broken.sol", "--schedule", str(schedule)) == 3
    told = capsys.readouterr()
    assert "memory (12c)" in told.out
    assert told.err.startswith("otgah: the schedule breaks 1 constraint(s)")
    assert not schedule.exists()


def test_a_model_of_one_edge_node_is_imported(folder):
    (folder / "node.sol").write_text("# Objective value 2\nx(0_1) 1\nx(0_2) 1\n")
    outcome = otgah.import_solution(
        INSTANCE, folder / "node.sol", "milp-bigm", problem="P2", edge_node=0
    )
    assert (outcome.result.objective, outcome.task.problem) == (2, "P2")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"method_name": "ot-gah"}, "method: must be a method with a model (milp-bigm"),
        ({"method_name": ""}, "method: must be a method with a model, or a name of at most 60"),
        ({"bound": "many"}, "bound: must be a number in 0.."),
        ({"runtime_s": -1}, "runtime_s: must be a number in 0.."),
        ({"solution": "absent.sol"}, "cannot be read"),
    ],
)
def test_bad_input_is_refused_in_a_line(folder, given, told):
    asked = {"solution": "good.sol", "method_name": "milp-bigm"} | given
    asked["solution"] = folder / asked["solution"]
    with pytest.raises(InputError) as refused:
        otgah.import_solution(INSTANCE, **asked)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_method_has_the_mark_of_an_outside_run():
    assert not any(name.startswith("outside:") for name in METHODS)
