import json

import numpy as np

from analysis.metrics import steps
from tests.helpers.rows import table


def told(*points):
    return json.dumps(points)


def test_the_steps_of_a_run_rise_and_fall_and_end_with_its_result():
    """Objective 2 at 1 s, 3 at 2 s; bounds 9, then 8 (a 10 on the way proves nothing new)."""
    runs = table(
        {
            "objective": 4,
            "bound": 8,
            "runtime_s": 3.0,
            "trajectory": told([1.0, 2, 9], [1.5, 2, 10], [2.0, 3, 9]),
        }
    )
    step = steps(runs)
    assert step["time_s"].tolist() == [1.0, 1.5, 2.0, 3.0]
    assert step["objective"].tolist() == [2, 2, 3, 4]
    assert step["bound"].tolist() == [9, 9, 9, 8]


def test_what_is_absent_on_the_way_is_absent_until_it_comes():
    runs = table(
        {
            "objective": 4,
            "bound": 8,
            "runtime_s": 3.0,
            "trajectory": told([1.0, None, 9], [2.0, 4, None]),
        }
    )
    step = steps(runs)
    np.testing.assert_array_equal(step["objective"], [np.nan, 4, 4])
    assert step["bound"].tolist() == [9, 9, 8]


def test_a_run_without_a_trajectory_has_what_it_returned_at_its_end():
    step = steps(table({"objective": 4, "runtime_s": 3.0}, {"objective": 2, "runtime_s": 1.0}))
    assert step["run"].tolist() == [0, 1]
    assert step["time_s"].tolist() == [3.0, 1.0]
    assert step["objective"].tolist() == [4, 2]


def test_schedules_on_the_way_count_only_as_far_as_one_was_judged():
    way = told([1.0, 5, 9])
    refused = {"ended_by": "error", "status": "none", "runtime_s": 2.0, "trajectory": way}
    step = steps(table(refused, {"objective": 4, "runtime_s": 2.0, "trajectory": way}))
    np.testing.assert_array_equal(step["objective"], [np.nan, np.nan, 4, 4])
    assert step["bound"].isna().all()


def test_a_table_without_the_column_will_do():
    runs = table({"objective": 4, "runtime_s": 3.0}).drop(columns="trajectory")
    assert len(steps(runs)) == 1
