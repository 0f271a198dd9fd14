from hypothesis import given
from hypothesis import strategies as st

from heuristics.improvement.counting_bound import counting_bound
from tests.helpers.alternatives import few, with_alternatives
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import coefficients


@few
@given(st.one_of(coefficients(), with_alternatives()))
def test_no_schedule_exceeds_it(data):
    assert counting_bound(data) >= optimum(data)


def test_it_is_met_where_each_edge_node_holds_one_request():
    assert counting_bound(unit_requests([[1, 1, 1], [1, 1, 1]], [1, 1])) == 2
