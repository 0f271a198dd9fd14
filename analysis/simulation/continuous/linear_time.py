r"""Linear time: the time of decoding steps that is linear in the tokens they read.

A step with b requests takes :math:`\alpha_b + \beta b + \sum_w \gamma_w k_w`, where :math:`k_w` is
the number of cached tokens that the step attends to in layers of window w, all of them without a
window. The j-th step after a time with a cached tokens of a request attends to a + j of them, so
the time of m steps has a closed form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Decoding(NamedTuple):
    """Requests that decode together.

    Parameters
    ----------
    num_requests
        Number of requests, b.
    cached_tokens
        Cached tokens of all of them before the first step.
    each
        Cached tokens of each of them; only windows need them, and they may be left out without.
    """

    num_requests: int
    cached_tokens: int
    each: Sequence[int] = ()


class LinearTime(NamedTuple):
    """Coefficients of the time of a decoding step, in integer units.

    Parameters
    ----------
    fixed
        Function from the number of tokens of a step to its fixed time, alpha.
    request
        Time for each request, beta.
    reads
        Pairs of a window, None for all tokens, and the time for each token in it, gamma.
    """

    fixed: Callable[[int], int]
    request: int
    reads: tuple[tuple[int | None, int], ...]

    def steps(self, decoding: Decoding, num_steps: int) -> int:
        """Return the time of so many steps without an initial stage.

        Examples
        --------
        >>> LinearTime(lambda tokens: 100, 10, ((None, 1),)).steps(Decoding(2, 7), 3)
        393
        """
        b = decoding.num_requests
        return num_steps * self.fixed(b) + self.beside_fixed(decoding, num_steps)

    def beside_fixed(self, decoding: Decoding, num_steps: int) -> int:
        """Return the time of so many steps, the fixed part left out."""
        b, cached, each = decoding
        time = num_steps * b * self.request
        for window, read in self.reads:
            if window is None:
                tokens = num_steps * cached + b * num_steps * (num_steps + 1) // 2
            else:
                tokens = sum(_attended(one, num_steps, window) for one in each)
            time += read * tokens
        return time


def larger_sum(first: LinearTime, second: LinearTime, decoding: Decoding, num_steps: int) -> int:
    """Return the time of so many steps, each the longer of two times.

    Notes
    -----
    Without windows the difference of the two times is linear in the step, so that it changes its
    sign once at most: constant time. With windows the steps are added one by one.
    """
    if any(window is not None for one in (first, second) for window, _ in one.reads):
        return _step_by_step(first, second, decoding, num_steps)
    slope = decoding.num_requests * (_read(first) - _read(second))
    level = first.steps(decoding, 1) - second.steps(decoding, 1)  # of the first step
    last = level + slope * (num_steps - 1)
    if min(level, last) >= 0:
        return first.steps(decoding, num_steps)
    if max(level, last) <= 0:
        return second.steps(decoding, num_steps)
    ahead, behind = (first, second) if level > 0 else (second, first)
    before = abs(level) // abs(slope) + 1  # steps until the sign changes
    after = behind.steps(decoding, num_steps) - behind.steps(decoding, before)
    return ahead.steps(decoding, before) + after


def _read(time: LinearTime) -> int:
    return sum(read for _, read in time.reads)


def _step_by_step(first: LinearTime, second: LinearTime, decoding: Decoding, num_steps: int) -> int:
    b, cached, each = decoding
    total = 0
    for step in range(num_steps):
        now = Decoding(b, cached + step * b, [one + step for one in each])
        total += max(first.steps(now, 1), second.steps(now, 1))
    return total


def _attended(cached: int, num_steps: int, window: int) -> int:
    """Return the sum of min(a + j, W) over the steps j."""
    growing = min(max(window - cached, 0), num_steps)
    return growing * cached + growing * (growing + 1) // 2 + (num_steps - growing) * window
