"""Settings with quotes, as CSV has them."""

import pytest

from analysis.commands.settings import parse_grid, parse_pairs
from heuristics.errors import InputError


@pytest.mark.parametrize("text", ['path="a,b', 'path="a"b', 'path=a,"b', 'path="a\nb'])
def test_a_quote_that_does_not_close_is_refused(text):
    with pytest.raises(InputError, match="--set: path: must close each quote"):
        parse_grid([text])


def test_a_doubled_quote_is_a_quote():
    assert parse_pairs(['path="a ""b"", c.csv"']) == {"path": 'a "b", c.csv'}


def test_a_quote_inside_a_single_value_stays():
    assert parse_pairs(['name=5"']) == {"name": '5"'}
