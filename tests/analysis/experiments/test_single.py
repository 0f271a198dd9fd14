"""Algorithms 1 and 2: claims that hold and that do not, and both against the exact solver."""

from analysis.experiments.claim import Verdict
from analysis.experiments.single import GROWTH, SINGLE
from tests.helpers.experiment_tables import table_of, verdict


def exact(row):
    return {"objective": 7, "bound": 7 if "exact" in row["line"] else None}


def test_an_algorithm_that_reaches_every_proved_optimum_is_optimal():
    found = table_of(SINGLE, exact)
    assert verdict(SINGLE, found, "Proposition 2") is Verdict.HOLDS
    assert verdict(SINGLE, found, "OT finds") is Verdict.HOLDS


def test_one_request_too_few_in_one_problem_is_enough_to_fail():
    def once_short(row):
        is_short = row["line"] == "Algorithm 1" and row["seed"] == 3
        return exact(row) | ({"objective": 6} if is_short else {})

    found = table_of(SINGLE, once_short)
    assert verdict(SINGLE, found, "Proposition 2") is Verdict.FAILS
    assert verdict(SINGLE, found, "OT finds") is Verdict.HOLDS


def test_without_a_proved_optimum_nothing_is_told():
    found = table_of(SINGLE, lambda row: {"objective": 7, "bound": 9})
    assert verdict(SINGLE, found, "OT finds") is Verdict.CANNOT_BE_TOLD


def test_the_exponent_of_the_time_decides():
    for exponent, expected in ((2, Verdict.HOLDS), (4, Verdict.FAILS)):
        found = table_of(
            GROWTH,
            lambda row, power=exponent: {
                "time_cpu_s": 1e-6 * row["num_requests"] ** power * (1 + row["seed"] / 100)
            },
        )
        assert verdict(GROWTH, found, "O(I^3)") is expected


def test_both_algorithms_serve_what_the_exact_solver_does():
    point = {"case": "scarce spectrum", "num_requests": 20}
    served = {
        line.label: SINGLE.work(point, line, 1, 1).measured().values["objective"]
        for line in SINGLE.lines
    }
    assert served["Algorithm 1"] == served["exact, P2"]
    assert served["OT"] == served["exact, P1"]
    assert served["OT"] <= served["Algorithm 1"]
