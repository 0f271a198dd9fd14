"""Plans of instances whose edge nodes can be run in several ways."""

import pytest

from analysis.methods.registry import methods
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.errors import InputError
from instances.instance import Instance
from tests.helpers.examples import problem

GROUPED = Instance(name="grouped", coefficients=problem(alternatives=[[0, 1]]))


def choosing():
    return [each for each in methods() if each.takes_alternatives]


@pytest.mark.parametrize("method", choosing(), ids=lambda each: each.name)
def test_a_method_that_takes_alternatives_uses_one_of_them(method):
    """Edge node 0 can batch two requests and edge node 1 one request, but not both."""
    outcome = perform(plan(GROUPED, method.name))
    assert outcome.violations == ()
    assert outcome.result.objective == 2


@pytest.mark.parametrize(
    "name", [each.name for each in methods() if not each.takes_alternatives] or ["none"]
)
def test_another_method_refuses_them_in_one_line(name):
    if name == "none":
        pytest.skip("every method takes alternatives")
    with pytest.raises(InputError) as caught:
        plan(GROUPED, name)
    assert str(caught.value) == (
        f"grouped: coefficients.alternatives: must be single rows for method {name}, found [[0, 1]]"
    )


def test_a_group_is_one_edge_node():
    assert perform(plan(GROUPED, "milp-bigm", problem="P2")).result.objective == 2
    with pytest.raises(InputError, match="edge nodes: must be one for problem P2"):
        plan(Instance(name="two", coefficients=problem()), "milp-bigm", problem="P2")
