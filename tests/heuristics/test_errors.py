import pytest

from heuristics.errors import InputError


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        ("a\nb", r"'a\nb'"),
        ("x" * 100, "'" + "x" * 59 + "..."),
        (10**300, "an integer of 997 bits"),
    ],
)
def test_shows_the_value_on_one_short_line(found, shown):
    assert str(InputError("must be else", found=found)) == f"must be else, found {shown}"


def test_names_file_field_and_rule():
    error = InputError("must be 1", source="a.json", field="version", found=2)
    assert str(error) == "a.json: version: must be 1, found 2"


def test_a_file_name_cannot_break_the_line():
    assert str(InputError("must be", source="a\n\x1b[31m.json")) == r"a\n\x1b[31m.json: must be"


def test_keeps_rule_field_and_value_when_the_source_becomes_known():
    error = InputError("must be 1", field="version", found=2).within("b.json")
    assert str(error) == "b.json: version: must be 1, found 2"
    assert str(InputError("must be").within("b.json")) == "b.json: must be"
