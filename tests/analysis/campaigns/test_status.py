import json

import pytest

import otgah
from analysis.campaigns.status import status
from analysis.cli import main
from analysis.store.owner import this_process
from analysis.store.store import Store
from analysis.text.campaign import status_text
from heuristics.errors import InputError
from tests.helpers.rows import rows

PLANNED = {
    "instance": "a",
    "problem": "P1",
    "seed": 0,
    "num_jobs": 2,
    "planned_at": "2026-01-01T00:00:00+00:00",
}


def store_of(path, *runs, plans=(), claims=()):
    """Write a store with these runs, plans (key, method, time limit) and claimed keys."""
    with Store.open(path) as store:
        for each in runs:
            store.write(*rows(**each))
        planned = [
            PLANNED | {"key": key, "method": method, "time_limit_s": limit}
            for key, method, limit in plans
        ]
        store.plan([], planned)
        moment = "2999-01-01T00:00:00+00:00"  # a clock that was set back since
        store.claim(claims, owner=this_process(), claimed_at=moment)
    return path


def test_runs_are_done_failed_running_or_waiting(tmp_path):
    path = store_of(
        tmp_path / "r.sqlite",
        {"key": "done", "wall_s": 3.0},
        {"key": "cut", "ended_by": "time-limit", "wall_s": 5.0},
        {"key": "lost", "ended_by": "crash", "status": "none", "message": "a\nboom", "wall_s": 1.0},
        plans=[(key, "ot-gah", None) for key in ("done", "cut", "lost", "now", "later", "last")],
        claims=["now"],
    )
    found = status(path)
    counts = found.num_done, found.num_failed, found.num_running, found.num_waiting
    assert counts == (2, 1, 1, 2)
    assert found.num_runs == sum(counts)
    assert [each["run"] for each in found.running] == ["now"]
    [failure] = found.failures
    assert (failure["run"], failure["ended_by"], failure["message"]) == ("lost", "crash", "boom")
    assert found.left_s == pytest.approx(3 * (3 + 5 + 1) / 3 / 2)


def test_what_is_left_is_told_by_the_method_or_the_limit_or_all_or_not_at_all(tmp_path):
    plans = [("x", "milp-bigm", 10.0)]
    path = store_of(tmp_path / "limit.sqlite", {"key": "k", "wall_s": 4.0}, plans=plans)
    assert status(path).left_s == 5.0
    plans = [("x", "milp-bigm", None)]
    path = store_of(tmp_path / "all.sqlite", {"key": "k", "wall_s": 4.0}, plans=plans)
    assert status(path).left_s == 2.0
    path = store_of(tmp_path / "nothing.sqlite", plans=plans)
    assert status(path).left_s is None
    assert "not known yet" in status_text(status(path))
    path = store_of(tmp_path / "done.sqlite", {"key": "k"})
    assert status(path).left_s == 0


def test_the_status_is_told_in_words_and_in_json(tmp_path, capsys):
    lost = {"key": "f" * 64, "ended_by": "error", "status": "none", "message": "boom"}
    path = store_of(tmp_path / "r.sqlite", {"key": "k"}, lost)
    assert main(["status", str(path)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("1 of 2 runs are done, 1 failed, 0 are running, 0 are waiting\n")
    assert "ffffffffffff" in told
    assert "--retry failed" in told
    assert main(["status", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(
        json.dumps(otgah.status(path).to_dict())
    )


def test_what_is_no_store_has_no_status(tmp_path):
    with pytest.raises(InputError, match="must be a file of runs, found none"):
        status(tmp_path / "r.sqlite")
