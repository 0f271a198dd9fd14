"""Policy: the options of continuous batching."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from analysis.methods.option import Option, whole_number
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.methods.option import OptionValue

WHOLE, CHUNKED = "whole", "chunked"


class Cache(StrEnum):
    """Memory of a request: reserved for its whole output, or as much as its tokens fill.

    With ``paged`` the caches may outgrow the memory. Then the request that was admitted last loses
    its cache, waits again, and computes prompt and tokens so far anew.
    """

    RESERVED = "reserved"
    PAGED = "paged"


class QueueOrder(StrEnum):
    """Order of the requests that wait at an edge node; the order of arrival breaks ties.

    ``shortest`` is by the computing time of the request alone, ``slack`` by the latest time at
    which its computing must start.
    """

    FCFS = "fcfs"
    DEADLINE = "deadline"
    SHORTEST = "shortest"
    SLACK = "slack"


class DispatchRule(StrEnum):
    """Rule that chooses the edge node on arrival, among those that can serve the request.

    ``least-loaded`` takes the edge node with the fewest requests for each device, ``fastest`` the
    edge node that would serve the request alone in the shortest time.
    """

    LEAST_LOADED = "least-loaded"
    FASTEST = "fastest"
    ROUND_ROBIN = "round-robin"


class Overdue(StrEnum):
    """Fate of a request that can no longer meet its deadline: dropped, or served late."""

    DROP = "drop"
    SERVE = "serve"


@dataclass(frozen=True, kw_only=True)
class PrefillOption(Option):
    """The option of the initial stage: ``whole``, or ``chunked:N`` with N prompt tokens a step."""

    def parse(self, value: object, *, source: str) -> OptionValue:
        """Return ``whole``, or ``chunked:N`` with N as a plain number.

        Examples
        --------
        >>> PREFILL.parse("chunked:512", source="--set")
        'chunked:512'
        """
        name, _, size = str(value).partition(":")
        number = whole_number(size)
        if value == WHOLE or (name == CHUNKED and number is not None and number >= 1):
            return WHOLE if number is None else f"{CHUNKED}:{number}"
        rule = "must be whole or chunked:N with N of at least 1"
        raise InputError(rule, source=source, field=self.name, found=value)


PREFILL = PrefillOption(
    name="prefill",
    summary="prompts of a step: whole, or at most N tokens of prompts",
    default=WHOLE,
    allowed=(WHOLE, f"{CHUNKED}:N"),
)
CACHE = Option(
    name="cache",
    summary="memory of a request: for its whole output, or for its tokens so far",
    default=Cache.RESERVED,
    allowed=tuple(Cache),
)
QUEUE = Option(
    name="queue",
    summary="order of the requests that wait",
    default=QueueOrder.FCFS,
    allowed=tuple(QueueOrder),
)
DISPATCH = Option(
    name="dispatch",
    summary="rule that chooses the edge node of a request",
    default=DispatchRule.LEAST_LOADED,
    allowed=tuple(DispatchRule),
)
OVERDUE = Option(
    name="overdue",
    summary="whether requests that cannot meet their deadline are dropped or served late",
    default=Overdue.DROP,
    allowed=tuple(Overdue),
)
MAX_REQUESTS = Option(
    name="max_requests",
    summary="largest number of requests that an edge node computes at a time",
    default=None,
    least=1,
)
OPTIONS = (PREFILL, CACHE, QUEUE, DISPATCH, OVERDUE, MAX_REQUESTS)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Values of the options.

    Parameters
    ----------
    chunk_tokens
        Largest number of prompt tokens of a step; None for whole prompts.
    cache, queue, dispatch, overdue
        Values of the options of these names.
    max_requests
        Largest number of requests that an edge node computes at a time; None for no limit.
    """

    chunk_tokens: int | None = None
    cache: Cache = Cache.RESERVED
    queue: QueueOrder = QueueOrder.FCFS
    dispatch: DispatchRule = DispatchRule.LEAST_LOADED
    overdue: Overdue = Overdue.DROP
    max_requests: int | None = None

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Policy:
        """Return the policy of parsed values of :data:`OPTIONS`, by name."""
        _, _, size = str(values[PREFILL.name]).partition(":")
        most = values[MAX_REQUESTS.name]
        return cls(
            chunk_tokens=int(size) if size else None,
            cache=Cache(str(values[CACHE.name])),
            queue=QueueOrder(str(values[QUEUE.name])),
            dispatch=DispatchRule(str(values[DISPATCH.name])),
            overdue=Overdue(str(values[OVERDUE.name])),
            max_requests=most if isinstance(most, int) else None,
        )
