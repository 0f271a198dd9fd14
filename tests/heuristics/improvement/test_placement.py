"""Batches that grow and shrink request by request, against the judge."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heuristics.improvement.placement import NOWHERE, Placement, fits, join, leave
from heuristics.judges.checker import check
from heuristics.schedule import Schedule
from tests.helpers.alternatives import compressed, few, with_alternatives


def allowed(data, placed, pair, instead):
    """Ask the judge what `fits` should say."""
    batches = [list(batch) for batch in placed.schedule.batches]
    table = placed.table
    edge_node = table.edge_node[pair]
    if instead != NOWHERE:
        batches[edge_node].remove(table.request[instead])
    batches[edge_node].append(table.request[pair])
    return check(data, Schedule.of(batches)) == ()


@few
@given(with_alternatives(), st.integers(0, 1000), st.booleans())
def test_a_request_is_admitted_exactly_where_the_judge_says_so(data, seed, is_compressed):
    data = compressed(data) if is_compressed else data
    placed, random = Placement(data), np.random.default_rng(seed)
    table, batches = placed.table, placed.batches
    for pair in random.integers(max(len(table.request), 1), size=12 * bool(len(table.request))):
        place = batches.place[table.request[pair]]
        if place == NOWHERE:
            members = [each for each in batches.place if each != NOWHERE]
            here = [each for each in members if table.edge_node[each] == table.edge_node[pair]]
            for instead in (NOWHERE, *here):
                is_fitting = fits(table, batches, pair, instead)
                if instead == NOWHERE or not data.has_alternatives:
                    assert is_fitting == allowed(data, placed, pair, instead)
            if fits(table, batches, pair, NOWHERE):
                join(table, batches, pair)
        elif place == pair:
            leave(table, batches, pair)
    assert check(data, placed.schedule) == ()
    assert placed.throughput == placed.schedule.throughput
    assert Placement(data, placed.schedule).schedule == placed.schedule
