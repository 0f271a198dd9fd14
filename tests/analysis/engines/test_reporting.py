"""What exact methods tell while they run, for a run that is killed to keep."""

import pytest

from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.judges.checker import check
from heuristics.reporting import listening
from instances.instance import Instance
from tests.helpers.examples import problem


@pytest.mark.parametrize(
    "method", ["milp-bigm", "milp-bigm-pulp", "milp-threshold", "scip", "cp-sat", "decomposition"]
)
def test_what_is_reported_is_feasible_and_bounded_and_ends_at_the_optimum(method):
    data = problem()
    schedules, bounds = [], []

    def listen(schedule, bound):
        if schedule is not None:
            schedules.append(schedule)
        if bound is not None:
            bounds.append(bound)

    with listening(listen):
        result = perform(plan(Instance(name="hand", coefficients=data), method)).result
    assert schedules
    assert all(check(data, each) == () for each in schedules)
    assert max(each.throughput for each in schedules) == result.objective == 3
    assert all(bound >= 3 for bound in bounds)


def test_nobody_hears_what_a_warm_up_says():
    from formulations.decomposition.decomposition import warm_up

    heard = []
    with listening(lambda schedule, bound: heard.append(bound)):
        warm_up()
    assert heard == []
