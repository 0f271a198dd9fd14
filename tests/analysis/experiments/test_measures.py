"""What makes a row: the simulation's own counts, and solved problems."""

from dataclasses import replace

import pytest

from analysis.experiments.fig8 import FIG8
from analysis.experiments.lines import NONE, NONE_IN_TIME, WAITING
from analysis.experiments.measures import Work, simulated, solved
from analysis.experiments.solved_epochs import solved_epochs
from analysis.runs.method_run import perform
from analysis.simulation.simulate import simulate
from heuristics.errors import InputError
from heuristics.result import EndedBy


def work(measure, scheme, **settings):
    return Work(measure=measure, scheme=scheme, settings=settings, seed=3, num_epochs=2)


def test_a_simulated_row_has_the_counts_of_the_simulation():
    row = simulated(work(simulated, "ot-gah", rate_per_s=20, epoch_s=2.5)).values
    same = simulate("section-v", num_epochs=2, seed=3, settings={"rate_per_s": 20, "epoch_s": 2.5})
    [summary] = same.to_dict()["schemes"]
    counts = ("arrived", "completed", "late", "dropped", "refused", "completion_rate")
    assert {name: row[name] for name in counts} == {name: summary[name] for name in counts}
    assert row["num_unsolved"] == summary["num_unsolved"] == 0
    assert row["completed_per_epoch"] == row["completed"] / 2
    assert row["batch_s"] == same.batches.eval("batch_end_s - batch_start_s").mean()


def test_the_same_work_comes_to_the_same_values():
    asked = work(simulated, "ot-gah", rate_per_s=10)
    assert simulated(asked).values == simulated(asked).values


def test_a_scheme_that_solves_nothing_has_no_unproved_epochs():
    row = simulated(work(simulated, "static-batching", rate_per_s=5, count_waiting=True))
    assert row.values["num_unproved"] is None
    assert row.times["solve_max_s"] is None
    optimum = simulated(work(simulated, "decomposition", rate_per_s=5)).values
    assert optimum["num_unproved"] == 0


def test_another_scenario_and_other_arrivals_replace_the_poisson_process():
    mixed = simulated(work(simulated, "ot-gah", scenario="mixed-models")).values
    plain = simulated(work(simulated, "ot-gah")).values
    assert mixed["completed"] != plain["completed"]


def test_a_solved_row_tells_the_options_of_the_method_from_the_family(tmp_path):
    asked = {"family": "paper", "rate_per_s": 10, "inner": "ot", "start": "all"}
    row = solved(work(solved, "ot-gah", **asked)).values
    assert row["num_nodes"] > 0
    assert row["ended_by"] == "completed"
    exact = solved(work(solved, "decomposition", family="paper", rate_per_s=10)).values
    assert exact["bound"] == exact["objective"] >= row["objective"]
    assert exact["num_requests"] == row["num_requests"]


def test_a_setting_that_is_none_is_refused():
    with pytest.raises(InputError, match="speed"):
        solved(work(solved, "ot-gah", family="paper", speed=3))
    with pytest.raises(InputError, match="speed"):
        simulated(work(simulated, "ot-gah", speed=3))


def test_what_is_asked_tells_rows_apart():
    first = work(solved, "ot-gah", family="paper")
    assert first.key() == work(solved, "ot-gah", family="paper").key()
    others = [
        work(simulated, "ot-gah", family="paper"),
        work(solved, "ot-gah-plus", family="paper"),
        work(solved, "ot-gah", family="dense"),
    ]
    assert first.key() not in {each.key() for each in others}


@pytest.mark.parametrize("line", [NONE, NONE_IN_TIME], ids=lambda line: line.label)
def test_an_upload_on_arrival_does_not_depend_on_whether_waiting_counts(line):
    """Rows that differ in this alone are therefore made once."""
    points = [{"count_waiting": value, "llm": "bloom-3b", "rate_per_s": 20} for value in WAITING]
    works = [FIG8.work(point, line, 3, 2) for point in points]
    assert works[0].key() == works[1].key()
    settings = [{**works[0].settings, **point} for point in points]
    rows = [simulated(replace(works[0], settings=each)).values for each in settings]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("measure", "scheme", "settings"),
    [(solved, "ot-gah-fast", {"family": "single-node"}), (solved_epochs, "ot-gah-fast", {})],
)
def test_an_interrupted_solver_makes_no_row(monkeypatch, measure, scheme, settings):
    """Some solvers return from an interrupt with what they have; such a row is not finished."""

    def interrupted(task):
        outcome = perform(task)
        return replace(outcome, result=replace(outcome.result, ended_by=EndedBy.INTERRUPTED))

    monkeypatch.setattr("analysis.experiments.measures.perform", interrupted)
    with pytest.raises(KeyboardInterrupt):
        work(measure, scheme, **settings).measured()
