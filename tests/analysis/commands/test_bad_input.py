"""Bad input: exit status 2, one line that names file, field, rule and value, nothing left behind.

Each case spoils something that works: the command is run once unspoilt and once spoilt.
"""

import gzip
import json
import os
import sqlite3
import stat

import pytest

from analysis.cli import main
from tests.helpers.rows import store_of


def accepts(folder, *arguments, status=0):
    assert main([str(each).format(folder=folder) for each in arguments]) == status


def spoil(path, *keys, value):
    """Set the field at these keys of a JSON file, or drop it if the value is DROPPED."""
    document = json.loads(path.read_text())
    place = document
    for key in keys[:-1]:
        place = place[key]
    if value is DROPPED:
        del place[keys[-1]]
    else:
        place[keys[-1]] = value
    path.write_text(json.dumps(document))


DROPPED = object()

FIELDS = {
    "a missing format": (("format",), DROPPED, ["format: must be there"]),
    "another format": (("format",), "csv", ["format: must be", "'csv'"]),
    "a missing version": (("version",), DROPPED, ["version: must be there"]),
    "another version": (("version",), 3, ["version: must be 1 or 2, found 3"]),
    "true as a version": (("version",), True, ["version: must be 1 or 2, found true"]),
    "a missing name": (("name",), DROPPED, ["name: must be there"]),
    "an empty name": (("name",), "", ["name: must not be empty"]),
    "a control character": (("name",), "a\nb", ["name: must be free of control characters"]),
    "a number as a name": (("name",), 7, ["name: must be a string, found 7"]),
    "an unknown key": (("solution",), 1, ["solution: must be one of format, ", "'solution'"]),
    "no coefficients": (("coefficients",), DROPPED, ["coefficients: must be there"]),
    "coefficients as a list": (("coefficients",), [], ["coefficients: must be an object"]),
    "a missing field": (("coefficients", "memory"), DROPPED, ["coefficients.memory: must be th"]),
    "an unknown field": (("coefficients", "power"), [], ["coefficients.power: must be one of"]),
    "no edge node": (("coefficients", "uplink"), [], ["coefficients.uplink: must have a row"]),
    "a text as a number": (
        ("coefficients", "uplink", 0, 1),
        "2",
        ["coefficients.uplink[0][1]: must be an integer of 0..10^15, found '2'"],
    ),
    "true as a number": (
        ("coefficients", "uplink", 0, 1),
        True,
        ["coefficients.uplink[0][1]: must be an integer of 0..10^15, found true"],
    ),
    "a whole float": (
        ("coefficients", "compute", 1, 2),
        1.0,
        ["coefficients.compute[1][2]: must be an integer of 0..10^15, found 1.0"],
    ),
    "a fraction": (("coefficients", "compute", 1, 2), 0.5, ["compute[1][2]: must be", "0.5"]),
    "null as a number": (("coefficients", "compute", 1, 2), None, ["found null"]),
    "a negative number": (("coefficients", "memory", 0, 0), -3, ["memory[0][0]", "found -3"]),
    "a number beyond reason": (
        ("coefficients", "memory", 0, 0),
        10**30,
        ["memory[0][0]: must be an integer of 0..10^15, found 1000000000000000000000000000000"],
    ),
    "a number of a thousand digits": (
        ("coefficients", "memory", 0, 0),
        10**1000,
        ["memory[0][0]: must be an integer", "bits"],
    ),
    "a negative capacity": (("coefficients", "uplink_capacity", 0), -1, ["uplink_capacity[0]"]),
    "an eligibility of 2": (("coefficients", "eligible", 0, 0), 2, ["eligible[0][0]", "found 2"]),
    "a ragged row": (
        ("coefficients", "uplink", 1),
        [1, 2],
        ["coefficients.uplink[1]: must have 3 entries, one for each of the requests, found 2"],
    ),
    "a missing row": (("coefficients", "memory"), [[3, 3, 3]], ["memory: must have 2 entries"]),
    "a short capacity": (("coefficients", "memory_capacity"), [7], ["capacity: must have 2"]),
    "requests of another number": (
        ("requests",),
        {"accuracy": [0.5]},
        ["requests.accuracy: must have 3 entries"],
    ),
    "edge nodes of one name": (
        ("edge_nodes", 1, "name"),
        "server",
        ["edge_nodes[1].name: must differ from the others, found 'server'"],
    ),
    "a fractional seed": (("seed",), 0.5, ["seed: must be an integer", "0.5"]),
    "a scenario that is none": (("scenario",), {"speed": 1}, ["hand.json"]),
    "a bound below its objective": (
        ("best_known",),
        {"objective": 3, "bound": 2, "proved_by": "hand"},
        ["best_known", "3 and 2"],
    ),
    "a best known value without proof": (
        ("best_known",),
        {"objective": 3, "bound": 3},
        ["best_known.proved_by: must be a string, found null"],
    ),
}


@pytest.mark.parametrize(("keys", "value", "told"), FIELDS.values(), ids=FIELDS)
@pytest.mark.parametrize("verb", ["check", "solve"])
def test_a_bad_field_of_an_instance(folder, refuses, verb, keys, value, told):
    path = folder / "hand.json"
    options = ("--method", "ot-gah") if verb == "solve" else ()
    accepts(folder, verb, path, *options)
    spoil(path, *keys, value=value)
    refuses(verb, path, *options, told=["hand.json", *told])


TEXTS = {
    "an empty file": ("", ["must be JSON"]),
    "a truncated file": ('{"format": "otgah-instance", "ver', ["must be JSON", "column"]),
    "no JSON": ("name,uplink\na,1\n", ["must be JSON"]),
    "NaN": ('{"seed": NaN}', ["must hold finite numbers, found 'NaN'"]),
    "an infinite number": ('{"seed": 1e999}', ["must hold finite numbers"]),
    "a duplicate key": ('{"name": "a", "name": "b"}', ["name: must hold each key once"]),
    "a list": ("[1, 2]", ["must be an object"]),
    "endless nesting": ("[" * 100_000, ["nested"]),
    "two documents": ("{}{}", ["must be JSON"]),
}


@pytest.mark.parametrize(("text", "told"), TEXTS.values(), ids=TEXTS)
def test_a_bad_text_of_an_instance(folder, refuses, text, told):
    path = folder / "hand.json"
    accepts(folder, "check", path)
    path.write_text(text)
    refuses("check", path, told=["hand.json", *told])


def test_bytes_that_are_no_text(folder, refuses):
    path = folder / "hand.json"
    accepts(folder, "check", path)
    path.write_bytes(b'{"name": "\xff"}')
    refuses("check", path, told=["hand.json: must be UTF-8"])


@pytest.mark.parametrize("cut", [slice(None), slice(0, 40)], ids=["no gzip", "half a gzip"])
def test_a_gzip_that_is_none(folder, refuses, cut):
    path = folder / "hand.json.gz"
    data = (folder / "hand.json").read_bytes()
    path.write_bytes(gzip.compress(data))
    accepts(folder, "check", path)
    path.write_bytes(data if cut == slice(None) else gzip.compress(data)[cut])
    refuses("check", path, told=["hand.json.gz: must be gzip, as its name ends in .gz"])


SCHEDULES = {
    "another format": (("format",), "otgah-instance", ["format: must be"]),
    "another version": (("version",), 1.0, ["version: must be 1, found 1.0"]),
    "another instance": (("instance",), "foot", ["instance: must be 'hand', found 'foot'"]),
    "no assignment": (("assignment",), DROPPED, ["assignment: must be there"]),
    "an unknown edge node": (("assignment", "2"), [], ["assignment.2: must be one of 0, 1"]),
    "a missing edge node": (("assignment", "1"), DROPPED, ["assignment.1: must be there"]),
    "an unknown request": (("assignment", "0"), [3], ["assignment.0[0]", "0..2, found 3"]),
    "a negative request": (("assignment", "0"), [-1], ["assignment.0[0]", "found -1"]),
    "true as a request": (("assignment", "0"), [True], ["assignment.0[0]", "found true"]),
    "a batch that is no list": (("assignment", "0"), 0, ["assignment.0: must be a list, found 0"]),
}


@pytest.mark.parametrize(("keys", "value", "told"), SCHEDULES.values(), ids=SCHEDULES)
def test_a_bad_field_of_a_schedule(folder, refuses, keys, value, told):
    arguments = ("check", folder / "hand.json", folder / "s.json")
    accepts(folder, *arguments)
    spoil(folder / "s.json", *keys, value=value)
    refuses(*arguments, told=["s.json", *told])


def test_a_broken_warm_start_of_a_milp_method(folder, refuses):
    arguments = ("solve", folder / "hand.json", "--method", "milp-bigm")
    arguments += ("--warm-start", folder / "s.json")
    accepts(folder, *arguments)
    spoil(folder / "s.json", "assignment", value={"0": [0, 1, 2], "1": []})
    refuses(*arguments, told=["warm start: must be feasible for P1, but breaks memory", "s.json"])


# A verb, what it takes, and the one argument that spoils it.

SOLVE = ("solve", "{folder}/hand.json", "--method", "milp-bigm")
CHECK = ("check", "{folder}/hand.json", "{folder}/s.json")
GENERATE = ("generate", "uniform-random", "--out", "{folder}/new")
BATCH = ("batch", "{folder}/hand.json", "--methods", "ot-gah", "--out", "{folder}/new.sqlite")
EXPORT = ("export", "{folder}/hand.json", "--method", "milp-bigm", "--out", "{folder}/x.lp")
TABLE = ("export-runs", "{folder}/runs.sqlite", "--out", "{folder}/x.csv")
REPORT = ("report", "{folder}/runs.sqlite", "--out")

ARGUMENTS = {
    "no such file": (SOLVE, {1: "{folder}/none.json"}, ["none.json: cannot be read: No such"]),
    "a folder as a file": (SOLVE, {1: "{folder}"}, ["must be a file, found a folder"]),
    "a null byte in a name": (SOLVE, {1: "a\0b"}, ["'FILE'", "embedded null"]),
    "an unknown method": (SOLVE, {3: "magic"}, ["method: must be one of algorithm-1", "'magic'"]),
    "no method": (SOLVE, {2: "--seed", 3: "0"}, ["Missing option '--method'"]),
    "an unknown option": (SOLVE, {4: "--fast"}, ["No such option", "--fast"]),
    "an unknown problem": (SOLVE, {4: "--problem", 5: "P7"}, ["problem: must be one of", "'P7'"]),
    "a problem of one edge node": (SOLVE, {4: "--problem", 5: "P2"}, ["hand.json: edge nodes"]),
    "P3 without its z": (
        SOLVE,
        {4: "--problem", 5: "P3", 6: "--edge-node", 7: "0"},
        ["z: must be set for problem P3"],
    ),
    "an unknown edge node": (SOLVE, {4: "--edge-node", 5: "moon"}, ["server, uav", "'moon'"]),
    "an edge node too many": (SOLVE, {4: "--edge-node", 5: "2"}, ["index of 0..1, found '2'"]),
    "no time": (
        SOLVE,
        {4: "--time-limit", 5: "0"},
        ["--time-limit: must be a po", "'0'"],
    ),
    "time of no number": (
        SOLVE,
        {4: "--time-limit", 5: "soon"},
        ["--time-limit: must", "'soon'"],
    ),
    "NaN as time": (SOLVE, {4: "--time-limit", 5: "nan"}, ["must be a positive number of seconds"]),
    "no node": (SOLVE, {4: "--node-limit", 5: "0"}, ["--node-limit: must be an integer of"]),
    "half a node": (SOLVE, {4: "--node-limit", 5: "0.5"}, ["--node-limit: must be", "'0.5'"]),
    "a negative seed": (SOLVE, {4: "--seed", 5: "-1"}, ["--seed: must be an integer", "'-1'"]),
    "a setting without a value": (SOLVE, {4: "--set", 5: "z"}, ["--set: must be key=value", "'z'"]),
    "an unknown setting": (
        SOLVE,
        {4: "--set", 5: "q=1"},
        ["must be one of its options (z, solver)", "'q'"],
    ),
    "a setting twice": (SOLVE, {4: "--set", 5: "z=1", 6: "--set", 7: "z=2"}, ["z: must be set on"]),
    "an impossible setting": (SOLVE, {4: "--set", 5: "z=few"}, ["z: must be an integer", "'few'"]),
    "an unknown warm start": (SOLVE, {4: "--warm-start", 5: "luck"}, ["warm start", "'luck'"]),
    "a warm start of a heuristic": (
        SOLVE,
        {3: "ot-gah", 4: "--warm-start", 5: "random-order"},
        ["warm start: must be left out for method ot-gah"],
    ),
    "an instance as a schedule": (CHECK, {2: "{folder}/hand.json"}, ["must be", "hand.json"]),
    "a judge of no problem": (
        CHECK,
        {3: "--problem", 4: "P7"},
        ["problem: must be one of", "'P7'"],
    ),
    "an unknown family": (GENERATE, {1: "magic"}, ["family: must be one of paper", "'magic'"]),
    "an unknown parameter": (GENERATE, {4: "--set", 5: "speed=1"}, ["uniform-random", "'speed'"]),
    "an impossible parameter": (
        GENERATE,
        {4: "--set", 5: "num_requests=-1"},
        ["uniform-random: num_requests: must be at least 0, found '-1'"],
    ),
    "an impossible point of a grid": (
        GENERATE,
        {4: "--set", 5: "num_requests=1,many"},
        ["num_requests: must be an integer, found 'many'"],
    ),
    "a value twice": (GENERATE, {4: "--set", 5: "largest=5,5"}, ["largest: must be a list of di"]),
    "a grid with a hole": (GENERATE, {4: "--set", 5: "largest=5,"}, ["largest: must be a list"]),
    "one point under two names": (GENERATE, {4: "--set", 5: "largest=5,05"}, ["must be made once"]),
    "no seeds": (GENERATE, {4: "--seeds", 5: "3:3"}, ["--seeds: must be a seed or A:B", "'3:3'"]),
    "seeds backwards": (GENERATE, {4: "--seeds", 5: "5:2"}, ["--seeds: must be", "'5:2'"]),
    "seeds of no number": (GENERATE, {4: "--seeds", 5: "a:b"}, ["--seeds: must be", "'a:b'"]),
    "a file as a folder": (GENERATE, {3: "{folder}/hand.json"}, ["hand.json", "cannot be written"]),
    "a folder without instances": (BATCH, {1: "{folder}/empty"}, ["empty", "cannot be read"]),
    "an empty list of methods": (BATCH, {3: ","}, ["method: must be one of", "found ''"]),
    "no job": (BATCH, {6: "--jobs", 7: "0"}, ["--jobs: must be an integer", "'0'"]),
    "no memory": (BATCH, {6: "--memory-limit", 7: "0"}, ["--memory-limit: must be an integer"]),
    "another retry": (BATCH, {6: "--retry", 7: "all"}, ["--retry: must be failed, found 'all'"]),
    "an instance as a store": (BATCH, {5: "{folder}/hand.json"}, ["hand.json: must be a file of"]),
    "a folder as a store": (BATCH, {5: "{folder}"}, ["must be a file of runs, found a folder"]),
    "a schedule among the instances": (BATCH, {1: "{folder}/s.json"}, ["s.json: ", "must be"]),
    "a model of a heuristic": (EXPORT, {3: "ot-gah"}, ["method: must be a method with a model"]),
    "a model of another kind": (EXPORT, {5: "{folder}/x.xml"}, ["x.xml: must end in .mps or .lp"]),
    "a model in a folder's place": (EXPORT, {5: "{folder}"}, ["must end in .mps or .lp"]),
    "a table of another kind": (TABLE, {3: "{folder}/x.doc"}, ["--out: must end in .csv"]),
    "a table without a store": (TABLE, {1: "{folder}/none"}, ["none: must be a file of runs"]),
    "a table of an instance": (TABLE, {1: "{folder}/hand.json"}, ["hand.json: must be a file of"]),
}


@pytest.mark.parametrize(("sound", "spoilt", "told"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_a_bad_argument(folder, refuses, tmp_path_factory, sound, spoilt, told):
    elsewhere = tmp_path_factory.mktemp("sound")
    for path in folder.iterdir():
        (elsewhere / path.name).write_bytes(path.read_bytes())
    accepts(elsewhere, *sound)
    arguments = dict(enumerate(sound)) | spoilt
    refuses(*arguments.values(), told=told)


REPORTS = {
    "a page of another kind": ("{folder}/runs.sqlite", "{folder}/x.pdf", ["--out: must end in .h"]),
    "a report of an instance": ("{folder}/hand.json", "{folder}/x.html", ["hand.json: must be a"]),
    "a report of nothing": ("{folder}/none", "{folder}/x.html", ["none: must be a file of runs"]),
}


@pytest.mark.parametrize(("runs", "out", "told"), REPORTS.values(), ids=REPORTS)
def test_a_bad_report(refuses, runs, out, told):
    """The positive control is the report that test_report makes."""
    refuses("report", runs, "--out", out, told=told)


def test_a_store_without_a_run(refuses, folder):
    store_of(folder / "empty.sqlite")
    refuses(
        "report", folder / "empty.sqlite", "--out", folder / "x.html", told=["at least one run"]
    )


def test_a_store_of_another_version(refuses, folder):
    accepts(folder, *TABLE)
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    refuses(
        *TABLE,
        told=[
            "runs.sqlite: version: must be 5 (read it with the newer otgah that wrote it), found 9"
        ],
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads and writes everything")
def test_a_file_without_permission(folder, refuses):
    path = folder / "hand.json"
    accepts(folder, "check", path)
    path.chmod(0)
    try:
        assert main(["check", str(path)]) == 2
    finally:
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads and writes everything")
def test_a_folder_without_permission(folder, refuses):
    closed = folder / "closed"
    closed.mkdir()
    accepts(folder, "generate", "half-tight", "--out", closed)
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        refuses("generate", "half-tight", "--out", closed, told=["closed", "cannot be written"])
    finally:
        closed.chmod(stat.S_IRWXU)
