"""CombinationSearch: against brute force, and stopped on its way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.columns.combinations import CombinationSearch
from formulations.evaluation import broken_rows
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from tests.formulations.decomposition.columns.test_refinement import (
    columns_at_random,
    problems,
    three_requests_on_one_band,
)
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


@given(problems, st.integers(0, 2**32 - 1), st.integers(0, 2))
def test_it_ends_with_the_optimum_from_any_prices(data, seed, more):
    best = optimum(data)
    incumbent = max(best - more, 0)
    nodes, prices, columns = columns_at_random(data, seed, incumbent)
    search = CombinationSearch(data, nodes, prices, columns, incumbent)
    search.run(Limits())
    assert search.incumbent == search.bound == best
    assert (search.schedule is None) == (incumbent == best)
    if search.schedule is not None:
        assert search.schedule.throughput == best
        assert list(broken_rows(data, search.schedule, Problem.P1, None)) == []


@given(
    st.one_of(
        coefficients(max_edge_nodes=1, max_requests=5, largest=4),
        levelled(max_edge_nodes=1, max_requests=6),
    ),
    st.integers(0, 2**32 - 1),
    st.integers(2, 3),
)
def test_edge_nodes_that_are_alike_are_not_cut_apart_wrongly(data, seed, num_alike):
    data = Coefficients(
        **{name: np.concatenate([getattr(data, name)] * num_alike) for name in FIELDS}
    )
    best = optimum(data)
    incumbent = max(best - 1, 0)
    nodes, prices, columns = columns_at_random(data, seed, incumbent, alike=True)
    search = CombinationSearch(data, nodes, prices, columns, incumbent)
    search.run(Limits())
    assert search.incumbent == search.bound == best


def test_it_keeps_its_bound_when_it_is_stopped_and_goes_on_later():
    data = three_requests_on_one_band()
    nodes, prices, columns = columns_at_random(data, 0, incumbent=0)
    search = CombinationSearch(data, nodes, prices, columns, 0)
    with pytest.raises(Stopped):
        search.run(Limits(time_limit=0))
    assert search.schedule is None
    assert search.bound >= 2
    search.run(Limits(), until=2)
    assert search.incumbent == 2
    assert search.bound >= 2
    search.run(Limits())
    assert search.bound == 2
