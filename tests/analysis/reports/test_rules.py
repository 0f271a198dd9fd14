"""Rules that end a build: read, refused, kept and broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics.comparison import compare
from analysis.reports.rules import COMPARATORS, FLAGS, NUMBERS, findings, parse_rule, read_rules
from heuristics.errors import InputError
from tests.helpers.proofs import proof
from tests.helpers.rows import table

EFFORT = {"bound": 12, "build_s": 0.5, "wall_s": 4.0, "num_nodes": 7, "node_kind": "tree"}


def campaign():
    """Gaps of OT-GAH 0.1 and 0.3 and a crash; runtimes 1, 3 and the limit of 10 s."""
    limit = {"time_limit_s": 10.0}
    return table(
        *(proof(10, instance=name, runtime_s=2.0) | limit for name in "abc"),
        {"objective": 9, "runtime_s": 1.0} | limit | EFFORT,
        {"objective": 7, "runtime_s": 3.0, "instance": "b"} | limit,
        {"instance": "c", "ended_by": "crash", "status": "none"} | limit,
    )


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("gap.mean", 0.2),
        ("gap.median", 0.2),
        ("gap.min", 0.1),
        ("gap.max", 0.3),
        ("gap.sum", 0.4),
        ("gap.p90", 0.28),
        ("gap.p95", 0.29),
        ("gap.count", 2),
        ("gap.absent", 1),
        ("short.max", 3),
        ("gap_to_best_known.max", 0.3),
        ("short_of_best_known.max", 3),
        ("own_gap.mean", 0.25),
        ("bound.max", 12),
        ("build_s.sum", 0.5),
        ("wall_s.max", 4),
        ("num_nodes.sum", 7),
        ("objective.mean", 8),
        ("runtime_s.max", 10),
        ("runtime_s.geometric_mean", (1.1 * 3.1 * 10.1) ** (1 / 3) - 0.1),
        ("failed.count", 1),
        ("failed.share", 1 / 3),
        ("cut.count", 0),
        ("proved.share", 0),
        ("optimal.count", 0),
        ("contradicted.count", 0),
    ],
)
def test_a_metric_by_hand(metric, value):
    (found,) = findings([parse_rule(f"ot-gah: {metric} != 99")], campaign())
    assert found.value == pytest.approx(value)


def test_without_a_scope_each_method_is_looked_at_apart():
    found = findings(read_rules(["gap.mean > 0.02"]), campaign())
    assert [(each.scope, each.broken) for each in found] == [("milp-bigm", False), ("ot-gah", True)]
    assert str(found[1]) == "ot-gah: gap.mean > 0.02 must not be, it is 0.2"


def test_all_runs_together_are_a_scope():
    (found,) = findings(read_rules(["all: failed.share > 10 %"]), campaign())
    assert found.value == pytest.approx(1 / 6)
    assert found.broken


def test_a_check_that_cannot_be_made_has_not_passed():
    (found,) = findings(read_rules(["gap.mean > 0.02"]), table({"objective": 3}))
    assert found.value is None
    assert found.broken
    assert str(found).endswith("there is no value")


def test_contestants_of_one_method_are_looked_at_apart_or_under_its_name():
    runs = table(
        proof(10),
        {"objective": 9, "options": '{"inner": "ot"}'},
        {"objective": 8, "options": '{"inner": "single-node"}', "seed": 1},
    )
    apart = findings(read_rules(["gap.max > 0.15"]), runs)
    assert [(each.scope, each.broken) for each in apart] == [
        ("milp-bigm", False),
        ("ot-gah inner=ot", False),
        ("ot-gah inner=single-node", True),
    ]
    (together,) = findings(read_rules(["ot-gah: gap.max > 0.15"]), runs)
    assert together.value == pytest.approx(0.2)


def test_two_problems_are_looked_at_apart():
    runs = table(proof(10), {"objective": 9}, proof(4, problem="P2"))
    found = findings(read_rules(["gap.max > 0.05"]), runs)
    assert {each.scope: each.broken for each in found} == {
        "milp-bigm on P1": False,
        "ot-gah on P1": True,
        "milp-bigm on P2": False,
    }


def test_two_campaigns_by_hand():
    """Gaps .1 and .3 become .2 and .3; what only one of the two has is no change."""
    before = table(
        *(proof(10, instance=name) for name in "ab"),
        {"objective": 9},
        {"objective": 7, "instance": "b"},
    )
    after = table(
        *(proof(10, instance=name) for name in "abc"),
        {"objective": 8},
        {"objective": 7, "instance": "b"},
        {"objective": 0, "instance": "c"},
    )
    compared = compare(before, after)
    for metric, value in (
        ("gap.mean", 0.5),
        ("gap.mean.before", 0.2),
        ("gap.mean.change", 0.05),
        ("gap.mean.ratio", 1.25),
        ("gap.worse", 1),
        ("gap.better", 0),
        ("objective.worse", 1),
        ("objective.p", 1.0),
        ("failed.count.change", 0),
    ):
        rule = parse_rule(f"ot-gah: {metric} > 99")
        (found,) = findings([rule], compared.runs[compared.runs["campaign"] == "after"], compared)
        assert found.value == pytest.approx(value), metric


def test_a_ratio_to_nothing_is_none():
    compared = compare(table(proof(4)), table(proof(4)))
    (found,) = findings(read_rules(["gap.mean.ratio > 1"]), compared.runs, compared)
    assert found.value is None


REFUSED = {
    "gap > 0.02": r"must be \[SCOPE:\] METRIC.STATISTIC COMPARATOR NUMBER",
    "gap.mean > two": "must be .*, found 'gap.mean > two'",
    "gap.mean": "METRIC.STATISTIC COMPARATOR NUMBER",
    "gip.mean > 1": "metric: must be one of gap, .*, found 'gip'",
    "gap.average > 1": "statistic: must be one of mean, .*, found 'average'",
    "failed.mean > 1": "statistic: must be one of count, share, found 'mean'",
    "failed.worse > 1": "statistic: must be one of count, share, found 'worse'",
    "gap.mean.later > 1": "side: must be one of before, change, ratio, found 'later'",
    "gap.worse.change > 1": "side: must not be given here",
    "__import__('os').system('true') > 1": "METRIC.STATISTIC COMPARATOR NUMBER",
    "": "METRIC.STATISTIC COMPARATOR NUMBER",
}


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_what_is_no_rule_is_refused(text, told):
    with pytest.raises(InputError, match=told):
        parse_rule(text)


@given(st.text(alphabet="gap.men_ >=<!:%0123 -+e'\"()", max_size=30))
def test_any_text_is_a_rule_or_refused(text):
    try:
        rule = parse_rule(text)
    except InputError:
        return
    assert rule.metric in (*NUMBERS, *FLAGS)
    assert rule.comparator in COMPARATORS


@given(
    st.sampled_from(NUMBERS),
    st.sampled_from(list(COMPARATORS)),
    st.floats(-1e9, 1e9, allow_nan=False),
    st.sampled_from(["", " "]),
)
def test_every_rule_says_what_it_was_written_to_say(metric, comparator, limit, space):
    rule = parse_rule(f"{metric}.max{space}{comparator}{space}{limit!r}")
    assert (rule.metric, rule.comparator, rule.limit) == (metric, comparator, limit)


def test_rules_of_two_campaigns_want_two():
    with pytest.raises(InputError, match=r"gap\.mean\.change > 0: must have two files of runs"):
        findings(read_rules(["gap.mean.change > 0"]), campaign())


def test_a_scope_without_runs_is_refused():
    with pytest.raises(InputError, match="scope: must be one of all, milp-bigm, ot-gah, found"):
        findings(read_rules(["ot-gha: gap.mean > 0"]), campaign())


def test_a_file_of_rules_is_read_line_by_line(tmp_path):
    path = tmp_path / "rules.txt"
    path.write_text(
        "# what a change must keep\n\ngap.mean > 2 %  # on average\nall: failed.count > 0\n"
    )
    rules = read_rules([str(path), "gap.max > 0.5"])
    assert [rule.text for rule in rules] == [
        "gap.mean > 2 %",
        "all: failed.count > 0",
        "gap.max > 0.5",
    ]
    path.write_text("gap.mean > 2 %\ngap.mean >\n")
    with pytest.raises(InputError, match=r"rules.txt, line 2: must be .*, found 'gap.mean >'"):
        read_rules([str(path)])
