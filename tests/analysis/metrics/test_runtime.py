import pytest

from analysis.metrics import (
    counted_runtime,
    is_solved,
    penalised_runtime,
    runtime_means,
    takes_long,
)
from analysis.text.runtimes import ranking
from tests.helpers.rows import table


def test_a_run_without_a_runtime_counts_with_its_limit_and_without_one_with_its_life():
    runs = table(
        {"runtime_s": 1.0, "time_limit_s": 10.0},
        {"ended_by": "crash", "time_limit_s": 10.0, "wall_s": 3.0},
        {"ended_by": "crash", "wall_s": 3.0},
    )
    assert counted_runtime(runs).tolist() == [1.0, 10.0, 3.0]


def test_failing_soon_is_not_fast():
    runs = table(
        {"ended_by": "error", "runtime_s": 0.1, "time_limit_s": 10.0},
        {"ended_by": "error", "runtime_s": 0.1},
        {"ended_by": "error", "runtime_s": 12.0, "time_limit_s": 10.0},
        {"ended_by": "time-limit", "runtime_s": 10.1, "time_limit_s": 10.0},
    )
    assert counted_runtime(runs).tolist() == [10.0, 0.1, 12.0, 10.1]


def test_what_is_solved_is_what_was_asked_for():
    cut = {"ended_by": "time-limit", "method": "milp-bigm"}
    runs = table(
        {"objective": 9, "bound": 10} | cut,
        {"objective": 10, "status": "optimal", "bound": 10, "ended_by": "proof"},
        {"objective": 8},
        {"ended_by": "crash", "status": "none"},
        {"objective": 3, "instance": "b"},
    )
    assert is_solved(runs).tolist() == [False, True, True, False, True]
    assert is_solved(runs, gap=0).tolist() == [False, True, False, False, False]
    assert is_solved(runs, gap=0.1).tolist() == [True, True, False, False, False]


def test_an_unsolved_run_is_penalised_by_ten_times_its_limit():
    cut = {"ended_by": "time-limit", "runtime_s": 2.1, "time_limit_s": 2.0}
    runs = table(cut, {"runtime_s": 0.5, "time_limit_s": 2.0}, {"ended_by": "crash", "wall_s": 3.0})
    assert penalised_runtime(runs, is_solved(runs)).tolist() == [20.0, 0.5, 30.0]
    assert penalised_runtime(runs, is_solved(runs), factor=2)[0] == 4.0


STEADY = {"method": "steady", "ended_by": "proof", "status": "optimal", "time_limit_s": 10.0}
RISKY = {"method": "risky", "ended_by": "proof", "status": "optimal", "time_limit_s": 10.0}
TURNING = [
    STEADY | {"instance": "a", "runtime_s": 2.9},
    STEADY | {"instance": "b", "runtime_s": 7.9},
    RISKY | {"instance": "a", "runtime_s": 0.3},
    RISKY | {"instance": "b", "runtime_s": 9.9, "ended_by": "time-limit", "status": "none"},
]


def test_the_three_means_by_hand():
    """Shift 0.1: steady sqrt(3 * 8) - 0.1, risky sqrt(0.4 * 10) - 0.1; only a is common.

    PAR-10: (2.9 + 7.9) / 2, and (0.3 + 100) / 2.
    """
    means = runtime_means(table(*TURNING)).set_index("method")
    assert means["runs"].tolist() == [2, 2]
    assert means["solved"].tolist() == [2, 1]
    assert means["counted_s"].tolist() == pytest.approx([24**0.5 - 0.1, 1.9])
    assert means["penalised_s"].tolist() == pytest.approx([5.4, 50.15])
    assert means["common"].tolist() == [1, 1]
    assert means["common_s"].tolist() == pytest.approx([2.9, 0.3])
    assert means["counted_rank"].tolist() == [2, 1]
    assert means["penalised_rank"].tolist() == [1, 2]
    assert means["common_rank"].tolist() == [2, 1]


def test_a_question_that_took_one_method_long_is_a_long_one_for_all():
    """a took steady 2.9 s; that it took risky 0.3 s leaves it in for both. c took nobody 1 s."""
    easy = {"instance": "c", "runtime_s": 0.2}
    runs = table(*TURNING, STEADY | easy, RISKY | easy)
    assert takes_long(runs).tolist() == [True] * 4 + [False] * 2
    assert takes_long(runs, 3.0).tolist() == [False, True, False, True, False, False]
    means = runtime_means(runs).set_index("method")
    assert means["long"].tolist() == [2, 2]
    assert means["long_s"].tolist() == pytest.approx([24**0.5 - 0.1, 1.9])
    assert runtime_means(runs, long_s=60.0)["long_s"].isna().all()


def test_it_is_told_that_the_ranking_turns_on_the_limits():
    assert ranking(runtime_means(table(*TURNING))) == (
        "The fastest method depends on how time limits are counted: risky over all runs, steady "
        "with a penalty for unsolved runs, risky on questions solved by all."
    )
    alike = [TURNING[0], TURNING[2]]
    assert ranking(runtime_means(table(*alike))) == (
        "risky is the fastest, however time limits are counted."
    )
    assert ranking(runtime_means(table(TURNING[0]))) == ""


def test_a_question_that_was_not_asked_of_all_is_not_common():
    means = runtime_means(table(TURNING[0], TURNING[1], TURNING[2]))
    assert means["common"].tolist() == [1, 1]


def test_without_a_common_question_there_is_no_such_mean():
    means = runtime_means(table(TURNING[1], TURNING[3]))
    assert means["common_s"].isna().all()
    assert means["common_rank"].isna().all()
