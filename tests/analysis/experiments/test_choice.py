"""The claims on choices, each on tables in which it holds and in which it does not."""

from functools import cache

import pytest

from analysis.experiments.choice import CHOICE
from analysis.experiments.choice_cases import (
    BY_OT_GAH,
    CASE,
    CASES,
    CHOSEN,
    LENGTH_CASES,
    SCHEME_CASES,
)
from analysis.experiments.choice_figures import by_alternative
from analysis.experiments.choice_gains import gains, largest
from analysis.experiments.claim import Verdict
from analysis.experiments.statistics import chosen
from tests.helpers.experiment_tables import served, table_of, verdict, verdicts

ANY, TENTH, COMPRESSED, LENGTH, NEARLY = (claim.sentence for claim in CHOICE.claims)


def told(row, *, gain=0.2, missing=0.01, rising=True):
    """Return a row in which choosing serves more than fixed alternatives, of 0.1 to 0.4."""
    best = 0.4 + gain
    rates = {name: 0.1 * number for number, name in enumerate(CASES[row[CASE]].names, start=1)}
    rate = {CHOSEN.label: best, BY_OT_GAH.label: best * (1 - missing), **rates}[row["line"]]
    load = row["load"] if rising else 1 / row["load"]
    return {
        **served(rate, row["seed"] if rate else 0),
        "last_share": 0.1 * load + 0.001 * row["seed"],
        "served_1": 1,
        "served_2": 0,
        "served_3": 0,
        "served_4": 0,
    }


@cache
def table(**story):
    return of_story(lambda row: told(row, **story))


def of_story(story):
    """Return an invented table with few points."""
    only = {**CHOICE.quick.only, "accuracy_required": (0.3, 1.0)}
    return table_of(CHOICE, story, num_seeds=3, only=only)


def test_all_claims_hold_where_choosing_pays():
    assert set(verdicts(CHOICE, table()).values()) == {Verdict.HOLDS}


def test_a_gain_below_a_tenth_is_not_substantial():
    found = of_story(
        lambda row: told(row) if row["line"] != CHOSEN.label else served(0.42, row["seed"]),
    )
    own = chosen(found, {CASE: "s' on Orin boards with reading"})
    assert verdict(CHOICE, own, "a tenth") is Verdict.FAILS
    assert verdict(CHOICE, found, "any fixed scheme") is Verdict.HOLDS


def test_a_choice_that_gains_nothing_in_one_case_leaves_it_to_the_case():
    flat = next(iter(SCHEME_CASES))

    def story(row):
        return served(0.3, row["seed"]) if row[CASE] == flat else told(row)

    found = of_story(lambda row: {**told(row), **story(row)})
    assert verdict(CHOICE, found, "any fixed scheme") is Verdict.DEPENDS
    assert verdict(CHOICE, found, "a tenth") is Verdict.DEPENDS
    only = chosen(found, {CASE: flat})
    assert verdict(CHOICE, only, "any fixed scheme") is Verdict.FAILS


@pytest.mark.parametrize(("missing", "expected"), [(0.01, Verdict.HOLDS), (0.05, Verdict.FAILS)])
def test_a_heuristic_is_near_or_is_not(missing, expected):
    assert verdict(CHOICE, table(missing=missing), "nearly") is expected


def test_a_falling_share_of_the_most_compressed_scheme_fails():
    assert verdict(CHOICE, table(rising=False), "most compressed") is Verdict.FAILS


def test_a_length_as_good_as_the_longest_fails():
    found = of_story(lambda row: {**told(row), **served(0.3, row["seed"])})
    assert verdict(CHOICE, found, "longest") is Verdict.FAILS


def test_no_rows_decide_nothing():
    empty = table().iloc[:0]
    assert set(verdicts(CHOICE, empty).values()) == {Verdict.CANNOT_BE_TOLD}


def test_a_gain_is_measured_against_the_best_alternative_of_its_point():
    found = gains(chosen(table(), {CASE: "s' in Section V"}))
    assert [each.place for each in found] == ["load 0.25", "a = up to 1", "load 4"]
    assert {each.fixed for each in found} == {"s' = 512"}
    assert all(each.change.value == pytest.approx(0.3) for each in found)
    shown = largest(table())
    assert shown["case"].tolist() == list(CASES)
    assert shown["gain"].tolist()[-1] == "+50%"


def test_shares_of_alternatives_are_those_of_the_completed_requests():
    rows = chosen(table(), {"line": CHOSEN.label, CASE: "s' in Section V"})
    rows = rows.assign(completed=10, served_1=2, served_2=3, served_3=5)
    found = by_alternative(rows).groupby("line")["share"].mean().round(9)
    assert found.to_dict() == {"s' = 128": 0.2, "s' = 256": 0.3, "s' = 512": 0.5}


@pytest.mark.long
def test_each_figure_has_the_cases_of_its_kind():
    drawings = {each.name: each.picture for each in CHOICE.draw(table(), "choice.csv")}
    assert set(drawings) == {
        *("choice-accuracy-up-to", "choice-gain-accuracy", "choice-gain-load"),
        *("choice-load-schemes", "choice-load-lengths"),
        *("choice-shares-schemes", "choice-shares-lengths"),
    }
    assert all(case in drawings["choice-load-lengths"].alternative for case in LENGTH_CASES)


def test_an_optimum_over_alternatives_is_at_least_each_of_them():
    """One epoch of the text's own beta: the choice mixes schemes where one alone does not."""
    rows = {
        row["line"]: work.measured().values
        for row, work in CHOICE.works(CHOICE.quick)
        if row[CASE] == "Section V with β = (bits/16)²"
        and (row["seed"], row["load"], row["accuracy_required"]) == (0, 1.0, 1.0)
    }
    best = rows[CHOSEN.label]
    assert all(each["completed"] <= best["completed"] for each in rows.values())
    assert best["num_unproved"] == 0
    assert sum(best[f"served_{number}"] for number in (1, 2, 3)) == best["completed"]
    assert rows["w8a16"]["served_1"] == rows["w8a16"]["completed"] > rows["w16a16"]["completed"]
