"""Static batching: its sizes by hand, and who is taken."""

import pytest

from analysis.simulation.readings import Admission
from analysis.simulation.static_batching import batch_size, static_batches
from heuristics.system_models.template import read_template
from instances.families import drawing
from tests.helpers.worlds import edge_node, epoch

SIZES = {"bloom-3b": (7, 0, 1), "bloom-7.1b": (3, 0, 0), "opt-13b": (1, 0, 0)}
"""At the server, the UAV and the vehicle of Section V, T_C = 1.5 s, s' = n = 512.

One request of the worst lengths is 5.03 TFLOP of BLOOM-3B, 12.68 of BLOOM-7.1B and 26.28 of
OPT-13B; W8A16 has beta = 1. In T_C the server of 20 TX2 computes 20 * 1.33 * 1.5 = 39.9 TFLOP,
which holds 7.9, 3.1 and 1.5 of them; the UAV 1.995, which holds none; the vehicle 5.985, which
holds 1.19, 0.47 and 0.23. Memory never binds: 640 GB hold thousands.
"""


@pytest.mark.parametrize("llm", SIZES)
def test_sizes_of_section_v_by_hand(llm):
    drawn = drawing.draw(read_template("section-v").changed(inference={"llm": llm}), 0)
    sizes = [batch_size(node, drawn.setting, 512) for node in drawn.edge_nodes]
    assert sizes == list(SIZES[llm])
    a_request = {"bloom-3b": 5.03, "bloom-7.1b": 12.68, "opt-13b": 26.28}[llm]
    assert sizes == [int(tflops * 1.5 / a_request) for tflops in (26.6, 1.33, 3.99)]


def test_a_longer_slot_holds_more():
    """At an epoch of 3 s T_C is 2.5 s: 66.5 / 5.03 = 13.2, 3.325 / 5.03 and 9.975 / 5.03 = 1.98."""
    drawn = drawing.draw(read_template("section-v").changed(epoch={"epoch_s": 3.0}), 0)
    assert [batch_size(each, drawn.setting, 512) for each in drawn.edge_nodes] == [13, 0, 1]


@pytest.mark.parametrize(
    ("memory", "size"), [(11, 0), (12, 0), (19, 0), (20, 1), (27, 1), (28, 2), (1000, 2)]
)
def test_memory_limits_the_size(memory, size):
    """Weights of 12 MB, 8 a request; T_C = 2 s holds two of 1 s."""
    world = epoch(edge_nodes=[edge_node(1, memory=memory)]).scenario
    assert batch_size(world.edge_nodes[0], world.setting, 1) == size


def test_the_first_to_arrive_are_taken_and_expired_ones_passed_over():
    """Epoch start 4: request 2 arrived first, but 6 s after its arrival it is lost anyway."""
    taken = epoch(arrivals=[2.0, 1.0, 0.0, 3.0], deadlines=[9.0, 9.0, 6.0, 9.0])
    assert static_batches(taken, 1).batches == ((0, 1),)


def test_who_has_no_room_goes_to_the_next_edge_node():
    nodes = [edge_node(4, name=name) for name in ("server", "uav")]
    assert static_batches(epoch(**four(), edge_nodes=nodes), 1).batches == ((0, 1), (2, 3))
    nodes[0] |= {"covered": [False, True, True, True]}
    assert static_batches(epoch(**four(), edge_nodes=nodes), 1).batches == ((1, 2), (0, 3))


def four():
    return {"arrivals": [0.0, 1.0, 2.0, 3.0], "deadlines": [20.0] * 4}


def test_in_time_takes_those_that_a_whole_batch_serves_in_time():
    """Two requests take 2 s: due 4 + 1 + 2 + 1 = 8 at the earliest. The first is due at 7.9."""
    late = epoch(arrivals=[0.0, 0.0, 0.0], deadlines=[7.9, 8.0, 8.1])
    assert static_batches(late, 1).batches == ((0, 1),)
    assert static_batches(late, 1, Admission.IN_TIME).batches == ((1, 2),)


@pytest.mark.parametrize(
    ("latency", "sizes"), [("compute", (7, 0, 1)), ("roofline", (7, 0, 0)), ("serial", (2, 0, 0))]
)
def test_sizes_where_reading_counts(latency, sizes):
    """BLOOM-3B reads 512 times 2.36 GB: 1.01 s at 20 * 59.7 GB/s, 6.7 s at three times 59.7.

    At the server the longer of the two leaves 7, as 1.01 s are within 1.5; their sum leaves
    0.49 s of computing, 13.0 TFLOP, which holds 2.6 of 5.03.
    """
    drawn = drawing.draw(read_template("section-v").changed(inference={"latency": latency}), 0)
    assert tuple(batch_size(node, drawn.setting, 512) for node in drawn.edge_nodes) == sizes
