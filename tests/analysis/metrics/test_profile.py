import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import costs, data_profile, is_solved, performance_profile
from tests.helpers.rows import table

TIMES = {"fast": [1.0, 2.0, None], "slow": [2.0, 1.0, 8.0]}


def timed(times):
    return [
        {"method": method, "instance": f"i{place}", "num_requests": place + 1}
        | (
            {"ended_by": "time-limit", "runtime_s": 10.0, "status": "none"}
            if time_s is None
            else {"runtime_s": time_s, "objective": 1}
        )
        for method, column in times.items()
        for place, time_s in enumerate(column)
    ]


def of(profile, method, name):
    own = profile[profile["method"] == method]
    return list(zip(own[name], own["share"], strict=True))


def test_the_performance_profile_by_hand():
    """Ratios of fast: 1, 2, never; of slow: 2, 1, 1."""
    profile = performance_profile(table(*timed(TIMES)))
    np.testing.assert_allclose(of(profile, "fast", "ratio"), [(1.0, 1 / 3), (2.0, 2 / 3)])
    np.testing.assert_allclose(of(profile, "slow", "ratio"), [(1.0, 2 / 3), (2.0, 1.0)])


def test_the_extended_profile_by_hand():
    """To the best of the others: fast 1/2, 2, never; slow 2, 1/2, and 8 to nobody is 0."""
    profile = performance_profile(table(*timed(TIMES)), to_others=True)
    np.testing.assert_allclose(of(profile, "fast", "ratio"), [(0.5, 1 / 3), (2.0, 2 / 3)])
    np.testing.assert_allclose(
        of(profile, "slow", "ratio"), [(0.0, 1 / 3), (0.5, 2 / 3), (2.0, 1.0)]
    )


def test_a_question_that_nobody_solved_stays_in_the_denominator():
    profile = performance_profile(table(*timed({"fast": [1.0, None], "slow": [None, None]})))
    assert of(profile, "fast", "ratio") == [(1.0, 0.5)]
    assert of(profile, "slow", "ratio") == [(1.0, 0.0)]


def test_times_below_the_clock_are_equal():
    profile = performance_profile(table(*timed({"fast": [1e-6], "slow": [1e-4]})))
    assert of(profile, "slow", "ratio") == [(1.0, 1.0)]


def test_what_counts_as_solved_can_be_a_gap():
    runs = table(
        {"objective": 9, "runtime_s": 0.1},
        {"objective": 10, "bound": 10, "runtime_s": 1.0, "method": "scip", "ended_by": "proof"},
    )
    for gap, share in ((0.0, 0.0), (0.1, 1.0)):
        profile = performance_profile(runs, is_solved(runs, gap=gap))
        assert of(profile, "ot-gah", "ratio")[-1] == (1.0, share)


def test_nodes_have_a_profile_too():
    counted = {"node_kind": "tree", "objective": 1}
    runs = table(
        counted | {"num_nodes": 0}, counted | {"num_nodes": 30, "method": "ot"}, {"method": "scip"}
    )
    profile = performance_profile(runs, cost="num_nodes")
    assert of(profile, "ot", "ratio") == [(1.0, 0.0), (30.0, 1.0)]
    assert of(profile, "scip", "ratio") == [(1.0, 0.0)]


def test_the_data_profile_by_hand():
    profile = data_profile(table(*timed(TIMES)))
    np.testing.assert_allclose(of(profile, "fast", "budget"), [(0, 0), (1, 1 / 3), (2, 2 / 3)])
    np.testing.assert_allclose(
        of(profile, "slow", "budget"), [(0, 0), (1, 1 / 3), (2, 2 / 3), (8, 1)]
    )


def test_a_budget_may_be_counted_per_size():
    """Sizes 1, 2, 3, each plus one: slow takes 2/2, 1/3 and 8/4."""
    profile = data_profile(table(*timed(TIMES)), per="num_requests")
    assert [budget for budget, _ in of(profile, "slow", "budget")] == pytest.approx(
        [0, 1 / 3, 1, 2]
    )


def test_seeds_are_averaged_and_one_that_failed_counts_as_unsolved():
    runs = table(
        {"runtime_s": 1.0, "objective": 1},
        {"runtime_s": 3.0, "objective": 1, "seed": 1},
        {"runtime_s": 1.0, "objective": 1, "instance": "b"},
        {"ended_by": "crash", "instance": "b", "seed": 1},
        {"runtime_s": 5.0, "objective": 1, "method": "ot"},
    )
    paid = costs(runs, is_solved(runs))
    assert paid["ot-gah"].tolist() == [2.0, np.inf]
    assert paid["ot"].tolist() == [5.0, np.inf]


def profile_at(times, method, ratio):
    """Return the share of questions by the definition, counted one by one."""
    solved = 0
    for row in times:
        finite = [time_s for time_s in row if time_s is not None]
        own = row[method]
        solved += own is not None and own <= ratio * min(finite)
    return solved / len(times)


@given(
    st.lists(st.tuples(*[st.none() | st.integers(1, 20)] * 3), min_size=1, max_size=8),
    st.integers(1, 25),
)
def test_the_profile_is_the_share_that_its_definition_counts(times, ratio):
    runs = pd.DataFrame(
        [
            {"instance": place, "coefficients": "0", "problem": "P1", "cardinality": 0}
            | {"method": str(method), "cost": time_s, "is_solved": time_s is not None}
            for place, row in enumerate(times)
            for method, time_s in enumerate(row)
        ]
    )
    profile = performance_profile(runs, runs["is_solved"], cost="cost")
    for method in range(3):
        shares = [share for at, share in of(profile, str(method), "ratio") if at <= ratio]
        assert shares[-1] == pytest.approx(profile_at(times, method, ratio))
