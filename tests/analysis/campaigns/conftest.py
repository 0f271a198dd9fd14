"""The command line on a small instance whose edge nodes have names."""

import pytest

from analysis.cli import main
from instances.files import write_instance
from tests.helpers.examples import named


@pytest.fixture
def file(tmp_path):
    write_instance(named(), tmp_path / "hand.json")
    return tmp_path / "hand.json"


@pytest.fixture
def command(capsys):
    def run(*arguments, status=0):
        assert main([str(each) for each in arguments]) == status
        return capsys.readouterr()

    return run
