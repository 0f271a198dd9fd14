from heuristics.schedule import Schedule


def test_batches_are_sorted_and_equal_whatever_the_order():
    assert Schedule.of([[2, 0], [1]]) == Schedule.of([(0, 2), {1}])


def test_throughput_counts_the_chosen_pairs():
    schedule = Schedule.of([[2, 0], [1]])
    assert schedule.throughput == 3
    assert schedule.pairs() == ((0, 0), (0, 2), (1, 1))


def test_the_empty_schedule_serves_nobody():
    assert Schedule.empty(40).throughput == 0
    assert len(Schedule.empty(40).batches) == 40
