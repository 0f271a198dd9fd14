"""The line that says how a trace was read: once a run, by every command that reads a trace."""

import json
from dataclasses import replace

import pytest

from analysis.cli import main
from analysis.experiments import runner
from analysis.experiments.modern import MODERN, OT_GAH
from instances.traces.announcement import announced
from instances.traces.excerpt import EXCERPT

START = f"trace {EXCERPT} read as plain, arrival_s in seconds: "
MIDDLE = (" requests in ", "/s); prompt tokens ", " (p50), ", "output tokens ", "; no row skipped")


@pytest.fixture
def otgah(capsys):
    def run(*arguments):
        assert main([str(each) for each in arguments]) == 0
        return capsys.readouterr()

    return run


def lines(text):
    found = [each for each in text.splitlines() if each.startswith("trace ")]
    for line in found:
        assert line.startswith(START)
        assert all(each in line for each in MIDDLE)
    return found


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_generate_prints_the_line_once_beside_its_list_of_paths(otgah, tmp_path, more):
    """Seeds and grids of one run read the same part, and say so once."""
    command = ("generate", "trace", "--out", tmp_path, "--seeds", "0:2")
    shown = otgah(*command, "--set", "num_epochs=3", "--set", "keep_empty=no,yes", *more)
    (line,) = lines(shown.err)
    assert " requests in the part that is read" in line
    paths = json.loads(shown.out) if more else shown.out.splitlines()
    assert len(paths) == len(list(tmp_path.iterdir()))


def test_simulate_prints_the_line_once_above_its_table(otgah):
    command = ("simulate", "trace", "--arrivals", EXCERPT, "--epochs", "2")
    shown = otgah(*command, "--method", "static-batching,no-batching")
    assert len(lines(shown.out)) == 1
    assert not lines(shown.err)


def test_simulate_prints_the_line_beside_its_document(otgah):
    command = ("simulate", "trace", "--arrivals", EXCERPT, "--epochs", "2")
    shown = otgah(*command, "--method", "static-batching,no-batching", "--json")
    assert json.loads(shown.out)["num_epochs"] == 2
    assert len(lines(shown.err)) == 1


SMALL = replace(
    MODERN,
    lines=(OT_GAH, replace(OT_GAH, label="capped", settings={"is_capped": True})),
    claims=(),
    quick=replace(MODERN.quick, num_seeds=1, num_epochs=2),
)


@pytest.mark.parametrize("num_jobs", [1, 2])
def test_an_experiment_prints_the_line_once_whatever_its_processes(tmp_path, monkeypatch, num_jobs):
    monkeypatch.delenv("OTGAH_DATA", raising=False)
    told = []
    with announced(told.append):
        table = runner.run([SMALL], tmp_path / "rows.sqlite", is_quick=True, num_jobs=num_jobs)
    assert len(table["modern"]) >= 2
    assert len(told) == len(lines("\n".join(told))) == 1
