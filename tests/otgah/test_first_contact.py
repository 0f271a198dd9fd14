"""The command in odd surroundings: closed streams, a terminal without letters, early signals."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

import otgah
from heuristics.system_models.catalogue import reader
from tests.test_hostile_files import LLAMA

OTGAH = [sys.executable, "-m", "otgah"]


def ended(*command, **changes):
    environment = {**os.environ, **changes}
    return subprocess.run(
        ["bash", "-c", *command], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("closed", ["2>&-", "1>&-", "0<&-", "0<&- 1>&- 2>&-"])
def test_closed_streams_change_no_exit_status(closed):
    good = ended(f'"$0" -m otgah methods {closed}', sys.executable)
    bad = ended(f'"$0" -m otgah solve missing.json --method ot {closed}', sys.executable)
    assert (good.returncode, bad.returncode) == (0, 2)
    assert "Traceback" not in good.stderr + bad.stderr


def test_a_closed_stderr_sends_no_message_to_stdout():
    assert ended('"$0" -m otgah solve missing.json --method ot 2>&-', sys.executable).stdout == ""


def test_a_file_that_is_opened_later_never_takes_the_number_of_a_closed_stream(tmp_path):
    command = f'"$0" -m otgah generate half-tight --out {tmp_path} 2>&-'
    assert ended(command, sys.executable).returncode == 0
    [path] = tmp_path.iterdir()
    assert json.loads(path.read_text())["format"] == "otgah-instance"


def test_a_terminal_without_letters_gets_them_escaped(tmp_path):
    name = tmp_path / "Zürich.json"
    ran = ended(f'"$0" -m otgah check {name}', sys.executable, PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stdout) == (2, "")
    listed = ended('"$0" -m otgah families --json', sys.executable, PYTHONIOENCODING="ascii")
    assert listed.returncode == 0
    assert listed.stdout.isascii()
    assert json.loads(listed.stdout)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("delay_s", [0.4, 0.8])
def test_a_signal_in_the_first_moments_ends_the_command_in_one_line(number, delay_s, tmp_path):
    with subprocess.Popen(
        [*OTGAH, "generate", "dense", "--out", str(tmp_path), "--seeds", "0:200"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        time.sleep(delay_s)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode in {128 + number, -number}
    assert "Traceback" not in told
    assert len(told.splitlines()) <= 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_a_batch_begins_ends_it_in_one_line(number, tmp_path):
    otgah.generate("half-tight", tmp_path / "instances")
    command = ["batch", tmp_path / "instances", "--methods", "milp-bigm", "--out", tmp_path / "r"]
    with subprocess.Popen(
        [*OTGAH, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        time.sleep(0.5)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode in {0, 128 + number, -number}
    assert "Traceback" not in told
    assert len(told.splitlines()) <= 1


MARK = "\ufeff"


def test_a_byte_order_mark_is_read_over_in_every_text_file(tmp_path):
    [path] = otgah.generate("half-tight", tmp_path)
    path.write_text(MARK + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert otgah.check(path).passed
    outcome = otgah.solve(path, "ot-gah")
    schedule = tmp_path / "schedule.json"
    otgah.write_schedule(outcome.result.schedule, outcome.task.whole, schedule)
    schedule.write_text(MARK + schedule.read_text(encoding="utf-8"), encoding="utf-8")
    assert otgah.check(path, schedule).passed
    (tmp_path / "config.json").write_text(MARK + json.dumps(LLAMA), encoding="utf-8")
    text = reader.catalogue_text("scenarios/section-v.toml").replace('"bloom-3b"', '"config.json"')
    scenario = tmp_path / "my.toml"
    scenario.write_text(MARK + text.replace("# ppl_diff", "ppl_diff"), encoding="utf-8")
    assert otgah.build_scenario(scenario, num_requests=3).num_requests == 3


@pytest.mark.parametrize("key", ["hidden_size", "num_hidden_layers", "vocab_size"])
def test_a_null_key_of_a_configuration_is_named_as_the_file_has_it(tmp_path, key):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(LLAMA | {key: None}))
    with pytest.raises(otgah.InputError, match=rf"config\.json: {key}: "):
        otgah.build_scenario("section-v", llm=str(path), ppl_differential=0.01)


def test_a_path_with_a_comma_is_given_in_quotes(tmp_path):
    trace = tmp_path / "a,b.csv"
    trace.write_bytes(otgah.TRACE_EXCERPT.read_bytes())
    out = tmp_path / "out"
    command = [*OTGAH, "generate", "trace", "--out", str(out), "--set", f'path="{trace}"']
    ran = subprocess.run([*command, "--set", "num_epochs=2"], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert len(list(out.iterdir())) == 2
