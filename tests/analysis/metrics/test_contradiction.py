import pandas as pd
import pytest

from analysis.metrics import contradictions
from tests.helpers.proofs import proof
from tests.helpers.rows import table

CONTRADICTIONS = {
    "milp-bigm proved the bound 8, ot-gah found 9": [{"objective": 9}, proof(8)],
    "milp-bigm proved the optimum 8, scip the optimum 9": [
        proof(9, method="scip"),
        proof(8),
        {"objective": 8},
    ],
    "milp-bigm says infeasible, ot-gah found a schedule": [
        {"objective": 3, "problem": "P3", "cardinality": 3},
        {
            "problem": "P3",
            "cardinality": 3,
            "status": "infeasible",
            "ended_by": "proof",
            "method": "milp-bigm",
        },
    ],
    "the file claims the bound 5, ot-gah found 6": [
        {"objective": 6, "known_bound": 5, "known_objective": 5}
    ],
    "the file claims a schedule of 9, milp-bigm proved the bound 8": [
        proof(8, known_bound=9, known_objective=9)
    ],
    "the certificate proved the bound 8, ot-gah found 9": [
        {"objective": 9, "certified_bound": 8, "certified_objective": 8}
    ],
    "milp-bigm proved the bound 8, the certificate's search found 9": [
        proof(8, certified_bound=9, certified_objective=9)
    ],
    "the file claims a schedule of 9, the certificate proved the bound 8": [
        {"objective": 7, "certified_bound": 8, "known_bound": 9, "known_objective": 9}
    ],
}


@pytest.mark.parametrize(("told", "given_runs"), CONTRADICTIONS.items())
def test_a_contradiction_is_told_and_in_no_mean(told, given_runs):
    sound = proof(4, instance="sound", known_bound=4, known_objective=4)
    runs = table(*given_runs, sound)
    assert set(runs["contradiction"][:-1]) == {told}
    assert runs["gap"][:-1].isna().all()
    assert runs[["best_bound", "bound_by"]][:-1].isna().all(axis=None)
    assert pd.isna(runs["contradiction"].iloc[-1])
    assert runs["gap"].iloc[-1] == 0


def test_what_the_file_claims_of_p1_says_nothing_of_p2():
    runs = table({"objective": 6, "problem": "P2", "known_bound": 5, "known_objective": 5})
    assert runs["contradiction"].isna().all()


def test_contradictions_are_listed_once_a_question():
    wrong = [proof(8, instance="wrong"), {"objective": 9, "instance": "wrong"}]
    runs = table(*wrong, proof(4), {"objective": 4})
    found = contradictions(runs)
    assert found["instance"].tolist() == ["wrong"]
    assert found["problem"].tolist() == ["P1"]
    assert found["contradiction"].tolist() == ["milp-bigm proved the bound 8, ot-gah found 9"]
    assert contradictions(table(proof(4))).empty
