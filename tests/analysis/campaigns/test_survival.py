"""A campaign that is killed a hundred times comes to what one in peace comes to."""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest

from analysis.store.store import read_rows
from heuristics.errors import InputError
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.examples import problem

OTGAH = Path(sys.executable).with_name("otgah")
SLEEPER = Path(__file__).parents[2] / "helpers" / "sleeper.py"

NUM_KILLS = int(os.environ.get("OTGAH_TEST_KILLS", "100"))
METHODS = "sleeper,random-order,greedy-by-output,first-come-first-served"
NUM_INSTANCES, NUM_SEEDS = 4, 15
MOST_IN_VAIN = 4
"""Kills in a row without a run in between."""

MARK = "OTGAH_TEST_CAMPAIGN"

# What does not depend on when and how often a run was begun.
OUTCOME = (
    "key instance method problem seed status ended_by objective bound num_nodes assignment "
    "proved_by claimed_objective message"
)


def command(folder, runs):
    given = [OTGAH, "batch", folder, "--methods", METHODS, "--plugin", SLEEPER, "--out", runs]
    given += ["--seeds", f"0:{NUM_SEEDS}", "--set", "ms=200", "--jobs", "2", "--no-bound"]
    return list(map(str, given))


def outcomes(runs):
    rows = read_rows(runs, "runs")
    return sorted(tuple(row[name] for name in OUTCOME.split()) for row in rows)


def num_rows(runs):
    with contextlib.suppress(InputError):
        return len(read_rows(runs, "runs"))
    return 0


def begin(given, mark):
    return subprocess.Popen(
        given,
        env=os.environ | {MARK: mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def kill_some(process, who):
    """Kill the batch, one of its processes, or both; return whether they were there to be killed.

    The child goes first: without its parent it would end by itself.
    """
    try:
        chosen = [psutil.Process(process.pid)]
        if who != "parent":
            chosen.insert(0, random.choice(chosen[0].children(recursive=True)))
    except (psutil.Error, IndexError):
        return False
    found = chosen[:-1] if who == "child" else chosen
    num_killed = 0
    for each in found:
        with contextlib.suppress(psutil.Error):
            each.kill()
            num_killed += 1
    return num_killed == len(found)


def left_over(mark):
    found = []
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if each.environ().get(MARK) == mark:
                found.append(each)
    return found


@pytest.mark.long
def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path, capsys):
    random.seed(7)
    mark = uuid.uuid4().hex
    for index in range(NUM_INSTANCES):
        instance = Instance(
            name=f"hand-{index}", coefficients=problem(memory_capacity=[7 + index, 10])
        )
        write_instance(instance, tmp_path / "instances" / f"{index}.json")
    calm = tmp_path / "calm.sqlite"
    subprocess.run(command(tmp_path / "instances", calm), check=True, stdout=subprocess.DEVNULL)
    expected = outcomes(calm)
    assert len(expected) == NUM_INSTANCES * NUM_SEEDS * len(METHODS.split(","))
    kills = {"parent": 0, "child": 0, "both": 0}
    num_rounds = 0
    while sum(kills.values()) < NUM_KILLS:
        num_rounds += 1
        runs = tmp_path / f"runs-{num_rounds}.sqlite"
        given = command(tmp_path / "instances", runs)
        process, before, num_in_vain = begin(given, mark), 0, 0
        while len(expected) > num_rows(runs) or process.poll() is None:
            if process.poll() is not None:
                process.stderr.close()
                process = begin(given, mark)
            time.sleep(random.uniform(0, 1))
            if num_rows(runs) > before:
                before, num_in_vain = num_rows(runs), 0
            # Some hit it before it has done anything; but then it may go on, or it never ends.
            if num_in_vain < MOST_IN_VAIN and sum(kills.values()) < NUM_KILLS:
                who = min(kills, key=lambda each: (kills[each], random.random()))
                if kill_some(process, who):
                    kills[who] += 1
                    num_in_vain += 1
                    if who != "child":
                        process.wait()
        process.wait()
        process.stderr.close()
        assert outcomes(runs) == expected
        assert read_rows(runs, "claims") == []
        with contextlib.closing(sqlite3.connect(runs)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    psutil.wait_procs(left_over(mark), timeout=30)
    assert left_over(mark) == []
    with capsys.disabled():
        print(f"\n{kills} kills over {num_rounds} campaigns of {len(expected)} runs: none lost")
