r"""The measured latency of an edge node, as an instance has it, and (12d) by it.

By :mod:`heuristics.system_models.batch_time` a batch with the longest output N takes
:math:`c_0 + (N - 1) d_0` and a sum over its requests. With a fixed N the sum is the left side of
(12d), and the time that is left beside the first part is its budget. Each N is an alternative of
the edge node. A margin is added to every time, so that a promised deadline holds on the device
despite the error of the profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from heuristics.errors import InputError
from heuristics.system_models.batch_time import (
    COEFFICIENTS,
    BatchTime,
    Work,
    batch_work,
    prefill_work,
)
from heuristics.system_models.latency_profile import Range
from heuristics.system_models.name_matching import same_llm, same_quantization
from heuristics.system_models.rounding import as_fraction, ceil_ratio
from heuristics.system_models.validation import (
    Count,
    Name,
    NonNegative,
    Record,
    Time,
    broken_rule,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from heuristics.system_models.latency_profile import LatencyProfile
    from heuristics.system_models.protocol import LatencyBudgets
    from heuristics.system_models.scenario import EdgeNode

TICKS_PER_S = 10**9
"""Compute counts in nanoseconds where latency is measured."""


class MeasuredLatency(Record):
    """The numbers of a latency profile that the coefficients follow from.

    Parameters
    ----------
    device, llm, quantization, engine
        Names of the profile; the engine is absent if the measurements do not state it.
    num_devices
        Number of devices that one batch runs on together.
    c0_s, c1_s, d0_s, d1_s, d2_s
        Coefficients of the batch time [s].
    margin
        Fraction added to every time.
    measured_range
        Range that the measurements cover.
    """

    device: Name
    llm: Name
    quantization: Name
    engine: Name | None = None
    num_devices: Count
    c0_s: Time
    c1_s: Time
    d0_s: Time
    d1_s: Time
    d2_s: Time
    margin: NonNegative
    measured_range: Range

    @classmethod
    def of(cls, profile: LatencyProfile, *, margin: float | None = None) -> Self:
        """Return the numbers of a profile.

        Parameters
        ----------
        profile
            Latency profile.
        margin
            Fraction that replaces the margin of the profile; None keeps it.

        Raises
        ------
        InputError
            If the profile does not name its LLM or its quantization.
        """
        for name in ("llm", "quantization"):
            if getattr(profile, name) is None:
                rule = f"must be named by the profile, as otgah calibrate --set {name}=NAME does"
                raise InputError(rule, field=name)
        return cls(
            device=profile.device,
            llm=profile.llm or "",
            quantization=profile.quantization or "",
            engine=profile.engine,
            num_devices=profile.num_devices,
            **{name: getattr(profile.coefficients, name).value for name in COEFFICIENTS},
            margin=profile.margin if margin is None else margin,
            measured_range=profile.measured_range,
        )

    @property
    def batch_time(self) -> BatchTime:
        """The batch time without the margin."""
        return BatchTime(**{name: getattr(self, name) for name in COEFFICIENTS})

    def promised_s(self, work: Work) -> Fraction:
        """Return the time of some work with the margin, exactly [s]."""
        return (1 + as_fraction(self.margin)) * self.batch_time.seconds(work)


def refuse_other_profile(edge_node: EdgeNode, place: str) -> None:
    """Raise the error of an edge node whose profile is missing or belongs to something else.

    Parameters
    ----------
    edge_node
        Edge node with its LLM, its quantization and its number of devices.
    place
        Path of the edge node, for the error.
    """
    latency = edge_node.latency_profile
    if latency is None:
        rule = "must be a latency profile where latency is measured, such as device=board.toml"
        raise broken_rule(f"{place}.latency_profile", rule, found=None)
    found = edge_node.llm.name
    if not same_llm(latency.llm, found):
        rule = f"must be the LLM of its latency profile, {latency.llm}"
        raise broken_rule(f"{place}.llm", rule, found=found)
    found = edge_node.quantization.name
    if not same_quantization(latency.quantization, found):
        rule = f"must be the quantization of its latency profile, {latency.quantization}"
        raise broken_rule(f"{place}.quantization", rule, found=found)
    if latency.num_devices != edge_node.num_gpus:
        rule = f"must be the number of devices of its latency profile, {latency.num_devices}"
        raise broken_rule(f"{place}.num_gpus", rule, found=edge_node.num_gpus)


def shared_s(latency: MeasuredLatency, longest_output_tokens: int) -> Fraction:
    """Return the time of a batch that does not depend on its requests, with the margin [s].

    Parameters
    ----------
    latency
        Measured latency of the edge node.
    longest_output_tokens
        Longest output of the batch, N; 0 if there is no candidate.
    """
    return latency.promised_s(Work(prefills=1, steps=max(longest_output_tokens - 1, 0)))


def request_s(latency: MeasuredLatency, padding_tokens: int, output_tokens: int) -> Fraction:
    """Return the time that one request adds to its batch, with the margin [s]."""
    whole = batch_work(padding_tokens, [output_tokens])
    return latency.promised_s(whole._replace(prefills=0, steps=0))


def request_ticks(latency: MeasuredLatency, padding_tokens: int, output_tokens: int) -> int:
    """Return the time that one request adds to its batch, rounded up, at least 1 [ns].

    With at least 1, a request without a time of its own exceeds the budget 0 of a batch that is
    late whatever its requests are.
    """
    added = request_s(latency, padding_tokens, output_tokens)
    return max(1, ceil_ratio(added * TICKS_PER_S, 1))


def budget_ticks(budgets: LatencyBudgets, taken: Fraction) -> NDArray[Any]:
    """Return the time left for the requests of a batch, rounded down, 0 if negative [ns].

    Parameters
    ----------
    budgets
        min(tau', T_C) of each request, shape (I,).
    taken
        Time of the batch beside its requests [s].
    """
    ticks = budgets.capped.astype(object) * (TICKS_PER_S * taken.denominator)
    left = ticks - taken.numerator * TICKS_PER_S * budgets.denominator
    return np.asarray(np.maximum(left // (budgets.denominator * taken.denominator), 0))


def executed_s(
    latency: MeasuredLatency, padding_tokens: int, output_tokens: Sequence[int]
) -> tuple[Fraction, Fraction]:
    """Return the end of the initial stage and the end of a batch that starts at 0 [s].

    Parameters
    ----------
    latency
        Measured latency of the edge node; its margin does not count, as the execution takes the
        predicted time.
    padding_tokens
        Length of every prompt as it is computed.
    output_tokens
        Length of each output, one or more.
    """
    model = latency.batch_time
    first = model.seconds(prefill_work(len(output_tokens), padding_tokens))
    return first, model.seconds(batch_work(padding_tokens, output_tokens))
