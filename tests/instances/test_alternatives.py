"""Files whose edge nodes can be run in several ways, in both versions of the format."""

import json

import jsonschema
import pytest

from heuristics.errors import InputError
from instances import files
from instances.files import instance_text, parse_instance, read_instance, write_instance
from instances.instance import Instance
from tests.helpers.alternatives import compressed
from tests.helpers.examples import problem

SCHEMA = json.loads((files.SCHEMA_PATH).read_text())


def text(data):
    return json.loads(instance_text(Instance(name="a", coefficients=data)))


@pytest.mark.parametrize("made", [lambda data: data, compressed])
def test_reads_the_groups_that_it_wrote(tmp_path, made):
    data = made(problem(alternatives=[[1, 0]]))
    write_instance(Instance(name="a", coefficients=data), tmp_path / "a.json")
    document = json.loads((tmp_path / "a.json").read_text())
    assert document["coefficients"]["alternatives"] == [[0, 1]]
    jsonschema.validate(document, SCHEMA)
    back = read_instance(tmp_path / "a.json").coefficients
    assert back.alternatives == ((0, 1),)
    assert back.digest() == data.digest()


@pytest.mark.parametrize("made", [lambda data: data, compressed])
def test_groups_survive_a_change_of_the_version(tmp_path, made):
    instance = Instance(name="a", coefficients=made(problem(alternatives=[[1, 0]])))
    for version in (1, 2):
        write_instance(instance, tmp_path / "a.json", version=version)
        assert read_instance(tmp_path / "a.json").coefficients.alternatives == ((0, 1),)


@pytest.mark.parametrize("made", [lambda data: data, compressed])
def test_single_rows_leave_no_key(made):
    plain, single = made(problem()), made(problem(alternatives=[[1], [0]]))
    assert text(single) == text(plain)
    assert "alternatives" not in text(single)["coefficients"]
    document = text(plain)
    for given in (None, [[1], [0]]):
        document["coefficients"]["alternatives"] = given
        jsonschema.validate(document, SCHEMA)
        assert parse_instance(document).coefficients.digest() == plain.digest()


@pytest.mark.parametrize("made", [lambda data: data, compressed])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (5, "coefficients.alternatives: must be a list of lists of rows, found 5"),
        ([0, 1], "coefficients.alternatives[0]: must be a list of rows, found 0"),
        ([[0, 1], [1]], "coefficients.alternatives[1][0]: must be in one list only, but is also "),
        ([[0]], "coefficients.alternatives: must hold each row of 0..1 once, but row 1 is missin"),
        ([[0, 1, 2]], "coefficients.alternatives[0][2]: must be the index of a row, an integer of"),
        ([[], [0, 1]], "coefficients.alternatives[0]: must hold at least one row, found []"),
        ([[[0], 1]], "coefficients.alternatives[0][0]: must be the index of a row, an integer of "),
        ([[0, True]], "coefficients.alternatives[0][1]: must be the index of a row, an integer of"),
        ([[0, 1.0]], "coefficients.alternatives[0][1]: must be the index of a row, an integer of "),
        ([["0", 1]], "coefficients.alternatives[0][0]: must be the index of a row, an integer of "),
        ({"0": [0, 1]}, "coefficients.alternatives: must be a list of lists of rows, found {'0'"),
    ],
)
def test_refuses_what_is_no_partition_in_one_line(made, given, message):
    document = text(made(problem()))
    document["coefficients"]["alternatives"] = given
    with pytest.raises(InputError) as caught:
        parse_instance(document)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
