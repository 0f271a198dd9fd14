"""Installed plug-ins: found by their entry points, and imported only where they are asked for."""

import sys
from pathlib import Path

import pytest

import otgah
from analysis.cli import main
from analysis.plugins import registry
from heuristics.errors import InputError
from instances.instance import Instance
from tests.helpers.examples import problem

TEMPLATE = Path(registry.__file__).with_name("template.py")

HAND = Instance(name="hand", coefficients=problem())


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    otgah.forget_plugins()


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a distribution whose package counts how often it is imported."""
    package = tmp_path / "site" / "my_heuristics"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (package / "cheapest.py").write_text(TEMPLATE.read_text())
    (package / "broken.py").write_text("PLUGIN = {'name': 'Broken'}")
    metadata = tmp_path / "site" / "my_heuristics-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: my-heuristics\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[otgah.methods]\ncheapest-first = my_heuristics.cheapest\nbroken = my_heuristics.broken\n"
        "gone = my_heuristics.gone\n"
        "[otgah.families]\none-of-each = my_heuristics.cheapest\n"
        "[otgah.catalogues]\nmine = my_heuristics.cheapest\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield package
    for name in [each for each in sys.modules if each.startswith("my_heuristics")]:
        del sys.modules[name]


def test_an_installed_plugin_is_found_by_the_name_of_its_method(installed):
    (installed / "__init__.py").write_text("")
    outcome = otgah.solve(HAND, "cheapest-first")
    assert outcome.result.objective == 3
    assert outcome.to_dict()["plugin"] == "template"
    assert "my_heuristics.cheapest" in sys.modules


def test_an_installed_plugin_is_not_imported_to_be_listed(installed, capsys):
    assert main(["methods"]) == 0
    captured = capsys.readouterr()
    assert "cheapest-first" in captured.out
    assert [line.split(": ")[0] for line in captured.err.splitlines()] == ["otgah", "otgah"]
    assert "broken.py: PLUGIN.name: must be at most 60" in captured.err
    assert "entry point gone of otgah.methods: must be the name of an installed" in captured.err
    assert not [each for each in sys.modules if each.startswith("my_heuristics")]


def test_an_installed_device_is_found_by_its_name(installed, tmp_path):
    (installed / "__init__.py").write_text("")
    grid = {"device": ["template-board"]}
    assert otgah.generate("paper", tmp_path / "out", grid=grid)
    assert otgah.generate("one-of-each", tmp_path / "out")


def test_a_distribution_that_is_installed_after_a_look_is_found(installed):
    site = installed.parent
    assert registry.use_installed(registry.CATALOGUE_GROUP) == []
    later = site / "later-1.0.dist-info"
    later.mkdir()
    (later / "METADATA").write_text("Metadata-Version: 2.1\nName: later\nVersion: 1.0\n")
    (later / "entry_points.txt").write_text("[otgah.catalogues]\nlater = my_heuristics.gone\n")
    [trouble] = registry.use_installed(registry.CATALOGUE_GROUP)
    assert "entry point later of otgah.catalogues" in trouble


def test_a_broken_one_is_an_error_where_it_is_asked_for(installed):
    with pytest.raises(InputError, match=r"broken.py: PLUGIN.name: must be at most 60"):
        otgah.solve(HAND, "broken")
