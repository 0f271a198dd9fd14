"""Methods that misbehave, as plug-ins: each ends as it must, and the campaign goes on."""

import html
from pathlib import Path

import psutil
import pytest

import otgah
from analysis.campaigns.batch import batch
from instances.instance import Instance
from tests.helpers.examples import problem

PLANTED = Path(__file__).parents[2] / "helpers" / "planted"

SOUND, LAST = "greedy-by-output", "first-come-first-served"

ENDS = {
    "returns-infeasible": ("none", "error", "the schedule breaks"),
    "claims-too-much": ("none", "error", "claims 1000 requests, but its schedule has 0"),
    "returns-odd-numbers": ("none", "error", "it returned what is no result: must be"),
    "claims-optimal": ("none", "error", "claims an optimum, but its metadata says"),
    "claims-a-proof": ("optimal", "proof", None),
    "ignores-limit": ("none", "time-limit", "killed"),
    "leaks-memory": ("none", "memory-limit", "killed"),
    "segfaults": ("none", "crash", "SIGSEGV"),
    "leaves-children": ("feasible", "completed", None),
    "floods-stdout": ("feasible", "completed", None),
    "changes-input": ("none", "error", "changed the coefficients that it was given"),
    "hangs-at-import": ("none", "time-limit", "killed"),
}
"""How each run ends, and what its message says."""

SERVER = {"analysis.engines.fork_server"}
"""What of a batch outlives it: the process that the next one is forked from."""

ENDLESS = ("ignores-limit", "hangs-at-import")
"""Those that only a limit of time ends."""


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """Run all of them between two sound ones, and return the store and who lived afterwards."""
    folder = tmp_path_factory.mktemp("planted")
    for seed in range(2):
        instance = Instance(
            name=f"hand-{seed}", coefficients=problem(memory_capacity=[7 + seed, 10])
        )
        otgah.write_instance(instance, folder / f"hand-{seed}.json")
    before = {each.pid for each in psutil.process_iter()}
    try:
        for path in sorted(PLANTED.glob("*.py")):
            otgah.use_plugin(path)
        store = folder / "runs.sqlite"
        ending = [name for name in ENDS if name not in ENDLESS]
        batch([folder], [SOUND, *ending, LAST], store, memory_limit=700, num_jobs=2)
        batch([folder], ENDLESS, store, time_limit=1, grace_s=1, num_jobs=2)
    finally:
        otgah.forget_plugins()
    after = [each for each in psutil.process_iter(["cmdline"]) if each.pid not in before]
    return store, after


@pytest.fixture(scope="module")
def runs(campaign):
    return otgah.runs_table(campaign[0])


def test_every_planted_method_is_here(runs):
    assert {path.stem.replace("_", "-") for path in PLANTED.glob("*.py")} == set(ENDS)
    assert set(runs["method"]) == {*ENDS, SOUND, LAST}


@pytest.mark.parametrize("name", ENDS)
def test_a_planted_method_ends_as_it_must(runs, name):
    status, ended_by, message = ENDS[name]
    rows = runs[runs["method"] == name]
    assert len(rows) == 2
    assert set(rows["status"]) == {status}
    assert set(rows["ended_by"]) == {ended_by}
    assert set(rows["plugin"]) == {name}
    assert all(len(each) == 64 for each in rows["plugin_sha256"])
    if message is not None:
        assert all(message in each for each in rows["message"])
        assert rows["objective"].isna().all()
        assert rows["bound"].isna().all()


def test_what_was_claimed_is_kept(runs):
    claimed = runs.groupby("method")["claimed_objective"].first()
    assert claimed["returns-infeasible"] == 6
    assert claimed["claims-too-much"] == 1000
    assert claimed["claims-optimal"] == 0


def test_the_campaign_goes_on(runs):
    sound = runs[runs["method"].isin([SOUND, LAST])]
    assert set(sound["status"]) == {"feasible"}
    assert set(sound["objective"]) == {3}


def test_a_false_proof_is_contradicted_by_a_certificate(runs):
    """Nobody believes a plug-in's optimum: a bound is proved beside it."""
    assert set(runs["certified_bound"]) == {3}
    told = set(runs["contradiction"])
    assert len(told) == 1
    assert "claims-a-proof proved the bound 0" in told.pop()


def test_no_process_is_left_over(campaign):
    """What serves the next batch may stay."""
    left = [each.info["cmdline"] for each in campaign[1] if _is_ours(each)]
    assert [each for each in left if not SERVER.intersection(each)] == []


def _is_ours(process):
    try:
        ancestors = {each.pid for each in process.parents()}
    except psutil.NoSuchProcess:
        return False
    is_planted = any("leaves-children" in part for part in process.info["cmdline"] or ())
    return is_planted or psutil.Process().pid in ancestors


def test_the_report_names_each(campaign, tmp_path):
    made = otgah.report(campaign[0], tmp_path / "report.html")
    page = html.unescape(made.page.read_text())
    for name, (status, _, _) in ENDS.items():
        if status == "none":
            assert name in page
    assert any("contradiction" in each and "claims-a-proof" in each for each in made.problems)
    assert any("runs failed" in each for each in made.problems)


def test_each_fails_its_conformance(tmp_path):
    """Those that only waste what they are given are told by the limits of a campaign."""
    for path in ("claims_a_proof", "changes_input", "returns_infeasible", "segfaults"):
        try:
            plugin = otgah.use_plugin(PLANTED / f"{path}.py")
            checks = list(otgah.conform(plugins=[plugin]))
        finally:
            otgah.forget_plugins()
        assert not all(each.passed for each in checks), path
        assert all("\n" not in str(each) for each in checks)
