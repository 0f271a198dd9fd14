"""The printed Algorithm 1, against the project's own on a heap."""

import pytest

from analysis.experiments.printed import printed_algorithm_1
from analysis.experiments.single import ALGORITHM_1, ALGORITHM_1_PRINTED, GROWTH
from heuristics.algorithm_1 import algorithm_1
from heuristics.coefficients import Coefficients
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode


def test_the_printed_algorithm_draws_the_longest_card():
    """The example of `algorithm_1`: outputs 4, 1, 3, 1, and 6 of memory."""
    nothing = {"uplink": [[0] * 4], "uplink_capacity": [0]}
    nothing |= {"downlink": [[0] * 4], "downlink_capacity": [0]}
    data = Coefficients(
        **nothing,
        memory=[[4, 1, 3, 1]],
        memory_capacity=[6],
        compute=[[4, 1, 3, 1]],
        compute_budget=[[20, 8, 6, 5]],
        eligible=[[1, 1, 1, 1]],
    )
    batch = printed_algorithm_1(SortedEdgeNode.of(data, 0))
    assert sorted(batch) == list(algorithm_1(data).schedule.batches[0])


@pytest.mark.parametrize("seed", range(4))
def test_both_forms_serve_as_many(seed):
    lines = (ALGORITHM_1, ALGORITHM_1_PRINTED)
    heap, printed = (
        GROWTH.work({"num_requests": 50}, line, seed, 1).measured().values for line in lines
    )
    assert printed["objective"] == heap["objective"] > 0
    assert printed["num_eligible"] == heap["num_eligible"]
