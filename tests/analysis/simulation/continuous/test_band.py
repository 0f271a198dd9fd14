"""A band in equal shares: by hand, and against the same rule in fractions."""

from fractions import Fraction

import numpy as np
import simpy

from analysis.simulation.continuous.band import Band


def ends(starts):
    """Return the tick at which each transmission (start, work) ends, and the busy time."""
    clock, found = simpy.Environment(), {}
    band = Band(clock, lambda item: found.__setitem__(item, int(clock.now)))
    for item, (start, work) in enumerate(starts):
        event = clock.timeout(start)
        event.callbacks.append(lambda _, item=item, work=work: band.start(item, work))
    clock.run()
    assert band.num_transmissions == 0
    return [found[item] for item in range(len(starts))], band.busy


def plain(starts):
    """Return the ends in fractions: each of m transmissions has an m-th of the band."""
    left, now, found = {}, Fraction(0), {}
    coming = sorted(range(len(starts)), key=lambda i: starts[i][0])
    while coming or left:
        next_start = starts[coming[0]][0] if coming else None
        next_end = now + min(left.values()) * len(left) if left else None
        is_end = next_start is None or (next_end is not None and next_end <= next_start)
        time = next_end if is_end else Fraction(next_start)
        if left:
            share = (time - now) / len(left)
            left = {item: work - share for item, work in left.items()}
        now = time
        for item in [each for each, work in left.items() if work <= 0]:
            found[item] = now
            del left[item]
        while coming and starts[coming[0]][0] == now:
            item = coming.pop(0)
            left[item] = Fraction(starts[item][1])
            if not left[item]:
                found[item] = now
                del left[item]
    return [found[item] for item in range(len(starts))]


def test_three_prompts_by_hand():
    """The first sends 2 alone, then half as fast: 4 more, of which the second needs all.

    At 6 two have 2 and 1 left beside a third of 1: a third each, to 9. Then the first has 1 left.
    """
    assert ends([(0, 6), (2, 3), (6, 1)])[0] == [10, 9, 9]


def test_nothing_takes_no_time_and_one_takes_its_work():
    assert ends([(5, 0), (7, 3)]) == ([5, 10], 3)


def test_agrees_with_fractions_to_a_tick():
    rng = np.random.default_rng(0)
    for _ in range(100):
        size = int(rng.integers(1, 12))
        starts = [(int(rng.integers(50)), int(rng.integers(40))) for _ in range(size)]
        found, busy = ends(starts)
        exact = plain(starts)
        assert all(0 <= mine - other < 3 for mine, other in zip(found, exact, strict=True))
        assert busy >= sum(work for _, work in starts)
        large = [(start * 10**9, work * 10**9 + 7) for start, work in starts]
        assert all(
            0 <= mine - other < 3 for mine, other in zip(ends(large)[0], plain(large), strict=True)
        )
