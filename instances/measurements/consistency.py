"""Consistency: rows that contradict each other, and times that cannot be seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instances.measurements.measurement import Measurement

LARGEST_SPREAD = 2.0
"""Largest ratio of two times of the same work; repetitions of one test differ by less."""

LARGEST_REVERSAL = 4.0
"""Largest ratio by which less work may take longer than more work."""

LARGEST_COMPARED = 2000
"""Largest number of rows that are compared pair by pair."""


def refuse_contradictions(measurements: Sequence[Measurement]) -> None:
    """Refuse measurements that cannot all be true.

    Raises
    ------
    InputError
        If two rows give one work two times, or much more work takes much less time: then units are
        mixed, such as tokens per second for seconds.
    """
    _refuse_spread(measurements)
    _refuse_reversal(measurements)


def _refuse_spread(measurements: Sequence[Measurement]) -> None:
    least: dict[tuple[object, ...], Measurement] = {}
    most: dict[tuple[object, ...], Measurement] = {}
    for each in measurements:
        key: tuple[object, ...] = (each.part, *each.work)
        if key not in least or each.seconds < least[key].seconds:
            least[key] = each
        if key not in most or each.seconds > most[key].seconds:
            most[key] = each
    for key, low in least.items():
        high = most[key]
        if high.seconds > LARGEST_SPREAD * low.seconds:
            rule = (
                f"must agree with {_place(low, high)}, {low.seconds:.6g} s for the same batch and"
                f" lengths, within a factor of {LARGEST_SPREAD:g}"
            )
            raise _error(high, rule)


def _refuse_reversal(measurements: Sequence[Measurement]) -> None:
    """Refuse rows where more work takes a small part of the time of less work.

    The row that contradicts most of the others is named.
    """
    for part in sorted({each.part for each in measurements}):
        rows = [each for each in measurements if each.part == part][:LARGEST_COMPARED]
        seconds = np.array([each.seconds for each in rows])
        work = np.array([each.work for each in rows])
        contradict = seconds[:, None] > LARGEST_REVERSAL * seconds[None, :]  # slow, fast
        for column in work.T:
            contradict &= column[:, None] <= column[None, :]
        count = contradict.sum(axis=0) + contradict.sum(axis=1)
        if not count.any():
            continue
        named = int(np.argmax(count))
        row, is_fast = rows[named], bool(contradict[:, named].any())
        against = contradict[:, named] if is_fast else contradict[named]
        other = rows[int(np.flatnonzero(against)[0])]
        told = f"{_place(other, row)}, {other.seconds:.6g} s for"
        rule = (
            f"must take at least as long as {told} no more work"
            if is_fast
            else f"must take at most as long as {told} no less work"
        )
        raise _error(row, f"{rule}: are seconds and tokens per second mixed up?")


def _place(other: Measurement, mine: Measurement) -> str:
    return other.place if other.source == mine.source else f"{other.source}: {other.place}"


def _error(row: Measurement, rule: str) -> InputError:
    found = float(f"{row.seconds:.6g}")
    return InputError(rule, source=row.source, field=row.place, found=found)
