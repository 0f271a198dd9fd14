"""The eligible pairs in compressed rows."""

import hashlib
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heuristics.coefficients import FIELDS, RESOURCES, Coefficients
from heuristics.errors import InputError
from heuristics.pairs import AMOUNTS, Pairs
from tests.helpers.examples import problem
from tests.helpers.strategies import coefficients


def equal(one, other):
    return all((a == b).all() for a, b in zip(one, other, strict=True))


def test_pairs_hold_the_eligible_entries_row_by_row():
    data = problem()
    edge_node, request = np.nonzero(data.eligible)
    assert data.pairs.edge_nodes().tolist() == edge_node.tolist()
    assert data.pairs.requests.tolist() == request.tolist()
    for name in AMOUNTS:
        assert (
            getattr(data.pairs, name).tolist() == getattr(data, name)[edge_node, request].tolist()
        )


def test_pairs_are_made_once_and_read_only():
    data = problem()
    assert data.pairs is data.pairs
    with pytest.raises(ValueError, match="read-only"):
        data.pairs.uplink[0] = 1


def test_coefficients_from_pairs_have_the_same_pairs():
    data = problem()
    again = compressed(data)
    assert equal(again.pairs, data.pairs)
    assert (again.eligible == data.eligible).all()


def compressed(data):
    """Return the same problem made from its pairs."""
    capacities = (data.uplink_capacity, data.downlink_capacity, data.memory_capacity)
    return Coefficients.from_pairs(data.pairs, data.num_requests, *capacities)


def cleared(data):
    """Return the fields with 0 for every pair that is not eligible."""
    fields = {name: np.where(data.eligible, getattr(data, name), 0) for name in AMOUNTS}
    capacities = {f"{name}_capacity": getattr(data, f"{name}_capacity") for name in RESOURCES}
    return Coefficients(**fields, **capacities, eligible=data.eligible)


@settings(max_examples=25)
@given(coefficients())
def test_compressed_coefficients_have_the_matrices_of_the_eligible_pairs(data):
    again, expected = compressed(data), cleared(data)
    for name in FIELDS:
        assert getattr(again, name).tolist() == getattr(expected, name).tolist()
    assert again.to_lists() == expected.to_lists()


@settings(max_examples=25)
@given(coefficients(), st.randoms(use_true_random=False))
def test_compressed_rows_and_requests_are_those_of_the_matrices(data, random):
    chosen = random.sample(range(data.num_requests), random.randint(0, data.num_requests))
    for j in range(data.num_edge_nodes):
        assert equal(compressed(data).at(j).pairs, data.at(j).pairs)
        assert compressed(data).at(j).digest() == compressed(data.at(j)).digest()
    assert equal(compressed(data).take(chosen).pairs, data.take(chosen).pairs)
    assert compressed(data).take(chosen).num_requests == len(chosen)


@settings(max_examples=25)
@given(coefficients())
def test_places_and_rows_by_request_are_those_of_the_matrices(data):
    pairs = data.pairs
    everyone = np.arange(data.num_requests)
    pointer, places = pairs.by_request(data.num_requests)
    edge_node = pairs.edge_nodes()
    for i in everyone.tolist():
        own = places[pointer[i] : pointer[i + 1]]
        assert edge_node[own].tolist() == np.flatnonzero(data.eligible[:, i]).tolist()
        assert (pairs.requests[own] == i).all()
    for j in range(data.num_edge_nodes):
        found = pairs.places(j, everyone)
        assert ((found >= 0) == data.eligible[j]).all()
        assert (pairs.memory[found[found >= 0]] == data.memory[j, data.eligible[j]]).all()


def test_the_digest_of_compressed_rows_is_that_of_the_file_format():
    """sha256 of `2:`, (J, I), row pointer, requests, amounts, capacities, little-endian int64."""
    data = compressed(problem(memory=[[8, 3, 3], [3, 3, 3]]))
    numbers = [2, 3, 0, 2, 5, 1, 2, 0, 1, 2]
    for name in AMOUNTS:
        numbers += getattr(data, name)[data.eligible].tolist()
    for name in RESOURCES:
        numbers += getattr(data, f"{name}_capacity").tolist()
    text = b"2:" + b"".join(each.to_bytes(8, "little") for each in numbers)
    assert data.digest() == hashlib.sha256(text).hexdigest()
    assert data.is_compressed
    assert data.digest() != problem(memory=[[8, 3, 3], [3, 3, 3]]).digest()


def test_a_pair_that_does_not_fit_alone_is_dropped():
    fits = compressed(problem())
    changed = fits.pairs._replace(memory=np.array([8, 3, 3, 3, 3, 3]))
    data = Coefficients.from_pairs(changed, 3, [10, 10], [4, 8], [7, 10])
    assert data.pairs.num_pairs == 5
    assert data.unfit_pairs.tolist() == [[0, 0]]
    assert np.argwhere(data.unfit).tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"row_pointer": [6]}, "row_pointer must have at least 2 entries"),
        ({"row_pointer": [0, 3, 5]}, "row_pointer must rise from 0 to the number of pairs, 6"),
        ({"row_pointer": [1, 3, 6]}, "row_pointer must rise from 0"),
        ({"row_pointer": [0, 7, 6]}, "row_pointer must rise from 0"),
        ({"requests": [0, 1, 3, 0, 1, 2]}, r"requests must hold indices of 0..2, found 3"),
        ({"requests": [0, 2, 1, 0, 1, 2]}, "requests must ascend in each row, found 1 after 2"),
        ({"requests": [0, 1, 1, 0, 1, 2]}, "requests must ascend in each row, found 1 after 1"),
        ({"memory": [3, 3]}, r"memory must have shape \(6,\) as requests has, found \(2,\)"),
        ({"memory": [3, 3, 3, 3, 3, -1]}, r"memory must hold integers of 0..10\^15, found -1"),
        ({"memory": [3, 3, 3, 3, 3, 0.5]}, "memory must hold integers, found float64"),
    ],
)
def test_refuses_pairs_that_are_no_compressed_rows(changes, message):
    pairs = problem().pairs._replace(**{name: np.array(each) for name, each in changes.items()})
    with pytest.raises(ValueError, match=message):
        Coefficients.from_pairs(pairs, 3, [10, 10], [4, 8], [7, 10])


def test_refuses_capacities_of_another_number_of_rows():
    with pytest.raises(ValueError, match=r"memory_capacity must have shape \(2,\)"):
        Coefficients.from_pairs(problem().pairs, 3, [10, 10], [4, 8], [7])


def test_a_matrix_that_is_too_large_names_the_pairs():
    nothing = np.zeros(0, dtype=np.int64)
    empty = Pairs(np.zeros(4, dtype=np.int64), *[nothing] * 6)
    data = Coefficients.from_pairs(empty, 10**6 + 1, [0] * 3, [0] * 3, [0] * 3)
    with pytest.raises(InputError, match=r"3 x 1000001 entries.*`pairs`"):
        _ = data.uplink
    assert data.pairs.num_pairs == data.take([5, 3]).pairs.num_pairs == 0
    assert "num_requests=1000001" in repr(data)


@settings(max_examples=25)
@given(coefficients())
def test_coefficients_travel_between_processes(data):
    for each in (data, compressed(data)):
        assert each.uplink.shape == (data.num_edge_nodes, data.num_requests)
        again = pickle.loads(pickle.dumps(each))
        assert again.digest() == each.digest()
        assert not again.pairs.uplink.flags.writeable
        assert not again.uplink.flags.writeable
        assert each.copy().digest() == each.digest()
