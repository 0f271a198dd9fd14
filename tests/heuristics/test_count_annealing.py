import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics import count_annealing as module
from heuristics.count_annealing import count_annealing
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.reporting import listening
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.alternatives import few, grouped, with_alternatives
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests

SMALL = unit_requests([[1, 1], [1, 0]], [1, 1])


@pytest.fixture(scope="module")
def nine_edge_nodes():
    (instance,) = family("dense").generate({"copies": 3, "rate_per_s": 750}, 0)
    return instance.coefficients


def test_nine_edge_nodes_are_scheduled_better_than_by_single_requests(nine_edge_nodes):
    """The optimum is 438; OT-GAH serves 421, and the walk of ot-gah-plus reached 426."""
    heard = []
    with listening(lambda schedule, bound: heard.append(schedule)):
        result = count_annealing(nine_edge_nodes, moves=200_000)
    assert result.objective >= 436
    assert check(nine_edge_nodes, result.schedule) == ()
    assert (result.status, result.ended_by, result.bound) == ("feasible", "completed", None)
    assert [point.objective for point in result.trajectory] == [each.throughput for each in heard]


def test_the_seed_and_the_moves_decide(nine_edge_nodes):
    first, again, other = (
        count_annealing(nine_edge_nodes, seed=seed, moves=20_000).schedule for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_time_limit_cuts_the_run_and_keeps_the_best_so_far(nine_edge_nodes):
    result = count_annealing(nine_edge_nodes, time_limit=0.1)
    assert result.ended_by == "time-limit"
    assert check(nine_edge_nodes, result.schedule) == ()
    assert result.objective >= ot_gah_fast(nine_edge_nodes).objective


def test_an_interrupt_keeps_the_best_so_far(monkeypatch):
    better = Schedule.of([[1], [0]])

    def interrupted(*_, **__):
        yield better
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "improvements", interrupted)
    result = count_annealing(SMALL)
    assert (result.ended_by, result.schedule) == ("interrupted", better)


def test_it_starts_from_a_warm_start(monkeypatch):
    monkeypatch.setattr(module, "ot_gah_fast", None)
    start = Schedule.of([[1], []])
    assert count_annealing(SMALL, moves=0, warm_start=start).schedule == start
    assert count_annealing(SMALL, moves=1000, warm_start=start).objective == 2


def test_a_negative_limit_is_refused():
    with pytest.raises(InputError, match="time_limit: must be a number of seconds"):
        count_annealing(SMALL, time_limit=-1)


@few
@given(with_alternatives(), st.integers(0, 100))
def test_alternatives_are_chosen_within_the_optimum(data, seed):
    result = count_annealing(data, seed=seed, moves=100_000)
    assert check(data, result.schedule) == ()
    assert ot_gah_fast(data).objective <= result.objective <= optimum(data)
    again = count_annealing(data, seed=seed, moves=100_000)
    assert result.schedule == again.schedule


def test_a_change_of_the_row_leads_to_a_better_schedule():
    """Row 0 serves two of two requests alone; with row 1, both edge nodes serve two each.

    The start uses row 0 for requests 0 and 1, and row 2 can serve no others; row 1 could take
    requests 2 and 3, and leave 0 and 1 to row 2.
    """
    eligible = [[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 0, 0]]
    data = grouped(unit_requests(eligible, [2, 2, 2]), [[0, 1], [2]])
    start = Schedule.of([[0, 1], [], []])
    assert count_annealing(data, warm_start=start, moves=100).objective == 2
    result = count_annealing(data, warm_start=start, moves=100_000)
    assert result.schedule == Schedule.of([[], [2, 3], [0, 1]])


def test_alternatives_of_three_edge_nodes_are_chosen_at_the_optimum():
    """The decomposition proves that 144 requests are the optimum; OT-GAH-fast serves 143."""
    (instance,) = family("choose-padding").generate({}, 0)
    result = count_annealing(instance.coefficients, moves=200_000)
    assert result.objective == 144
    assert check(instance.coefficients, result.schedule) == ()
