r"""The measured time of a batch: five coefficients, linear in the work of the batch.

A batch of prompts of :math:`s'` tokens and outputs of :math:`n_i` takes, with N the longest output,

.. math:: t = c_0 + (N - 1) d_0 + \sum_i \Bigl[ c_1 s' + (n_i - 1) d_1
    + d_2 \sum_{t=1}^{n_i - 1} (s' + t) \Bigr].

The first token of each output comes from the initial stage. A later step reads all weights once,
costs :math:`d_1` for each request that still decodes, and :math:`d_2` for each token in its KV
cache.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.validation import Record, Time

if TYPE_CHECKING:
    from collections.abc import Iterable

COEFFICIENTS = ("c0_s", "c1_s", "d0_s", "d1_s", "d2_s")
"""Names of the coefficients, in the order of the fields of :class:`Work`."""


class Work(NamedTuple):
    """Work of a batch or of a part of it: one count for each coefficient.

    Parameters
    ----------
    prefills
        Number of initial stages, counted by :math:`c_0`.
    prefill_tokens
        Prompt tokens computed, over all requests, counted by :math:`c_1`.
    steps
        Number of decoding steps, counted by :math:`d_0`.
    request_steps
        Decoding steps summed over the requests in them, counted by :math:`d_1`.
    cached_tokens
        Tokens of the KV cache read, summed over steps and requests, counted by :math:`d_2`.

    Examples
    --------
    >>> Work(1, 8, 0, 0, 0) + Work(0, 0, 2, 4, 18)
    Work(prefills=1, prefill_tokens=8, steps=2, request_steps=4, cached_tokens=18)
    """

    prefills: float = 0
    prefill_tokens: float = 0
    steps: float = 0
    request_steps: float = 0
    cached_tokens: float = 0

    def __add__(self, other: Work) -> Work:  # type: ignore[override]
        """Return the work of both parts."""
        return Work(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def prefill_work(num_requests: int, prompt_tokens: int) -> Work:
    """Return the work of the initial stage of a batch whose prompts have one length."""
    return Work(prefills=1, prefill_tokens=num_requests * prompt_tokens)


def decoding_work(num_requests: int, cached_tokens: int, steps: int) -> Work:
    """Return the work of decoding steps in which no request ends.

    Parameters
    ----------
    num_requests
        Number of requests in each step.
    cached_tokens
        Tokens in the KV cache of each request before the first step.
    steps
        Number of steps; in the t-th one each request reads :math:`s' + t` tokens.

    Examples
    --------
    >>> decoding_work(2, 3, 2)
    Work(prefills=0, prefill_tokens=0, steps=2, request_steps=4, cached_tokens=18)
    """
    read = steps * cached_tokens + steps * (steps + 1) // 2
    return Work(steps=steps, request_steps=num_requests * steps, cached_tokens=num_requests * read)


def batch_work(prompt_tokens: int, output_tokens: Iterable[int]) -> Work:
    """Return the work of a batch whose prompts are padded to one length.

    Parameters
    ----------
    prompt_tokens
        Length of every prompt as it is computed, :math:`s'`.
    output_tokens
        Length of each output, :math:`n_i`, one or more.

    Examples
    --------
    >>> batch_work(3, [1, 3])
    Work(prefills=1, prefill_tokens=6, steps=2, request_steps=2, cached_tokens=9)
    """
    outputs = list(output_tokens)
    each = [decoding_work(1, prompt_tokens, length - 1) for length in outputs]
    return Work(
        prefills=1,
        prefill_tokens=len(outputs) * prompt_tokens,
        steps=max(outputs) - 1,
        request_steps=sum(one.request_steps for one in each),
        cached_tokens=sum(one.cached_tokens for one in each),
    )


def iteration_work(prefill_tokens: int, num_decoding: int, cached_tokens: int) -> Work:
    """Return the work of one iteration of continuous batching.

    Parameters
    ----------
    prefill_tokens
        Prompt tokens computed in the iteration.
    num_decoding
        Number of requests that decode a token.
    cached_tokens
        Tokens in the KV caches of the requests that decode.

    Examples
    --------
    >>> iteration_work(0, 2, 30)
    Work(prefills=0, prefill_tokens=0, steps=1, request_steps=2, cached_tokens=30)
    """
    return Work(
        prefills=int(prefill_tokens > 0),
        prefill_tokens=prefill_tokens,
        steps=int(num_decoding > 0),
        request_steps=num_decoding,
        cached_tokens=cached_tokens,
    )


class BatchTime(Record):
    """The coefficients of a batch's time.

    Parameters
    ----------
    c0_s
        Overhead of a batch's initial stage, :math:`c_0` [s].
    c1_s
        Time of the initial stage for a prompt token, :math:`c_1` [s].
    d0_s
        Time of a decoding step for the whole batch, :math:`d_0` [s].
    d1_s
        Time of a decoding step for each request in it, :math:`d_1` [s].
    d2_s
        Time of a decoding step for each token in the KV caches, :math:`d_2` [s].
    """

    c0_s: Time
    c1_s: Time
    d0_s: Time
    d1_s: Time
    d2_s: Time

    def seconds(self, work: Work) -> Fraction:
        """Return the time of some work, exactly [s].

        Examples
        --------
        >>> model = BatchTime(c0_s=0.5, c1_s=0.25, d0_s=1.0, d1_s=0.5, d2_s=0.125)
        >>> model.seconds(batch_work(3, [1, 3]))
        Fraction(49, 8)
        """
        values = (getattr(self, name) for name in COEFFICIENTS)
        return sum(
            (
                as_fraction(value) * Fraction(count)
                for value, count in zip(values, work, strict=True)
            ),
            Fraction(0),
        )
