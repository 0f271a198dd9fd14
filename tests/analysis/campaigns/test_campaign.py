"""A campaign: what ends it, what shares its store, and that it goes on."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import otgah
from analysis.cli import main
from analysis.runs.operating_system import born
from analysis.store import file as store_file
from analysis.store.owner import is_alive, this_process
from analysis.store.store import Store, read_rows
from heuristics.errors import InputError
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.examples import problem
from tests.helpers.rows import store_of

OTGAH = Path(sys.executable).with_name("otgah")
SLEEPER = Path(__file__).parents[2] / "helpers" / "sleeper.py"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "hand.json"
    write_instance(Instance(name="hand", coefficients=problem()), path)
    return path


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs.sqlite"


def sleeping(file, runs, *, seeds="0:4", ms=1, **options):
    """Return the command of a batch of a method that sleeps."""
    command = [OTGAH, "batch", file, "--methods", "sleeper", "--plugin", SLEEPER]
    command += ["--out", runs, "--seeds", seeds, "--set", f"ms={ms}", "--no-bound"]
    for key, value in options.items():
        command += [f"--{key}", str(value)]
    return list(map(str, command))


def started(command):
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_until(is_so, process):
    while not is_so():
        assert process.poll() is None
        time.sleep(0.05)


def count(runs, table):
    with contextlib.suppress(InputError):
        return len(read_rows(runs, table))
    return 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_batch_cleanly_and_says_how_to_go_on(file, runs, number):
    process = started(sleeping(file, runs, ms=600_000))
    wait_until(lambda: count(runs, "claims"), process)
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, number)
    _, errors = process.communicate()
    assert process.returncode == 128 + number
    assert errors == (
        "otgah: interrupted; finished runs are kept, and the same command continues from there\n"
    )
    assert count(runs, "claims") == 0
    assert psutil.wait_procs(children, timeout=60)[1] == []


def test_a_second_signal_does_not_wait(tmp_path):
    """What ends cleanly is made to take for ever."""
    script = tmp_path / "ending.py"
    script.write_text(
        "import os, signal, time\n"
        "from analysis.commands.interrupts import ending_cleanly\n"
        "with ending_cleanly('kept'):\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        time.sleep(600)\n"
        "    finally:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        time.sleep(600)\n"
    )
    ended = subprocess.run([sys.executable, script], check=False, capture_output=True)
    assert ended.returncode == 128 + signal.SIGINT


def test_a_batch_goes_on_after_it_was_killed_and_nothing_of_it_is_left(file, runs):
    process = started(sleeping(file, runs, seeds="0:3", ms=600_000))
    wait_until(lambda: count(runs, "claims"), process)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    assert psutil.wait_procs(children, timeout=60)[1] == []
    found = otgah.status(runs)
    assert (found.num_runs, found.num_running, found.num_waiting) == (3, 0, 3)
    otgah.use_plugin(SLEEPER)
    try:
        tally = otgah.batch(
            [file], ["sleeper"], runs, seeds=range(3), settings={"ms": 1}, prove_bounds=False
        )
    finally:
        otgah.forget_plugins()
    assert (tally.num_runs, tally.num_kept) == (3, 0)
    assert count(runs, "claims") == 0


def test_two_batches_on_one_store_share_the_work(file, runs):
    """Each makes what the other does not, and both return when all is there."""
    command = sleeping(file, runs, seeds="0:6", ms=300, jobs=1)
    both = [started([*command, "--json"]) for _ in range(2)]
    told = [json.loads(process.communicate()[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert {each["num_runs"] for each in told} == {6}
    assert sum(each["num_runs"] - each["num_kept"] for each in told) == 6
    rows = read_rows(runs, "runs")
    assert len(rows) == 6
    assert {row["num_attempts"] for row in rows} == {1}


def test_a_run_that_another_batch_makes_is_not_claimed(runs):
    with Store.open(runs) as one:
        elsewhere = this_process()._replace(pid=os.getppid())
        elsewhere = elsewhere._replace(born=born(os.getppid()))
        assert one.claim(["a", "b"], owner=elsewhere, claimed_at="now") == {"a", "b"}
        assert one.claim(["a", "c"], owner=this_process(), claimed_at="now") == {"c"}
        assert one.is_claimed_elsewhere(["a"], owner=this_process())
        gone = elsewhere._replace(born="0")
        one.release(elsewhere)
        assert one.claim(["a"], owner=gone, claimed_at="now") == {"a"}
        assert not one.is_claimed_elsewhere(["a"], owner=this_process())


def test_an_owner_lives_as_long_as_its_process():
    assert is_alive(str(this_process()))
    assert not is_alive(str(this_process()._replace(born="1")))
    assert not is_alive(str(this_process()._replace(boot="another")))
    assert not is_alive("nonsense")


def test_a_locked_store_is_told_in_one_line(file, runs, monkeypatch, capsys):
    store_of(runs)
    monkeypatch.setattr(store_file, "LOCK_S", 0.1)
    holder = sqlite3.connect(runs, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    command = ["batch", str(file), "--methods", "random-order", "--out", str(runs), "--no-bound"]
    assert main(command) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "runs.sqlite: must be free, but another process holds its lock" in told
    holder.execute("ROLLBACK")
    holder.close()
    assert main(command) == 0


def test_what_a_killed_writer_left_half_written_is_undone(runs):
    """A process ends between writing pages and committing them: the journal puts them back."""
    store_of(runs, {"key": "kept"})
    script = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1'); c.execute('PRAGMA cache_spill = 1')\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "for n in range(500):\n"
        "    c.execute('INSERT INTO claims VALUES (?, ?, ?)', [f'{n}', 'x' * 5000, ''])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, runs], check=False)
    assert runs.with_name("runs.sqlite-journal").exists()
    assert [row["key"] for row in read_rows(runs, "runs")] == ["kept"]
    assert read_rows(runs, "claims") == []


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of a few pages."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(options, check=False, capture_output=True).returncode:
        pytest.skip("a small disk must be mounted, which is for root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_told_in_one_line_and_the_batch_goes_on_later(file, small_disk, capsys):
    runs = small_disk / "runs.sqlite"
    command = ["batch", str(file), "--methods", "random-order", "--seeds", "0:40", "--no-bound"]
    command += ["--out", str(runs)]
    ballast = small_disk / "ballast"
    store_of(runs)
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize
    ballast.write_bytes(bytes(max(0, free - 60_000)))
    assert main(command) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "runs.sqlite: cannot be written, as its disk is full" in told
    before = count(runs, "runs")
    assert 0 < before < 40
    ballast.unlink()
    assert main(command) == 0
    assert f"{before} already in the store" in capsys.readouterr().out
    assert count(runs, "runs") == 40
    with contextlib.closing(sqlite3.connect(runs)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


WRITERS = {
    "merge": "merge {runs} {other} --out {out}.sqlite",
    "tables": "export-runs {runs} --out {out}.csv",
    "parquet": "export-runs {runs} --out {out}.parquet",
    "a report": "report {runs} --out {out}.html",
    "a schedule": "solve {file} --method ot-gah --schedule {out}.json",
    "instances": "generate paper --out {out}",
    "a model": "export {file} --method milp-bigm --out {out}.mps",
}


@pytest.mark.parametrize("verb", WRITERS.values(), ids=WRITERS)
def test_a_full_disk_leaves_no_half_of_a_file(verb, file, runs, small_disk, capsys):
    store_of(runs, {"key": "one", "family": "paper"})
    store_of(runs.with_name("other.sqlite"), {"key": "two", "family": "paper"})
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize
    (small_disk / "ballast").write_bytes(bytes(free))
    out = small_disk / "out"
    given = {"file": file, "runs": runs, "other": runs.with_name("other.sqlite"), "out": out}
    assert main(verb.format(**given).split()) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(small_disk) in told
    left = [each for each in small_disk.rglob("*") if each.is_file()]
    assert left == [small_disk / "ballast"]


@pytest.mark.parametrize("is_there", [False, True], ids=["no store", "a store"])
def test_a_folder_that_cannot_be_written_is_told_in_one_line(file, small_disk, capsys, is_there):
    runs = small_disk / "runs.sqlite"
    if is_there:
        store_of(runs)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    command = ["batch", str(file), "--methods", "random-order", "--out", str(runs), "--no-bound"]
    assert main(command) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "runs.sqlite: cannot be" in told
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert main(command) == 0


def test_a_clock_that_is_set_back_changes_no_duration(file, runs, monkeypatch):
    """Each look at the clock is a day before the last."""
    days = iter(range(10_000, 0, -1))
    monkeypatch.setattr(
        "analysis.campaigns.campaign.utc_now", lambda: f"2026-01-01T00:00:00.{next(days):06d}+00:00"
    )
    otgah.batch([file], ["ot-gah"], runs, prove_bounds=False)
    with contextlib.closing(sqlite3.connect(runs)) as connection, connection:
        connection.execute("UPDATE runs SET started_at = '2999-01-01T00:00:00+00:00'")
        connection.execute(
            "INSERT INTO claims VALUES ('k', ?, '2999-01-01T00:00:00+00:00')", [str(this_process())]
        )
        connection.execute(
            "INSERT INTO plans VALUES ('k', 'hand', 'ot-gah', 'P1', 1, NULL, 1, "
            "'2999-01-01T00:00:00+00:00')"
        )
    [row] = read_rows(runs, "runs")
    assert 0 < row["wall_s"] < 600
    found = otgah.status(runs)
    assert [each["elapsed_s"] for each in found.running] == [0.0]
    assert found.left_s == round(row["wall_s"], 1)
    assert otgah.batch([file], ["ot-gah"], runs, prove_bounds=False).num_kept == 1


def test_a_renamed_file_is_the_same_instance(file, runs):
    otgah.batch([file], ["ot-gah"], runs, prove_bounds=False)
    renamed = file.rename(file.with_name("other.json"))
    assert otgah.batch([renamed], ["ot-gah"], runs, prove_bounds=False).num_kept == 1


def test_a_memory_limit_beyond_the_machine_is_refused(file, runs):
    with pytest.raises(InputError, match=r"memory limit: must be at most .* 2 runs at the same"):
        otgah.batch([file], ["ot-gah"], runs, memory_limit=10**9, num_jobs=2)
    assert not runs.exists()


def test_a_row_says_with_what_and_on_what_it_was_made(file, runs):
    otgah.batch([file], ["ot-gah"], runs, prove_bounds=False)
    [row] = read_rows(runs, "runs")
    assert row["started_at"] <= row["ended_at"]
    assert row["started_at"].endswith("+00:00")
    assert json.loads(row["packages"])["pandas"]
    assert row["num_cores"] >= 1
    assert row["isolation"] == "process"
    for name in ("otgah", "highspy", "python", "platform", "load_start", "load_end"):
        assert row[name] is not None
