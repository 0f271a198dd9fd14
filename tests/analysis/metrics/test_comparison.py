"""Two campaigns side by side: what got better and worse, told by hand-made runs."""

import pandas as pd
import pytest

from analysis.metrics.comparison import compare
from analysis.reports.pages.comparison import comparison_section
from analysis.text.comparison import answers, comparison_text
from tests.helpers.proofs import proof
from tests.helpers.rows import table


def heuristic(*objectives, **more):
    """Return a run an instance; None is one that crashed."""
    return [
        {"instance": f"i{place}", "runtime_s": 0.5}
        | ({"ended_by": "crash", "status": "none"} if each is None else {"objective": each})
        | more
        for place, each in enumerate(objectives)
    ]


def proofs(count, **more):
    return [proof(10, instance=f"i{place}", runtime_s=1.0, **more) for place in range(count)]


def test_what_became_of_each_run_is_told():
    before = table(*heuristic(7, 7, 7, None, None, 7), *proofs(6))
    after = table(*heuristic(8, 6, 7, 7, None, None), *proofs(6))
    pairs = compare(before, after).pairs
    ours = pairs[pairs["contestant"] == "ot-gah"].set_index("instance")
    assert ours["schedule"].to_dict() == {
        "i0": "better",
        "i1": "worse",
        "i2": "equal",
        "i3": "failed no more",
        "i4": "failed both times",
        "i5": "failed now",
    }
    assert ours.loc["i0", ["gap_before", "gap_after"]].tolist() == pytest.approx([0.3, 0.2])
    assert ours.loc["i0", ["objective_before", "objective_after"]].tolist() == [7, 8]


def test_a_schedule_where_there_was_none_is_better():
    before = table({"ended_by": "time-limit", "status": "none"})
    compared = compare(before, table({"objective": 0}))
    assert compared.pairs["schedule"].tolist() == ["better"]


def test_a_better_bound_does_not_look_like_a_worse_schedule():
    """Before, the bound 12 made 9 a gap of 1/4; after, 10 is proved: the gap is 1/10 both times."""
    weak = {"method": "milp-bigm", "objective": 9, "bound": 12, "ended_by": "time-limit"}
    compared = compare(table({"objective": 9}, weak), table({"objective": 9}, proof(10)))
    ours = compared.pairs.set_index("contestant").loc["ot-gah"]
    assert (ours["gap_before"], ours["gap_after"]) == pytest.approx((0.1, 0.1))
    assert compared.pairs.set_index("contestant").loc["milp-bigm", "proof"] == "gained"


def test_two_campaigns_can_contradict_each_other():
    compared = compare(table({"objective": 9}), table(proof(8)))
    assert compared.contradictions["contradiction"].tolist() == [
        "milp-bigm proved the bound 8, ot-gah found 9"
    ]
    assert comparison_text(compared).startswith("Contradiction: a, P1: milp-bigm proved")
    page = comparison_section(compared, names="first to second")
    assert page.index('<div class="alarm" role="alert">') < page.index('class="answer"')


def test_noise_of_the_clock_is_no_change_of_time():
    times = [(1.0, 1.05, "same"), (1.0, 1.2, "slower"), (1.0, 0.5, "faster"), (1e-4, 9e-3, "same")]
    before, after = (
        table(
            *(
                {"instance": f"i{place}", "objective": 1, "runtime_s": each[side]}
                for place, each in enumerate(times)
            )
        )
        for side in (0, 1)
    )
    assert compare(before, after).pairs["time"].tolist() == [each[2] for each in times]


def test_the_counts_and_means_by_hand():
    """Gaps .3 three times before; .2, .1 and a crash after: means .3 and .15 over two."""
    before = table(*heuristic(7, 7, 7, time_limit_s=2.0), *proofs(3))
    after = table(*heuristic(8, 9, None, time_limit_s=2.0), *proofs(2))
    compared = compare(before, after)
    row = compared.methods.set_index("contestant").loc["ot-gah"]
    assert row[["pairs", "better", "equal", "worse", "failed_now"]].tolist() == [3, 2, 0, 0, 1]
    assert (row["gap_before"], row["gap_after"]) == pytest.approx((0.3, 0.15))
    assert row["runtime_s_before"] == pytest.approx(0.5)
    assert row["runtime_s_after"] == pytest.approx((0.6 * 0.6 * 2.1) ** (1 / 3) - 0.1)
    assert compared.unpaired.to_dict("records") == [
        {"contestant": "milp-bigm", "campaign": "before", "runs": 1}
    ]


def test_the_worst_come_first():
    before = table(*heuristic(9, 9, 9, 9), *proofs(4))
    after = table(*heuristic(8, 5, 9, None), *proofs(4))
    compared = compare(before, after)
    assert compared.regressions()["instance"].tolist() == ["i3", "i1", "i0"]
    assert compared.improvements().empty
    turned = compare(after, before)
    assert turned.improvements()["instance"].tolist() == ["i3", "i1", "i0"]


def test_a_difference_is_said_to_be_one_only_where_the_test_shows_it():
    before, after = table(*heuristic(*[7] * 8), *proofs(8)), table(*heuristic(*[8] * 8), *proofs(8))
    assert any(
        each.startswith(
            "ot-gah, 8 runs in common: the mean gap fell from 30.00 % to 20.00 % (p = 0.016); "
            "schedules better in 8, equal in 0, worse in 0; time 500 ms before, 500 ms after"
        )
        for each in answers(compare(before, after))
    )
    few = compare(table(*heuristic(7), *proofs(1)), table(*heuristic(8), *proofs(1)))
    assert any("which shows no difference (p = 1.000)" in each for each in answers(few))


def test_seeds_of_one_question_are_one_question_to_the_test():
    before = table(*(run for seed in range(8) for run in heuristic(7, seed=seed)), *proofs(1))
    after = table(*(run for seed in range(8) for run in heuristic(8, seed=seed)), *proofs(1))
    compared = compare(before, after)
    assert compared.tests["P1", "ot-gah"]["gap"].pairs == 1
    assert compared.methods.set_index("contestant").loc["ot-gah", "pairs"] == 8


def test_an_option_that_changed_is_what_is_compared():
    before = table(*heuristic(7, options='{"inner": "ot"}'))
    after = table(*heuristic(8, options='{"inner": "single-node"}'))
    assert compare(before, after).pairs["contestant"].tolist() == ["ot-gah"]


def test_a_single_method_may_have_another_name_after():
    before, after = table(*heuristic(7)), table(*heuristic(8, method="mine"))
    assert compare(before, after).pairs["contestant"].tolist() == ["ot-gah → mine"]


def test_gaps_of_two_problems_are_never_compared_together():
    runs = table(*heuristic(7), *heuristic(7, problem="P2"))
    compared = compare(runs, runs)
    assert compared.methods["problem"].tolist() == ["P1", "P2"]
    assert any(each.startswith("ot-gah on P2, 1 run in common") for each in answers(compared))


def test_files_without_a_common_run_are_said_to_have_none():
    compared = compare(table({"objective": 3}), table({"objective": 3, "instance": "b"}))
    assert answers(compared) == ["The two files have no run in common: nothing can be compared."]
    assert "ot-gah: 1 run only after" in comparison_text(compared)
    assert compared.to_dict()["methods"] == []


def test_other_coefficients_under_the_same_name_are_another_question():
    compared = compare(table({"objective": 3}), table({"objective": 4, "coefficients": "1" * 64}))
    assert compared.pairs.empty
    assert compared.unpaired["runs"].tolist() == [1, 1]


def test_the_page_tells_no_markup_from_a_name():
    run = {"objective": 3, "method": "<b>"}
    compared = compare(table(run), table(run | {"objective": 2}))
    section = comparison_section(compared, names="<i>")
    assert "&lt;b&gt;" in section
    assert "<b>" not in section
    assert "<i>" not in section
    assert section.count("<table ") == section.count("</table>") == 2


def test_nothing_changes_from_a_campaign_to_itself():
    runs = table(*heuristic(7, 8, None), *proofs(3))
    compared = compare(runs, runs)
    assert set(compared.pairs["schedule"]) == {"equal", "failed both times"}
    assert compared.regressions().empty
    assert compared.unpaired.empty
    assert compared.methods["gap_p"].tolist() == [1.0, 1.0]
    assert isinstance(compared.methods, pd.DataFrame)
