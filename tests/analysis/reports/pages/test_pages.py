"""The parts of the pages and their charts, on tables that lack something."""

import json
import math

import numpy as np
import plotly.graph_objects as go
import pytest

from analysis.metrics import with_contestant
from analysis.metrics.comparison import compare
from analysis.reports.pages import (
    campaign,
    charts,
    gap_charts,
    node_charts,
    origin,
    overview,
    rankings,
    runtime_charts,
    troubles,
)
from analysis.reports.pages.changes import change_charts
from analysis.reports.pages.chart import log_axis
from analysis.reports.pages.elements import Head, prose, rows_table
from analysis.reports.pages.grid import PAGE_TYPE, numbers, runs_grid
from analysis.reports.pages.marks import LARGEST_SAMPLE, sample
from tests.helpers.rows import table

PROOF = {
    "method": "milp-bigm",
    "status": "optimal",
    "ended_by": "proof",
    "proved_by": "milp-bigm",
    "objective": 4,
    "bound": 4,
    "runtime_s": 0.1,
}
TABLES = {
    "a run without a family, a limit or a runtime": [{"family": None, "ended_by": "error"}],
    "nothing proved": [{"objective": 3, "runtime_s": 0.1}],
    "nothing eligible and nothing taken": [
        PROOF | {"objective": 0, "bound": 0, "num_eligible": 0, "runtime_s": 0.0}
    ],
    "more methods than colours": [
        {"objective": 3, "runtime_s": 0.1, "method": f"m{each}"} for each in range(12)
    ]
    + [PROOF],
    "an infeasible problem": [
        {
            "problem": "P3",
            "cardinality": 9,
            "status": "infeasible",
            "ended_by": "proof",
            "proved_by": "milp-bigm",
            "runtime_s": 0.1,
        }
    ],
    "names that are no markup": [PROOF | {"family": "<b>", "instance": "<i>"}, {"method": "<u>"}],
}


@pytest.mark.parametrize("given", TABLES.values(), ids=TABLES)
def test_every_part_of_the_pages_can_be_made(given):
    runs = table(*given)
    problem = runs["problem"][0]
    html = "".join(
        [
            overview.opening(runs),
            overview.summary_table(runs, problem),
            troubles.troubles_table(runs),
            origin.conditions(runs),
            rankings.runtimes(runs, problem),
            rankings.differences(runs, problem),
            campaign.opening(runs),
            campaign.endings_table(runs),
            campaign.failures_table(runs),
            campaign.bounds_table(runs),
            runs_grid(runs).to_html(),
        ]
    )
    assert html.count("<table") == html.count("</table>") >= 1
    for mark in ("<b>", "<i>", "<u>", "nan", "NaN", "NaT", "&lt;NA&gt;"):
        assert mark not in html.replace(runs_grid(runs).to_html(), "")


@pytest.mark.parametrize("given", TABLES.values(), ids=TABLES)
def test_every_chart_can_be_made_and_is_one_that_plotly_knows(given):
    runs = table(*given)
    drawn = [*charts.charts(runs, "here"), campaign.timeline(runs, "here")]
    assert len(drawn) >= 2
    for chart in drawn:
        specification = chart.specification()
        go.Figure(specification)  # raises at a property that there is not
        for trace in specification["data"]:
            trace.pop("customdata", None)  # by which a table is filtered: shown nowhere
        text = json.dumps(specification, allow_nan=False)
        for mark in ("<b>", "<i>", "<u>", "NaN"):
            assert mark not in text
        assert chart.alternative
        assert "here" in chart.caption
        assert 'role="img"' in chart._repr_mimebundle_()[PAGE_TYPE]


def test_a_schedule_that_was_refused_is_shown_with_what_its_solver_claimed():
    refused = {
        "method": "scip",
        "status": "none",
        "ended_by": "error",
        "claimed_objective": 17,
        "message": "the schedule of SCIP breaks a row: memory (12c) at edge node 0: 9 exceeds 7",
    }
    shown = troubles.troubles_table(table(PROOF, refused))
    assert ">17</td>" in shown
    assert "9 exceeds 7" in shown


def test_an_infeasible_problem_ended_well():
    assert "Every run ended" in troubles.troubles_table(table(*TABLES["an infeasible problem"]))


def test_without_a_gap_there_is_no_chart_of_gaps():
    for chart in (gap_charts.gap_by_family, gap_charts.gap_profile):
        assert chart(table({"objective": 3}), "here") is None
        assert chart(table({"objective": 3}, PROOF), "here") is not None


def test_a_run_without_a_gap_keeps_the_share_of_its_method_below_one():
    runs = table(PROOF, {"objective": 2}, {"instance": "lost", "ended_by": "crash"})
    (optimal, heuristic) = gap_charts.gap_profile(runs, "here").traces
    assert optimal["y"] == [1, 1, 1]
    assert heuristic["x"] == [0, 50, 51.5]
    assert heuristic["y"] == [0, 0.5, 0.5]


def test_nodes_of_two_kinds_never_share_a_chart():
    tree = {"num_nodes": 5, "node_kind": "tree"}
    bnb = PROOF | {"num_nodes": 9, "node_kind": "branch-and-bound"}
    runs = table(tree, bnb)
    for kind, count in (("tree", 5), ("branch-and-bound", 9)):
        (trace,) = node_charts.nodes_by_size(runs, kind, "here").traces
        assert trace["y"] == [count + 1]
    assert node_charts.nodes_by_size(table(tree), "branch-and-bound", "here") is None


def test_a_method_looks_the_same_in_every_chart():
    counted = {"num_nodes": 5, "node_kind": "tree", "runtime_s": 0.1}
    runs = table(PROOF, counted, {"method": "random-order", "runtime_s": 0.1})
    times = {each["name"]: each for each in runtime_charts.runtime_by_size(runs, "").traces}
    nodes = {each["name"]: each for each in node_charts.nodes_by_size(runs, "tree", "").traces}
    assert times["ot-gah"]["marker"]["color"] == nodes["ot-gah"]["marker"]["color"]
    looks = {(each["marker"]["color"], each["marker"]["symbol"][0]) for each in times.values()}
    assert len(looks) == 3


def test_a_mark_leads_to_the_row_of_its_run():
    runs = table(PROOF, {"instance": "b", "runtime_s": 0.2}, PROOF | {"problem": "P2"})
    of_p2 = runs[runs["problem"] == "P2"]
    (trace,) = runtime_charts.runtime_by_size(of_p2, "").traces
    assert trace["customdata"] == [2]


def test_of_very_many_runs_a_sample_is_drawn_that_has_the_failed_ones_and_says_so():
    runs = table(*[{"instance": f"i{each}", "runtime_s": 0.1} for each in range(30)])
    runs.loc[7, ["ended_by", "failed"]] = ["crash", True]
    shown = sample(runs.loc[runs.index.repeat(200)].reset_index(drop=True))
    assert len(shown) == LARGEST_SAMPLE
    assert (shown["ended_by"] == "crash").sum() == 200
    assert shown.index.is_monotonic_increasing


def test_a_chart_and_a_grid_are_the_same_bytes_again():
    runs = table(PROOF, {"objective": 2})
    for make in (runs_grid, lambda runs: runtime_charts.runtime_by_size(runs, "here")):
        assert make(runs).to_html() == make(runs).to_html()


def test_numbers_for_a_page_are_exact_where_they_are_whole():
    assert numbers([123456789, 0.1234567, None, 0, 2.5e-9]) == [
        123456789,
        0.123457,
        None,
        0,
        2.5e-9,
    ]


def test_two_of_one_method_with_other_options_are_never_averaged():
    first = {"objective": 3, "options": '{"inner": "ot"}'}
    second = {"objective": 1, "options": '{"inner": "single-node"}', "key": "other"}
    named = with_contestant(table(PROOF, first, second))
    opened = overview.opening(named.assign(method=named["contestant"]))
    assert "inner=ot is on average 25.0\N{NO-BREAK SPACE}%" in opened
    assert "inner=single-node 75.0" in opened


def test_prose_breaks_no_line_inside_a_figure_and_is_escaped_once():
    told = prose("OT-GAH lost 2 % (p < 0.001) & <b>")
    assert told == (
        "OT\N{NON-BREAKING HYPHEN}GAH lost 2\N{NO-BREAK SPACE}% "
        "(p\N{NO-BREAK SPACE}&lt;\N{NO-BREAK SPACE}0.001) &amp; &lt;b&gt;"
    )


def test_a_long_name_may_break_and_a_short_one_may_not():
    made = rows_table("names", [Head("a"), Head("b", is_text=True)], [["x" * 40, "short"]])
    assert '<th scope="row" class="long">' in made
    assert '<td class="left">short' in made


@pytest.mark.parametrize("values", [[872.0, 933.0], [5.0], [1.0, 1e6], [0.01, 0.02], []])
def test_a_logarithmic_axis_has_ticks_wherever_its_values_lie(values):
    axis = log_axis(np.array(values), str)
    low, high = axis["range"]
    assert low < high
    assert all(low <= math.log10(value) <= high for value in values)
    assert len(axis["tickvals"]) >= 2 or values == []
    assert axis["ticktext"] == [str(each) for each in axis["tickvals"]]


def test_runs_that_began_at_once_are_drawn_within_a_minute():
    (start, end) = campaign.timeline(table({"runtime_s": 0.1}), "here").layout["xaxis"]["range"]
    assert (start, end) == ("2025-12-31T23:59:30", "2026-01-01T00:00:30")


def test_methods_look_alike_in_both_charts_of_a_comparison():
    """greedy-by-output has no gap, and is in the second chart alone."""
    runs = table(
        PROOF,
        {"method": "greedy-by-output", "instance": "b", "objective": 1},
        {"objective": 3, "runtime_s": 0.1},
    )
    compared = compare(runs, runs)
    gaps, times = (
        {trace["name"]: trace["marker"]["color"] for trace in chart.traces}
        for chart in change_charts(compared, "here")
    )
    assert gaps.items() <= times.items()
    assert len(times) == 3 > len(gaps)
