import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import endings, statistics, summary, with_bins, with_features
from tests.helpers.proofs import proof
from tests.helpers.rows import table


def test_the_summary_by_hand_with_failures_in_every_count():
    """Three runs of OT-GAH: gaps 0 and 1/4, one crash; of two MILP runs one proved.

    The mean gap is 1/8 over the two that have one. The runtimes count as 0, 0 and 0.7 s (the
    limit), so with shift 0.1 s the mean is (0.1 * 0.1 * 0.8)^(1/3) - 0.1 = 0.1 s.
    """
    milp = {"method": "milp-bigm", "node_kind": "branch-and-bound", "runtime_s": 0.0}
    gah = {"node_kind": "tree", "num_nodes": 90, "runtime_s": 0.0, "time_limit_s": 0.7}
    cut = {"status": "feasible", "ended_by": "time-limit", "proved_by": None}
    runs = table(
        proof(4) | milp | {"num_nodes": 0},
        proof(8, instance="b") | milp | cut | {"objective": 7, "num_nodes": 30},
        {"objective": 4} | gah,
        {"objective": 6, "instance": "b"} | gah,
        {"instance": "c", "status": "none", "ended_by": "crash", "time_limit_s": 0.7},
    )
    milp_row, gah_row = summary(runs).to_dict("records")
    assert milp_row["runs"] == 2
    assert milp_row["proved"] == 1
    assert milp_row["optimal"] == 1
    assert milp_row["branch_and_bound_nodes"] == pytest.approx(math.sqrt(10 * 40) - 10)
    assert pd.isna(milp_row["tree_nodes"])
    assert gah_row["runs"] == 3
    assert gah_row["failed"] == 1
    assert gah_row["proved"] == 0
    assert gah_row["optimal"] == 1
    assert gah_row["with_gap"] == 2
    assert gah_row["mean_gap"] == 0.125
    assert gah_row["max_gap"] == 0.25
    assert gah_row["mean_short"] == 1.0
    assert gah_row["runtime_s"] == pytest.approx(0.1)
    assert gah_row["tree_nodes"] == pytest.approx(90)
    assert pd.isna(gah_row["branch_and_bound_nodes"])


def test_gaps_of_two_problems_never_share_a_row():
    runs = table(proof(4), proof(4, problem="P2"))
    assert summary(runs)["problem"].tolist() == ["P1", "P2"]


def test_a_cut_run_and_one_with_a_contradiction_are_counted():
    runs = table(
        proof(4),
        {"objective": 5},
        {"ended_by": "time-limit", "instance": "b", "objective": 3, "known_objective": 4},
    )
    row = summary(runs, by=("method",)).set_index("method").loc["ot-gah"]
    assert (row["runs"], row["cut"], row["contradicted"]) == (2, 1, 1)
    assert row["mean_gap_to_best_known"] == 0.25


def test_a_summary_goes_by_any_feature():
    runs = with_bins(
        with_features(table(proof(4), proof(4, instance="b", num_requests=40))), "num_requests"
    )
    assert summary(runs, by=("num_requests_bin",))["num_requests_bin"].tolist() == ["4", "40"]


def test_a_family_without_a_name_is_a_group():
    runs = table(proof(4), proof(4, instance="b", family=None))
    assert summary(runs, by=("family",))["runs"].tolist() == [1, 1]


def test_the_ends_of_a_group_add_up_to_its_runs():
    runs = table(proof(4), {"ended_by": "crash"}, {"ended_by": "time-limit", "seed": 1})
    ends = endings(runs).set_index("method")
    assert ends.loc["ot-gah"].to_dict() == {"runs": 2, "proof": 0, "crash": 1, "time-limit": 1}
    assert ends.loc["milp-bigm"].to_dict() == {"runs": 1, "proof": 1, "crash": 0, "time-limit": 0}


def test_the_statistics_by_hand():
    """Of 0, 3 and an absent one: mean 1.5, deviation 1.5; logarithms of 1 and 4 with shift 1."""
    runs = table({"runtime_s": 0.0}, {"runtime_s": 3.0, "instance": "b"}, {"instance": "c"})
    row = statistics(runs, "runtime_s", shift=1).iloc[0]
    assert (row["runs"], row["absent"], row["mean"], row["std"]) == (3, 1, 1.5, 1.5)
    assert row["geometric_mean"] == pytest.approx(1.0)
    assert row["geometric_std"] == pytest.approx(2.0)
    assert (row["min"], row["p50"], row["max"]) == (0.0, 1.5, 3.0)


@given(st.lists(st.floats(0, 1e4), min_size=2, max_size=20))
def test_the_statistics_are_those_of_numpy(values):
    runs = pd.DataFrame({"method": "ot", "runtime_s": values})
    row = statistics(runs, "runtime_s", shift=0.5).iloc[0]
    logs = np.log(np.array(values) + 0.5)
    assert row["std"] == pytest.approx(np.std(values), abs=1e-6)
    assert row["geometric_std"] == pytest.approx(np.exp(np.std(logs)))
    assert row["p25"] == pytest.approx(np.quantile(values, 0.25))
