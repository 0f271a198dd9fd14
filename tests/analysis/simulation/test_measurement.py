"""The replay: Fig. 3 by hand, and every way in which it can contradict a schedule.

Slots are T_U = 1, T_C = 2, T_D = 1 s and epoch k starts at 4 (k + 1); one request computes 1 s.
"""

import dataclasses
from fractions import Fraction

import pytest

from analysis.simulation.epoch import gather
from analysis.simulation.measurement import MemoryPoint, Occupancy, measure
from heuristics.algorithm_1 import algorithm_1
from heuristics.judges.checker import check
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import read_template
from instances.families import drawing
from tests.helpers.worlds import MEGABYTE, edge_node, epoch, scenario, seconds

FREE = (Occupancy(),)
FLAGS = ("is_upload_late", "is_delayed", "is_overrun", "is_over_memory", "is_download_late")


def run(requests, occupancy=FREE, index=0, **given):
    return measure(epoch(index, **given), Schedule.of([requests]), occupancy)


def flags(batch):
    return {name for name in FLAGS if getattr(batch, name)}


def test_two_requests_by_hand():
    """They start at 4, are uploaded by 4.02, computed from 5 to 7, received at 8."""
    ran = run([0, 1], arrivals=[0, 0], deadlines=[9, 9])
    (batch,) = ran.batches
    times = (batch.upload_end, batch.batch_start, batch.prefill_end, batch.batch_end)
    assert times == seconds("4.02", 5, 7, 7)
    assert (batch.download_end, batch.received) == seconds("7.02", 8)
    assert flags(batch) == set()
    assert ran.occupancy == (Occupancy(*seconds("4.02", 7, "7.02")),)


def test_memory_grows_with_the_cache():
    """Weights of 12 MB; two prompts of 1 token are 8 MB more, their outputs 4 * (1 + 2).

    Decoding the second token of n = 2 takes 12 + 2 (2 + 2) = 20 MFLOP, 1.25 s.
    """
    ran = run([0, 1], arrivals=[0, 0], deadlines=[9, 9], outputs=[1, 2])
    (batch,) = ran.batches
    points = zip(seconds(5, 7, "8.25"), (12, 20, 32), strict=True)
    assert batch.memory == tuple(MemoryPoint(time, held * MEGABYTE) for time, held in points)
    assert batch.peak_memory == 32 * MEGABYTE


def test_gpus_of_an_edge_node_share_a_batch():
    node = edge_node(2, num_gpus=2)
    (batch,) = run([0, 1], arrivals=[0, 0], deadlines=[9, 9], edge_nodes=[node]).batches
    assert batch.batch_end == 6
    assert batch.memory_limit == 2000 * MEGABYTE


def test_an_edge_node_without_requests_stays_as_it_was():
    busy = (Occupancy(*seconds(1, 2, 3)),)
    ran = run([], busy)
    assert ran == ((), busy)


BROKEN = {
    "three requests take 3 s of a T_C of 2 s": (
        {"arrivals": [0] * 3, "deadlines": [20] * 3},
        [0, 1, 2],
        {"is_overrun"},
        9,
    ),
    "two requests hold 28 MB of 27": (
        {"arrivals": [0] * 2, "deadlines": [20] * 2, "edge_nodes": [edge_node(2, memory=27)]},
        [0, 1],
        {"is_over_memory"},
        8,
    ),
    "two prompts take 2 s of a T_U of 1 s": (
        {"arrivals": [0] * 2, "deadlines": [20] * 2, "edge_nodes": [edge_node(2, uplink=1.0)]},
        [0, 1],
        {"is_upload_late", "is_delayed", "is_overrun"},
        9,
    ),
    "two outputs take 2 s of a T_D of 1 s": (
        {"arrivals": [0] * 2, "deadlines": [20] * 2, "edge_nodes": [edge_node(2, downlink=1.0)]},
        [0, 1],
        {"is_download_late"},
        9,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_fit_is_measured(name):
    given, requests, expected, received = BROKEN[name]
    (batch,) = run(requests, **given).batches
    assert flags(batch) == expected
    assert batch.received == received
    assert check(assemble(epoch(**given).scenario), Schedule.of([requests]))


def test_what_just_fits_is_in_time():
    """Bands of 1 bit/s carry one request in a whole slot, memory of 20 MB holds it."""
    node = edge_node(1, memory=20, uplink=1.0, downlink=1.0)
    (batch,) = run([0], edge_nodes=[node]).batches
    assert flags(batch) == set()
    assert (batch.upload_end, batch.download_end, batch.received) == seconds(5, 7, 7)


def test_a_batch_waits_for_the_one_before_it():
    """Epochs start every 2.5 s: a batch of 3 s runs from 3.5 to 6.5, and the next T_C begins at 6.

    Every 3 s it runs from 4 to 7, where the next T_C begins.
    """
    three = {"arrivals": [0] * 3, "deadlines": [20] * 3}
    for period, start, told in ((2.5, "6.5", {"is_delayed"}), (3.0, "7", set())):
        first = run([0, 1, 2], **three, period_s=period)
        (second,) = run([0], first.occupancy, index=1, period_s=period).batches
        assert second.batch_start == first.batches[0].batch_end == Fraction(start)
        assert flags(second) == told


def pipelined(outputs):
    """Return an epoch every T_C = 2 s, the downlink's band carrying one token a second."""
    return scenario(
        arrivals=[0.0],
        deadlines=[20.0],
        outputs=outputs,
        edge_nodes=[edge_node(1, downlink=1.0) | {"gpu_flop_per_s": 1000e6}],
        period_s=2.0,
    )


def test_pipelined_downloads_may_meet_on_one_band():
    """By (10) outputs are fed back as soon as a batch ends, not in the T_D of Fig. 3.

    Two pipelined epochs then want one band at a time if the first batch ends late in its T_C and
    the second early: each is feasible alone, and together the second is late by the difference.
    """
    slow, quick = pipelined([1]), pipelined([1])
    slow_node = slow.edge_nodes[0].model_copy(update={"gpu_flop_per_s": 8e6})
    slow = slow.model_copy(update={"edge_nodes": (slow_node,)})
    batch = Schedule.of([[0]])
    for each in (slow, quick):
        assert check(assemble(each), batch) == ()
    first = measure(gather(slow, 0), batch, FREE)
    second = measure(gather(quick, 1), batch, first.occupancy)
    assert (first.batches[0].batch_end, first.batches[0].received) == seconds(5, 6)
    assert flags(first.batches[0]) == set()
    assert flags(second.batches[0]) == {"is_download_late"}
    assert second.batches[0].received == 7
    assert measure(gather(quick, 1), batch, FREE).batches[0].received == seconds("6.016")[0]


def test_a_schedule_made_without_spectrum_is_contradicted_where_spectrum_is_scarce():
    """P2 knows no uplink: its optimum for one resource block of 180 kHz cannot be uploaded."""
    template = read_template("scarce-spectrum")
    template = template.with_edge_nodes(template.edge_nodes[:1])
    drawn = drawing.draw(template, 0)
    data = assemble(drawn)
    schedule = algorithm_1(data).schedule
    assert check(data, schedule, Problem.P2) == ()
    assert {each.constraint for each in check(data, schedule)} == {"uplink"}
    (batch,) = measure(gather(drawn, 0), schedule, FREE).batches
    assert batch.is_upload_late
    assert batch.received > max(gather(drawn, 0).requests[i].due for i in batch.requests[:1])


def test_the_replay_reads_no_coefficient():
    """A millionth of a world: MFLOP rounded up make a schedule infeasible that runs in time."""
    node = edge_node(2) | {"gpu_flop_per_s": 16.0}
    given = {"arrivals": [0, 0], "deadlines": [8, 8]}
    given["edge_nodes"] = [node | {"llm": node["llm"] | {"num_layers": 1}}]
    (batch,) = run([0, 1], **given).batches
    assert (batch.received, flags(batch)) == (8, set())
    assert check(assemble(epoch(**given).scenario), Schedule.of([[0, 1]]))


def test_batches_are_frozen():
    (batch,) = run([0]).batches
    with pytest.raises(dataclasses.FrozenInstanceError):
        batch.received = 0
