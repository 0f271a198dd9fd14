"""Batches that outgrow the memory lose their youngest requests, token by token."""

from types import SimpleNamespace

import numpy as np

from analysis.simulation.execution import memory_bytes
from analysis.simulation.overflow import generated
from tests.helpers.worlds import scenario


def world():
    """Weights of 12 MB, 4 MB a cached token."""
    one = scenario()
    return one.edge_nodes[0], one.setting


def megabytes(num_bytes):
    return num_bytes * 10**6


def step_by_step(edge_node, setting, prompt, outputs, limit):
    """Return the same as `generated`, by going through every step."""
    kept, tokens, removed = list(range(len(outputs))), list(outputs), []
    for step in range(max(outputs) + 1):
        while kept:
            cached = [prompt + min(outputs[each], step) for each in kept]
            if memory_bytes(edge_node, setting, *cached) <= limit:
                break
            youngest = [each for each in kept if outputs[each] >= step][-1]
            kept.remove(youngest)
            removed.append(youngest)
            tokens[youngest] = max(step - 1, 1)
    return SimpleNamespace(tokens=tuple(tokens), removed=tuple(removed))


def test_a_batch_that_fits_is_left_alone():
    made = generated(*world(), 1, [3, 5], megabytes(12 + 4 * 10))
    assert made == ((3, 5), ())


def test_the_youngest_is_removed_at_the_first_step_that_does_not_fit():
    """Two prompts of 1 and 3 tokens of each output are 8 in cache; 9 need 48 MB, 8 need 44."""
    made = generated(*world(), 1, [9, 9], megabytes(12 + 4 * 8))
    assert made == ((7, 3), (1,)) or made.removed[0] == 1
    assert made.tokens[1] == 3


def test_a_complete_output_is_not_removed():
    """The youngest has its one token; the older one, which grows, is removed."""
    made = generated(*world(), 1, [9, 1], megabytes(12 + 4 * 6))
    assert made.removed == (0,)
    assert made.tokens == (3, 1)


def test_prompts_alone_may_be_too_much():
    made = generated(*world(), 5, [2, 2, 2], megabytes(12 + 4 * 11))
    assert made.removed[0] == 2
    assert made.tokens[2] == 1


def test_all_requests_may_be_removed():
    made = generated(*world(), 5, [2, 2], megabytes(12))
    assert made == ((1, 1), (1, 0))


def test_the_search_equals_going_through_every_step():
    rng = np.random.default_rng(0)
    num_removed = 0
    for _ in range(60):
        outputs = rng.integers(1, 12, size=rng.integers(1, 6)).tolist()
        prompt, limit = int(rng.integers(1, 4)), megabytes(12 + 4 * int(rng.integers(0, 50)))
        made = generated(*world(), prompt, outputs, limit)
        other = step_by_step(*world(), prompt, outputs, limit)
        assert (made.tokens, made.removed) == (other.tokens, other.removed)
        num_removed += len(made.removed)
    assert num_removed > 30
