import gzip
import json
import stat

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from heuristics.errors import InputError
from instances import files
from instances.files import read_instance, write_instance
from instances.instance import BestKnown, Instance
from tests.helpers.examples import problem
from tests.helpers.strategies import coefficients

SCHEMA = json.loads((files.SCHEMA_PATH).read_text())


def instance(**changes):
    fields = {
        "name": "by hand",
        "coefficients": problem(),
        "edge_nodes": ({"name": "server"}, {"name": "vehicle"}),
        "best_known": BestKnown(objective=3, bound=3, proved_by="hand"),
    }
    return Instance(**(fields | changes))


def document(**changes):
    fields = problem().to_lists()
    base = {"format": "otgah-instance", "version": 1, "name": "a", "coefficients": fields}
    return base | changes


def with_coefficients(**changes):
    return document(coefficients=problem().to_lists() | changes)


def written(tmp_path, value, name="a.json"):
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_reads_what_it_wrote(tmp_path, name):
    write_instance(instance(), tmp_path / name)
    back = read_instance(tmp_path / name)
    assert back.coefficients.digest() == problem().digest()
    assert back.best_known == BestKnown(objective=3, bound=3, proved_by="hand")
    assert back.edge_node_names == ("server", "vehicle")


@given(data=coefficients())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_reads_any_problem_that_it_wrote_and_the_schema_agrees(tmp_path, data):
    path = tmp_path / "a.json"
    write_instance(Instance(name="drawn", coefficients=data), path)
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)
    back = read_instance(path).coefficients
    assert back.digest() == data.digest()
    assert (back.unfit == data.unfit).all()


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_writes_the_same_bytes_for_the_same_instance(tmp_path, name):
    contents = set()
    for _ in range(2):
        write_instance(instance(), tmp_path / name)
        contents.add((tmp_path / name).read_bytes())
    assert len(contents) == 1


def test_leaves_only_the_file_behind_with_the_usual_permissions(tmp_path):
    path = tmp_path / "new" / "a.json"
    write_instance(instance(), path)
    assert [each.name for each in path.parent.iterdir()] == ["a.json"]
    (tmp_path / "usual").touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


def test_only_the_required_keys_are_required(tmp_path):
    back = read_instance(written(tmp_path, document()))
    assert back.edge_node_names == ("0", "1")
    assert (back.family, back.seed, dict(back.parameters), back.scenario) == (None, None, {}, None)


def test_an_epoch_without_requests_is_an_instance(tmp_path):
    fields = problem().take([]).to_lists()
    assert (
        read_instance(written(tmp_path, document(coefficients=fields))).coefficients.num_requests
        == 0
    )


BAD = {
    "a list": ([], "the document: must be an object, found []"),
    "no format": ({"version": 1}, "format: must be there"),
    "another format": (document(format="otgah-schedule"), 'format: must be "otgah-instance"'),
    "another version": (document(version=3), "version: must be 1 or 2, found 3"),
    "version true": (document(version=True), "version: must be 1 or 2, found true"),
    "version 1.0": (document(version=1.0), "version: must be 1 or 2, found 1.0"),
    "an unknown key": (document(colour="red"), "colour: must be one of"),
    "an empty name": (document(name=""), "name: must not be empty"),
    "a line break in the name": (document(name="a\nb"), "name: must be free of control"),
    "a lone surrogate": (document(name="\ud800"), "must hold whole characters"),
    "a number for a name": (document(name=3), "name: must be a string, found 3"),
    "a seed below 0": (document(seed=-1), "seed: must be an integer"),
    "a fractional seed": (document(seed=0.5), "seed: must be an integer"),
    "parameters in a list": (document(parameters=[1]), "parameters: must be an object"),
    "no coefficients": (document(coefficients=None), "coefficients: must be an object"),
    "a missing field": (
        document(coefficients={"uplink": [[1]]}),
        "coefficients.uplink_capacity: must be there",
    ),
    "an unknown field": (with_coefficients(colour=[1]), "coefficients.colour: must be one of"),
    "no edge node": (with_coefficients(uplink=[]), "coefficients.uplink: must have a row"),
    "a ragged row": (
        with_coefficients(memory=[[3, 3, 3], [3, 3]]),
        "coefficients.memory[1]: must have 3 entries, one for each of the requests, found 2",
    ),
    "a row too many": (
        with_coefficients(memory=[[3, 3, 3]] * 3),
        "coefficients.memory: must have 2 entries, one for each of the edge nodes, found 3",
    ),
    "a number for a row": (with_coefficients(memory=[3, 3]), "coefficients.memory[0]: must be a"),
    "true for 1": (
        with_coefficients(memory=[[3, 3, True], [3, 3, 3]]),
        "coefficients.memory[0][2]: must be an integer of 0..10^15, found true",
    ),
    "a fraction": (
        with_coefficients(uplink_capacity=[1.0, 2]),
        "coefficients.uplink_capacity[0]: must be an integer of 0..10^15, found 1.0",
    ),
    "a negative": (with_coefficients(compute=[[1, -1, 1]] * 2), "coefficients.compute[0][1]: must"),
    "10^30": (with_coefficients(compute=[[1, 10**30, 1]] * 2), "found 1000000000000000000000000"),
    "eligible 2": (
        with_coefficients(eligible=[[1, 1, 1], [1, 1, 2]]),
        "coefficients.eligible[1][2]: must be an integer of 0..1, found 2",
    ),
    "requests of another number": (
        document(requests={"arrival_s": [0.0]}),
        "requests.arrival_s: must have 3 entries",
    ),
    "an unknown column": (document(requests={"colour": []}), "requests.colour: must be one of"),
    "a word for a deadline": (
        document(requests={"deadline_s": [1, "soon", 2]}),
        "requests.deadline_s[1]: must be a number, found 'soon'",
    ),
    "edge nodes of another number": (document(edge_nodes=[]), "edge_nodes: must have 2 entries"),
    "edge nodes of one name": (
        document(edge_nodes=[{"name": "a"}, {"name": "a"}]),
        "edge_nodes[1].name: must differ from the others, found 'a'",
    ),
    "an edge node without a name": (document(edge_nodes=[{}, {}]), "edge_nodes[0].name: must be"),
    "best known below itself": (
        document(best_known={"objective": 3, "bound": 2, "proved_by": "me"}),
        "best_known: best_known must have 0 <= objective <= bound, found 3 and 2",
    ),
    "best known by nobody": (
        document(best_known={"objective": 3, "bound": 3}),
        "best_known.proved_by: must be a string, found null",
    ),
    "NaN": ('{"version": NaN}', "must hold finite numbers, found 'NaN'"),
    "an endless number": ('{"version": 1e999}', "must hold finite numbers, found '1e999'"),
    "a key twice": ('{"name": 1, "name": 2}', "name: must hold each key once"),
    "a truncated file": ('{"name": ', "line 1 column 10: must be JSON"),
    "an empty file": ("", "must be JSON"),
    "words": ("hello", "must be JSON"),
    "nested too deep": ("[" * 100_000, "must not be nested this deep"),
    "an integer of too many digits": ("1" * 5000, "must be JSON: Exceeds the limit"),
}


@pytest.mark.parametrize(("value", "message"), BAD.values(), ids=BAD.keys())
def test_refuses_a_bad_file_in_one_line(tmp_path, value, message):
    path = written(tmp_path, value)
    with pytest.raises(InputError) as caught:
        read_instance(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert message in text
    assert "\n" not in text


def test_refuses_what_only_calls_itself_gzip(tmp_path):
    with pytest.raises(InputError, match=r"must be gzip, as its name ends in \.gz"):
        read_instance(written(tmp_path, document(), "a.json.gz"))


def test_refuses_a_truncated_gzip(tmp_path):
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(json.dumps(document()).encode())[:-20])
    with pytest.raises(InputError, match="must be gzip"):
        read_instance(path)


def test_refuses_a_folder_and_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="must be a file, found a folder"):
        read_instance(tmp_path)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_instance(tmp_path / "none.json")


def test_refuses_bytes_that_are_not_utf_8(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'{"name": "\xff"}')
    with pytest.raises(InputError, match="must be UTF-8"):
        read_instance(path)


def test_refuses_to_write_over_a_folder(tmp_path):
    with pytest.raises(InputError, match="must be a file to write"):
        write_instance(instance(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("key", "index"), [("server", 0), ("vehicle", 1), ("0", 0), ("1", 1)])
def test_finds_an_edge_node_by_name_or_index(key, index):
    assert instance().edge_node_index(key) == index


@pytest.mark.parametrize("key", ["", "2", "-1", "uav", "\u0661"])
def test_refuses_an_edge_node_that_is_not_there(key):
    with pytest.raises(InputError, match=r"edge node: must be one of server, vehicle or an index"):
        instance().edge_node_index(key)


def test_one_edge_node_is_recorded_under_its_own_name():
    one = instance().at(1)
    assert one.name == "by hand@vehicle"
    assert one.edge_node_names == ("vehicle",)
    assert one.best_known is None
    assert one.coefficients.digest() == problem().at(1).digest()
