import subprocess
import sys

import highspy
import pytest

from formulations import question
from formulations.language import Language
from formulations.milp import milp_bigm
from formulations.solvers import highs
from formulations.solvers.exact_run import TOLERANCES
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Status
from heuristics.schedule import Schedule
from tests.helpers.dense import dense
from tests.helpers.examples import problem

PROVED_BY = {"pyomo": "milp-bigm", "pulp": "milp-bigm-pulp"}

pytestmark = pytest.mark.parametrize("language", Language)


@pytest.mark.parametrize(
    ("name", "z", "optimum"),
    [
        (Problem.P2, None, 2),
        (Problem.P3, 1, 1),
        (Problem.P3, 2, 2),
        (Problem.P3, 3, None),
        (Problem.P3PRIME, None, 1),
        (Problem.P3PRIME, 0, 0),
        (Problem.P3PRIME, 1, 1),
        (Problem.P3PRIME, 2, None),
        (Problem.P3PRIME, 4, None),
    ],
)
def test_one_edge_node_worked_by_hand(language, name, z, optimum):
    """Three requests of memory 3 against 7 and of uplink 2 against 3.

    Memory leaves room for two, 6 <= 7 < 9, so P2 is 2 and P3 is feasible up to z = 2. The band
    leaves room for one, 2 <= 3 < 4, so P3' is 1 and feasible up to z = 1.
    """
    data = problem(uplink_capacity=[3, 10]).at(0)
    result = milp_bigm(data, problem=name, z=z, language=language)
    assert result.problem == name
    assert result.status == (Status.INFEASIBLE if optimum is None else Status.OPTIMAL)
    assert result.ended_by == EndedBy.PROOF
    assert result.objective == result.bound == optimum
    assert result.proved_by == PROVED_BY[language]


def test_two_edge_nodes_worked_by_hand(language):
    """Edge node 0 has memory for two requests, edge node 1 time for one: 3 in all."""
    result = milp_bigm(problem(), language=language)
    assert result.status == Status.OPTIMAL
    assert result.objective == result.bound == 3
    assert [len(batch) for batch in result.schedule.batches] == [2, 1]


def test_the_record_is_complete(language):
    result = milp_bigm(dense(20), language=language)
    assert result.bound_raw == pytest.approx(result.bound)
    assert result.node_kind == NodeKind.BRANCH_AND_BOUND
    assert result.num_nodes >= 1
    assert result.simplex_iterations >= 1
    assert result.solver == f"HiGHS {highspy.Highs().version()}"
    assert result.build_s > 0
    assert result.runtime_s > 0
    assert result.message is None


def test_the_trajectory_rises_to_the_objective_and_falls_to_the_bound(language):
    result = milp_bigm(dense(30), language=language)
    assert len(result.trajectory) > 2
    times, objectives, bounds = zip(*result.trajectory, strict=True)
    assert list(times) == sorted(times)
    found = [objective for objective in objectives if objective is not None]
    assert found == sorted(found)
    proven = [bound for bound in bounds if bound is not None]
    assert proven == sorted(proven, reverse=True)
    assert result.trajectory[-1] == (result.runtime_s, result.objective, result.bound)


def test_the_same_seed_gives_the_same_answer(language):
    first, second = (milp_bigm(dense(25), seed=7, language=language) for _ in range(2))
    assert first.schedule == second.schedule
    assert (first.num_nodes, first.simplex_iterations) == (
        second.num_nodes,
        second.simplex_iterations,
    )


def test_a_node_limit_keeps_schedule_and_bound(language):
    result = milp_bigm(dense(30), node_limit=1, language=language)
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.NODE_LIMIT)
    assert 0 < result.objective < result.bound
    assert result.proved_by is None


def test_a_time_limit_keeps_schedule_and_bound(language):
    result = milp_bigm(dense(300), time_limit=1.0, language=language)
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.TIME_LIMIT)
    assert 0 < result.objective < result.bound


def test_a_time_limit_before_any_schedule_leaves_none(language):
    result = milp_bigm(dense(30), time_limit=0.0, language=language)
    assert (result.status, result.ended_by) == (Status.NONE, EndedBy.TIME_LIMIT)
    assert result.schedule is result.objective is result.bound is result.bound_raw is None


@pytest.mark.parametrize("limit", [{"node_limit": 0}, {"time_limit": 0.0}])
def test_a_warm_start_is_where_the_run_starts(language, limit):
    """Without a start these limits leave no schedule at all."""
    start = milp_bigm(dense(30), node_limit=1).schedule
    result = milp_bigm(dense(30), warm_start=start, language=language, **limit)
    assert result.status == Status.FEASIBLE
    assert result.objective >= start.throughput


def test_a_warm_start_holds_in_a_feasibility_problem(language):
    data = problem().at(0)
    start = Schedule.of([[0, 2]])
    result = milp_bigm(
        data, problem=Problem.P3, z=2, warm_start=start, time_limit=0.0, language=language
    )
    assert result.status == Status.OPTIMAL
    assert result.schedule == start


def test_pairs_that_are_no_variables_are_left_out_of_a_warm_start(language):
    data = problem(eligible=[[1, 1, 0], [1, 1, 1]])
    start = Schedule.of([[0, 2], []])
    result = milp_bigm(data, warm_start=start, node_limit=0, language=language)
    assert result.objective >= 1


@pytest.mark.parametrize(
    ("batches", "rule"),
    [
        ([[0, 1, 2], []], r"must be feasible, but breaks memory \(12c\) at edge node 0: 9"),
        ([[0], [0]], "must be feasible, but breaks once: request 0"),
        ([[0]], "must have 2 batches, one for each edge node, found 1"),
        ([[3], []], "must hold indices of requests, found 3"),
    ],
)
def test_a_warm_start_that_is_no_feasible_schedule_is_refused(language, batches, rule):
    with pytest.raises(InputError, match=f"warm_start: {rule}"):
        milp_bigm(problem(), warm_start=Schedule.of(batches), language=language)


@pytest.mark.parametrize(
    "data",
    [
        problem(eligible=[[0] * 3] * 2),
        problem(memory_capacity=[0, 0]),
        problem().take([]),
    ],
)
def test_without_an_eligible_pair_nothing_needs_solving(language, data):
    result = milp_bigm(data, language=language)
    assert result.status == Status.OPTIMAL
    assert (result.objective, result.bound, result.num_nodes) == (0, 0, 0)
    assert result.schedule == Schedule.empty(2)
    assert (result.proved_by, result.solver) == (PROVED_BY[language], None)


@pytest.mark.parametrize(("z", "status"), [(0, Status.OPTIMAL), (1, Status.INFEASIBLE)])
def test_without_an_eligible_request_only_the_empty_batch_has_a_cardinality(language, z, status):
    data = problem().take([]).at(0)
    for name in (Problem.P3, Problem.P3PRIME):
        result = milp_bigm(data, problem=name, z=z, language=language)
        assert (result.problem, result.status) == (name, status)


def test_forty_edge_nodes_and_one_request(language):
    data = dense(1, num_edge_nodes=1)
    fields = data.to_lists()
    many = type(data)(**{name: value * 40 for name, value in fields.items()})
    assert milp_bigm(many, language=language).objective == 1


def test_a_row_of_zeros_and_a_budget_of_zero_work(language):
    """Nothing is demanded, so every request is served."""
    zeros = [[0] * 3] * 2
    data = problem(
        uplink=zeros,
        downlink=zeros,
        memory=zeros,
        compute=zeros,
        compute_budget=zeros,
        uplink_capacity=[0, 0],
    )
    assert milp_bigm(data, language=language).objective == 3


def test_a_schedule_that_breaks_a_row_is_solved_for_once_more(language, monkeypatch):
    """The first answer is made infeasible, as HiGHS may return it within its tolerance."""
    tolerances = []
    read = highs._read

    def read_the_first_wrong(translation):
        _, tolerance = translation.highs.getOptionValue("mip_feasibility_tolerance")
        tolerances.append(tolerance)
        reading = read(translation)
        if len(tolerances) > 1:
            return reading
        return type(reading)(**{**vars(reading), "schedule": Schedule.of([[0, 1, 2], []])})

    monkeypatch.setattr(highs, "_read", read_the_first_wrong)
    result = milp_bigm(problem(), language=language)
    assert tuple(tolerances) == TOLERANCES == (1e-7, 1e-9)
    assert (result.status, result.objective) == (Status.OPTIMAL, 3)


def test_a_schedule_that_breaks_a_row_twice_is_an_error(language, monkeypatch):
    read = highs._read
    monkeypatch.setattr(
        highs,
        "_read",
        lambda translation: type(reading := read(translation))(
            **{**vars(reading), "schedule": Schedule.of([[0, 1, 2], []])}
        ),
    )
    result = milp_bigm(problem(), language=language)
    assert (result.status, result.ended_by) == (Status.NONE, EndedBy.ERROR)
    assert result.objective is result.bound is None
    assert result.claimed_objective == 3
    assert "memory (12c) at edge node 0: 9 exceeds 7" in result.message


def test_an_incumbent_that_the_noise_of_a_load_lets_highs_call_infeasible_is_kept(
    language, monkeypatch
):
    monkeypatch.setattr(highs, "FEASIBLE_POINT", -1)
    result = milp_bigm(dense(60), node_limit=1, language=language)
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.NODE_LIMIT)
    assert 0 < result.objective < result.bound


def test_a_point_that_nobody_calls_feasible_and_that_is_not_counts_for_nothing(
    language, monkeypatch
):
    monkeypatch.setattr(highs, "FEASIBLE_POINT", -1)
    monkeypatch.setattr(question, "broken_rows", lambda *_: iter(["a row"]))
    result = milp_bigm(dense(60), node_limit=1, language=language)
    assert (result.status, result.ended_by) == (Status.NONE, EndedBy.NODE_LIMIT)
    assert result.bound is not None


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("time_limit", -1.0),
        ("time_limit", float("nan")),
        ("node_limit", -1),
        ("node_limit", 2**31),
        ("seed", -1),
        ("threads", 0),
    ],
)
def test_options_out_of_range_are_refused(language, option, value):
    with pytest.raises(InputError, match=f"{option}: must"):
        milp_bigm(problem(), language=language, **{option: value})


def test_nothing_is_printed(language, capfd):
    milp_bigm(problem(), language=language)
    milp_bigm(dense(30), node_limit=1, language=language)
    assert capfd.readouterr() == ("", "")


INTERRUPTED = """
import os, signal, threading
from formulations.milp import milp_bigm
from tests.helpers.dense import dense
data = dense(300)
milp_bigm(dense(3), language="{language}")
threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
result = milp_bigm(data, time_limit=60.0, language="{language}")
print(result.status, result.ended_by, 0 < result.objective < result.bound)
"""


def test_ctrl_c_ends_the_run_and_keeps_its_incumbent(language):
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(language=language)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (run.stdout, run.stderr) == ("feasible interrupted True\n", "")
