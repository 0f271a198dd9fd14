"""Conservation: every request ends exactly once, whatever a scheme decides.

Decisions are drawn too, and need not be feasible: late uploads, overruns and memory beyond its
limit delay requests but lose none.
"""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from analysis.simulation.controller import Controller
from analysis.simulation.no_batching import NoBatching
from analysis.simulation.readings import Admission, Upload
from analysis.simulation.request import Fate
from analysis.simulation.schemes import Decision
from heuristics.schedule import Schedule
from tests.helpers.worlds import edge_node, scenario

PERIOD_S = 4.0


@st.composite
def worlds(draw):
    """Draw what arrives for a few epochs of two edge nodes, covered here and there."""
    setting = {
        "count_waiting": draw(st.booleans()),
        "period_s": draw(st.sampled_from([2.0, PERIOD_S])),
    }
    return [draw(arrivals(setting)) for _ in range(draw(st.integers(1, 4)))]


@st.composite
def arrivals(draw, setting):
    num_requests = draw(st.integers(0, 5))

    def column(values):
        return draw(st.lists(values, min_size=num_requests, max_size=num_requests))

    nodes = [
        edge_node(num_requests, name=name, num_gpus=gpus, uplink=uplink, downlink=4.0)
        | {"covered": column(st.booleans())}
        for name, gpus, uplink in (("server", 2, 2.0), ("uav", 1, 1.0))
    ]
    return scenario(
        arrivals=sorted(column(st.sampled_from([0.0, 0.5, 1.0, 1.75]))),
        deadlines=column(st.sampled_from([0.0, 1.5, 4.0, 6.0, 9.0, 16.0])),
        outputs=column(st.integers(1, 4)),
        edge_nodes=nodes,
        **setting,
    )


@given(worlds(), st.booleans(), st.randoms(use_true_random=False))
def test_batches_of_any_kind_lose_nobody(world, carry_over, random):
    def decide(epoch):
        batches = [[], [], []]
        for index in range(len(epoch.requests)):
            batches[random.randrange(3)].append(index)
        return Decision(schedule=Schedule.of(batches[:2]))

    controller = Controller(2, carry_over=carry_over)
    ended, num_arrived, index = Counter(), 0, 0
    setting = world[0].setting
    empty = scenario(
        arrivals=(),
        deadlines=(),
        edge_nodes=[edge_node(0, name="server", num_gpus=2), edge_node(0, name="uav")],
        count_waiting=setting.count_waiting,
        period_s=setting.period_s,
    )
    while index < len(world) or controller.waiting:
        arrived = world[index] if index < len(world) else empty
        ran = controller.step(arrived, index, decide)
        num_arrived += arrived.num_requests
        ended.update((each.request.epoch, each.request.index) for each in ran.endings)
        assert ran.num_arrived + ran.num_carried_in == len(ran.endings) + len(ran.waiting)
        assert sum(map(ran.count, Fate)) == len(ran.endings)
        for each in ran.endings:
            served = each.fate in (Fate.COMPLETED, Fate.LATE)
            assert served == (each.received is not None)
            if served:
                assert (each.received <= each.request.due) == (each.fate is Fate.COMPLETED)
        index += 1
    assert ended == {
        (epoch, request): 1
        for epoch, arrived in enumerate(world)
        for request in range(arrived.num_requests)
    }
    assert num_arrived == ended.total()


@given(worlds(), st.sampled_from(Upload), st.sampled_from(Admission))
def test_queues_lose_nobody(world, upload, admission):
    scheme = NoBatching(upload, admission)
    for epoch, arrived in enumerate(world):
        scheme.add(arrived, epoch)
    endings = scheme.finish()
    assert [(each.request.epoch, each.request.index) for each in endings] == [
        (epoch, request)
        for epoch, arrived in enumerate(world)
        for request in range(arrived.num_requests)
    ]
    for each in endings:
        assert (each.fate in (Fate.COMPLETED, Fate.LATE)) == (each.received is not None)
        covered = any(node.covered[each.request.index] for node in each.request.source.edge_nodes)
        assert covered or each.fate is Fate.REFUSED
