"""Table III: reductions worked by hand, claims that hold and that do not, small trees in full."""

import pandas as pd
import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.measures import Work
from analysis.experiments.table3 import EXACT, TABLE3, _tabulate, reductions, searched
from tests.helpers.experiment_tables import table_of, verdict, verdicts

KEPT = {"no pruning": 1.0, "text's rule": 0.5, "line 22": 0.5, "exact rule": 0.5}
RATES = (10, 20, 40, 200)


def story(nodes, **changes):
    def told(row):
        count, rate = nodes(row), row["rate_per_s"]
        return {
            "num_eligible": 3 * rate,
            "objective": 8,
            "num_nodes": count,
            "is_cut": 0,
            "time_cpu_s": 0.011 * KEPT[row["line"]],
        } | {name: change(row) for name, change in changes.items()}

    return told


def table(nodes, **changes):
    return table_of(TABLE3, story(nodes, **changes), only={"rate_per_s": RATES})


def as_printed(row):
    """Exponential without pruning, 97.92 % fewer nodes at 200/s, and ever more until there."""
    rate = row["rate_per_s"]
    whole = 1000 * round(100 * (1.17**rate) * (1 + row["seed"] / 100))
    if row["line"] == "no pruning":
        return whole
    return round(whole * (0.5 if rate < 200 else 0.0208) * (1 - rate / 1000 * (rate < 200)))


def polynomial(row):
    return round(KEPT[row["line"]] * 100 * row["rate_per_s"] ** 4 * (1 + row["seed"] / 100))


def test_all_claims_but_those_of_growth_hold_where_the_numbers_are_the_printed_ones():
    found = verdicts(TABLE3, table(as_printed))
    failed = {sentence for sentence, each in found.items() if each is not Verdict.HOLDS}
    assert failed == {"OT is polynomial for a fixed number of levels."}


def test_a_power_of_the_rate_is_polynomial_and_not_exponential():
    found = table(polynomial)
    assert verdict(TABLE3, found, "polynomial") is Verdict.HOLDS
    assert verdict(TABLE3, found, "exponentially") is Verdict.FAILS


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("never loses", {"objective": lambda row: 8 - (row["line"] != "no pruning")}),
        ("45 %: time", {"time_cpu_s": lambda row: 0.02 - 0.005 * (row["line"] != "no pruning")}),
        ("affordable", {"time_cpu_s": lambda row: 3.0}),
    ],
)
def test_claims_on_requests_and_time_fail_where_these_are_otherwise(words, changes):
    assert verdict(TABLE3, table(as_printed, **changes), words) is Verdict.FAILS


@pytest.mark.parametrize("words", ["45 %: nodes", "97.92 %", "increasingly pronounced"])
def test_claims_on_nodes_fail_where_pruning_saves_a_tenth_and_depend_on_the_rule(words):
    def tenth(row):
        whole = as_printed({**row, "line": "no pruning"})
        return whole if row["line"] == "no pruning" else whole // 10 * 9

    def tenth_by_the_text(row):
        return tenth(row) if row["line"] == "text's rule" else as_printed(row)

    assert verdict(TABLE3, table(tenth), words) is Verdict.FAILS
    assert verdict(TABLE3, table(tenth_by_the_text), words) is Verdict.DEPENDS


def test_runs_that_a_limit_cut_are_in_no_reduction_and_are_told_apart():
    def cut(row):
        return int(row["rate_per_s"] == 200 and row["line"] == "no pruning")

    found = table(as_printed, is_cut=cut)
    assert 200 not in set(reductions(found)["rate_per_s"])
    assert verdict(TABLE3, found, "97.92 %") is Verdict.CANNOT_BE_TOLD
    shown = _tabulate(found)
    last = shown[shown["rate/s"] == "200"].iloc[0]
    assert (last["runs"], last["nodes"], last["nodes: exact rule"]) == ("0, 4 cut", "-", "-")


def test_a_search_that_was_cut_is_not_affordable():
    def cut(row):
        return int(row["rate_per_s"] == 200)

    assert verdict(TABLE3, table(as_printed, is_cut=cut), "affordable") is Verdict.FAILS


def test_reductions_are_of_each_seed_and_short_runs_have_no_time():
    """36 of 100 nodes saved, then 100 of 200; 1 of 4 s saved, and 9 ms are not compared."""
    columns = ["count_waiting", "num_edge_nodes", "rate_per_s", "line", "seed"]
    values = [*columns, "num_nodes", "time_cpu_s", "is_cut", "objective"]
    rows = [
        (True, 1, 10, "no pruning", 0, 100, 4.0, 0, 8),
        (True, 1, 10, "exact rule", 0, 64, 3.0, 0, 8),
        (True, 1, 10, "no pruning", 1, 200, 0.009, 0, 8),
        (True, 1, 10, "exact rule", 1, 100, 0.001, 0, 8),
    ]
    found = reductions(pd.DataFrame(rows, columns=values))
    assert found["fewer_nodes"].tolist() == pytest.approx([0.36, 0.5])
    assert found["less_time"].iloc[0] == pytest.approx(0.25)
    assert pd.isna(found["less_time"].iloc[1])


@pytest.mark.parametrize("num_edge_nodes", [1, 3])
def test_a_small_tree_is_searched_in_full_and_pruning_saves_nodes_of_it(num_edge_nodes):
    point = {"count_waiting": True, "num_edge_nodes": num_edge_nodes, "rate_per_s": 10}
    found = {line.label: searched(TABLE3.work(point, line, 0, 1)).values for line in TABLE3.lines}
    nodes = [each["num_nodes"] for each in found.values()]
    assert nodes == sorted(nodes, reverse=True)
    assert len({each["objective"] for each in found.values()}) == 1
    assert {each["is_cut"] for each in found.values()} == {0}


def test_a_node_limit_marks_the_run_as_cut():
    work = Work(
        measure=searched,
        scheme=EXACT.scheme,
        settings={"family": "paper", "num_edge_nodes": 1, "rate_per_s": 20, "node_limit": 10},
        seed=0,
        num_epochs=1,
    )
    assert searched(work).values["is_cut"] == 1
