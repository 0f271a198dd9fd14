"""Fixtures of commands that must fail: a folder of sound files, and a check of the refusal."""

import json

import pytest

from analysis.cli import main
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.examples import problem
from tests.helpers.rows import store_of

LONGEST_LINE = 600


@pytest.fixture
def folder(tmp_path):
    """Return a folder with an instance of two edge nodes and a schedule of it that works."""
    edge_nodes = ({"name": "server"}, {"name": "uav"})
    hand = Instance(name="hand", coefficients=problem(), edge_nodes=edge_nodes)
    write_instance(hand, tmp_path / "hand.json")
    schedule = {
        "format": "otgah-schedule",
        "version": 1,
        "instance": "hand",
        "assignment": {"0": [0, 1], "1": [2]},
    }
    (tmp_path / "s.json").write_text(json.dumps(schedule))
    store_of(tmp_path / "runs.sqlite", {"objective": 3})
    return tmp_path


@pytest.fixture
def refuses(folder, capsys):
    """Return a check that a command fails in one line and leaves every file as it was."""

    def check(*arguments, told):
        before = _contents(folder)
        capsys.readouterr()
        status = main([str(each).format(folder=folder) for each in arguments])
        captured = capsys.readouterr()
        assert (status, captured.out) == (2, "")
        (line,) = captured.err.splitlines()
        assert len(line) < LONGEST_LINE
        assert line.startswith("otgah: ")
        assert "Traceback" not in line
        for part in told:
            assert part in line, line
        assert _contents(folder) == before

    return check


def _contents(folder):
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }
