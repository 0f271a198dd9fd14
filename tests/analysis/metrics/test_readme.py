"""The lists of what PAVER and IPET have name only what is there."""

import re
from pathlib import Path

from analysis import metrics
from analysis.tables.named import TABLES

README = Path(metrics.__file__).with_name("README.md").read_text(encoding="utf-8")
COLUMNS = {"gap", "gap_to_best_known", "own_gap", "solver_gap", "best_known", "relative_tolerance"}
ARGUMENTS = {"shift", "to_others"}
OTHERS = ("fail_", "--", ".", "otgah", "make", "fail")


def test_every_name_in_the_lists_exists():
    ours = [row.split("|")[2] for row in README.splitlines() if row.startswith("| ")]
    rest = README.split("## Beyond both")[1]
    names = {
        re.split(r"[(=]", name)[0]
        for text in [*ours, rest]
        for name in re.findall(r"`([^`]+)`", text)
        if not name.startswith(OTHERS)
    }
    assert len(names) > 25
    assert {name for name in names if not hasattr(metrics, name)} <= COLUMNS | ARGUMENTS


def test_every_table_that_the_lists_name_can_be_exported():
    named = re.findall(r"\*table\* ([a-z-]+(?:, [a-z-]+)*)", README)
    tables = {each for group in named for each in group.split(", ")}
    assert tables >= {"means", "gaps", "times", "nodes", "pairs", "integrals"}
    assert tables <= TABLES.keys()


def test_no_row_is_without_an_answer():
    rows = [row for row in README.splitlines() if row.startswith("| ")]
    assert len(rows) > 40
    assert all(len(cell.strip()) > 3 for row in rows for cell in row.strip("|").split("|"))
