"""The parts of the page and its figures, on tables that lack something."""

import pytest

from analysis import figures, page
from tests.analysis.rows import table

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
def test_every_part_of_the_page_can_be_made(given):
    runs = table(*given)
    problem = runs["problem"][0]
    html = "".join(
        [
            page.opening(runs),
            page.summary_table(runs, problem),
            page.troubles(runs),
            page.conditions(runs),
            figures.gallery(runs, "here"),
        ]
    )
    assert html.count("<table") == html.count("</table>") >= 1
    for mark in ("<b>", "<i>", "<u>", "nan", "NaN", "NaT", "&lt;NA&gt;"):
        assert mark not in html


def test_a_schedule_that_was_refused_is_shown_with_what_its_solver_claimed():
    refused = {
        "method": "scip",
        "status": "none",
        "ended_by": "error",
        "claimed_objective": 17,
        "message": "the schedule of SCIP breaks a row: memory (12c) at edge node 0: 9 exceeds 7",
    }
    shown = page.troubles(table(PROOF, refused))
    assert "<td>17</td>" in shown
    assert "9 exceeds 7" in shown


def test_an_infeasible_problem_ended_well():
    assert "Every run ended" in page.troubles(table(*TABLES["an infeasible problem"]))


def test_without_a_gap_there_is_no_figure_of_gaps():
    assert figures.gap_by_family(table({"objective": 3}), "here") is None
    assert figures.gap_by_family(table({"objective": 3}, PROOF), "here") is not None


def test_nodes_of_two_kinds_never_share_a_figure():
    tree = {"num_nodes": 5, "node_kind": "tree"}
    bnb = PROOF | {"num_nodes": 9, "node_kind": "branch-and-bound"}
    runs = table(tree, bnb)
    for kind, count in (("tree", 5), ("branch-and-bound", 9)):
        picture = figures.nodes_by_size(runs, kind, "here")
        (axes,) = picture.figure.axes
        (line,) = axes.lines
        assert list(line.get_ydata()) == [count]
    assert figures.nodes_by_size(table(tree), "branch-and-bound", "here") is None


def test_a_method_looks_the_same_in_every_figure():
    counted = {"num_nodes": 5, "node_kind": "tree", "runtime_s": 0.1}
    runs = table(PROOF, counted, {"method": "random-order", "runtime_s": 0.1})
    times = {
        line.get_label(): line for line in figures.runtime_by_size(runs, "").figure.axes[0].lines
    }
    nodes = {
        line.get_label(): line
        for line in figures.nodes_by_size(runs, "tree", "").figure.axes[0].lines
    }
    assert times["ot-gah"].get_color() == nodes["ot-gah"].get_color()
    assert times["ot-gah"].get_marker() == nodes["ot-gah"].get_marker()
    assert len({times[name].get_color() for name in ("milp-bigm", "ot-gah", "random-order")}) == 3


def test_a_picture_is_the_same_bytes_again():
    first, second = (figures.runtime_by_size(table(PROOF), "here").to_html() for _ in range(2))
    assert first == second
