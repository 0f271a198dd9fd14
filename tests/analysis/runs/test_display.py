from dataclasses import replace

import otgah
from heuristics.display.palette import BEYOND
from heuristics.judges.checker import check
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from instances.instance import Instance
from tests.helpers.examples import one_edge_node, problem

INSTANCE = Instance(
    name="three", coefficients=problem(), edge_nodes=({"name": "server"}, {"name": "uav"})
)


def test_an_outcome_shows_the_method_the_result_and_the_loads_by_name():
    shown = otgah.solve(INSTANCE, "greedy-by-output")._repr_html_()
    for expected in ("greedy-by-output on P1 of three", "Schedule of 3 requests", "uav", "(12d)"):
        assert expected in shown


def test_an_outcome_that_the_judge_refused_shows_what_is_broken():
    outcome = otgah.solve(INSTANCE, "greedy-by-output")
    refused = replace(
        outcome, violations=check(INSTANCE.coefficients, Schedule.of([[0, 1, 2], []]))
    )
    assert "memory (12c) at edge node 0: 9 exceeds 7" in refused._repr_html_()


def test_an_outcome_of_p2_says_nothing_of_spectrum():
    """Uplink and downlink are no constraints of P2."""
    data = one_edge_node(memory=[1], compute=[1], budget=[1], uplink=[5])
    instance = Instance(name="one", coefficients=data)
    outcome = otgah.solve(instance, "algorithm-1")
    assert outcome.result.problem is Problem.P2
    assert outcome.result.objective == 1
    shown = outcome._repr_html_()
    assert "(12a)" not in shown
    assert "(12c)" in shown
    assert BEYOND not in shown
