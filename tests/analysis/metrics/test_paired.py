import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.metrics import all_pairs, compare_values, holm, paired_comparison, signed_ranks
from analysis.text.paired import paired_sentence, with_sentences
from tests.helpers.rows import table

PROOF = {"method": "scip", "status": "optimal", "ended_by": "proof", "proved_by": "scip"}


def found(method, *objectives):
    """Return a run a question, whose bound 10 is proved; absent where there is no schedule."""
    return [
        {"method": method, "instance": f"i{place}"}
        | ({"ended_by": "crash", "status": "none"} if each is None else {"objective": each})
        for place, each in enumerate(objectives)
    ]


def proofs(count):
    return [
        PROOF | {"instance": f"i{place}", "objective": 10, "bound": 10} for place in range(count)
    ]


def test_a_comparison_by_hand():
    """Gaps 0, .1, .2, .3 against .1, .1, .4 and a crash: less by .1, 0, .2; one has no pair.

    Of the two that differ the ranks are 1 and 2, both of the same sign.
    """
    runs = table(*found("ot", 10, 9, 8, 7), *found("ot-gah", 9, 9, 6, None), *proofs(4))
    compared = paired_comparison(runs, "ot", "ot-gah")
    assert (compared.pairs, compared.unpaired) == (3, 1)
    assert (compared.first_better, compared.equal, compared.second_better) == (2, 1, 0)
    assert (compared.first_mean, compared.second_mean) == pytest.approx((0.1, 0.2))
    assert compared.effect == pytest.approx(-0.1)
    assert compared.low == pytest.approx(-0.2)
    assert compared.high == pytest.approx(0.0)
    assert compared.p_value == pytest.approx(0.5)  # 2 of the 2^2 sign patterns are as extreme
    assert compared.rank_biserial == -1
    assert paired_sentence(compared) == (
        "No difference in gap is shown between ot and ot-gah over 3 questions (1 more has no "
        "such pair): ot is better on 2, equal on 1, worse on 0 (mean difference -10.00 %, 95 % "
        "interval -20.00 % to 0 %; Wilcoxon p = 0.500, rank-biserial -1.00)."
    )


def test_a_difference_that_is_shown_is_said_to_be():
    runs = table(*found("ot", *[10] * 8), *found("ot-gah", *[9] * 8), *proofs(8))
    compared = paired_comparison(runs, "ot", "ot-gah")
    assert compared.is_significant
    assert compared.p_value == pytest.approx(2 / 2**8)
    assert paired_sentence(compared).startswith(
        "ot has a lower gap than ot-gah over 8 questions: better on 8"
    )


def test_more_requests_are_better_and_less_of_all_else():
    runs = table(*found("ot", 9), *found("ot-gah", 8), *proofs(1))
    assert paired_comparison(runs, "ot", "ot-gah", column="objective").first_better == 1
    assert paired_comparison(runs, "ot", "ot-gah", column="gap").first_better == 1
    assert paired_comparison(runs, "ot-gah", "ot", column="short").second_better == 1


def test_runtimes_are_compared_by_their_ratio():
    """Times 0.3 and 0.9 against 0.7 and 1.9, shift 0.1: ratios 4/8 and 10/20."""
    runs = table(
        *(
            {"method": "ot", "instance": name, "runtime_s": s}
            for name, s in zip("ab", (0.3, 0.9), strict=True)
        ),
        *({"instance": name, "runtime_s": s} for name, s in zip("ab", (0.7, 1.9), strict=True)),
    )
    compared = paired_comparison(runs, "ot", "ot-gah", column="runtime_s")
    assert compared.is_ratio
    assert (compared.effect, compared.low, compared.high) == pytest.approx((0.5, 0.5, 0.5))
    assert compared.first_mean == pytest.approx((0.4 * 1.0) ** 0.5 - 0.1)
    assert "ratio 0.5, 95 % interval 0.5 to 0.5" in paired_sentence(compared)


def test_a_question_counts_once_however_many_seeds_it_has():
    runs = table(
        *found("ot", 10), *found("ot-gah", 8), found("ot-gah", 6)[0] | {"seed": 1}, *proofs(1)
    )
    compared = paired_comparison(runs, "ot", "ot-gah")
    assert compared.pairs == 1
    assert compared.second_mean == pytest.approx(0.3)


def test_equal_methods_are_equal():
    compared = compare_values(np.ones(3), np.ones(3), column="gap", first="a", second="b")
    assert (compared.p_value, compared.rank_biserial, compared.effect) == (1.0, 0.0, 0.0)
    assert paired_sentence(compared) == "a and b are equal in gap over 3 questions."


def test_nothing_shared_is_nothing_said():
    runs = table(*found("ot", 9), *proofs(1))
    compared = paired_comparison(runs, "ot", "ot-gah")
    assert (compared.pairs, compared.p_value, compared.effect, compared.low) == (
        0,
        None,
        None,
        None,
    )
    assert paired_sentence(compared) == "ot and ot-gah share no question to compare gap on."


def test_equal_differences_are_ties_whatever_their_last_digit():
    """0.3 - 0.2 and 0.2 - 0.1 differ by rounding alone: both ranks are 1.5, and cancel."""
    first, second = np.array([0.3, 0.1]), np.array([0.2, 0.2])
    compared = compare_values(first, second, column="gap", first="a", second="b")
    assert compared.rank_biserial == 0


LENGTHS = ((1, 8), (20, 30))
"""Few pairs or many: from 9 to 13 the p-value is a sum over thousands of sign patterns."""


@given(st.one_of(st.lists(st.integers(-20, 20), min_size=a, max_size=b) for a, b in LENGTHS))
def test_the_rank_biserial_is_what_its_pairs_say(differences):
    """Of all sums of two, and of one with itself: the share that is positive less the negative."""
    unequal = [each for each in differences if each]
    sums = [unequal[i] + unequal[j] for i in range(len(unequal)) for j in range(i + 1)]
    expected = np.sign(sums).sum() / len(sums) if sums else 0.0
    _, rank_biserial = signed_ranks(np.array(differences, dtype=float))
    assert rank_biserial == pytest.approx(expected)


def test_the_interval_is_that_of_scipys_bootstrap():
    rng = np.random.default_rng(1)
    first, second = rng.exponential(size=40), rng.exponential(size=40)
    ours = compare_values(first, second, column="x", first="a", second="b")
    theirs = stats.bootstrap(
        (first - second,), np.mean, n_resamples=20000, method="percentile", rng=2
    ).confidence_interval
    width = theirs.high - theirs.low
    assert ours.low == pytest.approx(theirs.low, abs=0.05 * width)
    assert ours.high == pytest.approx(theirs.high, abs=0.05 * width)


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says():
    """Of 200 samples of 50 differences with mean 0, 95 % give 190; the test allows 175 to 200."""
    rng = np.random.default_rng(3)
    covered = 0
    for seed in range(200):
        drawn = rng.normal(size=50)
        compared = compare_values(drawn, np.zeros(50), column="x", first="a", second="b", seed=seed)
        covered += compared.low <= 0 <= compared.high
    assert covered >= 175


def test_all_pairs_are_judged_by_adjusted_p_values():
    """Each pair alone is significant at 2/2^6 = 0.031, and none once it is one of three."""
    runs = table(*found("a", *[10] * 6), *found("b", *[9] * 6), *found("c", *[8] * 6), *proofs(6))
    pairs = with_sentences(all_pairs(runs, among=["a", "b", "c"]))
    assert pairs[["first", "second"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert pairs["p_value"].tolist() == pytest.approx([2 / 2**6] * 3)
    assert pairs["p_adjusted"].tolist() == pytest.approx([6 / 2**6] * 3)
    assert pairs["sentence"].str.startswith("No difference in gap is shown between").all()


def test_holm_by_hand():
    """Sorted .01, .02, .03: times 3, 2, 1, never falling; what was not tested is not counted."""
    assert holm([0.03, 0.01, None, 0.02]) == pytest.approx([0.04, 0.03, None, 0.04])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]
