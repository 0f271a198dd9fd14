import highspy
import pytest

from formulations.solvers.conclusion import (
    LARGEST_RESOLVED,
    Conclusion,
    Reading,
    judge,
    whole_bound,
)
from formulations.solvers.highs import ENDINGS
from heuristics.result import EndedBy, Status
from heuristics.schedule import Schedule

ERRORS = {
    "kNotset",
    "kLoadError",
    "kModelError",
    "kPresolveError",
    "kSolveError",
    "kPostsolveError",
    "kModelEmpty",
    "kUnbounded",
    "kObjectiveBound",
    "kObjectiveTarget",
    "kIterationLimit",
    "kUnknown",
}


def verdict(
    model_status, throughput, bound, *, broken=None, is_second=False, z=None, largest_value=10
):
    schedule = None if throughput is None else Schedule.of([range(throughput)])
    reading = Reading(
        solver="HiGHS",
        said=model_status,
        ending=ENDINGS.get(model_status),
        schedule=schedule,
        bound=bound,
        num_nodes=1,
        simplex_iterations=1,
    )
    return judge(reading, broken=broken, is_second=is_second, z=z, largest_value=largest_value)


def test_every_model_status_of_highs_is_known():
    known = {name for name in highspy.HighsModelStatus.__members__ if name not in ("kMin", "kMax")}
    assert known == set(ENDINGS) | ERRORS


@pytest.mark.parametrize("model_status", [*sorted(ERRORS), "kOfTomorrow"])
def test_any_other_code_is_an_error_and_never_optimal(model_status):
    found = verdict(model_status, 3, 3.0)
    assert (found.status, found.ended_by, found.bound) == (Status.FEASIBLE, EndedBy.ERROR, None)
    assert model_status in found.message
    assert verdict(model_status, 3, 3.0, broken="a row").schedule is None


def test_optimal_needs_a_bound_equal_to_the_recounted_throughput():
    found = verdict("kOptimal", 3, 3.0000000004)
    assert (found.status, found.ended_by, found.bound) == (Status.OPTIMAL, EndedBy.PROOF, 3)


@pytest.mark.parametrize("bound", [4.0, None])
def test_an_optimum_below_its_bound_is_feasible_and_an_error(bound):
    found = verdict("kOptimal", 3, bound)
    assert (found.status, found.ended_by) == (Status.FEASIBLE, EndedBy.ERROR)
    assert found.message


def test_an_optimum_without_a_schedule_is_an_error():
    assert verdict("kOptimal", None, 3.0)[:2] == (Status.NONE, EndedBy.ERROR)


@pytest.mark.parametrize("model_status", ["kOptimal", "kTimeLimit"])
def test_a_bound_below_a_feasible_schedule_is_no_bound(model_status):
    found = verdict(model_status, 3, 2.5)
    assert (found.status, found.ended_by, found.bound) == (Status.FEASIBLE, EndedBy.ERROR, None)


def test_a_schedule_that_breaks_a_row_is_not_reported():
    found = verdict("kOptimal", 3, 3.0, broken="memory (12c) at edge node 0: 8 exceeds 7")
    assert (found.status, found.ended_by, found.schedule) == (Status.NONE, EndedBy.ERROR, None)
    assert "8 exceeds 7" in found.message
    assert found.claimed_objective == 3


def test_a_maximisation_is_never_infeasible():
    assert verdict("kInfeasible", None, None)[:2] == (Status.NONE, EndedBy.ERROR)
    assert verdict("kInfeasible", None, None, z=3)[:2] == (Status.INFEASIBLE, EndedBy.PROOF)


def test_a_refusal_after_a_schedule_within_tolerance_proves_nothing():
    found = verdict("kInfeasible", None, None, z=3, is_second=True)
    assert found[:2] == (Status.NONE, EndedBy.ERROR)


@pytest.mark.parametrize(
    ("model_status", "ended_by"),
    [
        ("kTimeLimit", EndedBy.TIME_LIMIT),
        ("kSolutionLimit", EndedBy.NODE_LIMIT),
        ("kInterrupt", EndedBy.INTERRUPTED),
        ("kMemoryLimit", EndedBy.MEMORY_LIMIT),
    ],
)
def test_a_run_that_was_cut_keeps_its_schedule_and_bound(model_status, ended_by):
    found = verdict(model_status, 3, 5.9)
    assert (found.status, found.ended_by, found.bound) == (Status.FEASIBLE, ended_by, 5)
    assert found.schedule.throughput == 3
    assert verdict(model_status, None, 5.9) == Conclusion(Status.NONE, ended_by, bound=5)
    assert verdict(model_status, None, None) == Conclusion(Status.NONE, ended_by)


def test_a_limit_reached_with_the_bound_met_is_a_proof():
    """HiGHS does not round the bounds of its callbacks: 3.8 requests is 3 requests."""
    assert verdict("kTimeLimit", 3, 3.8)[:2] == (Status.OPTIMAL, EndedBy.PROOF)


def test_a_batch_of_the_cardinality_asked_for_answers_the_question():
    found = verdict("kTimeLimit", 3, 17.0, z=3)
    assert (found.status, found.bound) == (Status.OPTIMAL, 3)


def test_numbers_beyond_floating_point_prove_nothing():
    largest_value = LARGEST_RESOLVED + 1
    found = verdict("kOptimal", 3, 3.0, largest_value=largest_value)
    assert (found.status, found.ended_by, found.bound) == (Status.FEASIBLE, EndedBy.ERROR, None)
    found = verdict("kInfeasible", None, None, z=3, largest_value=largest_value)
    assert (found.status, found.ended_by) == (Status.NONE, EndedBy.ERROR)
    found = verdict("kTimeLimit", 3, 3.0, largest_value=largest_value)
    assert (found.status, found.ended_by, found.bound) == (
        Status.FEASIBLE,
        EndedBy.TIME_LIMIT,
        None,
    )


@pytest.mark.parametrize(
    ("bound", "whole"),
    [(41.00000000000004, 41), (41.9999999999995, 42), (35.82, 35), (0.0, 0), (None, None)],
)
def test_bounds_are_rounded_down_but_for_noise(bound, whole):
    assert whole_bound(bound) == whole
