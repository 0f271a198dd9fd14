"""The bounds of a batch: each proved once, kept with its certificate, and no run's failure."""

import json

import pytest

import otgah
from analysis.campaigns import bounds
from analysis.campaigns.bounds import BoundTally, keep_bounds
from analysis.engines.local import LocalEngine
from analysis.runs import bound_run
from analysis.runs.plan import plan
from analysis.store.store import Store, read_certificates
from analysis.tables.runs import runs_table
from heuristics.problem import Problem
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.fakes import WORK
from tests.helpers.rows import store_of


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs.sqlite"


def saved(folder, name, data):
    write_instance(Instance(name=name, coefficients=data), folder / f"{name}.json")
    return folder / f"{name}.json"


def batch(paths, methods, runs, **options):
    return otgah.batch(paths, methods, runs, bound_time_limit=30, **options)


def test_every_schedule_of_a_heuristic_has_a_gap_by_one_bound(tmp_path, runs):
    path = saved(tmp_path, "a", problem())
    tally = batch([path], ["ot-gah", "random-order"], runs, seeds=range(3))
    assert (tally.num_runs, tally.num_bounds, tally.bound_failures) == (6, 1, ())
    table = runs_table(runs)
    assert set(table["best_bound"]) == {3}
    assert set(table["bound_by"]) == {"certificate"}
    assert table["gap"].notna().all()


def test_a_bound_is_proved_once(tmp_path, runs):
    paths = [saved(tmp_path, "a", problem())]
    assert batch(paths, ["ot-gah"], runs).num_bounds == 1
    paths.append(saved(tmp_path, "b", problem(memory_capacity=[7, 9])))
    assert batch(paths, ["ot-gah", "greedy-by-output"], runs).num_bounds == 1
    assert batch(paths, ["ot-gah"], runs).num_bounds == 0


def test_no_bound_is_proved_where_a_run_proved_the_optimum_or_none_is_asked_for(tmp_path, runs):
    path = saved(tmp_path, "a", problem())
    assert batch([path], ["ot-gah"], runs, prove_bounds=False).num_bounds == 0
    assert runs_table(runs)["gap"].isna().all()
    assert batch([path], ["ot-gah", "milp-bigm"], runs).num_bounds == 0
    assert set(runs_table(runs)["bound_by"]) == {"milp-bigm"}


def test_only_the_questions_of_the_batch_are_bounded(tmp_path, runs):
    a, b = saved(tmp_path, "a", problem()), saved(tmp_path, "b", problem(memory_capacity=[7, 9]))
    batch([a], ["ot-gah"], runs, prove_bounds=False)
    assert batch([b], ["ot-gah"], runs).num_bounds == 1
    assert runs_table(runs).set_index("instance")["gap"].isna().to_dict() == {"a": True, "b": False}


def test_a_certificate_out_of_the_store_is_verified_for_every_name(tmp_path, runs):
    paths = [saved(tmp_path, name, problem()) for name in ("a", "b")]
    assert batch(paths, ["ot-gah"], runs).num_bounds == 1
    written = otgah.write_certificates(runs, tmp_path / "proofs")
    assert [path.name for path in written] == ["a.certificate.json", "b.certificate.json"]
    for path, certificate in zip(paths, written, strict=True):
        verdict = otgah.check(path, certificate=certificate)
        assert verdict.passed
        assert verdict.bound == 3


def test_the_edge_node_that_was_solved_is_the_one_that_is_bounded(tmp_path, runs):
    """Edge node 1 batches one of the three; only the whole file would allow 3."""
    path = saved(tmp_path, "a", problem())
    assert batch([path], ["ot-gah"], runs, edge_node=1).num_bounds == 1
    assert runs_table(runs)["best_bound"].tolist() == [1]
    (certificate,) = otgah.write_certificates(runs, tmp_path / "proofs")
    assert otgah.check(path, certificate=certificate, edge_node=1).bound == 1


SCARCE = one_edge_node(memory=[1, 1, 1], compute=[1, 1, 1], budget=[9, 9, 9], uplink=[5, 5, 5])


def test_p2_is_bounded_without_spectrum():
    """The uplink of 10 holds two requests of 5; memory and compute hold all three."""
    task = plan(Instance(name="a", coefficients=SCARCE), "milp-bigm", problem="P2")
    outcome = bound_run.perform(task)
    assert (outcome.task, outcome.result.problem, outcome.result.bound) == (task, Problem.P2, 3)
    assert otgah.bound(task.whole).result.bound == 2


def test_p1_and_p2_of_one_instance_are_two_questions(tmp_path, runs):
    whole = Instance(name="a", coefficients=SCARCE)
    path = store_of(
        runs,
        *(
            {"coefficients": SCARCE.digest(), "objective": 1, "problem": name, "key": name}
            for name in ("P1", "P2")
        ),
    )
    tasks = [plan(whole, "milp-bigm", problem=name) for name in ("P1", "P2")]
    with Store.open(path) as store:
        assert keep_bounds(store, tasks, LocalEngine()) == BoundTally(num_bounds=2)
    assert runs_table(path).set_index("problem")["best_bound"].to_dict() == {"P1": 2, "P2": 3}
    problems = [(name, json.loads(text)["bound"]) for _, name, text in read_certificates(path)]
    assert problems == [("P1", 2), ("P2", 3)]
    (written,) = otgah.write_certificates(path, runs.with_name("proofs"))
    assert json.loads(written.read_text())["bound"] == 2


def test_a_bound_that_failed_is_told_in_one_line_and_tried_again(tmp_path, runs, monkeypatch):
    paths = [
        saved(tmp_path, "raise", problem()),
        saved(tmp_path, "a", problem(memory=[[2] * 3] * 2)),
    ]
    monkeypatch.setattr(bounds, "WORK", WORK)
    tally = batch(paths, ["ot-gah"], runs)
    assert (tally.num_failed, tally.num_bounds) == (0, 1)
    assert tally.bound_failures == ("no bound for P1 of raise: RuntimeError: boom in the solver",)
    assert runs_table(runs).set_index("instance")["gap"].notna().to_dict() == {
        "a": True,
        "raise": False,
    }
    monkeypatch.undo()
    assert batch(paths, ["ot-gah"], runs).num_bounds == 1


def test_a_bound_is_killed_at_the_memory_of_a_run(tmp_path, runs, monkeypatch):
    monkeypatch.setattr(bounds, "WORK", WORK)
    path = saved(tmp_path, "hoard", problem())
    tally = batch([path], ["ot-gah"], runs, memory_limit=700)
    assert tally.bound_failures == ("no bound for P1 of hoard: killed: it held more than 700 MB",)


def test_a_file_without_certificates_gives_none(tmp_path, runs):
    assert otgah.write_certificates(store_of(runs, {"objective": 3}), tmp_path / "proofs") == []
