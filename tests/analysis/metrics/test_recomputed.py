"""The figures on the overview are those that an independent script finds in the CSV of its runs."""

import re
from html.parser import HTMLParser

import pytest

from analysis.reports.report import report
from analysis.tables.runs import export_runs
from tests.helpers import recomputed
from tests.helpers.campaigns import campaign

NUM_RUNS = 500


class Tables(HTMLParser):
    """The tables of a page that are written out, by their label: a row a list of cells."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.rows, self.cell = {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "div" and given.get("role") == "region":
            self.rows = self.tables.setdefault(given["aria-label"], [])
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = {"text": "", "value": given.get("data-value")}
            self.rows[-1].append(self.cell)
        elif tag == "small" and self.rows:
            self.cell = None  # a note is no part of a head's name

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None
        elif tag == "table":
            self.rows = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell["text"] += data


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the page of a campaign, and the figures found in its CSV."""
    folder = tmp_path_factory.mktemp("recomputed")
    store = campaign(folder / "runs.sqlite", NUM_RUNS, seed=1)
    page = report(store, folder / "report.html").page.read_text(encoding="utf-8")
    export_runs(store, folder / "runs.csv")
    text = page.split('<script type="text/plain"')[0].replace("\N{NO-BREAK SPACE}", " ")
    return text, recomputed.Figures(recomputed.read(folder / "runs.csv"))


def table_of(page, label):
    """Return the values of a table's cells, by the first cell of the row and by head."""
    heads, *rows = Tables(page).tables[label]
    group, found = "", {}
    for first, *cells in rows:
        if not cells:
            group = first["text"]
            continue
        named = zip(heads[1:], cells, strict=True)
        found[group, first["text"]] = {head["text"]: cell["value"] for head, cell in named}
    return found


def agree(shown, expected):
    """Hold every cell to the figure that it stands for, which is absent where there is none."""
    assert shown.keys() == expected.keys()
    for head, value in expected.items():
        told = None if shown[head] is None else float(shown[head])
        assert told == (None if value is None else pytest.approx(value, rel=1e-9)), head


def test_the_answer_says_the_mean_and_the_largest_gap(made):
    page, figures = made
    told = re.search(r'<p class="answer">(.*?)</p>', page)[1].replace(
        "\N{NON-BREAKING HYPHEN}", "-"
    )
    own = figures.summary(figures.of("ot-gah"))
    num_without = sum(run.gap is None for run in figures.of("ot-gah"))
    families = {run.family for run in figures.runs}
    instances = {run.instance for run in figures.of("ot-gah") if run.gap is not None}
    expected = (
        f"OT-GAH is on average {100 * own['mean gap']:.1f} % (at most "
        f"{100 * own['largest gap']:.1f} %) below the proven bound over {len(instances)} instances "
        f"of {len(families)} families"
    )
    remark = {0: "", 1: f"; 1 of its {own['runs']} runs has no gap"}.get(
        num_without, f"; {num_without} of its {own['runs']} runs have no gap"
    )
    assert told == f"{expected}{remark}."


def test_the_sentences_below_it_say_what_is_proved_what_others_reach_and_what_failed(made):
    page, figures = made
    others = {
        name: figures.summary(figures.of(name))["mean gap"]
        for name in ("greedy-by-output", "first-come-first-served")
    }
    told = ", ".join(
        f"{name} {100 * gap:.1f} %"
        for name, gap in sorted(others.items(), key=lambda each: each[1])
    )
    assert f"For comparison, the mean gaps of the other heuristics: {told}." in page
    assert figures.num_optimal == len(figures.cases) == NUM_RUNS // 5
    assert f"The bound is the optimum in all {len(figures.cases)} cases" in page
    failed = [run for run in figures.runs if run.failed]
    assert failed
    assert f"<strong>{len(failed)} of {NUM_RUNS} runs failed</strong>" in page


def test_every_cell_of_the_table_by_family_and_method_is_found_again(made):
    page, figures = made
    shown = table_of(page, "Summary of P1")
    families = dict.fromkeys(run.family for run in figures.runs)
    assert len(shown) == (len(families) + 1) * len(figures.methods)
    for (family, method), cells in shown.items():
        chosen = figures.of(method, None if family == "all families" else family)
        agree(cells, figures.summary(chosen))


def test_every_cell_of_the_table_of_runtimes_is_found_again(made):
    page, figures = made
    shown = table_of(page, "Runtimes of P1")
    assert [method for _, method in shown] == figures.methods
    for (_, method), cells in shown.items():
        agree(cells, figures.runtimes(method))
