"""The demonstration, with few and small instances."""

import json
import shlex
from dataclasses import replace

import pytest

import otgah
from analysis.cli import main
from analysis.demonstration import demo
from analysis.store.store import read_rows

GENERATE = otgah.generate
SMALL = {"uniform-random": (2, {"num_requests": [6]}), "trace": (1, {"num_epochs": [3]})}


def test_the_demo_makes_its_files_prints_its_table_and_resumes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(demo, "FAMILIES", SMALL)
    monkeypatch.setattr(demo, "ONE_EDGE_NODE", {"single-node": (1, {"num_requests": [8]})})
    demo.demo(tmp_path)
    first = capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {
        "instances",
        "runs.sqlite",
        "report.html",
        "report.ipynb",
    }
    assert "6 instances of 3 families" in first
    assert "29 runs: 29 new, 0 already in the store, 0 failed" in first
    assert f"Report: {tmp_path / 'report.html'}" in first
    parts = [each for each in first.split("\n\n") if each.startswith(("P1", "P2", "P3"))]
    tables = dict(each.split("\n", 1) for each in parts)
    assert list(tables) == list(demo.TITLES.values())
    for title, method in (("P2", "algorithm-1"), ("P3", "ot")):
        (text,) = (text for name, text in tables.items() if name.startswith(title))
        alone = [line.split()[1] for line in text.splitlines() if line.startswith("single-node")]
        assert alone == [method, "milp-bigm"]
    lines = tables[demo.TITLES["P1"]].splitlines()
    table = [line for line in lines if line.startswith(("family", *SMALL))]
    assert len(table) == 1 + 2 * 5
    columns = {line.split()[1]: line.replace(" %", "%").split() for line in table}
    assert not [cells for cells in columns.values() if "-" in cells[:6]]
    kinds = {method: [cell != "-" for cell in cells[-2:]] for method, cells in columns.items()}
    assert kinds["ot-gah"] == [True, False]
    assert kinds["milp-bigm"] == kinds["decomposition"] == [False, True]
    assert kinds["greedy-by-output"] == [False, False]
    assert "Tree nodes of ot-gah are of the trees that the bound leaves" in first
    assert otgah.runs_table(tmp_path / "runs.sqlite")["gap"].notna().all()
    assert max(map(len, table)) <= 100

    monkeypatch.setattr(demo, "report", _reported)
    demo.demo(tmp_path)
    again = capsys.readouterr().out
    assert "29 runs: 0 new, 29 already in the store, 0 failed" in again
    assert "Note: one" in again


def test_the_demo_begins_anew_where_its_instances_have_changed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(demo, "METHODS", ("ot-gah",))
    monkeypatch.setattr(demo, "report", _reported)
    for num_requests in (6, 7):
        problems = {"half-tight": (1, {}), "uniform-random": (1, {})}
        monkeypatch.setattr(demo, "FAMILIES", problems)
        monkeypatch.setattr(demo, "ONE_EDGE_NODE", {})
        monkeypatch.setattr(demo, "generate", _renamed(num_requests))
        demo.demo(tmp_path)
        assert "4 runs: 4 new, 0 already in the store, 0 failed" in capsys.readouterr().out


def _reported(store, page):
    """Say that a report was made, which takes a while and is made once."""
    return otgah.Report(page=page, notebook=page, answer="", problems=("one",))


def _renamed(num_requests):
    """Generate problems of any size under one name a family."""

    def generate(family, out, **_):
        (path,) = GENERATE("uniform-random", out, grid={"num_requests": [num_requests]})
        instance = replace(otgah.read_instance(path), name=family)
        otgah.write_instance(instance, path.with_name(f"{family}.json"))
        return [path.with_name(f"{family}.json")]

    return generate


def test_the_demo_shows_some_forty_instances_of_families_that_exist():
    names = {family.name for family in otgah.families()}
    assert {*demo.FAMILIES, *demo.ONE_EDGE_NODE} <= names
    assert len(demo.FAMILIES) >= 5
    assert "trace" in demo.FAMILIES
    assert {"decomposition", "ot-gah"} < set(demo.METHODS)


@pytest.mark.long
def test_every_row_of_the_demo_is_made_again_by_what_show_says(tmp_path, monkeypatch, capsys):
    """The commands know nothing of the demonstration's files, and run in an empty folder."""
    demo.demo(tmp_path / "demo")
    store = tmp_path / "demo" / "runs.sqlite"
    (tmp_path / "clean").mkdir()
    monkeypatch.chdir(tmp_path / "clean")
    made = set()
    rows = read_rows(store, "runs")
    for row in rows:
        shown = otgah.show_run(store, row["key"])
        assert shown.caution is None
        *preparing, solving = map(shlex.split, shown.commands)
        for command in preparing:
            if tuple(command) not in made:
                assert command[:2] == ["otgah", "generate"]
                assert main(command[1:]) == 0
                made.add(tuple(command))
        capsys.readouterr()
        assert main([*solving[1:], "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        for name in ("status", "ended_by", "objective", "bound", "num_nodes"):
            assert told[name] == row[name], (solving, name)
    assert len(rows) == 41 * 5 + 4 * 2 * 2
