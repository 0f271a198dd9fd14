"""The departures of P1 to P3' from the printed text: each literal reading fails."""

import pyomo.environ as pyo
import pytest
from pyomo.contrib.solver.solvers.highs import Highs

from formulations.language import Language
from formulations.milp import milp_bigm
from formulations.pyomo_models import p1 as pyomo_p1
from formulations.pyomo_models import p2 as pyomo_p2
from heuristics.algorithm_1 import algorithm_1
from heuristics.coefficients import Coefficients
from heuristics.problem import Problem
from tests.helpers.examples import one_edge_node, problem

pytestmark = pytest.mark.parametrize("language", Language)


def literal_optimum(model):
    return round(Highs().solve(model, threads=1).incumbent_objective)


def test_departure_01_one_request_counts_at_two_edge_nodes(language):
    """One request, two edge nodes that can serve it: there is one prompt to process."""
    data = problem().take([0])
    literal = pyomo_p1.build(data)
    literal.once.deactivate()
    assert literal_optimum(literal) == 2
    assert milp_bigm(data, language=language).objective == 1


@pytest.mark.parametrize("name", [Problem.P2, Problem.P3PRIME])
def test_departure_05_a_request_left_out_limits_the_batch(language, name):
    """Compute 3, 3 and 1 against budgets 10, 10 and 1: the first two together carry 6 <= 10.

    Literally the load must stay within the budget of the third, 1, although it is left out.
    """
    data = one_edge_node(memory=[0] * 3, compute=[3, 3, 1], budget=[10, 10, 1])
    literal = pyomo_p2.build(data)
    literal.batch_load[0].setub(min(data.compute_budget[0].tolist()))
    assert literal_optimum(literal) == 1
    assert milp_bigm(data, problem=name, language=language).objective == 2


def test_departure_06_shares_are_not_added_up(language):
    """Two requests of 0.6 of the band each: one fits."""
    share = 6 * 10**8
    data = Coefficients(
        uplink=[[share] * 2],
        uplink_capacity=[10**9],
        downlink=[[share] * 2],
        downlink_capacity=[10**9],
        memory=[[1, 1]],
        memory_capacity=[9],
        compute=[[1, 1]],
        compute_budget=[[9, 9]],
        eligible=[[1, 1]],
    )
    literal = pyomo_p1.build(data)
    literal.uplink.deactivate()
    literal.downlink.deactivate()
    literal.shares = pyo.Constraint(
        literal.pairs, rule=lambda model, j, i: share * model.x[j, i] <= 10**9
    )
    assert literal_optimum(literal) == 2
    result = milp_bigm(data, problem=Problem.P3PRIME, language=language)
    assert result.objective == 1


def test_departure_20_a_request_that_never_fits_the_band_counts_in_p2(language):
    """Two requests, both within memory; the prompt of the second exceeds the band alone.

    Literally P2 has no spectrum and serves both, although no share of the band carries the second
    prompt, so that P2 is no bound that any schedule could reach.
    """
    needs = {"memory": [1, 1], "compute": [1, 1], "budget": [9, 9]}
    data = one_edge_node(**needs, uplink=[1, 11])
    assert data.unfit.tolist() == [[False, True]]
    assert literal_optimum(pyomo_p2.build(one_edge_node(**needs))) == 2
    assert milp_bigm(data, problem=Problem.P2, language=language).objective == 1
    assert algorithm_1(data).objective == 1
