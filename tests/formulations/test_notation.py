"""What notation.md says of the code and of the tests is so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "formulations" / "notation.md").read_text()
TEST_FILES = {
    "F": "tests/formulations/test_departures.py",
    "S": "tests/heuristics/system_models/test_departures.py",
    "H": "tests/heuristics/test_departures.py",
}
DEPARTURES = re.findall(r"^\| (\d+) \|.*\| ([FSH]) `(\w+)` \|$", TEXT, flags=re.MULTILINE)
FILES = re.findall(r"`((?:heuristics|formulations)/[\w/*]+\.py)(?::(\w+))?", TEXT)


def test_departures_are_numbered_from_one():
    assert [int(number) for number, _, _ in DEPARTURES] == list(range(1, 21))


@pytest.mark.parametrize(("number", "place", "test"), DEPARTURES)
def test_each_departure_has_the_test_it_names(number, place, test):
    assert f"test_departure_{int(number):02d}_" in test
    assert f"def {test}(" in (ROOT / TEST_FILES[place]).read_text()


def test_code_cites_departures_that_exist():
    cited = set()
    for folder in ("heuristics", "formulations"):
        for path in (ROOT / folder).rglob("*.py"):
            for numbers in re.findall(r"# .*?[Dd]epartures? (\d+(?: and \d+)?)", path.read_text()):
                cited |= set(re.findall(r"\d+", numbers))
    assert {"1", "5", "6"} <= cited <= {number for number, _, _ in DEPARTURES}


@pytest.mark.parametrize(("pattern", "name"), FILES)
def test_each_file_and_name_exists(pattern, name):
    paths = sorted(ROOT.glob(pattern))
    assert paths
    for path in paths:
        assert not name or re.search(rf"^(?:def|class) {name}\b", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("line", re.findall(r"^\| \(\d.*\| .*`.*$", TEXT, flags=re.MULTILINE))
def test_each_function_of_the_table_of_equations_exists(line):
    """Names without a file belong to the file before them."""
    text = ""
    for file, name in re.findall(r"`(?:([\w/*]+\.py):)?(\w+)(?:\.\w+)?`", line.split("|")[2]):
        if file:
            places = (file, f"heuristics/{file}", f"heuristics/*/{file}")
            found = [path for place in places for path in sorted(ROOT.glob(place))]
            assert found, file
            text = "\n".join(path.read_text() for path in found)
        assert re.search(rf"\b{name}\b", text), name
