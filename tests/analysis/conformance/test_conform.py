"""Conformance: methods that keep the promises of every method, and methods that break them."""

import json
from pathlib import Path

import pytest

import otgah
from analysis.cli import main
from analysis.conformance.cases import HAND, cases
from analysis.conformance.conform import SEED, of_family
from analysis.plugins import template
from heuristics.errors import InputError
from tests.helpers.oracles import optimum

TEMPLATE = template.__file__

OWN = """
from heuristics.schedule import Schedule
PLUGIN = {"name": "own", "version": "1", "methods": {"own": %s}}
def solve(data, *, seed, time_limit, **given):
    empty = Schedule.empty(data.num_edge_nodes)
    %s
"""


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    otgah.forget_plugins()


@pytest.fixture
def failing(tmp_path):
    """Return a function that gives the broken promises of a method."""

    def promises(body, **metadata):
        path = tmp_path / "own.py"
        entry = {"summary": "a", "solve": "solve"} | metadata
        path.write_text(OWN % (entry, body))
        checks = list(otgah.conform(plugins=[otgah.use_plugin(path)]))
        return {each.promise: each.trouble for each in checks if not each.passed}

    return promises


def test_the_optima_worked_by_hand_are_what_brute_force_finds():
    for case in cases():
        if case.optimum is not None:
            assert optimum(case.instance.coefficients) == case.optimum
    assert sum(case.topic == HAND for case in cases()) >= 4


def test_the_template_passes_as_it_stands(capsys):
    assert main(["conform", "--plugin", TEMPLATE]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok    ") for line in lines)
    assert "ok    cheapest-first: the time limit is kept" in lines
    assert "ok    one-of-each: a seed draws the same instances" in lines


def test_a_method_of_this_distribution_passes(capsys):
    assert main(["conform", "greedy-by-output", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert all(each["passed"] for each in checks)
    assert {each["subject"] for each in checks} == {"greedy-by-output"}


def test_a_method_that_fails_is_exit_3_and_says_where(tmp_path, capsys):
    path = tmp_path / "own.py"
    path.write_text(OWN % ({"summary": "a", "solve": "solve"}, "raise KeyError('boom')"))
    assert main(["conform", "--plugin", str(path)]) == 3
    assert capsys.readouterr().out.splitlines() == [
        "ok    own: its metadata keeps the rules",
        "FAIL  own: it runs: status none, ended by error: KeyError: 'boom'",
    ]


def test_several_faults_are_told_apart_and_nothing_else_is(failing):
    """It serves one request at random, sleeps over many, and takes one value of its option."""
    body = (
        "import time; import numpy as np; assert given['k'] == 'x'; "
        "time.sleep(4 if data.num_requests > 100 else 0); "
        "able = np.flatnonzero(data.eligible[0]); "
        "chosen = [np.random.default_rng().choice(able)] if len(able) else []; "
        "return Schedule.of([chosen, *[[]] * (data.num_edge_nodes - 1)])"
    )
    options = {"k": {"summary": "a", "default": "x", "allowed": ["x", "y"]}}
    found = failing(body, options=options)
    assert set(found) == {"the seed decides", "the time limit is kept", "its options are taken"}
    assert f"seed {SEED} gave two answers" in found["the seed decides"]
    assert "s of solving with a limit of 1 s" in found["the time limit is kept"]
    assert found["its options are taken"].startswith("k=y: ")


def test_a_false_optimum_and_a_false_bound_are_found(failing):
    body = (
        "from heuristics.result import EndedBy, Result, Status; "
        "from heuristics.problem import Problem\n"
        "    return Result(problem=Problem.P1, status=Status.OPTIMAL, ended_by=EndedBy.PROOF,"
        " schedule=empty, bound=0, runtime_s=0.0, proved_by='own')"
    )
    found = failing(body, proves="optimum")
    assert "requests, but the optimum is 3" in found[HAND]
    assert "calls 0 requests optimal, but the optimum is 3" in found["claims are true"]
    assert "bound 0, but 3 is feasible" in found["bounds are valid"]


def test_nothing_to_look_at_is_bad_input(capsys):
    assert main(["conform"]) == 2
    assert "must be named, or come with a plug-in" in capsys.readouterr().err
    with pytest.raises(InputError, match="method: must be one of"):
        list(otgah.conform(["magic"]))


def test_a_family_that_draws_at_random_is_found(tmp_path):
    path = tmp_path / "own.py"
    text = Path(TEMPLATE).read_text()
    path.write_text(text.replace("default_rng(seed)", "default_rng()"))
    check = of_family(otgah.use_plugin(path), "one-of-each")
    assert check.trouble == "seed 0 drew different instances the second time"
