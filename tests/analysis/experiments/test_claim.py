"""Settling a claim over the readings of the text."""

import pytest

from analysis.experiments.claim import Answer, Verdict, settle

YES, NO, OPEN = (Answer(holds=holds, evidence=str(holds)) for holds in (True, False, None))


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([YES, YES], Verdict.HOLDS),
        ([NO, NO], Verdict.FAILS),
        ([YES, NO], Verdict.DEPENDS),
        ([YES, NO, OPEN], Verdict.DEPENDS),
        ([OPEN], Verdict.CANNOT_BE_TOLD),
        ([YES, OPEN], Verdict.CANNOT_BE_TOLD),
        ([NO, OPEN], Verdict.CANNOT_BE_TOLD),
        ([], Verdict.CANNOT_BE_TOLD),
    ],
)
def test_a_verdict_is_that_of_all_readings_or_depends_on_them(answers, verdict):
    assert settle({(f"{k}",): each for k, each in enumerate(answers)}).verdict is verdict


def test_what_it_depends_on_names_readings_and_shortens_those_that_agree():
    found = settle(
        {
            ("static", "counts"): YES,
            ("static", "ignored"): YES,
            ("none", "counts"): NO,
            ("none", "ignored"): OPEN,
        }
    )
    assert (
        found.depends_on == "holds with static; fails with none (counts); open with none (ignored)"
    )
    assert found.evidence[0] == "static, counts: True"


def test_a_claim_without_readings_has_its_evidence_alone():
    assert settle({(): YES}).evidence == ("True",)
