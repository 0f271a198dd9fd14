"""Certificates at the command line and in the registry."""

import json
import sqlite3
from dataclasses import replace

import pytest

import otgah
from analysis.checks.certificate import check_certificate
from analysis.checks.replay import column_choice
from analysis.checks.replay.enumeration import ReplayResult, ReplayStatus
from analysis.methods import registry
from analysis.methods.method import Method
from analysis.store.columns import RUN_COLUMNS
from heuristics.certificate import Multipliers, Prices, Proof
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule
from instances.certificate_files import read_certificate, write_certificate
from instances.instance import Instance
from instances.schedule_files import write_schedule
from tests.helpers.certificates import ZERO, plain
from tests.helpers.examples import named, problem

WHOLE = named()
MEMORY = Multipliers(0, 0, 1, 0)  # a third of a request each, over a denominator of 3


def at_server(bound=2, proof=Proof.BOUND, multipliers=MEMORY):
    """Return a certificate of edge node 0: 7/3 of memory prove 2, multipliers of 0 prove 3."""
    data = problem().at(0)
    return plain(data, multipliers=[multipliers], denominator=3, bound=bound, proof=proof)


@pytest.fixture
def checked(command, file, tmp_path):
    """Return the JSON of a check of a certificate at edge node 0, and its text."""

    def run(certificate, *arguments, status=0):
        path = tmp_path / "c.json"
        write_certificate(certificate, WHOLE, path, edge_node=0)
        words = ("check", file, *arguments, "--certificate", path, "--edge-node", "server")
        text = command(*words, status=status).out
        return json.loads(command(*words, "--json", status=status).out), text

    return run


@pytest.fixture
def schedule(tmp_path):
    def write(*requests):
        path = tmp_path / "s.json"
        write_schedule(Schedule.of([requests]), WHOLE, path, edge_node=0)
        return path

    return write


# check


def test_check_prints_the_bound_that_a_certificate_proves(checked):
    found, text = checked(at_server())
    assert (found["bound"], found["claimed"], found["proof"]) == (2, 2, "bound")
    assert found["passed"]
    assert found["instance"] == "hand@server"
    assert (found["replay"], found["proved_optimal"], found["schedule"]) == (None, None, None)
    assert text == "hand@server: the certificate proves a bound of 2, and claims 2\n"


def test_check_says_that_a_schedule_is_thereby_optimal(checked, schedule):
    found, text = checked(at_server(), schedule(0, 2))
    assert found["proved_optimal"]
    assert found["schedule"]["objective"] == 2
    assert text.splitlines()[1:] == [
        "hand@server: 2 requests, feasible for P1",
        "proved optimal: no schedule has more requests",
    ]


def test_a_schedule_below_the_bound_is_not_proved_optimal_and_no_failure(checked, schedule):
    found, text = checked(at_server(), schedule(0))
    assert (found["passed"], found["proved_optimal"]) == (True, False)
    assert text.splitlines()[-1] == "not proved optimal: the bound is 2"


def test_a_schedule_that_breaks_a_constraint_fails_the_check(checked, schedule):
    found, text = checked(at_server(bound=3, multipliers=ZERO), schedule(0, 1, 2), status=3)
    assert (found["bound"], found["proved_optimal"]) == (3, False)
    assert "memory (12c)" in text


def test_a_certificate_that_proves_less_than_it_claims_fails(checked):
    found, text = checked(at_server(multipliers=ZERO), status=3)
    assert (found["bound"], found["claimed"], found["passed"]) == (3, 2, False)
    assert "proves a bound of 3, and not the 2 that it claims by bound" in text


def test_a_certificate_that_proves_more_than_it_claims_passes(checked):
    found, _ = checked(at_server(bound=3))
    assert (found["bound"], found["claimed"]) == (2, 3)


ENUMERATION = at_server(proof=Proof.ENUMERATION, multipliers=ZERO)
"""Claims 2 by enumeration, and its tree proves 3."""


def test_an_enumeration_needs_a_replay_for_its_last_step(checked, schedule):
    found, text = checked(ENUMERATION, schedule(0, 1))
    assert (found["bound"], found["claimed"], found["passed"]) == (3, 2, True)
    assert not found["proved_optimal"]
    assert "that nothing reaches 3 is its last step, which --replay makes" in text


def test_a_replay_proves_what_an_enumeration_claims(checked, schedule):
    found, text = checked(ENUMERATION, schedule(0, 1), "--replay")
    assert (found["bound"], found["replay"], found["tree_bound"]) == (2, "confirmed", 3)
    assert found["proved_optimal"]
    assert "confirmed: no choice of the columns is a schedule of 3" in text


def test_a_replay_refutes_a_false_claim_by_a_schedule(checked):
    """One more than 1 is possible, so the tree would have to prove 2, as it does."""
    found, text = checked(at_server(bound=1, proof=Proof.ENUMERATION), "--replay", status=3)
    assert (found["bound"], found["replay"], found["passed"]) == (2, "refuted", False)
    assert "found a schedule of 2 requests" in text


def test_an_enumeration_whose_tree_proves_too_little_is_not_replayed(checked):
    false = at_server(bound=1, proof=Proof.ENUMERATION, multipliers=ZERO)
    found, _ = checked(false, "--replay", status=3)
    assert (found["bound"], found["replay"], found["passed"]) == (3, None, False)


def test_what_a_replay_cannot_decide_fails(checked, monkeypatch):
    undecided = ReplayResult(
        ended=ReplayStatus.UNDECIDED, num_cells=1, num_columns=2, message="too many"
    )
    monkeypatch.setattr("analysis.checks.replay.enumeration.replay", lambda *_: undecided)
    found, text = checked(ENUMERATION, "--replay", status=3)
    assert (found["bound"], found["replay"], found["message"]) == (3, "undecided", "too many")
    assert "undecided: too many" in text


def test_a_proof_by_bound_has_nothing_to_replay(checked, monkeypatch):
    monkeypatch.setattr(column_choice, "decide", None)
    found, _ = checked(at_server(), "--replay")
    assert (found["bound"], found["replay"]) == (2, None)


def test_a_schedule_above_a_verified_bound_is_a_contradiction(file, tmp_path, schedule):
    """It cannot be but by an error in the verifier, the replay or the judge: here it is made."""
    path = tmp_path / "c.json"
    write_certificate(at_server(), WHOLE, path, edge_node=0)
    verdict = check_certificate(file, path, schedule(0, 1), edge_node=0)
    wrong = replace(verdict, tree_bound=1)
    assert (verdict.passed, wrong.passed) == (True, False)
    assert (wrong.contradicts, wrong.proved_optimal) == (True, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--replay"], "--replay: must come with a certificate"),
        (["--certificate", "c.json"], "c.json: instance: must be 'hand', found 'hand@server'"),
        (
            ["--certificate", "c.json", "--problem", "P2"],
            "problem: must be P1, the problem of every certificate, found 'P2'",
        ),
        (["--certificate", "none.json"], "none.json: cannot be read: No such file or directory"),
        (
            ["--certificate", "other.json"],
            f"other.json: coefficients_sha256: must be that of the problem, {problem().digest()}",
        ),
        (
            ["--certificate", "short.json"],
            "short.json: tree.requests: must have 3 entries, one for each of the requests, found 0",
        ),
    ],
)
def test_a_malformed_certificate_is_refused_in_one_line(
    command, file, tmp_path, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    write_certificate(at_server(), WHOLE, "c.json", edge_node=0)
    write_certificate(replace(plain(problem()), digest="0" * 64), WHOLE, "other.json")
    short = replace(plain(problem()), tree=Prices((), (ZERO, ZERO)))
    write_certificate(short, WHOLE, "short.json")
    printed = command("check", file, *arguments, status=2)
    assert printed.out == ""
    assert printed.err.startswith(f"otgah: {message}")
    assert printed.err.count("\n") == 1


# the registry


@pytest.fixture
def fake(monkeypatch):
    """Register a method that returns the schedule [[0, 1], [2]] with a certificate."""

    def register(certificate, **result):
        given = {
            "status": Status.OPTIMAL,
            "ended_by": EndedBy.PROOF,
            "proved_by": "fake",
            "bound": 3,
            "schedule": Schedule(((0, 1), (2,))),
        }

        def solve(task, warm_start):
            return Result(
                problem=Problem.P1, runtime_s=1.0, certificate=certificate, **(given | result)
            )

        method = Method(name="fake", summary="", solve=solve, problems=tuple(Problem))
        monkeypatch.setitem(registry.METHODS, "fake", method)

    return register


def test_a_verified_certificate_says_how_an_optimum_is_proved(fake, command, file):
    fake(plain(problem(), bound=3))
    outcome = otgah.solve(WHOLE, "fake")
    assert outcome.result.status is Status.OPTIMAL
    assert outcome.to_dict()["proof"] == "bound"
    assert "status     optimal, proved by bound\n" in command("solve", file, "--method", "fake").out


def test_a_proof_by_enumeration_needs_a_tree_of_one_more(fake):
    """Of four requests the tree proves 4; the schedule has 3."""
    data = problem().take([0, 1, 2, 2])
    fake(plain(data, bound=3, proof=Proof.ENUMERATION))
    outcome = otgah.solve(Instance(name="four", coefficients=data), "fake")
    assert outcome.to_dict()["proof"] == "enumeration"
    fake(plain(data, bound=3))
    assert otgah.solve(Instance(name="four", coefficients=data), "fake").failed


@pytest.mark.parametrize(
    ("certificate", "data", "message"),
    [
        (
            plain(problem().take([0, 1, 2, 2]), bound=3),
            problem().take([0, 1, 2, 2]),
            "the certificate proves a bound of 4, but must prove 3",
        ),
        (
            plain(problem().at(0), bound=3),
            problem(),
            "the certificate is malformed: coefficients_sha256: must be that of the problem",
        ),
    ],
)
def test_a_certificate_that_proves_too_little_is_an_error(fake, certificate, data, message):
    fake(certificate)
    outcome = otgah.solve(Instance(name="a", coefficients=data), "fake")
    shown = outcome.to_dict()
    assert outcome.failed
    assert (shown["status"], shown["ended_by"]) == ("none", "error")
    assert shown["message"].startswith(message)
    for absent in ("objective", "bound", "proved_by", "proof", "assignment"):
        assert shown[absent] is None


def test_a_broken_schedule_with_a_certificate_is_an_error(fake):
    fake(plain(problem(), bound=3), schedule=Schedule(((0, 1, 2), ())))
    assert "breaks 1 constraint" in otgah.solve(WHOLE, "fake").result.message


def test_a_certificate_is_of_p1_alone(fake):
    data = problem().at(0)
    fake(plain(data, bound=2), bound=2, schedule=Schedule(((0, 1),)))
    outcome = otgah.solve(Instance(name="a", coefficients=data), "fake", problem="P2")
    assert outcome.result.message == "a certificate must be of P1, found one of P2"


def test_a_bound_without_an_optimum_is_verified_too(fake):
    cut = {"status": Status.FEASIBLE, "ended_by": EndedBy.TIME_LIMIT, "proved_by": None}
    fake(plain(problem(), bound=3), schedule=Schedule(((0,), ())), **cut)
    assert otgah.solve(WHOLE, "fake").result.bound == 3
    fake(plain(problem(), bound=2), bound=2, schedule=Schedule(((0,), ())), **cut)
    assert otgah.solve(WHOLE, "fake").failed


def test_solve_writes_the_certificate_where_there_is_one(fake, command, file, tmp_path):
    path = tmp_path / "out" / "c.json.gz"
    fake(plain(problem(), bound=3))
    command("solve", file, "--method", "fake", "--certificate", path)
    assert read_certificate(path, WHOLE) == plain(problem(), bound=3)
    fake(None)
    printed = command("solve", file, "--method", "fake", "--certificate", tmp_path / "none.json")
    assert printed.err == "otgah: method fake gave no certificate to write\n"
    assert not (tmp_path / "none.json").exists()


def test_solve_writes_the_certificate_of_one_edge_node(fake, command, file, tmp_path):
    path = tmp_path / "c.json"
    fake(at_server(), bound=2, schedule=Schedule(((0, 1),)))
    command("solve", file, "--method", "fake", "--edge-node", "0", "--certificate", path)
    assert json.loads(path.read_text())["instance"] == "hand@server"
    command("check", file, "--edge-node", "0", "--certificate", path)


def test_the_store_keeps_how_a_bound_is_proved(command, file, tmp_path):
    runs = tmp_path / "r.sqlite"
    command("batch", file, "--methods", "milp-bigm,ot-gah", "--out", runs)
    with sqlite3.connect(runs) as connection:
        found = dict(connection.execute("SELECT method, proof FROM runs"))
    connection.close()
    assert found == {"milp-bigm": "search", "ot-gah": None}
    assert RUN_COLUMNS["proof"] == "TEXT"
