"""Components: problems that share nothing are solved apart, and their optima add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.checks.replay.enumeration import ReplayStatus, replay
from formulations.decomposition import search, wide_approach
from formulations.decomposition.components import components
from formulations.decomposition.decomposition import decomposition
from formulations.evaluation import broken_rows
from heuristics.certificate import Proof
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.judges.verifier import verify
from heuristics.problem import Problem
from heuristics.result import Status
from tests.helpers.decomposition_problems import part_of_a_family, seeds
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum
from tests.helpers.side_by_side import side_by_side


def test_components_are_found_and_rows_without_pairs_left_out():
    whole = side_by_side(dense(8), dense(5, num_edge_nodes=2, seed=1))
    found = components(whole)
    assert [part.edge_nodes.tolist() for part in found] == [[0, 1, 2], [3, 4]]
    assert [len(part.requests) for part in found] == [8, 5]
    nothing = Coefficients(
        **{name: getattr(whole, name) for name in FIELDS if name != "eligible"},
        eligible=np.zeros((5, 13), dtype=bool),
    )
    assert components(nothing) == []


@settings(max_examples=4)
@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), seeds)
def test_optima_of_components_add_up(numbers, seed):
    parts = [part_of_a_family(each, most_requests=8, most_edge_nodes=3) for each in numbers]
    whole, best = side_by_side(*parts), sum(map(optimum, parts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wide_approach, "NUM_MOVES", 2_000)
        result = decomposition(whole, seed=seed)
    assert list(broken_rows(whole, result.schedule, Problem.P1, None)) == []
    assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, best, best)
    proof = result.certificate
    if proof is not None:
        assert best <= verify(whole, proof) <= proof.tree_bound
    if proof is not None and proof.proof is Proof.ENUMERATION:
        assert replay(whole, proof).ended is ReplayStatus.CONFIRMED


@pytest.fixture
def hasty(monkeypatch):
    """End the approach early, so that searches of the components close the gap."""
    monkeypatch.setattr(
        search.Search, "approach", lambda self: self.climb(exact=False, step=1.0, num_steps=40)
    )


@pytest.mark.parametrize("is_listed", [True, False])
def test_an_enumeration_apart_is_claimed_only_if_columns_of_the_whole_confirm_it(
    hasty, monkeypatch, is_listed
):
    whole = side_by_side(dense(12, seed=4), dense(12, seed=7))
    recur = search.Search.recur
    if not is_listed:
        monkeypatch.setattr(
            search.Search,
            "recur",
            lambda self, problem: self.nodes.num_edge_nodes == 3 and recur(self, problem),
        )
    result = decomposition(whole)
    assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, 20, 20)
    proof = result.certificate
    if not is_listed:
        assert proof is None
        return
    assert (proof.proof, verify(whole, proof)) == (Proof.ENUMERATION, 21)
    assert replay(whole, proof).ended is ReplayStatus.CONFIRMED


def test_each_component_is_searched_by_itself(hasty, monkeypatch):
    """Whole searches would need columns of six edge nodes; parts need those of three."""
    sizes = []
    problem = search.Search.problem

    def noted(self, target):
        sizes.append(self.nodes.num_edge_nodes)
        return problem(self, target)

    monkeypatch.setattr(search.Search, "problem", noted)
    parts = dense(40, seed=2), dense(40, seed=5)
    result = decomposition(side_by_side(*parts))
    assert result.objective == sum(decomposition(part).objective for part in parts)
    assert result.status is Status.OPTIMAL
    assert set(sizes) == {3}
