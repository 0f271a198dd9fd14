"""The first sentence of a campaign: its runs, its questions and how the runs ended."""

from analysis.text.campaign_runs import answer
from tests.helpers.rows import table

SERVED = {"objective": 3, "ended_by": "completed"}


def test_one_problem_on_each_instance_is_counted_by_instances():
    runs = table(SERVED, SERVED | {"instance": "b", "coefficients": "b"})
    assert answer(runs).startswith("2 runs of 1 method on 2 instances: 2 completed,")


def test_two_problems_on_an_instance_are_two_questions():
    runs = table(SERVED, SERVED | {"problem": "P2"})
    assert answer(runs).startswith(
        "2 runs of 1 method on 1 instance with 2 questions, each a problem posed on an instance: "
    )


def test_runs_that_failed_or_were_cut_are_counted_apart():
    cut = SERVED | {"ended_by": "time-limit"}
    failed = {"status": "none", "ended_by": "crash", "failed": True}
    assert answer(table(SERVED, cut, failed)).endswith(
        "1 completed, 1 was stopped by a limit or by hand, and 1 failed."
    )
