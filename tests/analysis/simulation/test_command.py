"""`otgah simulate`: what it prints, and bad input in one line with exit status 2."""

import json
from decimal import Decimal

import pytest

from analysis.cli import main
from analysis.store.store import read_epochs
from instances.traces.excerpt import EXCERPT

HEADER = "scheme arrived completed late dropped refused completion rate"
GOOD = ("simulate", "section-v", "--epochs", "2")


@pytest.fixture
def otgah(capsys):
    def run(*arguments, status=0):
        assert main([str(each) for each in arguments]) == status
        return capsys.readouterr()

    return run


def test_the_summary_has_a_line_for_each_scheme(otgah, tmp_path):
    names = "ot-gah,static-batching,no-batching"
    out = tmp_path / "runs.sqlite"
    lines = otgah(*GOOD, "--method", names, "--out", out).out.splitlines()
    assert " ".join(lines[0].split()) == HEADER
    assert [line.split()[0] for line in lines[2:]] == names.split(",")
    for line in lines[2:]:
        arrived, *fates = map(int, line.split()[1:6])
        assert arrived == sum(fates) > 0
    assert len(read_epochs(out)) == 6


def test_json_is_one_document(otgah):
    shown = json.loads(otgah(*GOOD, "--json").out)
    assert shown["num_epochs"] == 2
    (scheme,) = shown["schemes"]
    assert scheme["scheme"] == "ot-gah"
    fates = [scheme[fate] for fate in ("completed", "late", "dropped", "refused")]
    assert scheme["arrived"] == sum(fates)
    assert scheme["completion_rate"] == scheme["completed"] / scheme["arrived"]


def test_the_same_command_prints_the_same(otgah, tmp_path):
    arguments = (*GOOD, "--seed", "5", "--method", "random-order", "--carry-over")
    first = otgah(*arguments, "--out", tmp_path / "a.sqlite").out
    assert otgah(*arguments, "--out", tmp_path / "a.sqlite").out == first
    assert otgah(*arguments).out == first


def test_settings_are_of_the_scenario_or_of_a_method(otgah):
    options = ("--set", "rate_per_s=5", "--set", "inner=ot", "--set", "admission=in-time")
    shown = otgah(*GOOD, "--method", "ot-gah,static-batching", *options, "--json").out
    arrived = json.loads(shown)["schemes"][0]["arrived"]
    assert 0 < arrived < 45


def test_a_trace_is_taken_whole_unless_told_otherwise(otgah):
    arguments = ("simulate", "trace", "--arrivals", EXCERPT, "--method", "static-batching")
    whole = json.loads(otgah(*arguments, "--json").out)
    part = json.loads(otgah(*arguments, "--epochs", "3", "--json").out)
    assert (whole["num_epochs"], part["num_epochs"]) == (58, 3)


PART = ("first_epoch=10", "num_epochs=5")


@pytest.mark.parametrize("settings", [PART, ("window=20+30",)])
def test_a_part_of_a_trace_is_what_arrives_in_it(otgah, settings):
    """An epoch is 2 s, so that epochs 10 to 14 are the seconds from 20 to 30."""
    arguments = ["simulate", "trace", "--arrivals", EXCERPT, "--method", "static-batching"]
    for each in settings:
        arguments += ["--set", each]
    part = json.loads(otgah(*arguments, "--json").out)
    lines = EXCERPT.read_text().splitlines()[1:]
    arrivals = [Decimal(line.split(",")[0]) for line in lines]
    expected = [each for each in arrivals if 20 <= each - arrivals[0] < 30]
    assert part["num_epochs"] == 5
    assert part["schemes"][0]["arrived"] == len(expected) > 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("first_epoch=58",), "first_epoch: must be below 58, the epochs of the trace, found 58"),
        (("window=116+118",), "window: must be below 58, the epochs of the trace, found 58"),
        (("window=30+20",), "window: must be a start and a later end"),
        ((*PART, "window=20+30"), "window: must be left out beside first_epoch and num_epochs"),
    ],
)
def test_a_part_outside_the_trace_is_refused(otgah, settings, message):
    arguments = ["simulate", "trace", "--arrivals", EXCERPT]
    for each in settings:
        arguments += ["--set", each]
    assert message in otgah(*arguments, status=2).err


def test_a_file_of_ones_own_is_a_scenario(otgah, tmp_path):
    from heuristics.system_models.catalogue.reader import catalogue_text

    path = tmp_path / "my.toml"
    path.write_text(catalogue_text("scenarios/section-v.toml"))
    named = otgah(*GOOD, "--json").out
    assert otgah("simulate", path, "--epochs", "2", "--json").out == named


SPOILT = {
    "no such scenario": ({1: "nowhere"}, ["scenario: must be one of", "'nowhere'"]),
    "no such file": ({1: "{folder}/none.toml"}, ["none.toml"]),
    "a file that is no scenario": ({1: "{folder}/bad.toml"}, ["bad.toml", "workload: is required"]),
    "no epoch": ({3: "0"}, ["--epochs: must be an integer of at least 1, found '0'"]),
    "half an epoch": ({3: "0.5"}, ["--epochs: must be an integer"]),
    "no number of epochs": ({2: "--seed"}, ["epochs: must be given, as the Poisson process"]),
    "no such method": ({4: "--method", 5: "magic"}, ["method: must be one of static-b", "'magic'"]),
    "an empty method": ({4: "--method", 5: "ot-gah,"}, ["method: must be one of", "''"]),
    "a method twice": ({4: "--method", 5: "ot-gah,ot-gah"}, ["method: must be named once"]),
    "a method for one edge node": (
        {4: "--method", 5: "ot"},
        ["edge nodes: must be one for method ot", "found 3"],
    ),
    "a seed below 0": ({4: "--seed", 5: "-1"}, ["--seed: must be an integer of 0..2^31 - 1"]),
    "a limit of 0": ({4: "--time-limit", 5: "0"}, ["--time-limit: must be a positive number"]),
    "an unknown setting": ({4: "--set", 5: "speed=1"}, ["--set: must be one of accuracy", "speed"]),
    "an option of another method": ({4: "--set", 5: "z=1"}, ["--set: must be one of accuracy"]),
    "a rate below 0": ({4: "--set", 5: "rate_per_s=-1"}, ["--set: rate_per_s: must be at least 0"]),
    "no rate": ({4: "--set", 5: "rate_per_s=x"}, ["rate_per_s: must be a number"]),
    "another order": ({4: "--set", 5: "order=best"}, ["order: must be one of given, capacity"]),
    "a setting without a value": ({4: "--set", 5: "llm="}, ["--set: must be key=value"]),
    "a blank setting": ({4: "--set", 5: "llm= "}, ["--set: llm: must not be empty"]),
    "no such model": ({4: "--set", 5: "llm=gpt-9"}, ["llm: must be", "'gpt-9'"]),
    "no such edge node": ({4: "--set", 5: "edge_node=car"}, ["edge_node: must be one of server"]),
    "an epoch without computing": ({4: "--set", 5: "epoch_s=0.5"}, ["epoch_s: must be longer"]),
    "no such trace": ({4: "--arrivals", 5: "{folder}/none.csv"}, ["none.csv: cannot be read"]),
    "a trace that is none": ({4: "--arrivals", 5: "{folder}/bad.toml"}, ["must have the columns"]),
    "a folder as a file of runs": ({4: "--out", 5: "{folder}"}, ["must be a file of runs"]),
    "no file of runs": ({4: "--out", 5: "{folder}/bad.toml"}, ["bad.toml: must be a file of run"]),
}


@pytest.mark.parametrize(("changes", "told"), SPOILT.values(), ids=SPOILT)
def test_bad_input(otgah, tmp_path, changes, told):
    (tmp_path / "bad.toml").write_text("speed = 1\n")
    arguments = dict(enumerate(GOOD)) | changes
    given = [arguments[place].format(folder=tmp_path) for place in sorted(arguments)]
    captured = otgah(*given, status=2)
    (line,) = captured.err.splitlines()
    assert captured.out == ""
    assert line.startswith("otgah: ")
    for part in told:
        assert part in line, line
    assert [each.name for each in tmp_path.iterdir()] == ["bad.toml"]


def test_a_reading_that_is_none(otgah):
    arguments = (*GOOD, "--method", "no-batching", "--set")
    for key, known in (("upload", "on-arrival, epoch"), ("admission", "any, in-time")):
        line = otgah(*arguments, f"{key}=never", status=2).err
        assert f"--set: {key}: must be one of {known}, found 'never'" in line


def test_a_parameter_of_drawn_arrivals_is_refused_beside_a_trace(otgah):
    arguments = ("simulate", "trace", "--arrivals", EXCERPT, "--set")
    told = otgah(*arguments, "rate_per_s=5", status=2).err
    assert "rate_per_s: must be left out, as the trace has arrivals" in told
    told = otgah(*arguments, "prompt_tokens=5", status=2).err
    assert "--set: must be one of accuracy" in told


def test_what_would_wait_for_ever_is_refused(otgah):
    arguments = (*GOOD, "--carry-over", "--set", "deadline_s=1+1000000")
    assert "deadline_s: must be at most 1000 periods" in otgah(*arguments, status=2).err
