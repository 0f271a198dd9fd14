import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heuristics.improvement.batch_walk import NO_LIMIT, BatchWalk
from heuristics.judges.checker import check
from heuristics.ot_gah import ot_gah
from heuristics.schedule import Schedule
from tests.helpers.examples import problem
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import coefficients, levelled


@given(st.one_of(coefficients(), levelled()), st.integers(0, 2**32 - 1), st.sampled_from([0, 0.1]))
def test_every_walk_stays_feasible_and_remembers_its_best(data, seed, removal):
    start = ot_gah(data).schedule
    walk = BatchWalk(data, start)
    assert walk.best == start
    random = np.random.default_rng(seed)
    for _ in range(5):
        walk.wander(random.random((40, 3)), removal, NO_LIMIT)
        assert check(data, walk.best) == ()
        assert walk.objective == walk.best.throughput >= start.throughput
    served = np.flatnonzero(~walk.free)
    assert served.size <= walk.objective
    walk.clear()
    assert walk.free.all()


def test_an_ejected_request_that_fits_elsewhere_makes_room_for_one_more():
    """Request 0 holds the only place of 1 and fits the other edge node too."""
    walk = BatchWalk(unit_requests([[1, 1], [1, 0]], [1, 1]), Schedule.of([[0], []]))
    walk.wander(np.array([[0.5, 0.0, 0.0]]), 0.0, NO_LIMIT)
    assert walk.best == Schedule.of([[1], [0]])


def test_a_walk_stops_where_the_throughput_is_enough():
    walk = BatchWalk(unit_requests([[1, 1], [1, 0]], [1, 1]), Schedule.of([[0], []]))
    walk.wander(np.array([[0.5, 0.0, 0.0]]), 0.0, enough=1)
    assert walk.objective == 1


def test_requests_join_in_turn_where_they_fit_and_the_compute_keeps_a_limit():
    """Room for two of the three; each computes 1."""
    walk = BatchWalk(problem(), Schedule.empty(2))
    walk.fill(0, np.array([2, 0, 1]))
    assert walk.best == Schedule.of([[0, 2], []])
    walk = BatchWalk(problem(), Schedule.empty(2))
    walk.fill(0, np.array([2, 0, 1]), limit=1)
    assert walk.best == Schedule.of([[2], []])
