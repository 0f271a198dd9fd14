import numpy as np
import pytest

from heuristics.coefficients import FIELDS
from tests.helpers.examples import problem


def test_counts_edge_nodes_and_requests():
    data = problem()
    assert (data.num_edge_nodes, data.num_requests) == (2, 3)


@pytest.mark.parametrize("name", FIELDS)
def test_arrays_are_not_writeable(name):
    with pytest.raises(ValueError, match="read-only"):
        getattr(problem(), name)[..., 0] = 1


def test_changing_the_input_afterwards_changes_nothing():
    memory = np.array([[3, 3, 3], [3, 3, 3]])
    data = problem(memory=memory)
    memory[0, 0] = 99
    assert data.memory[0, 0] == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"uplink": [], "eligible": []}, "uplink must have"),
        ({"memory": [[3, 3], [3, 3]]}, r"memory must have shape \(2, 3\)"),
        ({"memory_capacity": [7]}, r"memory_capacity must have shape \(2,\)"),
        ({"compute": [[1, 1, 1], [4, 4]]}, "compute must have rows of one length"),
        ({"compute": [[1, 1, 1.5], [4, 4, 4]]}, "compute must hold integers"),
        ({"downlink": [[True, True, True]] * 2}, "downlink must hold integers, found bool"),
        ({"uplink": [[2, 2, -1], [1, 1, 1]]}, r"uplink must hold integers of 0..10\^15, found -1"),
        ({"uplink_capacity": [10, 10**30]}, r"uplink_capacity .* found 10{30}"),
        ({"uplink_capacity": [10, 10**15 + 1]}, r"uplink_capacity .* found 10{14}1"),
        ({"eligible": [[1, 2, 1], [1, 1, 1]]}, "eligible must hold 0 or 1, found 2"),
        ({"memory": 5}, r"memory must have 2 dimension\(s\), found 0"),
        ({"memory_capacity": [[7, 10]]}, r"memory_capacity must have 1 dimension\(s\), found 2"),
    ],
)
def test_refuses_what_is_not_a_problem(changes, message):
    with pytest.raises(ValueError, match=message):
        problem(**changes)


def test_refuses_a_row_whose_sum_needs_more_than_62_bits():
    num_requests = 4612  # 4611 * 10^15 < 2^62 < 4612 * 10^15
    row = np.full((1, num_requests), 10**15)
    small = np.zeros((1, num_requests), dtype=int)
    fields = dict.fromkeys(("uplink", "downlink", "compute", "compute_budget", "eligible"), small)
    fields |= {f"{name}_capacity": [1] for name in ("uplink", "downlink", "memory")}
    with pytest.raises(ValueError, match=f"memory .* 62 bits, found {num_requests * 10**15}"):
        problem(**fields, memory=row)
    fields = {
        name: value[:, 1:] if np.ndim(value) == 2 else value for name, value in fields.items()
    }
    assert problem(**fields, memory=row[:, 1:]).num_requests == num_requests - 1


def test_a_pair_that_does_not_fit_alone_leaves_eligible():
    data = problem(memory=[[8, 3, 3], [3, 3, 3]], compute_budget=[[5, 5, 5], [6, 3, 6]])
    assert np.argwhere(data.unfit).tolist() == [[0, 0], [1, 1]]
    assert not (data.eligible & data.unfit).any()
    assert data.eligible.sum() == 4


def test_an_epoch_without_requests_is_a_problem():
    empty = {name: [[], []] for name in FIELDS if not name.endswith("_capacity")}
    data = problem(**empty)
    assert (data.num_edge_nodes, data.num_requests) == (2, 0)
    assert data.to_lists()["uplink"] == [[], []]


def test_one_edge_node_keeps_its_rows():
    data = problem().at(1)
    assert data.num_edge_nodes == 1
    assert data.compute.tolist() == [[4, 4, 4]]
    assert data.memory_capacity.tolist() == [10]


def test_taking_requests_reorders_every_matrix():
    data = problem(uplink=[[0, 1, 2], [3, 4, 5]]).take([2, 0])
    assert data.uplink.tolist() == [[2, 0], [5, 3]]
    assert data.num_requests == 2


def test_the_digest_tells_problems_apart_by_their_numbers():
    assert problem().digest() == problem().digest()
    digests = {problem(**{name: getattr(problem(), name) + 1}).digest() for name in FIELDS[:-1]}
    assert len(digests | {problem().digest()}) == len(FIELDS)
    assert problem().take([0, 1]).digest() != problem().digest()
