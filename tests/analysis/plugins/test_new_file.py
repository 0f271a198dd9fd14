"""New files: each is complete, runs as it is, and replaces nothing."""

import ast

import pytest

import otgah
from analysis.cli import main
from analysis.plugins.new_file import TEMPLATE, plugin_text


@pytest.fixture(autouse=True)
def forget():
    yield
    otgah.forget_plugins()


def names(text, kinds):
    return {each.name for each in ast.parse(text).body if isinstance(each, kinds)}


def test_a_new_method_runs_and_brings_nothing_else(tmp_path):
    path = otgah.new("method", "my-heuristic", tmp_path)
    assert path == tmp_path / "my-heuristic.py"
    plugin = otgah.use_plugin(path)
    assert (list(plugin.entry.methods), dict(plugin.entry.families)) == (["my-heuristic"], {})
    (instance,) = otgah.family("half-tight").generate({}, 0)
    outcome = otgah.solve(instance, "my-heuristic")
    assert (outcome.violations, outcome.result.status) == ((), "feasible")


def test_a_new_family_draws_and_brings_nothing_else(tmp_path):
    plugin = otgah.use_plugin(otgah.new("family", "my-family", tmp_path))
    assert (dict(plugin.entry.methods), list(plugin.entry.families)) == ({}, ["my-family"])
    (path,) = otgah.generate("my-family", tmp_path / "instances")
    assert otgah.check(path).passed


def test_a_new_scenario_is_read(tmp_path):
    path = otgah.new("scenario", "my-cell", tmp_path)
    assert otgah.build_scenario(path, num_requests=3).num_requests == 3


@pytest.mark.parametrize("kind", ["method", "family"])
def test_a_new_file_defines_and_imports_what_it_uses_alone(kind):
    text = plugin_text(kind, "mine")
    defined = names(text, ast.FunctionDef | ast.ClassDef)
    assert defined < names(TEMPLATE.read_text(encoding="utf-8"), ast.FunctionDef | ast.ClassDef)
    used = {each.id for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Name)}
    imported = {
        alias.asname or alias.name
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
    }
    assert imported - {"annotations"} <= used
    assert "template" not in text.partition("PLUGIN = ")[2]


def test_a_file_is_never_replaced(tmp_path):
    (tmp_path / "mine.py").write_text("mine")
    with pytest.raises(otgah.InputError, match=r"mine\.py: must be a file that does not exist"):
        otgah.new("method", "mine", tmp_path)
    assert (tmp_path / "mine.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("metod", "mine", "kind: must be one of method, family, scenario, found 'metod'"),
        ("method", "ot-gah", "method: must be a name that is not taken"),
        ("family", "dense", "family: must be a name that is not taken"),
        ("method", "../mine", "name: must be at most 60 small letters"),
        ("scenario", "Mine", "name: must be at most 60 small letters"),
        ("method", "instances", "would hide a package of otgah"),
    ],
)
def test_a_bad_kind_or_name_is_told(tmp_path, monkeypatch, capsys, kind, name, told):
    monkeypatch.chdir(tmp_path)
    assert main(["new", kind, name]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
