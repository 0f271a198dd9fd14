import pytest

from heuristics.judges.checker import check
from heuristics.limits import Limits
from heuristics.row_choices import RowChoices
from heuristics.schedule import Schedule
from instances.families.registry import family


@pytest.mark.parametrize("most", [1, 4, 8])
def test_the_choices_of_the_largest_schedules_come_first(most, monkeypatch):
    choices = RowChoices(None, Schedule.empty(2), Limits())
    made = {(row,): Schedule.of([range(row), []]) for row in range(12)}
    monkeypatch.setattr(choices, "_made", made)
    assert choices.best_rows(most) == [(row,) for row in range(11, 11 - most, -1)]


@pytest.mark.parametrize("most", [1, 8])
def test_each_schedule_is_better_than_all_before_and_suits_its_choice(most):
    (instance,) = family("choose-padding").generate({"num_requests": 24}, 3)
    data = instance.coefficients
    choices = RowChoices(data, Schedule.empty(data.num_edge_nodes), Limits())
    found = list(choices.improve(most, seed=0))
    throughputs = [each.throughput for each in found]
    assert throughputs == sorted(set(throughputs))
    best = choices.best_rows(most)
    assert len(best) == most
    assert choices.schedule(best[0]) == found[-1]
    for rows in best:
        schedule = choices.schedule(rows)
        assert check(data, schedule) == ()
        assert schedule.of_rows(rows).on_rows(rows, data.num_edge_nodes) == schedule
