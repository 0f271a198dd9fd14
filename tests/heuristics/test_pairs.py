"""The eligible pairs in compressed rows."""

import numpy as np
import pytest

from heuristics.coefficients import Coefficients
from heuristics.pairs import AMOUNTS
from tests.helpers.examples import problem


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
    again = Coefficients.from_pairs(
        data.pairs,
        data.num_requests,
        data.uplink_capacity,
        data.downlink_capacity,
        data.memory_capacity,
    )
    assert all((one == other).all() for one, other in zip(again.pairs, data.pairs, strict=True))
    assert (again.eligible == data.eligible).all()
