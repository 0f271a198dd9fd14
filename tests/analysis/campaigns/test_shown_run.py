import json
import shlex

import pytest

import otgah
from analysis.campaigns.shown_run import show_run
from analysis.cli import main
from analysis.store.store import read_rows
from heuristics.errors import InputError
from instances.files import read_instance, write_instance
from instances.instance import Instance
from tests.helpers.examples import problem
from tests.helpers.rows import store_of


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keys(path):
    return [row["key"] for row in read_rows(path, "runs")]


def made_again(commands, capsys):
    """Run the commands in an empty folder and return what the last prints as JSON."""
    for command in commands:
        name, *arguments = shlex.split(command)
        if name == "mkdir":
            continue
        capsys.readouterr()
        is_last = command == commands[-1]
        assert main([*arguments, "--json"] if is_last else arguments) == 0
    return json.loads(capsys.readouterr().out)


def same(told, row):
    return all(told[name] == row[name] for name in ("objective", "bound", "num_nodes"))


GRIDS = {
    "defaults": ("paper", {}),
    "a setting": ("uniform-random", {"num_requests": [7]}),
    "a window of a trace": ("trace", {"num_epochs": [3]}),
}


@pytest.mark.parametrize(("family", "grid"), GRIDS.values(), ids=GRIDS)
def test_a_generated_instance_is_generated_again(here, capsys, family, grid):
    paths = otgah.generate(family, here / "made", seeds=[1], grid=grid)
    otgah.batch(paths[-1:], ["ot-gah"], "r.sqlite", settings={"start": "all"}, prove_bounds=False)
    [key] = keys("r.sqlite")
    shown = show_run("r.sqlite", key[:12])
    assert shown.commands[0].startswith(f"otgah generate {family} --out again --seeds 1")
    assert len(shown.commands) == 2
    assert shown.caution is None
    (here / "r.sqlite").rename(here / "elsewhere.sqlite")
    assert same(made_again(shown.commands, capsys), shown.run)


def test_a_run_on_a_trace_says_how_the_trace_was_read(here, capsys):
    (path,) = otgah.generate("trace", "made", grid={"num_epochs": [1], "keep_empty": [True]})
    otgah.batch([path], ["ot-gah"], "r.sqlite", prove_bounds=False)
    [key] = keys("r.sqlite")
    capsys.readouterr()
    assert main(["show", "r.sqlite", key[:8], "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["run"]["key"] == key
    assert "read as plain, arrival_s in seconds" in told.err


def test_an_instance_from_elsewhere_comes_out_of_the_store(here, capsys):
    whole = Instance(name="a name/of .. its own", coefficients=problem())
    write_instance(whole, here / "hand.json")
    otgah.batch(["hand.json"], ["single-node"], "r.sqlite", edge_node="1", prove_bounds=False)
    (here / "hand.json").unlink()
    (here / "again").mkdir()
    [key] = keys("r.sqlite")
    shown = show_run("r.sqlite", key)
    assert shown.instance["edge_node"] == 1
    assert same(made_again(shown.commands, capsys), shown.run)


def test_the_instance_is_written_as_it_was_read(here):
    write_instance(Instance(name="hand", coefficients=problem(), seed=5), "hand.json")
    otgah.batch(["hand.json"], ["ot-gah"], "r.sqlite", prove_bounds=False)
    [key] = keys("r.sqlite")
    assert main(["show", "r.sqlite", key[:8], "--instance", "out.json"]) == 0
    assert (here / "out.json").read_bytes() == (here / "hand.json").read_bytes()
    assert read_instance("out.json").seed == 5


def test_a_run_that_was_cut_may_come_to_something_else(here):
    store_of("r.sqlite", {"key": "f" * 64, "ended_by": "time-limit"})
    assert "ended by time-limit" in show_run("r.sqlite", "ffff").caution


def test_all_of_a_run_is_told(here, capsys):
    lost = {
        "status": "none",
        "ended_by": "crash",
        "message": "boom",
        "log": "a stack",
        "key": "e" * 64,
    }
    store_of("r.sqlite", lost)
    assert main(["show", "r.sqlite", "eeee"]) == 0
    told = capsys.readouterr().out
    for part in (
        "ended_by",
        "crash",
        "boom",
        "a stack",
        "highspy",
        "To repeat the run:",
        "Caution:",
    ):
        assert part in told


def test_what_a_run_printed_does_nothing_to_the_terminal(here, capsys):
    lost = {"status": "none", "ended_by": "crash", "key": "e" * 64}
    store_of(
        "r.sqlite", lost | {"message": "\x1b[2J\x9b2J", "log": "one\r\n\x1b]0;title\x07\u202e"}
    )
    for command in (["status", "r.sqlite"], ["show", "r.sqlite", "eeee"]):
        for arguments in (command, [*command, "--json"]):
            assert main(arguments) == 0
            told = capsys.readouterr().out
            assert all(line.isprintable() for line in told.split("\n"))
            assert "2J" in told
    assert json.loads(told)["run"]["message"] == "\x1b[2J\x9b2J"


@pytest.mark.parametrize("run", ["", "abc", "abcd", "ffff"], ids=["none", "short", "two", "no"])
def test_what_names_no_single_run_is_refused(here, run):
    store_of("r.sqlite", {"key": "abcd1"}, {"key": "abcd2"})
    with pytest.raises(InputError, match=r"run: must be the first characters of the key of one"):
        show_run("r.sqlite", run)
