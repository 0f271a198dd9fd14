import json

import jsonschema
import pytest

from heuristics.errors import InputError
from heuristics.schedule import Schedule
from instances import schedule_files
from instances.instance import Instance
from instances.schedule_files import read_schedule, write_schedule
from tests.helpers.examples import problem

INSTANCE = Instance(name="a", coefficients=problem(), edge_nodes=({"name": "x"}, {"name": "y"}))
SCHEMA = json.loads(schedule_files.SCHEMA_PATH.read_text())


def document(**changes):
    base = {
        "format": "otgah-schedule",
        "version": 1,
        "instance": "a",
        "assignment": {"0": [0], "1": []},
    }
    return base | changes


def read(tmp_path, value, **options):
    path = tmp_path / "s.json"
    path.write_text(json.dumps(value))
    return read_schedule(path, INSTANCE, **options)


def test_reads_what_it_wrote_and_the_schema_agrees(tmp_path):
    schedule = Schedule.of([[0, 2], [1]])
    path = tmp_path / "s.json"
    write_schedule(schedule, INSTANCE, path)
    assert read_schedule(path, INSTANCE) == schedule
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)


def test_the_case_of_one_edge_node_keeps_the_index_of_the_file(tmp_path):
    path = tmp_path / "s.json"
    write_schedule(Schedule.of([[2]]), INSTANCE, path, edge_node=1)
    written = json.loads(path.read_text())
    assert (written["instance"], written["assignment"]) == ("a@y", {"0": [], "1": [2]})
    assert read_schedule(path, INSTANCE, edge_node=1) == Schedule.of([[2]])
    with pytest.raises(InputError, match="instance: must be 'a', found 'a@y'"):
        read_schedule(path, INSTANCE)


def test_a_schedule_that_breaks_a_constraint_can_be_read(tmp_path):
    assert read(tmp_path, document(assignment={"0": [0, 0], "1": [0]})).throughput == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "otgah-instance"}, 'format: must be "otgah-schedule"'),
        ({"version": True}, "version: must be 1, found true"),
        ({"instance": "b"}, "instance: must be 'a', found 'b'"),
        ({"colour": 1}, "colour: must be one of"),
        ({"assignment": []}, "assignment: must be an object"),
        ({"assignment": {"0": []}}, "assignment.1: must be there"),
        ({"assignment": {"0": [], "1": [], "2": []}}, "assignment.2: must be one of 0, 1"),
        ({"assignment": {"0": [], "1": [3]}}, "assignment.1[0]: must be an integer of 0..2"),
        ({"assignment": {"0": [], "1": [True]}}, "assignment.1[0]: must be an integer of 0..2"),
        ({"assignment": {"0": 0, "1": []}}, "assignment.0: must be a list"),
    ],
)
def test_refuses_a_bad_schedule_in_one_line(tmp_path, changes, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path, document(**changes))
    assert str(caught.value).startswith(f"{tmp_path / 's.json'}: {message}")
