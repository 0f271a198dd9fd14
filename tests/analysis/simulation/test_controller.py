"""The controller: who waits, who is dropped, who is refused; worked in a world of seconds."""

from fractions import Fraction

import pytest

from analysis.simulation.controller import Controller
from analysis.simulation.request import Fate
from analysis.simulation.schemes import Decision, DynamicBatching
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from tests.helpers.worlds import edge_node, scenario

NOBODY = scenario(arrivals=[], deadlines=[], edge_nodes=[edge_node(0)])


def decide(*batch):
    return lambda epoch: Decision(schedule=Schedule.of([batch]))


def fates(ran):
    return {(each.request.epoch, each.request.index): each.fate.value for each in ran.endings}


def test_each_fate_by_hand():
    """Epoch 0 starts at 4. A batch of two ends at 7, received at 8.

    Request 0 is due at 9, 1 at 7.5; 2 is due at 6, when T_U and T_D alone have passed; 3 asks for
    more accuracy than there is; 4 is not scheduled.
    """
    node = edge_node(5)
    node["quantization"] = node["quantization"] | {"ppl_differential": 0.5}
    arrived = scenario(
        arrivals=[0.0] * 5,
        deadlines=[9.0, 7.5, 6.0, 20.0, 20.0],
        accuracy=[0.0, 0.0, 0.0, 0.6, 0.0],
        edge_nodes=[node],
    )
    ran = Controller(1).step(arrived, 0, decide(0, 1))
    assert fates(ran) == {
        (0, 0): "completed",
        (0, 1): "late",
        (0, 2): "dropped",
        (0, 3): "refused",
        (0, 4): "refused",
    }
    assert [ran.count(fate) for fate in Fate] == [1, 1, 1, 2]
    assert [each.received for each in ran.endings[-2:]] == [8, 8]
    assert ran.waiting == ()


def test_the_output_may_be_received_at_the_deadline_itself():
    ran = Controller(1).step(scenario(deadlines=[7.0]), 0, decide(0))
    assert fates(ran) == {(0, 0): "completed"}
    ran = Controller(1).step(scenario(deadlines=[6.999999999]), 0, decide(0))
    assert fates(ran) == {(0, 0): "late"}


def test_carried_over_requests_wait_until_they_are_scheduled_or_too_late():
    """Epochs start at 4, 8, 12. Request 0 is due at 20, 1 at 9.5, which is lost at 8."""
    controller = Controller(1, carry_over=True)
    arrived = scenario(arrivals=[0.0, 1.0], deadlines=[20.0, 8.5])
    first = controller.step(arrived, 0, decide())
    assert (fates(first), len(first.waiting)) == ({}, 2)
    second = controller.step(NOBODY, 1, decide())
    assert fates(second) == {(0, 1): "dropped"}
    assert (second.num_carried_in, len(second.waiting)) == (2, 1)
    third = controller.step(scenario(arrivals=[3.0]), 2, decide(0, 1))
    assert fates(third) == {(0, 0): "completed", (2, 0): "completed"}
    assert [each.received for each in third.endings] == [16, 16]
    assert controller.waiting == ()


def test_a_carried_request_keeps_its_columns_and_its_waiting_grows():
    """At 12 request 0 has waited 11.5 s of its 15, so tau' is 15 - 11.5 - 2 = 1.5 s: 24 MFLOP."""
    controller = Controller(1, carry_over=True)
    seen = []

    def watch(epoch):
        seen.append(epoch)
        return Decision(schedule=Schedule.of([[]]))

    node = edge_node(2) | {"uplink_gain": [7.0, 8.0], "covered": [True, True]}
    arrived = scenario(
        arrivals=[0.5, 1.0], deadlines=[15.0, 8.0], outputs=[2, 1], edge_nodes=[node]
    )
    controller.step(arrived, 0, watch)
    controller.step(NOBODY, 1, watch)
    controller.step(scenario(arrivals=[0.25], deadlines=[9.0]), 2, watch)
    last = seen[-1].scenario
    assert last.requests.arrival_s == (0.5, 8.25)
    assert last.setting.epoch_start_s == 12.0
    assert last.requests.output_tokens == (2, 1)
    assert last.edge_nodes[0].uplink_gain == (7.0, 100.0)
    assert assemble(last).compute_budget[0].tolist() == [24, 32]


def test_without_counting_the_first_wait_the_others_still_count():
    """Due 9 s after its first epoch's start at 4, so at 8 five seconds are left."""
    controller = Controller(1, carry_over=True)
    arrived = scenario(arrivals=[0.0], deadlines=[9.0], count_waiting=False)
    controller.step(arrived, 0, decide())
    assert [request.due for request in controller.waiting] == [13]
    seen = []

    def watch(epoch):
        seen.append(epoch.scenario.requests.deadline_s)
        return Decision(schedule=Schedule.of([[0]]))

    ran = controller.step(
        scenario(arrivals=[], deadlines=[], edge_nodes=[edge_node(0)], count_waiting=False),
        1,
        watch,
    )
    assert seen == [(5.0,)]
    assert ran.endings[0].received == 11
    assert ran.endings[0].fate is Fate.COMPLETED


def test_a_request_that_nobody_can_serve_does_not_wait():
    node = edge_node(1) | {"covered": [False]}
    controller = Controller(1, carry_over=True)
    ran = controller.step(scenario(edge_nodes=[node]), 0, decide())
    assert fates(ran) == {(0, 0): "refused"}


def test_a_method_decides_on_the_coefficients_of_what_was_gathered():
    """Two requests take the 2 s of T_C; with the third, due at 7, there would be one alone."""
    arrived = scenario(arrivals=[0.0] * 3, deadlines=[20.0, 20.0, 7.0])
    ran = Controller(1).step(arrived, 0, DynamicBatching(name="ot-gah").decide)
    assert sorted(fates(ran).values()) == ["completed", "completed", "refused"]
    assert ran.decision.coefficients == assemble(arrived).digest()
    assert ran.batches[0].batch_end == Fraction(7)


@pytest.mark.parametrize("carry_over", [False, True])
def test_each_row_balances(carry_over):
    controller = Controller(1, carry_over=carry_over)
    for index in range(4):
        arrived = scenario(arrivals=[0.0, 1.0, 2.0], deadlines=[20.0, 9.0, 3.0])
        ran = controller.step(arrived, index, decide(0))
        assert ran.num_arrived + ran.num_carried_in == len(ran.endings) + len(ran.waiting)
