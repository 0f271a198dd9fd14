import pytest

from heuristics.errors import InputError
from instances.families.registry import FAMILIES, families, family


def test_an_unknown_family_is_refused_with_the_names_there_are():
    with pytest.raises(InputError, match=r"must be one of paper, .*trace, found 'papr'"):
        family("papr")


def test_every_family_is_found_by_its_own_name():
    assert [each.name for each in families()] == list(FAMILIES)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_says_in_one_line_what_it_is_and_which_constraint_it_makes_bind(name):
    for text in (family(name).summary, family(name).binds):
        assert text
        assert "\n" not in text


@pytest.mark.parametrize("name", FAMILIES)
def test_every_parameter_has_a_default_and_a_description(name):
    for key, parameter in family(name).parameters.model_fields.items():
        assert parameter.description, key
        assert not parameter.is_required(), key
