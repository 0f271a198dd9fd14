"""The command as a process of its own: what a shell and a terminal see of it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from instances.families.registry import family
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.examples import problem
from tests.helpers.fakes import endless

OTGAH = Path(sys.executable).with_name("otgah")


@pytest.fixture
def file(tmp_path):
    write_instance(Instance(name="hand", coefficients=problem()), tmp_path / "hand.json")
    return tmp_path / "hand.json"


def command(*arguments, **options):
    return subprocess.run(
        [OTGAH, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def test_bad_input_is_exit_2_and_one_line_of_the_process_too(tmp_path):
    ended = command("solve", tmp_path / "none.json", "--method", "ot")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1


def test_json_on_stdout_is_one_document_of_the_process_too(file):
    ended = command("solve", file, "--method", "milp-bigm-pulp", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["objective"] == 3


def test_a_reader_who_leaves_is_no_error():
    process = subprocess.Popen([OTGAH, "methods"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 141)
    assert errors == b""


def test_the_help_imports_nothing_heavy():
    script = (
        "import sys; from analysis.cli import main; main(['--help']);"
        "print(sorted({'numpy', 'pandas', 'pyomo', 'pulp', 'highspy', 'matplotlib', 'pydantic',"
        "'papermill', 'nbconvert', 'numba', 'scipy', 'ortools', 'pyscipopt'}"
        " & sys.modules.keys()), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ended.stderr == "[]\n"


@pytest.mark.parametrize("method", ["ot-unpruned", "milp-bigm", "scip", "cp-sat"])
def test_an_interrupt_is_exit_130_and_one_line(tmp_path, method):
    """The tree search never ends, and with 500 requests an exact method takes minutes."""
    path = tmp_path / "z.json"
    if method == "ot-unpruned":
        write_instance(Instance(name="z", coefficients=endless()), path)
    else:
        write_instance(next(family("dense").generate({}, 0)), path)
    script = tmp_path / "interrupted.py"
    script.write_text(
        "import os, subprocess, sys\n"
        "import heuristics.ot\n"
        "from analysis import cli\n"
        "from otgah import _solving\n"
        "plan = _solving.plan\n"
        "def plan_and_interrupt(*arguments, **options):\n"
        "    subprocess.Popen(['sh', '-c', f'sleep 1; kill -INT {os.getpid()}'])\n"
        "    return plan(*arguments, **options)\n"
        "_solving.plan = plan_and_interrupt\n"
        "sys.exit(cli.main(['solve', *sys.argv[1:], '--json']))\n"
    )
    ended = subprocess.run(
        [sys.executable, script, path, "--method", method],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 128 + signal.SIGINT
    assert ended.stderr == "otgah: interrupted; the results so far are kept\n"
    assert json.loads(ended.stdout)["ended_by"] == "interrupted"
