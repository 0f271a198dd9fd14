import pytest

from analysis.text.answer import answer, bound_sources, comparison, proven_optima, question
from tests.helpers.rows import table

PROOF = {"method": "milp-bigm", "status": "optimal", "ended_by": "proof", "proved_by": "milp-bigm"}


def both(instance, bound, found, **more):
    proof = PROOF | {"objective": bound, "bound": bound, "instance": instance}
    return proof | more, {"objective": found, "instance": instance} | more


def test_the_answer_is_made_of_the_runs():
    """Gaps of 0 and 1/4: 12.5 % on average, 25 % at most."""
    runs = table(*both("a", 4, 4), *both("b", 8, 6, family="dense"))
    assert question(runs) == "How far is OT-GAH from optimal?"
    assert answer(runs) == (
        "OT-GAH is on average 12.5 % (at most 25.0 %) below the proven bound over 2 instances of "
        "2 families."
    )


def test_a_heuristic_that_is_optimal_everywhere_reaches_the_bound():
    assert answer(table(*both("a", 4, 4))) == (
        "OT-GAH reaches the proven bound over 1 instance of 1 family."
    )


def test_runs_without_a_gap_are_told():
    lost = {"instance": "b", "status": "none", "ended_by": "crash"}
    assert answer(table(*both("a", 4, 3), lost)).endswith("; 1 of its 2 runs has no gap.")


def test_several_seeds_are_runs_and_not_instances():
    again = {"objective": 3, "seed": 1}
    assert "over 2 runs on 1 instance of 1 family" in answer(table(*both("a", 4, 3), again))


def test_without_ot_gah_it_speaks_of_the_heuristic_that_comes_closest():
    near = {"method": "greedy-by-output", "objective": 3}
    far = {"method": "random-order", "objective": 1}
    runs = table(PROOF | {"objective": 4, "bound": 4}, far, near)
    assert answer(runs).startswith("greedy-by-output is on average 25.0 %")
    assert comparison(runs).endswith("random-order 75.0 %.")


def test_without_a_bound_no_gap_is_made_up():
    runs = table({"objective": 3})
    assert answer(runs).startswith("No gap can be told")
    assert question(runs) == "What did the runs find?"
    assert comparison(runs) == ""


def test_the_proof_that_nothing_is_eligible_makes_no_exact_method():
    nothing = {"instance": "b", "objective": 0, "bound": 0, "status": "optimal"}
    runs = table(*both("a", 4, 4), nothing | {"ended_by": "proof", "proved_by": "ot-gah"})
    assert answer(runs) == "OT-GAH reaches the proven bound over 2 instances of 1 family."


def test_gaps_of_p2_are_not_taken_for_gaps_of_p1():
    exact = {"method": "ot-gah", "problem": "P2", "objective": 1}
    runs = table(*both("a", 4, 4), exact, PROOF | {"problem": "P2", "objective": 9, "bound": 9})
    assert answer(runs) == "OT-GAH reaches the proven bound over 1 instance of 1 family."


@pytest.mark.parametrize(
    ("found", "told"), [(8, "is the optimum, so the gaps are exact"), (7, "in 0 of 1 case;")]
)
def test_it_tells_whether_the_bounds_are_optima(found, told):
    cut = PROOF | {"status": "feasible", "ended_by": "time-limit", "proved_by": None}
    assert told in proven_optima(table(cut | {"objective": found, "bound": 8}))


@pytest.mark.parametrize(
    ("met", "told"), [(8, "The bound is the optimum, so"), (7, "in 0 of 1 case;")]
)
def test_a_bound_that_the_schedule_beside_its_certificate_reaches_is_the_optimum(met, told):
    runs = table({"objective": 6, "certified_bound": 8, "certified_objective": met})
    assert told in proven_optima(runs)


def test_two_cardinalities_are_two_cases():
    infeasible = PROOF | {"status": "infeasible", "problem": "P3", "cardinality": 9}
    runs = table(
        PROOF | {"problem": "P3", "cardinality": 2, "objective": 2, "bound": 2}, infeasible
    )
    assert proven_optima(runs) == (
        "The bound is the optimum in 1 of 2 cases; 1 case has no bound, and so no gap."
    )


def test_without_a_bound_nothing_is_said_of_bounds():
    assert proven_optima(table({"objective": 3})) == ""


def test_a_contradicted_bound_is_none_to_measure_by():
    runs = table(*both("a", 3, 4))
    assert "nothing proved an uncontradicted bound" in answer(runs)


def test_it_tells_how_many_bounds_are_of_certificates():
    kept = {"objective": 6, "certified_bound": 8}
    runs = table(*both("a", 4, 4), {"instance": "b"} | kept, {"instance": "b", "seed": 1} | kept)
    assert bound_sources(runs) == (
        "In 1 of 2 cases no run proved the optimum; the bound is from a certificate of otgah "
        "bound, verified in exact integers."
    )
    assert bound_sources(table(*both("a", 4, 4))) == ""


def test_it_tells_which_bounds_p3prime_shares_with_p1():
    runs = table(*both("a", 4, 4), {"objective": 4, "problem": "P3prime"})
    assert bound_sources(runs) == (
        "In 1 case of P3prime the bound is of P1: at one edge node the two are one problem."
    )
