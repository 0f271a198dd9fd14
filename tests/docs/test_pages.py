"""The generated pages of the site, and the check of its links."""

import pytest

import otgah
from analysis.benchmarks.league import HEURISTICS
from analysis.benchmarks.league_kinds import SIZES
from docs import commands, families, league, links, methods, names, staging


def test_every_public_name_has_a_page_and_a_line():
    pages = names.pages()
    assert {f"reference/names/{name}.md" for name in otgah.__all__} < set(pages)
    overview = pages["reference/names.md"]
    assert [name for name in otgah.__all__ if f"[`{name}`](names/{name}.md)" not in overview] == []
    assert [name for name in otgah.__all__ if not names.summary(name).strip()] == []


def test_every_verb_has_a_page_with_each_option():
    pages = commands.pages()
    for name, verb in commands.verbs().items():
        page = pages[f"reference/commands/{name}.md"]
        options = [each.opts[0] for each in verb.params if each.param_type_name == "option"]
        assert [each for each in options if each not in page] == []


@pytest.mark.parametrize(
    ("method", "function"),
    [
        ("ot-literal", "heuristics.ot.ot"),
        ("milp-bigm", "formulations.milp.milp_bigm"),
        ("random-order", "heuristics.greedy.random_order"),
        ("scip", "formulations.solvers.scip.scip"),
    ],
)
def test_a_method_has_its_function(method, function):
    assert methods.function_of(otgah.method(method)) == function


def test_every_method_has_a_page():
    pages = methods.pages()
    expected = {f"reference/methods/{each.name}.md" for each in otgah.methods()}
    assert expected < set(pages)


def test_a_picture_marks_the_binding_constraint():
    (instance,) = otgah.family("half-tight").generate({}, 0)
    served, taken = families.shares(instance)
    assert served > 0
    assert 0 < max(max(each) for each in taken.values()) <= 1
    assert families.picture(instance).count("<circle") == sum(map(len, taken.values()))


def test_the_league_has_a_page_with_every_family_and_method():
    page = league.pages(staging.ROOT)["analysis/league.md"]
    assert [name for name in (*HEURISTICS, *SIZES) if name not in page] == []
    assert page.count("## Standings at") == page.count("## Gaps by family at") == 3


def test_every_page_of_the_repository_is_in_the_contents():
    contents = (staging.ROOT / "docs" / "pages" / "index.md").read_text(encoding="utf-8")
    listed = contents.split()
    for pattern in staging.PAGES:
        for path in staging.ROOT.glob(pattern):
            assert path.relative_to(staging.ROOT).with_suffix("").as_posix() in listed


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<a href="there.html#place">', ""),
        ('<a href="https://example.org">', ""),
        ('<img src="data:image/png;base64,">', ""),
        ('<a href="absent.html">', "index.html links absent.html, which does not exist"),
        ('<a href="there.html#no">', "index.html links there.html#no, which does not exist"),
        ('<script src="https://example.org/a.js">', "index.html loads https://example.org/a.js"),
    ],
)
def test_a_broken_link_and_a_file_from_outside_are_found(tmp_path, body, told):
    (tmp_path / "there.html").write_text('<p id="place">')
    (tmp_path / "index.html").write_text(body)
    assert links.faults(tmp_path) == ([told] if told else [])
