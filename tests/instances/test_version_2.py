"""Version 2 of the file format: eligible pairs alone, and channels of covered pairs alone."""

import gzip
import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

import otgah
from analysis.cli import main
from heuristics.errors import InputError
from instances import files
from instances.families.registry import family
from instances.files import read_instance, write_instance
from instances.instance import Instance
from instances.versions import in_version
from tests.helpers.examples import problem
from tests.helpers.strategies import coefficients

SCHEMA = json.loads(files.SCHEMA_PATH.read_text())

ROW = {
    "requests": [0, 2],
    "uplink": [2, 2],
    "downlink": [1, 1],
    "memory": [3, 3],
    "compute": [1, 1],
    "compute_budget": [5, 5],
}

CAPACITIES = {"uplink_capacity": [10], "downlink_capacity": [10], "memory_capacity": [7]}


def document(**changes):
    fields = {"num_requests": 3, **CAPACITIES, "rows": [ROW]}
    return {
        "format": "otgah-instance",
        "version": 2,
        "name": "a",
        "coefficients": fields | changes,
    }


def row(**changes):
    return document(rows=[ROW | changes])


def written(tmp_path, value):
    (tmp_path / "a.json").write_text(json.dumps(value))
    return tmp_path / "a.json"


def drawn(name, **given):
    return next(iter(family(name).generate(given, 0)))


def test_a_file_written_by_hand_is_read(tmp_path):
    jsonschema.validate(document(), SCHEMA)
    data = read_instance(written(tmp_path, document())).coefficients
    assert data.is_compressed
    assert data.eligible.tolist() == [[True, False, True]]
    assert data.compute_budget.tolist() == [[5, 0, 5]]


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
@given(data=coefficients())
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_reads_any_problem_that_it_wrote_and_the_schema_agrees(tmp_path, name, data):
    path = tmp_path / name
    write_instance(Instance(name="drawn", coefficients=data), path, version=2)
    text = (gzip.decompress if name.endswith("gz") else bytes)(path.read_bytes())
    jsonschema.validate(json.loads(text), SCHEMA)
    back = read_instance(path)
    for one, other in zip(back.coefficients.pairs, data.pairs, strict=True):
        assert one.tolist() == other.tolist()
    before = path.read_bytes()
    write_instance(back, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "given"), [("paper", {"num_requests": "12"}), ("trace", {}), ("uniform-random", {})]
)
def test_a_conversion_there_and_back_keeps_the_problem(tmp_path, name, given):
    instance = drawn(name, **given)
    write_instance(instance, tmp_path / "one.json")
    two = otgah.convert(tmp_path / "one.json", tmp_path / "two.json")
    back = otgah.convert(tmp_path / "two.json", tmp_path / "back.json")
    assert (two.version, back.version, two.carries_over) == (2, 1, False)
    for path in (two.path, back.path):
        verdict = otgah.check(path)
        assert verdict.derived_again is (None if instance.scenario is None else True)
        assert verdict.num_eligible == instance.coefficients.pairs.num_pairs
    if name == "paper":  # every request is covered, so no gain is lost
        assert back.digest == two.digest_before
        assert back.path.read_bytes() == (tmp_path / "one.json").read_bytes()
    same = otgah.convert(tmp_path / "two.json", tmp_path / "again.json", version=2)
    assert same.carries_over
    assert same.path.read_bytes() == two.path.read_bytes()


def test_version_2_has_the_gains_of_covered_requests_alone(tmp_path):
    instance = drawn("trace")
    write_instance(instance, tmp_path / "a.json", version=2)
    edge_nodes = json.loads((tmp_path / "a.json").read_text())["edge_nodes"]
    for each, before in zip(edge_nodes, instance.edge_nodes, strict=True):
        covered = [i for i, is_covered in enumerate(before["covered"]) if is_covered]
        assert each["covered"] == covered
        assert each["uplink_gain"] == [before["uplink_gain"][i] for i in covered]


def test_a_scenario_that_gives_other_rows_is_reported(tmp_path):
    instance = in_version(drawn("paper", num_requests="12"), 2)
    pairs = instance.coefficients.pairs
    changed = instance.coefficients.take(range(12))
    assert changed.digest() == instance.coefficients.digest()
    for name, expected in (("memory", "memory"), ("requests", "eligible")):
        other = pairs._replace(memory=pairs.memory - 1)
        if name == "requests":
            other = pairs.keep(pairs.requests != pairs.requests[0])
        data = type(changed).from_pairs(
            other, 12, changed.uplink_capacity, changed.downlink_capacity, changed.memory_capacity
        )
        write_instance(replace(instance, coefficients=data), tmp_path / "a.json")
        verdict = otgah.check(tmp_path / "a.json")
        assert verdict.derived_again is False
        assert verdict.differences == (expected,)


def test_a_pair_that_does_not_fit_alone_is_dropped_and_listed(tmp_path):
    verdict = otgah.check(written(tmp_path, row(memory=[3, 8])))
    assert verdict.unfit == ((0, 2),)
    assert verdict.num_eligible == 1


@pytest.mark.parametrize("arguments", [["--format-version", "2"], ["--gzip"]])
def test_generate_writes_either_version_packed_or_plain(tmp_path, capsys, arguments):
    assert main(["generate", "paper", "--out", str(tmp_path), *arguments]) == 0
    path = capsys.readouterr().out.strip()
    assert path.endswith(".json.gz" if "--gzip" in arguments else "-seed0.json")
    compressed = read_instance(path).coefficients.is_compressed
    assert compressed == ("2" in arguments)


def test_convert_says_that_stores_do_not_carry_over(tmp_path, capsys):
    write_instance(Instance(name="hand", coefficients=problem()), tmp_path / "a.json")
    assert main(["convert", str(tmp_path / "a.json"), "--out", str(tmp_path / "b.json.gz")]) == 0
    told = capsys.readouterr().out
    assert "hand in version 2" in told
    assert "Certificates and stores of runs" in told
    assert "do not carry over" in told
    assert main(["convert", str(tmp_path / "a.json"), "--out", "x", "--format-version", "3"]) == 2
    assert capsys.readouterr().err == "otgah: format version: must be 1 or 2, found 3\n"


def test_a_file_of_version_2_may_be_larger(tmp_path, monkeypatch):
    from instances import strict_json

    instance = Instance(name="hand", coefficients=problem())
    monkeypatch.setattr(strict_json, "LARGEST_VALUES", 30)
    write_instance(instance, tmp_path / "two.json", version=2)
    assert read_instance(tmp_path / "two.json").coefficients.num_requests == 3
    with pytest.raises(InputError, match="must hold at most 30 values"):
        write_instance(instance, tmp_path / "one.json", version=1)
    monkeypatch.setattr(strict_json, "LARGEST_VALUES", 12)
    for act in (read_instance, lambda path: write_instance(instance, path, version=2)):
        with pytest.raises(InputError, match="must hold at most 48 values"):
            act(tmp_path / "two.json")


BAD = {
    "a matrix": (document(uplink=[[1]]), "coefficients.uplink: must be one of num_requests, "),
    "no rows": (document(rows=[]), "coefficients.rows: must have a row for each of at least one"),
    "rows that are no list": (document(rows={}), "coefficients.rows: must be a list, found {}"),
    "a row that is a list": (document(rows=[[1]]), "coefficients.rows[0]: must be an object"),
    "no number of requests": (
        {**document(), "coefficients": {"rows": [ROW]}},
        "coefficients.num_requests: must be there, found 'rows'",
    ),
    "too many requests": (
        document(num_requests=10**7 + 1),
        "coefficients.num_requests: must be an integer of 0..10000000, found 10000001",
    ),
    "a capacity too many": (
        document(memory_capacity=[7, 7]),
        "coefficients.memory_capacity: must have 1 entries, one for each of the edge nodes, found",
    ),
    "a capacity of a half": (
        document(uplink_capacity=[0.5]),
        "coefficients.uplink_capacity[0]: must be an integer of 0..10^15, found 0.5",
    ),
    "a missing column": (
        document(rows=[{name: each for name, each in ROW.items() if name != "memory"}]),
        "coefficients.rows[0].memory: must be there, found 'requests, uplink, ",
    ),
    "an unknown column": (row(colour=[1, 2]), "coefficients.rows[0].colour: must be one of requ"),
    "a short column": (
        row(compute=[1]),
        "coefficients.rows[0].compute: must have 2 entries, one for each of the requests of the "
        "row, found 1",
    ),
    "a column that is a number": (row(compute=1), "coefficients.rows[0].compute: must be a list"),
    "true for 1": (
        row(downlink=[1, True]),
        "coefficients.rows[0].downlink[1]: must be an integer of 0..10^15, found true",
    ),
    "an index beyond": (
        row(requests=[0, 3]),
        "coefficients.rows[0].requests[1]: must be an integer of 0..2, found 3",
    ),
    "an index below": (row(requests=[-1, 2]), "coefficients.rows[0].requests[0]: must be an int"),
    "indices out of order": (
        row(requests=[2, 0]),
        "coefficients.rows[0].requests[1]: must exceed the index before it, 2, found 0",
    ),
    "an index twice": (
        row(requests=[2, 2]),
        "coefficients.rows[0].requests[1]: must exceed the index before it, 2, found 2",
    ),
    "a pair without requests": (
        document(num_requests=0),
        "coefficients.rows[0].requests: must be empty without requests, found [0, 2]",
    ),
    "version 1 with rows": (document() | {"version": 1}, "coefficients.num_requests: must be one"),
    "columns of requests": (
        document() | {"requests": {"arrival_s": [0]}},
        "requests.arrival_s: must have 3 entries",
    ),
}


@pytest.mark.parametrize(("value", "message"), BAD.values(), ids=BAD)
def test_refuses_a_bad_file_in_one_line(tmp_path, value, message):
    path = written(tmp_path, value)
    with pytest.raises(InputError) as caught:
        read_instance(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: {message}")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (1, "must hold a flag for each request in version 1, found [0, 1, 2, 3]"),
        (2, "must hold indices of covered requests in version 2, found [True, True, True, True]"),
    ],
)
def test_refuses_channels_of_the_other_version(tmp_path, version, told):
    own, other = (tmp_path / f"{each}.json" for each in (version, 3 - version))
    for path, each in ((own, version), (other, 3 - version)):
        write_instance(drawn("paper", num_requests="4"), path, version=each)
    mixed = json.loads(own.read_text())
    mixed["edge_nodes"] = json.loads(other.read_text())["edge_nodes"]
    with pytest.raises(InputError) as caught:
        read_instance(written(tmp_path, mixed))
    assert str(caught.value).endswith(f"edge_nodes[0].covered: {told}")


HEAD = b'{"format": "otgah-instance", "version": 2, '


@pytest.mark.parametrize(
    ("start", "block", "times", "rule"),
    [
        (HEAD, b"1," * 10**6, 61, "must hold at most 60000000 values, found 6100000"),
        (HEAD, b"[]," * 10**6, 5, "must hold at most 4000000 lists and objects, found 500000"),
        (b'{"version": 2, ', b"1," * 10**6, 16, "must hold at most 15000000 values"),
        (HEAD, b'"a": ' + b"[" * 10**5, 1, "must not be nested this deep"),
        (HEAD, b'"a": ' + b"9" * 5000 + b"}", 1, "must be JSON: Exceeds the limit"),
    ],
    ids=["values", "lists", "another start", "depth", "digits"],
)
def test_bombs_of_version_2_are_refused(tmp_path, start, block, times, rule):
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(start) + gzip.compress(block) * times)
    with pytest.raises(InputError) as caught:
        read_instance(path)
    assert str(caught.value).startswith(f"{path}: {rule}")
