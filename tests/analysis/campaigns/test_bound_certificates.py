"""Certificates of the verb `bound`: each bound is verified before it is shown."""

import json
import sys
from types import ModuleType

import pytest

from heuristics.certificate import Multipliers
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule
from tests.helpers.certificates import plain

MEMORY = Multipliers(0, 0, 1, 0)  # a third of a request each, over a denominator of 3


@pytest.fixture
def bounding(monkeypatch):
    """Put a solver in place that gives a certificate of its argument, and note its calls."""
    calls = []

    def register(prices=(), multipliers=(), denominator=1, claimed=3, **result):
        def bound(data, *, time_limit=None, warm_start=None):
            calls.append((data.num_edge_nodes, time_limit))
            certificate = plain(
                data,
                prices=prices,
                multipliers=multipliers,
                denominator=denominator,
                bound=claimed,
            )
            given = {
                "status": Status.NONE,
                "ended_by": EndedBy.COMPLETED,
                "bound": claimed,
                "bound_raw": claimed + 0.25,
            }
            return Result(
                problem=Problem.P1, runtime_s=1.0, certificate=certificate, **(given | result)
            )

        module = ModuleType("bounding")
        module.bound = bound
        monkeypatch.setitem(sys.modules, "formulations.decomposition.decomposition", module)
        return calls

    return register


def test_bound_prints_a_verified_bound_beside_the_best_schedule(bounding, command, file):
    found = {"status": Status.FEASIBLE, "schedule": Schedule.of([[0], [2]])}
    bounding(**found)
    shown = json.loads(command("bound", file, "--json").out)
    assert (shown["bound"], shown["bound_raw"], shown["objective"]) == (3, 3.25, 2)
    assert (shown["runtime_s"], shown["instance"]) == (1.0, "hand")
    lines = dict(line.split(maxsplit=1) for line in command("bound", file).out.splitlines())
    assert (lines["bound"], lines["gap"], lines["certificate"]) == ("3", "33.33 %", "verified")


def test_bound_writes_a_certificate_that_check_verifies(bounding, command, file, tmp_path):
    calls = bounding(multipliers=[MEMORY], denominator=3, claimed=2)
    path = tmp_path / "c.json"
    arguments = ("--edge-node", "server", "--time-limit", "7", "--certificate", path)
    command("bound", file, *arguments)
    assert calls == [(1, 7.0)]
    verdict = json.loads(
        command("check", file, "--edge-node", "0", "--certificate", path, "--json").out
    )
    assert (verdict["bound"], verdict["instance"]) == (2, "hand@server")


def test_a_bound_that_its_certificate_does_not_prove_is_an_error(bounding, command, file, tmp_path):
    bounding(claimed=2)
    printed = command("bound", file, "--certificate", tmp_path / "c.json", status=1)
    assert "the certificate proves a bound of 3, but must prove 2" in printed.err
    assert not (tmp_path / "c.json").exists()


def test_bound_refuses_an_edge_node_that_is_not_there(bounding, command, file):
    bounding()
    assert "edge node: must be one of" in command("bound", file, "--edge-node", "x", status=2).err
