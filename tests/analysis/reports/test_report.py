"""The report: one page, no network, its answer first, and nothing hidden that went wrong."""

import csv
import json
import re
from html.parser import HTMLParser

import nbformat
import pytest

from analysis.cli import main
from analysis.reports import report as report_module
from analysis.reports.report import report
from analysis.tables.runs import export_runs, runs_table
from analysis.text.answer import answer
from heuristics.errors import InputError
from tests.helpers.rows import store_of

PROOF = {
    "method": "milp-bigm",
    "status": "optimal",
    "ended_by": "proof",
    "proved_by": "milp-bigm",
    "num_nodes": 7,
    "node_kind": "branch-and-bound",
    "runtime_s": 0.5,
    "time_limit_s": 10.0,
}
TREE = {"num_nodes": 90, "node_kind": "tree", "runtime_s": 0.001, "time_limit_s": 10.0}
NOTES = {"drawn": ["deadline_s", "accuracy"], "prompt_longer_than_padding": [1, 2, 5]}
TRACE = {"instance": "t", "family": "trace", "notes": json.dumps(NOTES)}
SOUND = (
    PROOF | {"objective": 4, "bound": 4},
    TREE | {"objective": 3},
    PROOF | {"objective": 5, "bound": 5} | TRACE,
    TREE | {"objective": 5} | TRACE,
    PROOF | {"objective": 9, "bound": 9, "problem": "P2", "instance": "of <P2>"},
)
WRONG = (
    TREE | {"instance": "lost", "status": "none", "ended_by": "crash", "message": "died & gone"},
    PROOF | {"instance": "wrong", "objective": 4, "bound": 4},
    TREE | {"instance": "wrong", "objective": 5},
)


class Page(HTMLParser):
    """What a page is made of: its text, its attributes by name, its images."""

    def __init__(self, path):
        super().__init__()
        self.text, self.attributes, self.tags = "", [], []
        head, body = path.read_text().split("</head>")
        self.feed(head)
        self.text = ""
        self.feed(body.split('<script type="text/plain"')[0])

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def page_of(folder, *runs):
    made = report(store_of(folder / "runs.sqlite", *runs), folder / "report.html")
    return made, Page(made.page)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("sound"), *SOUND)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("wrong"), *SOUND, *WRONG)


def test_the_page_asks_no_network_for_anything(sound):
    made, page = sound
    for name, value in page.attributes:
        if name in ("src", "href", "srcset", "data", "action", "poster"):
            assert value.startswith(("data:", "#")), (name, value[:80])
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "object")]
    style = made.page.read_text().split("<style>")[1].split("</style>")[0]
    assert "font:" in style
    assert "@import" not in style
    assert "url(" not in style


def test_the_page_opens_with_the_answer(sound):
    made, page = sound
    assert made.answer == answer(runs_table(made.page.with_name("runs.sqlite")))
    text = page.text.replace("\N{NON-BREAKING HYPHEN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    assert text.strip().startswith(f"How far is OT-GAH from optimal?{made.answer}")


def test_a_row_holds_what_the_summary_says(sound):
    """Of family paper OT-GAH has one run with gap 1/4; of all families 0 and 1/4."""
    made, _ = sound
    rows = [
        re.sub(r"<[^>]+>", "|", row).split("|")
        for row in made.page.read_text().split("<tr")
        if ">ot-gah<" in row
    ]
    cells = [[cell for cell in row if cell.strip(" \n>") and "class" not in cell] for row in rows]
    assert cells[0][1:8] == ["2", "12.5 %", "25.0 %", "0.50", "1/2", "0/2", "1 ms"]
    assert cells[1][1:6] == ["1", "25.0 %", "25.0 %", "1.00", "0/1"]
    assert cells[2][1:6] == ["1", "0 %", "0 %", "0.00", "1/1"]


def test_gaps_of_two_problems_never_share_a_table(sound):
    _, page = sound
    labels = [attributes.get("aria-label") for _, attributes in page.tags]
    assert "Summary of P1" in labels
    assert "Summary of P2" in labels
    assert page.text.count("Problem P2") == 4  # over its two tables, its charts, its runtimes


def test_every_chart_has_words_for_those_who_do_not_see_it(sound):
    _, page = sound
    plots = [attributes for _, attributes in page.tags if attributes.get("class") == "plot"]
    assert len(plots) == 6 + 4  # two of gaps, two of runtimes, two kinds of nodes; fewer of P2
    assert all(plot["role"] == "img" for plot in plots)
    assert all(len(plot["aria-label"]) > 20 for plot in plots)
    assert page.text.count("Source: runs.sqlite, 5 runs on 3 instances.") == len(plots)


def test_the_page_says_what_the_runs_were_made_with(sound):
    _, page = sound
    for told in ("highspy", "seeds of methods", "time limit10 s", "2026-01-01 00:00"):
        assert told in page.text


def test_a_trace_is_said_to_have_drawn_deadlines_and_accuracies(sound):
    _, page = sound
    assert "Family trace: drawn by seed, not measured: deadline_s, accuracy." in page.text
    assert "3 requests eligible nowhere, prompt longer than padding." in page.text


def test_nothing_went_wrong_where_nothing_did(sound):
    made, page = sound
    assert made.problems == ()
    assert "Every run ended with a schedule or a proof." in page.text
    assert "alarm" not in made.page.read_text().split("</style>")[1]


def test_a_contradiction_is_told_loudly_at_the_top(wrong):
    made, page = wrong
    told = "milp-bigm proved the bound 4, ot-gah found 5"
    assert made.problems == (f"contradiction on wrong: {told}", "1 of 8 runs failed")
    assert told in page.text
    assert page.text.index("Contradictions.") < page.text.index("is on average")
    assert ("div", {"class": "alarm", "role": "alert"}) in page.tags


def test_failed_runs_are_counted_and_listed(wrong):
    _, page = wrong
    assert "1 of 8 runs failed (1 of OT-GAH)" in page.text
    assert "1 failed" in page.text
    assert "died & gone" in page.text


def test_the_notebook_beside_it_is_executed_and_whole(sound):
    made, _ = sound
    notebook = nbformat.read(made.notebook, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert not [each for cell in code for each in cell.outputs if each.output_type == "error"]
    assert str(made.page.with_name("runs.sqlite")) in code[1].source  # not the default


def test_only_the_page_and_its_notebook_are_left(sound):
    made, _ = sound
    names = {path.name for path in made.page.parent.iterdir()}
    assert names == {"report.html", "report.ipynb", "runs.sqlite"}


def test_a_parameter_that_the_notebook_lacks_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "overview.py").write_text("# %%\nruns_path = 'default'\n")
    monkeypatch.setattr(report_module, "NOTEBOOKS", tmp_path)
    with pytest.raises(RuntimeError, match="the notebook overview has no parameter runs_path"):
        report(store_of(tmp_path / "r.sqlite", *SOUND), tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"template": "poster"}, "--template: must be one of overview, compare, instance"),
        ({"template": "compare"}, "--template: must be given with a later file of runs"),
        ({"template": "instance"}, "--template: must be given with --instance"),
        ({"template": "campaign", "instance": "a.json"}, "must not be given with --instance"),
        (
            {"instance": "nowhere.json"},
            "--instance: must be a file, or the name of an instance in the store",
        ),
        ({"notebook": "x.html"}, "--notebook: must end in .ipynb"),
    ],
)
def test_a_template_wants_what_it_needs_and_nothing_else(tmp_path, given, told):
    store = store_of(tmp_path / "r.sqlite", *SOUND)
    with pytest.raises(InputError, match=re.escape(told)):
        report(store, tmp_path / "r.html", **given)


@pytest.mark.parametrize(("page", "status"), [("sound", 0), ("wrong", 3)])
def test_strict_refuses_what_went_wrong(request, monkeypatch, capsys, page, status):
    made, _ = request.getfixturevalue(page)
    monkeypatch.setattr("otgah.report", lambda *_, **__: made)
    assert main(["report", "runs.sqlite", "--out", "report.html"]) == 0
    assert main(["report", "runs.sqlite", "--out", "report.html", "--strict", "--json"]) == status
    assert capsys.readouterr().err.count("\n") == 2 * len(made.problems)


def test_the_numbers_in_the_sentences_are_those_of_the_table_as_csv(wrong, tmp_path):
    """The CSV is read without pandas, and everything is counted again from scratch."""
    made, _ = wrong
    export_runs(made.page.with_name("runs.sqlite"), tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["problem"] == "P1"]
    bounds, found = {}, {}
    for row in rows:
        if row["bound"]:
            bounds.setdefault(row["instance"], []).append(int(row["bound"]))
        if row["objective"]:
            found[row["instance"]] = max(found.get(row["instance"], 0), int(row["objective"]))
    own = [row for row in rows if row["method"] == "ot-gah"]
    gaps = [
        1 - int(row["objective"]) / min(bounds[row["instance"]])
        for row in own
        if row["objective"]
        and row["instance"] in bounds
        # A bound below a schedule is a contradiction, which is in no mean.
        and min(bounds[row["instance"]]) >= found[row["instance"]]
    ]
    mean, worst = 100 * sum(gaps) / len(gaps), 100 * max(gaps)
    told = re.search(
        r"on average ([\d.]+) % \(at most ([\d.]+) %\) below .* over (\d+) instances.*; "
        r"(\d+) of its (\d+) runs have no gap",
        made.answer,
    ).groups()
    assert told == (
        f"{mean:.1f}",
        f"{worst:.1f}",
        str(len(gaps)),
        str(len(own) - len(gaps)),
        str(len(own)),
    )
