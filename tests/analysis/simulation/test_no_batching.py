"""No batching: first in, first out, by hand and against a plain loop over a heap."""

import heapq
from fractions import Fraction

import pytest

from analysis.simulation.arrivals import PoissonArrivals
from analysis.simulation.no_batching import NoBatching, single_device_s
from analysis.simulation.request import Fate, requests_of
from analysis.simulation.simulate import simulate
from heuristics.system_models.template import read_template
from tests.helpers.worlds import edge_node, scenario


def run(*epochs, **readings):
    """Return the fate and the time of receipt of each request, epochs of 4 s."""
    scheme = NoBatching(**readings)
    for index, arrived in enumerate(epochs):
        scheme.add(arrived, index)
    return [
        (each.fate.value, None if each.received is None else float(each.received))
        for each in scheme.finish()
    ]


def test_one_device_serves_one_after_the_other():
    """Uploaded by 1, the first is computed from 1 to 2 and received at 3, the second at 4."""
    arrived = scenario(arrivals=[0.0, 0.0], deadlines=[9.0, 9.0])
    assert run(arrived) == [("completed", 3.0), ("completed", 4.0)]
    two = scenario(arrivals=[0.0] * 2, deadlines=[9.0] * 2, edge_nodes=[edge_node(2, num_gpus=2)])
    assert run(two) == [("completed", 3.0)] * 2


def test_in_the_next_slot_uploads_wait_for_the_epoch():
    arrived = scenario(arrivals=[0.0, 3.0], deadlines=[9.0, 9.0])
    assert run(arrived, upload="epoch") == [("completed", 7.0), ("completed", 8.0)]


def test_prompts_are_not_padded():
    """s = 1 of s' = 2: 1 s as before, where a batch would take 2 * 12 + 4 * 2^2 = 40 MFLOP."""
    assert run(scenario(padding_tokens=2)) == [("completed", 3.0)]


def test_a_deadline_within_the_computing_drops_and_one_within_the_download_is_late():
    for deadline, expected in (
        (3.0, ("completed", 3.0)),
        (2.5, ("late", 3.0)),
        (2.0, ("late", 3.0)),
        (1.9, ("dropped", None)),
        (0.5, ("dropped", None)),
    ):
        assert run(scenario(deadlines=[deadline])) == [expected]


def test_a_device_works_until_the_deadline_of_a_request_that_fails():
    """The first fails at 1.5, and the second is computed from there to 2.5."""
    arrived = scenario(arrivals=[0.0, 0.0], deadlines=[1.5, 9.0])
    assert run(arrived) == [("dropped", None), ("completed", 3.5)]
    assert run(arrived, admission="in-time") == [("dropped", None), ("completed", 3.0)]


def test_who_gives_up_in_the_queue_takes_no_device():
    """The second gives up at 1.5 in the queue, the third follows the first at 2."""
    arrived = scenario(arrivals=[0.0] * 3, deadlines=[9.0, 1.5, 9.0])
    assert run(arrived) == [("completed", 3.0), ("dropped", None), ("completed", 4.0)]


def test_requests_go_where_the_fewest_are_for_each_device():
    nodes = [edge_node(4, name="server", num_gpus=2), edge_node(4, name="uav")]
    arrived = scenario(arrivals=[0.0] * 4, deadlines=[9.0] * 4, edge_nodes=nodes)
    scheme = NoBatching()
    scheme.add(arrived, 0)
    endings = scheme.finish()
    assert [each.edge_node for each in endings] == [0, 1, 0, 0]
    assert [float(each.received) for each in endings] == [3.0, 3.0, 3.0, 4.0]


def test_nobody_who_can_be_served_nowhere_is_queued():
    node = edge_node(1) | {"covered": [False]}
    assert run(scenario(edge_nodes=[node])) == [("refused", None)]


def test_a_band_carries_one_after_the_other():
    """Each prompt takes the whole band for 1 s, so the second arrives at 2, not 1."""
    nodes = [edge_node(2, num_gpus=2, uplink=1.0)]
    arrived = scenario(arrivals=[0.0] * 2, deadlines=[9.0] * 2, edge_nodes=nodes)
    assert run(arrived) == [("completed", 3.0), ("completed", 4.0)]


def plain(arrivals, num_epochs, num_gpus):
    """Return the fates of a queue of one edge node with ample spectrum, by one loop.

    Those who wait are served in the order of arrival; each takes the device that is free first,
    unless its deadline has gone by then.
    """
    free = [Fraction(0)] * num_gpus
    heapq.heapify(free)
    fates = []
    for epoch in range(num_epochs):
        drawn = arrivals.scenario(epoch)
        slot = Fraction(1, 4)
        for request in requests_of(drawn, epoch):
            ready = request.arrival + slot
            start = max(ready, free[0])
            if start >= request.due:
                fates.append(Fate.DROPPED)
                continue
            end = start + single_device_s(request, drawn.edge_nodes[0])
            heapq.heapreplace(free, min(end, request.due))
            in_time = Fate.COMPLETED if end + slot <= request.due else Fate.LATE
            fates.append(in_time if end <= request.due else Fate.DROPPED)
    return fates


@pytest.mark.parametrize(("rate", "longest"), [(2.0, 2.0), (12.0, 3.0), (40.0, 6.0)])
def test_it_agrees_with_a_plain_loop(rate, longest):
    template = read_template("section-v").changed(
        workload={"rate_per_s": rate, "deadline_s": (1.5, longest), "accuracy": (0.0, 0.0)}
    )
    template = template.with_edge_nodes(template.edge_nodes[:1])
    arrivals = PoissonArrivals(template=template, seed=1)
    scheme = NoBatching()
    for epoch in range(25):
        scheme.add(arrivals.scenario(epoch), epoch)
    fates = [each.fate for each in scheme.finish()]
    assert fates == plain(arrivals, 25, 20)
    assert Fate.COMPLETED in fates


@pytest.mark.parametrize("upload", ["on-arrival", "epoch"])
def test_no_bloom_7_meets_two_seconds_and_some_meet_more_than_three(upload):
    """2.83 s at s = n = 128, so none by 2 s at any load, and some where deadline and epoch are 3.

    In the uplink slot of the next epoch the wait must not count for that.
    """
    settings = {"llm": "bloom-7.1b", "upload": upload, "accuracy": "0+0"}
    settings |= {"count_waiting": False, "rate_per_s": 5.0, "admission": "in-time"}

    def completed(seconds):
        given = settings | {"deadline_s": f"{seconds}+{seconds}", "epoch_s": seconds}
        return simulate("section-v", ["no-batching"], num_epochs=20, settings=given).summary()[
            "completed"
        ][0]

    assert completed(2.0) == 0
    assert completed(2.8) == 0
    assert completed(3.1) > 0
