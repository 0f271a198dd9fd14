"""Plug-ins: metadata that is read and never executed, and what is refused of it."""

import subprocess
import sys
from pathlib import Path

import pytest

import otgah
from analysis.cli import main
from analysis.plugins import registry
from analysis.plugins.plugin import Plugin
from analysis.plugins.plugin_file import PluginFile
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.errors import InputError
from heuristics.result import EndedBy, Status
from heuristics.system_models.catalogue import reader
from instances.families.registry import family
from instances.instance import Instance
from tests.helpers.examples import problem

TEMPLATE = Path(registry.__file__).with_name("template.py")

METHOD = '{"summary": "one line", "solve": "solve"}'

HAND = Instance(name="hand", coefficients=problem())


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    otgah.forget_plugins()


@pytest.fixture
def write(tmp_path):
    """Return what writes a plug-in of one method whose body is given."""

    def plugin(body, name="own", entry=METHOD):
        path = tmp_path / f"{name}.py"
        metadata = f'{{"name": "{name}", "version": "1", "methods": {{"{name}": {entry}}}}}'
        path.write_text(
            f"PLUGIN = {metadata}\ndef solve(data, *, seed, time_limit, **given):\n    {body}\n"
        )
        return path

    return plugin


EMPTY = "from heuristics.schedule import Schedule; return Schedule.empty(data.num_edge_nodes)"


def test_the_template_brings_a_method_a_family_and_a_device(tmp_path):
    plugin = otgah.use_plugin(TEMPLATE)
    (name,) = plugin.entry.methods
    (path,) = otgah.generate(*plugin.entry.families, tmp_path)
    outcome = otgah.solve(path, name, settings={"share": "sum"})
    assert outcome.violations == ()
    assert outcome.result.objective == 6
    (device,) = plugin.entry.devices
    (path,) = otgah.generate("paper", tmp_path, grid={"device": [device]})
    assert otgah.read_instance(path).edge_nodes[0]["gpu_flop_per_s"] == 20e12


def test_what_was_used_is_forgotten(write):
    path = write(EMPTY)
    otgah.use_plugin(path)
    otgah.use_plugin(TEMPLATE)
    assert otgah.solve(HAND, "own").result.objective == 0
    otgah.forget_plugins()
    with pytest.raises(InputError, match="method: must be one of"):
        otgah.solve(HAND, "own")
    with pytest.raises(InputError, match="family: must be one of"):
        family("one-of-each")
    assert "template-board" not in reader.devices()


def test_a_file_that_was_edited_is_read_again(write):
    first = otgah.use_plugin(write(EMPTY))
    assert otgah.solve(HAND, "own").result.objective == 0
    second = otgah.use_plugin(
        write("from heuristics.schedule import Schedule; return Schedule.of([[0], [1]])")
    )
    assert otgah.solve(HAND, "own").result.objective == 2
    assert first.sha256 != second.sha256


def test_a_run_has_the_name_and_the_digest_of_its_plugin(write):
    plugin = otgah.use_plugin(write(EMPTY))
    shown = otgah.solve(HAND, "own").to_dict()
    assert (shown["plugin"], shown["plugin_sha256"]) == ("own", plugin.sha256)
    task = plan(HAND, "own")
    otgah.use_plugin(write(EMPTY + "  # another"))
    assert plan(HAND, "own").identity() != task.identity()
    assert otgah.solve(HAND, "ot-gah").to_dict()["plugin"] is None


def test_the_store_keeps_which_plugin_made_a_run(write, tmp_path):
    plugin = otgah.use_plugin(write(EMPTY))
    otgah.write_instance(HAND, tmp_path / "hand.json")
    store = tmp_path / "runs.sqlite"
    otgah.batch([tmp_path / "hand.json"], ["own", "ot-gah"], store, prove_bounds=False)
    rows = otgah.runs_table(store).set_index("method")
    assert rows["plugin"].to_dict()["own"] == "own"
    assert rows["plugin_sha256"].to_dict()["own"] == plugin.sha256
    assert rows["plugin"].isna().to_dict()["ot-gah"]


def test_what_runs_is_what_was_read(write):
    """The file is edited after it was read: the task holds its text."""
    path = write(EMPTY)
    otgah.use_plugin(path)
    task = plan(HAND, "own")
    path.write_text("raise RuntimeError('edited')")
    assert perform(task).result.objective == 0


def test_the_code_is_not_executed_to_know_what_it_brings(write, tmp_path):
    path = write(EMPTY)
    path.write_text(path.read_text() + f"open({str(tmp_path / 'trace')!r}, 'w')\n")
    otgah.use_plugin(path)
    assert "own" in {each.name for each in otgah.methods()}
    assert not (tmp_path / "trace").exists()
    otgah.solve(HAND, "own")
    assert (tmp_path / "trace").exists()


def test_a_plugin_of_models_alone_is_toml(tmp_path):
    path = tmp_path / "boards.toml"
    path.write_text(
        'name = "boards"\nversion = "1"\n[devices.my-board]\ngpu_flop_per_s = 5e12\n'
        "gpu_memory_bytes = 8000000000\ngpu_memory_bytes_per_s = 1e11\n"
        'sources = [{values = ["gpu_flop_per_s"], source = "data sheet", verified = true}]\n'
    )
    otgah.use_plugin(path)
    assert reader.device("my-board").gpu_flop_per_s == 5e12
    simulation = otgah.simulate("section-v", num_epochs=1, settings={"device": "my-board"})
    assert simulation.num_epochs == 1


def test_a_method_of_a_plugin_decides_epochs(write):
    path = write(EMPTY)
    otgah.use_plugin(path)
    simulation = otgah.simulate("section-v", ["own"], num_epochs=2, settings={"num_requests": 3})
    assert simulation.summary()["completed"].tolist() == [0]


# What is refused of metadata: file, field, rule, value found.

REFUSED = {
    "no metadata": ("x = 1", "PLUGIN: must be assigned once"),
    "metadata twice": ("PLUGIN = {}\nPLUGIN = {}", "must be assigned once .* found 2"),
    "no Python": ("def", "line 1: must be Python: invalid syntax"),
    "a null byte": ("PLUGIN = {}\0", "must be Python"),
    "a list": ("PLUGIN = []", "PLUGIN: must be a dict"),
    "a call": ("PLUGIN = {'name': print('x')}", "PLUGIN.name, line 1: must be a constant.*'Call'"),
    "a comprehension": ("PLUGIN = {'name': [i for i in 'a']}", "must be a constant, a list or a"),
    "a formatted text": ("PLUGIN = {'name': f'{1}'}", "found 'JoinedStr'"),
    "a name of the file": ("x = 1\nPLUGIN = {'name': x}", "found 'Name'"),
    "an unpacked dict": ("PLUGIN = {**{}}", "must have strings as keys"),
    "a key twice": ("PLUGIN = {'name': 'a', 'name': 'b'}", "PLUGIN.name: must hold each key once"),
    "bytes": ("PLUGIN = {'name': b'a'}", "must be a constant"),
    "too deep": ("PLUGIN = {'name': " + "[" * 50 + "]" * 50 + "}", "must not be nested this deep"),
    "far too deep": ("PLUGIN = " + "[" * 10**5, "must be Python"),
    "no name": ("PLUGIN = {'version': '1'}", "PLUGIN.name: is required"),
    "an unknown key": ("PLUGIN = {'name': 'a', 'version': '1', 'x': 1}", "x: is not a known key"),
    "a number as a name": ("PLUGIN = {'name': 1, 'version': '1'}", "name: must be a string, found"),
    "a name with a path": ("PLUGIN = {'name': '../a', 'version': '1'}", "name: must be at most 60"),
    "a name with a tag": ("PLUGIN = {'name': '<a>', 'version': '1'}", "name: must be at most 60"),
    "a version of lines": ("PLUGIN = {'name': 'a', 'version': 'a\\nb'}", "version: must be one li"),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED)
def test_bad_metadata_is_refused_in_one_line(tmp_path, text, told):
    path = tmp_path / "own.py"
    path.write_text(text)
    with pytest.raises(InputError, match=told) as caught:
        Plugin.read(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


ENTRIES = {
    "no function": ('{"summary": "a"}', "methods.own.solve: is required"),
    "a function that is not there": (
        '{"summary": "a", "solve": "solv"}',
        "methods.own.solve: must be the name of something in the file, found 'solv'",
    ),
    "an expression": (
        '{"summary": "a", "solve": "os.system"}',
        "methods.own.solve: must be the name of something in the file",
    ),
    "an empty summary": ('{"summary": "", "solve": "solve"}', "summary: must be one line"),
    "an unknown problem": (
        '{"summary": "a", "solve": "solve", "problems": ["P9"]}',
        r"problems\[0\]: must be one of 'P1'",
    ),
    "a problem twice": (
        '{"summary": "a", "solve": "solve", "problems": ["P1", "P1"]}',
        "problems: must name each once",
    ),
    "no problem": ('{"summary": "a", "solve": "solve", "problems": []}', "problems: must hold at"),
    "another proof": (
        '{"summary": "a", "solve": "solve", "proves": "all"}',
        "proves: must be one of",
    ),
    "a text as a flag": (
        '{"summary": "a", "solve": "solve", "is_random": "no"}',
        "is_random: must be true or false, found 'no'",
    ),
    "an option of a name that is given": (
        '{"summary": "a", "solve": "solve", "options": {"seed": {"summary": "s", "default": 1}}}',
        "options.seed: must differ from data, seed",
    ),
    "a default that is not allowed": (
        '{"summary": "a", "solve": "solve", "options": {"k": {"summary": "s", "default": "x", '
        '"allowed": ["y"]}}}',
        "options.k.default: must be one of y, found 'x'",
    ),
    "a text where an integer is": (
        '{"summary": "a", "solve": "solve", "options": {"k": {"summary": "s", "default": "x"}}}',
        "options.k.default: must be None or an integer of at least 0, found 'x'",
    ),
}


@pytest.mark.parametrize(("entry", "told"), ENTRIES.values(), ids=ENTRIES)
def test_a_bad_entry_of_a_method_is_refused_in_one_line(write, entry, told):
    path = write(EMPTY, entry=entry)
    with pytest.raises(InputError, match=told) as caught:
        Plugin.read(path)
    assert str(caught.value).startswith(f"{path}: PLUGIN.")


def test_a_name_that_is_taken_is_refused_and_nothing_of_the_file_is_kept(write):
    with pytest.raises(InputError, match=r"methods: must be a name that is not taken, .*'ot-gah'"):
        otgah.use_plugin(write(EMPTY, name="ot-gah"))
    otgah.use_plugin(write(EMPTY))
    path = write(EMPTY, name="other")
    path.write_text(
        path.read_text().replace('{"other":', '{"new": {"summary": "a", "solve": "solve"}, "own":')
    )
    with pytest.raises(InputError, match="'own'"):
        otgah.use_plugin(path)
    assert "new" not in {each.name for each in otgah.methods()}


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"plug-in: must end in .py, or in .toml"):
        otgah.use_plugin(tmp_path / "own.so")


def test_a_plugin_without_code_brings_no_methods(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('name = "a"\nversion = "1"\n[methods.b]\nsummary = "s"\nsolve = "f"\n')
    with pytest.raises(InputError, match=r"methods.b.solve: must be the name of something in the"):
        otgah.use_plugin(path)


# What is believed of an answer.

ANSWERS = {
    "nothing": ("return None", "must return a Schedule or a Result, found NoneType"),
    "a list": ("return [[0], [1]]", "must return a Schedule or a Result, found list"),
    "no requests": (
        "from heuristics.schedule import Schedule; return Schedule((('a',), ()))",
        "TypeError",
    ),
    "an exception": ("raise KeyError('boom')", "boom"),
}


@pytest.mark.parametrize(("body", "told"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_none_is_an_error_of_the_run(write, body, told, tmp_path):
    otgah.use_plugin(write(body))
    outcome = otgah.solve(HAND, "own", isolate=True)
    assert outcome.result.status is Status.NONE
    assert outcome.result.ended_by is EndedBy.ERROR
    assert told in outcome.result.message


def test_numbers_of_numpy_are_plain_afterwards(write):
    body = (
        "import numpy as np; from heuristics.schedule import Schedule; "
        "return Schedule(((np.int64(1),), (np.int32(0),)))"
    )
    otgah.use_plugin(write(body))
    outcome = otgah.solve(HAND, "own", isolate=True)
    assert outcome.assignment == {"0": [1], "1": [0]}
    assert {type(each) for each in outcome.assignment["0"]} == {int}


def test_a_function_is_given_what_its_metadata_says(write):
    entry = (
        '{"summary": "a", "solve": "solve", "takes_node_limit": True, "takes_warm_start": True,'
        '"problems": ["P1", "P2"], "options": {"depth": {"summary": "s", "default": 2}}}'
    )
    body = (
        "from heuristics.schedule import Schedule; assert sorted(given) == "
        "['depth', 'node_limit', 'problem', 'warm_start'], given; "
        "assert given['depth'] == 5; return Schedule.empty(data.num_edge_nodes)"
    )
    otgah.use_plugin(write(body, entry=entry))
    assert otgah.solve(HAND, "own", settings={"depth": "5"}).result.objective == 0
    with pytest.raises(InputError, match=r"must be one of its options \(depth\)"):
        otgah.solve(HAND, "own", settings={"width": "5"})


# The command line.


def test_verbs_take_a_plugin(tmp_path, capsys):
    given = ["--plugin", str(TEMPLATE)]
    assert main(["families", *given]) == 0
    assert "one-of-each" in capsys.readouterr().out
    assert main(["generate", "one-of-each", "--out", str(tmp_path), *given]) == 0
    path = capsys.readouterr().out.strip()
    assert main(["solve", path, "--method", "cheapest-first", *given]) == 0
    assert "feasible" in capsys.readouterr().out
    assert main(["methods", "--json", *given]) == 0
    assert '"plugin": "template"' in capsys.readouterr().out


def test_a_bad_plugin_is_exit_2_and_one_line(tmp_path, capsys):
    path = tmp_path / "own.py"
    path.write_text("PLUGIN = {'name': 'a'}")
    assert main(["methods", "--plugin", str(path)]) == 2
    assert capsys.readouterr().err == f"otgah: {path}: PLUGIN.version: is required\n"


def test_a_script_without_a_guard_may_use_plugins(write, tmp_path):
    """Children import neither the script nor the plug-in of another process."""
    path = write(EMPTY)
    otgah.write_instance(HAND, tmp_path / "hand.json")
    script = tmp_path / "script.py"
    script.write_text(
        "import otgah\n"
        f"otgah.use_plugin({str(path)!r})\n"
        f"tally = otgah.batch([{str(tmp_path / 'hand.json')!r}], ['own'],"
        f" {str(tmp_path / 'runs.sqlite')!r})\n"
        "print(tally.num_failed)\n"
    )
    ended = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ended.stdout == "0\n"


def test_the_text_is_what_the_digest_is_of(tmp_path):
    path = tmp_path / "own.py"
    path.write_text("PLUGIN = {}\n")
    file = PluginFile.read(path)
    assert (file.text, len(file.sha256), file.module) == ("PLUGIN = {}\n", 64, None)
