from analysis.metrics import with_contestant
from tests.helpers.rows import table


def test_a_method_run_in_one_way_is_called_by_its_name():
    runs = table({"options": '{"inner": "ot"}', "time_limit_s": 5.0})
    assert with_contestant(runs)["contestant"].tolist() == ["ot-gah"]


def test_what_differs_among_the_runs_of_a_method_sets_them_apart():
    runs = table(
        {"options": '{"inner": "ot", "z": 1}', "time_limit_s": 5.0},
        {"options": '{"inner": "single-node", "z": 1}', "time_limit_s": 5.0},
        {"options": '{"inner": "ot", "z": 1}'},
        {"method": "scip", "time_limit_s": 5.0},
    )
    assert with_contestant(runs)["contestant"].tolist() == [
        "ot-gah inner=ot time_limit_s=5",
        "ot-gah inner=single-node time_limit_s=5",
        "ot-gah inner=ot time_limit_s=none",
        "scip",
    ]
