"""The public names: a function for each verb, typed, documented, imported when first used."""

import ast
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import analysis.cli  # noqa: F401  registers the verbs
import otgah
from analysis.commands.common import app

VERBS = sorted(
    each.name or each.callback.__name__.replace("_", "-") for each in app.registered_commands
)
ROOT = Path(__file__).parents[2]
USERS = [
    ROOT / "README.md",
    ROOT / "analysis" / "plugins" / "template.py",
    *sorted((ROOT / "analysis" / "guides").glob("*.*")),
]
FUNCTIONS = [name for name in otgah.__all__ if inspect.isfunction(getattr(otgah, name))]


def test_the_verbs_are_found():
    assert {"generate", "solve", "check", "bound", "batch", "report", "simulate"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_function_of_its_name(verb):
    name = {"import": "import_solution"}.get(verb, verb)  # `import` is a keyword of Python
    assert name.replace("-", "_") in FUNCTIONS


@pytest.mark.parametrize("name", otgah.__all__)
def test_every_public_name_says_what_it_is(name):
    assert inspect.getdoc(getattr(otgah, name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_the_types_of_what_it_takes_and_returns(name):
    signature = inspect.signature(getattr(otgah, name))
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter


def test_the_names_are_in_order_and_there():
    assert sorted(otgah.__all__, key=lambda name: (not name.isupper(), name)) == otgah.__all__


def test_the_names_are_those_that_a_type_checker_reads():
    tree = ast.parse(Path(otgah.__file__).read_text())
    (block,) = (each for each in tree.body if isinstance(each, ast.If))
    read = {
        (each.asname or each.name): (line.module, each.name)
        for line in block.body
        for each in line.names
    }
    lazy = {
        name: (module, otgah._RENAMED.get(name, name)) for name, module in otgah._PLACES.items()
    }
    assert read == lazy
    assert set(read) == set(otgah.__all__)


def test_a_name_comes_from_its_module():
    for name, module in otgah._PLACES.items():
        found = getattr(import_module(module), otgah._RENAMED.get(name, name))
        assert getattr(otgah, name) is found
        assert name in dir(otgah)


def test_an_unknown_name_is_named():
    with pytest.raises(AttributeError, match="module 'otgah' has no attribute 'sovle'"):
        otgah.sovle  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'sovle' from 'otgah'"):
        exec("from otgah import sovle")


def test_the_import_loads_no_other_package():
    code = (
        "import sys; before = set(sys.modules); import otgah; new = set(sys.modules) - before;"
        "print(sorted(each for each in new if each.split('.')[0] not in sys.stdlib_module_names))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "['otgah', 'otgah._hidden_names']"


def test_the_status_is_that_of_a_result():
    assert otgah.Status.OPTIMAL == "optimal"
    assert otgah.status.__annotations__["return"] == otgah.CampaignStatus.__name__


@pytest.mark.parametrize("page", USERS, ids=lambda path: path.stem)
def test_what_users_read_imports_otgah_alone(page):
    inner = r"^\s*(from|import) (analysis|formulations|heuristics|instances)\b"
    assert re.findall(inner, page.read_text(), flags=re.MULTILINE) == []
