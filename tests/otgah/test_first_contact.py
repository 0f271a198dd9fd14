"""The command in odd surroundings: closed streams, a terminal without letters, early signals."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

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
@pytest.mark.parametrize("delay_s", [0.4, 0.8, 1.6])
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
