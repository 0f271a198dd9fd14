import json
import os
import shutil
from collections import namedtuple
from importlib import metadata

import pytest

from analysis.campaigns import doctor
from analysis.campaigns.doctor import Diagnosis, examine
from analysis.cli import main

Usage = namedtuple("Usage", "total used free")


def fault(findings, name):
    [found] = [each for each in findings if each.name == name]
    assert not found.passed
    return found


def test_a_sound_machine_is_said_to_be_sound(tmp_path, capsys):
    assert main(["doctor", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(each["passed"] for each in told)
    names = {each["name"] for each in told}
    assert {"highspy", "HiGHS", "threads", "memory", "free disk", "clock", "SQLite"} <= names
    assert "a run in a process of its own" in names


@pytest.mark.parametrize(
    ("version", "told"),
    [("1.14.0", "gives wrong optima"), ("1.16.0", "prints where"), ("1.13.1", "1.13.1, and not")],
)
def test_a_version_that_is_known_to_be_bad_is_a_fault(monkeypatch, version, told):
    real = metadata.version
    monkeypatch.setattr(
        doctor.metadata, "version", lambda name: version if name == "highspy" else real(name)
    )
    found = fault(doctor.versions(), "highspy")
    assert told in found.found
    assert found.mend.startswith("pip install 'highspy")


def test_a_missing_distribution_is_a_fault(monkeypatch):
    def version(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "version", version)
    assert fault(doctor.versions(), "pulp").found == "missing"


def test_the_licence_of_a_solver_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "COMMERCIAL", ("scip",))
    (found,) = doctor.licences()
    assert found.passed
    assert found.name == "licence of SCIP"
    assert found.found.endswith(", solves 6,000 columns")


def test_a_full_disk_and_little_memory_are_faults(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 10**9 - 5, 5))
    assert "free 1000 MB" in doctor.disk(tmp_path).mend
    monkeypatch.setattr(doctor, "machine_memory", lambda: 10**9)
    assert doctor.memory().mend == "use a machine with 2000 MB"


def test_threads_of_a_solver_that_are_set_are_a_fault(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert doctor.threads().mend == "set them to 1"


def test_a_clock_behind_what_was_written_is_a_fault(tmp_path, monkeypatch):
    store = tmp_path / "r.sqlite"
    store.touch()
    assert doctor.clock(tmp_path).passed
    os.utime(store, (4e9, 4e9))
    assert "set the clock" in doctor.clock(tmp_path).mend


def test_kernels_without_any_folder_are_a_fault(monkeypatch):
    monkeypatch.setattr("heuristics.compiled.cache_folder", lambda: None)
    assert "NUMBA_CACHE_DIR" in doctor.cache().mend


def test_kernels_in_a_folder_beside_the_package_are_no_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("heuristics.compiled.cache_folder", lambda: tmp_path)
    assert doctor.cache().passed
    assert str(tmp_path) in doctor.cache().found


def test_what_cannot_be_looked_at_is_a_fault(monkeypatch):
    def broken():
        raise OSError("no process")

    found = doctor._reported("a run", broken)
    assert (found.passed, found.found) == (False, "OSError: no process")


def test_a_fault_is_exit_3_and_comes_with_a_mend(monkeypatch, capsys):
    monkeypatch.setattr(
        "otgah.doctor", lambda place: (Diagnosis(name="x", found="bad", mend="mend it"),)
    )
    assert main(["doctor"]) == 3
    assert capsys.readouterr().out == "FAULT x: bad: mend it\n"


def test_the_place_may_be_a_store_that_is_not_there_yet(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "versions", lambda: ())
    for name in ("solver", "isolation"):
        monkeypatch.setattr(doctor, name, lambda: Diagnosis(name="left out", found=""))
    [found] = [each for each in examine(tmp_path / "no" / "r.sqlite") if each.name == "free disk"]
    assert found.passed
