"""The layout: pages of contents that are complete, imports without circles, no flat files."""

import re
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import grimp
import pytest

import otgah

ROOT = Path(__file__).parents[1]
TOP = ("heuristics", "formulations", "instances", "analysis", "otgah", "docs")


@pytest.fixture(scope="module")
def imports():
    """Return the imports at run time, those inside functions and the lazy ones included."""
    graph = grimp.build_graph(*TOP, exclude_type_checking_imports=True, cache_dir=None)
    for module in set(otgah._PLACES.values()):
        graph.add_import(importer="otgah", imported=module)
    return graph


def packages():
    return sorted(
        ".".join(page.parent.relative_to(ROOT).parts)
        for top in TOP
        for page in (ROOT / top).rglob("__init__.py")
    )


def contents(package):
    folder = ROOT.joinpath(*package.split("."))
    modules = [each.stem for each in folder.glob("*.py") if each.stem != "__init__"]
    inner = [each.parent.name for each in folder.glob("*/__init__.py")]
    return sorted(modules + inner)


@pytest.mark.parametrize("package", packages())
def test_a_page_of_contents_names_each_module_once(package):
    page = import_module(package).__doc__ or ""
    named = re.findall(r":mod:`(\w+)`", page)
    assert sorted(named) == contents(package)


def test_nothing_lies_flat_in_analysis():
    flat = {each.name for each in (ROOT / "analysis").glob("*.py")}
    assert flat == {"__init__.py", "cli.py"}


def test_every_file_of_tests_is_collected(request):
    patterns = set(request.config.getini("norecursedirs"))
    left_out = [
        path
        for path in (ROOT / "tests").rglob("test_*.py")
        for folder in path.relative_to(ROOT).parents
        if any(folder.match(pattern) for pattern in patterns)
    ]
    assert left_out == []


def circle(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_modules_import_each_other_in_no_circle(imports):
    graph = {each: imports.find_modules_directly_imported_by(each) for each in imports.modules}
    assert circle(graph) is None


ABOVE = ("otgah.__main__", "analysis.cli", "analysis.commands", "analysis.plugins.template")
"""Parts that use the public names, whose packages lie below these otherwise."""


@pytest.mark.parametrize("package", [*packages(), ""])
def test_the_parts_of_a_package_import_each_other_in_no_circle(imports, package):
    start = f"{package}." if package else ""

    def part(module):
        if not package and module.startswith(ABOVE):
            return module
        return module.removeprefix(start).split(".")[0] if module.startswith(start) else None

    graph = {}
    for module in imports.modules:
        for imported in imports.find_modules_directly_imported_by(module):
            here, there = part(module), part(imported)
            if here and there and here != there:
                graph.setdefault(here, set()).add(there)
    assert circle(graph) is None


def test_a_circle_is_found():
    found = circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert set(found) == {"a", "b", "c"}
