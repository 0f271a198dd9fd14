"""Consistency: rows that contradict each other, and times that cannot be seconds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from heuristics.errors import InputError
from instances.measurements.measurement import PREFILL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instances.measurements.measurement import Measurement

LARGEST_SPREAD = 3.0
"""Largest ratio of two times of the same work; repetitions of one test differ by less."""

LARGEST_REVERSAL = 4.0
"""Largest ratio by which less work may take longer than more work."""

STANDSTILL = 1.05
"""Ratio of times up to which twice the output counts as no growth."""

LEAST_OUTPUT = 16
"""Least output whose growth is tested [tokens]."""

LONGEST_PROMPT = 16
"""Largest ratio of prompt to output for which the time must grow with the output."""

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
    _refuse_standstill(measurements)


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


def _refuse_standstill(measurements: Sequence[Measurement]) -> None:
    """Refuse times that do not grow with the output: rates, or outputs that ended early.

    Only batches of equal size and prompt are compared, whose prompt is not so long that it hides
    the output, and only if most pairs stand still.
    """
    groups: dict[tuple[object, ...], list[Measurement]] = {}
    for each in measurements:
        if each.part != PREFILL and (each.output_tokens or 0) >= LEAST_OUTPUT:
            key = (each.part, each.batch, each.prompt_tokens, each.cached_tokens)
            groups.setdefault(key, []).append(each)
    pairs = [
        (less, more)
        for group in groups.values()
        for less, more in pairwise(sorted(group, key=lambda row: row.output_tokens or 0))
        if (more.output_tokens or 0) >= 2 * (less.output_tokens or 0)
        and (more.prompt_tokens or 0) <= LONGEST_PROMPT * (more.output_tokens or 0)
    ]
    still = [(less, more) for less, more in pairs if more.seconds <= STANDSTILL * less.seconds]
    if len(still) > len(pairs) / 2:
        less, more = still[0]
        rule = (
            f"must take longer than {_place(less, more)}, {less.seconds:.6g} s for half of the"
            " output or less: are these tokens per second, or did the outputs end early?"
        )
        raise _error(more, rule)


def _place(other: Measurement, mine: Measurement) -> str:
    return other.place if other.source == mine.source else f"{other.source}: {other.place}"


def _error(row: Measurement, rule: str) -> InputError:
    found = float(f"{row.seconds:.6g}")
    return InputError(rule, source=row.source, field=row.place, found=found)
