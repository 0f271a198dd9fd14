"""WideApproach: annealed schedules and coarse prices for many edge nodes, both checked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.decomposition import approach, wide_approach
from formulations.decomposition.decomposition import bound, decomposition
from formulations.decomposition.search import Search
from formulations.evaluation import broken_rows
from heuristics.certificate import Proof
from heuristics.judges.verifier import verify
from heuristics.limits import Limits
from heuristics.problem import Problem
from heuristics.result import Status
from instances.families.registry import family
from tests.helpers.decomposition_problems import part_of_a_family
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum


@pytest.fixture
def wide(monkeypatch):
    """Treat every problem as one of many edge nodes, with short annealings."""
    monkeypatch.setattr(approach, "FEW_NODES", 0)
    monkeypatch.setattr(wide_approach, "FEW_NODES", 0)
    monkeypatch.setattr(wide_approach, "NUM_MOVES", 2_000)


@settings(max_examples=5)
@given(st.integers(0, 10**6))
def test_it_bounds_and_schedules_every_problem(seed):
    data = part_of_a_family(seed, most_requests=12)
    best = optimum(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(approach, "FEW_NODES", 0)
        patch.setattr(wide_approach, "FEW_NODES", 0)
        patch.setattr(wide_approach, "NUM_MOVES", 2_000)
        result = bound(data, seed=seed)
        proved = decomposition(data, seed=seed)
    for each in (result, proved):
        assert list(broken_rows(data, each.schedule, Problem.P1, None)) == []
        assert each.objective <= best <= each.bound
        if each.certificate is not None:
            assert verify(data, each.certificate) >= best
    assert (proved.status, proved.objective) == (Status.OPTIMAL, best)


def test_the_annealing_gives_schedules_and_no_bound(wide, monkeypatch):
    """Without an ascent the bound stays the number of requests, whatever is annealed."""
    data = dense(40)
    for ascend in ("climb", "descend"):
        monkeypatch.setattr(Search, ascend, lambda self, **options: None)
    search = Search(data, Limits())
    search.approach()
    assert search.bound == 40
    assert 0 < search.incumbent.throughput < 40
    assert list(broken_rows(data, search.incumbent, Problem.P1, None)) == []


def test_the_prices_of_a_horizon_end_near_the_least_bound(monkeypatch):
    """Steps from long to short leave little to a descent of many more steps."""
    monkeypatch.setattr(wide_approach, "NUM_MOVES", 2_000)
    values = {"num_epochs": "3", "num_requests": "30", "compute_scale": "4", "deadline_s": "2+6"}
    search = Search(next(iter(family("horizon").generate(values, 3))).coefficients, Limits())
    assert search.is_wide
    assert search.ascent.nested is None
    search.approach()
    reached = search.ascent.value
    search.ascent.descend(0, Limits(), exact=True, num_steps=2_000, first=0.1, last=1e-6)
    assert reached < search.ascent.value + 0.05


def test_the_same_seed_gives_the_same_result_for_many_edge_nodes(wide):
    data = dense(40)
    first, second = (bound(data, seed=3) for _ in range(2))
    assert first.schedule == second.schedule
    assert first.certificate == second.certificate


@pytest.mark.parametrize("time_limit", [0.05, 0.2])
def test_a_time_limit_leaves_a_proof_for_many_edge_nodes(time_limit):
    data = dense(60, num_edge_nodes=5)
    result = decomposition(data, time_limit=time_limit)
    assert list(broken_rows(data, result.schedule, Problem.P1, None)) == []
    proved = verify(data, result.certificate)
    assert result.certificate.proof is Proof.ENUMERATION or proved == result.bound
    assert result.objective <= result.bound
