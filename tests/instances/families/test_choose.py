"""The families whose edge nodes choose: no alternative dominates, and choosing gains."""

import numpy as np
import pytest

from heuristics.ot_gah_fast import ot_gah_fast
from instances.families.registry import family

FAMILIES = ("choose-quantization", "choose-padding", "choose-model")


def drawn(name, seed=0, **settings):
    (instance,) = family(name).generate(settings, seed)
    return instance


@pytest.mark.parametrize("name", FAMILIES)
def test_each_edge_node_has_three_alternatives(name):
    data = drawn(name).coefficients
    assert data.alternatives == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    assert drawn(name, num_requests=4).derived().alternatives == data.alternatives


@pytest.mark.parametrize("name", FAMILIES)
def test_no_alternative_dominates_another(name):
    """Each can serve a request that another cannot, or can serve it in less time."""
    data = drawn(name).coefficients
    room = np.where(data.eligible, data.compute_budget / np.maximum(data.compute, 1), -1.0)
    for rows in data.alternatives:
        for one in rows:
            for other in rows:
                assert one == other or (room[one] > room[other]).any()


def test_the_best_fixed_quantization_depends_on_the_load():
    best = []
    for rate in (2, 25):
        data = drawn("choose-quantization", rate_per_s=rate).coefficients
        served = [ot_gah_fast(data.of_rows(range(way, 9, 3))).objective for way in range(3)]
        best.append(int(np.argmax(served)))
    assert best == [0, 2]


@pytest.mark.parametrize("name", FAMILIES)
def test_choosing_serves_more_than_the_best_scheme_for_all(name):
    data = drawn(name, rate_per_s=10 if "quantization" in name else 250).coefficients
    fixed = [ot_gah_fast(data.of_rows(range(way, 9, 3))).objective for way in range(3)]
    assert ot_gah_fast(data, order="all").objective > max(fixed)
