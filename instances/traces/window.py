"""Windows: the requests of a part of a trace, collected in one pass or two."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.errors import InputError
from instances.traces.block import Block, Skipped, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from instances.traces.summary import Summary

WHOLE_UP_TO = 2_000_000
"""Number of requests up to which a trace is kept whole while it is read."""

LARGEST_TAKEN = 20_000_000
"""Largest number of requests that are taken at once."""


class Window(NamedTuple):
    """A part of a trace.

    Parameters
    ----------
    start_ns, end_ns
        Start and end after the first request of the trace; the end is not part of it, None for
        the rest of the trace [ns].
    """

    start_ns: int = 0
    end_ns: int | None = None

    def holds(self, block: Block, first_ns: int) -> Block:
        """Return the rows of a block that arrived in the window."""
        assert block.arrival_ns is not None
        since = block.arrival_ns - first_ns
        kept = since >= self.start_ns
        if self.end_ns is not None:
            kept &= since < self.end_ns
        return block if kept.all() else block.taken(kept)


class Collected(NamedTuple):
    """Requests of a window, ascending by arrival, and the digest of the whole trace."""

    requests: Block
    digest: str


def collect(
    requests: Callable[[Skipped], Iterator[Block]], window: Window, summary: Summary
) -> Collected:
    """Read all requests, count each in a summary, and keep those of a window.

    Parameters
    ----------
    requests
        Function that starts a pass over the requests, in the order of the file, and counts the
        rows skipped.
    window
        Part of the trace to keep.
    summary
        Summary of the first pass: requests are counted in it.

    Raises
    ------
    InputError
        If there is no request, or too many in the window.

    Notes
    -----
    A trace of up to :data:`WHOLE_UP_TO` requests is kept whole until its end. Of a longer one no
    more is kept than the window, counted from the first row: where an earlier request follows
    later in the file, a second pass collects the window again.
    """
    keeper = _Keeper(window)
    for block in requests(summary.skipped):
        summary.add(block)
        keeper.add(block)
    if not summary.num_requests:
        skipped = summary.skipped.num_rows
        raise InputError(
            "must hold at least one request",
            found=f"{skipped:,} rows, all skipped" if skipped else "none",
        )
    if keeper.first_ns != summary.first_ns and not keeper.is_whole:
        again = _Keeper(window, first_ns=summary.first_ns)
        for block in requests(Skipped()):
            again.add(block)
        again.is_whole = False
        return again.collected(summary.first_ns)
    return keeper.collected(summary.first_ns)


class _Keeper:
    """Keeps the requests of a window, and all of them while they are few."""

    def __init__(self, window: Window, first_ns: int | None = None) -> None:
        self.window = window
        self.first_ns = first_ns
        self.is_whole = first_ns is None
        self._blocks: list[Block] = []
        self._num_kept = 0
        self._digest = hashlib.sha256()

    def add(self, block: Block) -> None:
        """Keep what belongs to the window of a block of requests."""
        if not block.num_rows or block.arrival_ns is None:
            return
        if self.first_ns is None:
            self.first_ns = int(block.arrival_ns[0])
        columns = (block.arrival_ns, block.prompt_tokens, block.output_tokens)
        self._digest.update(np.stack(columns, axis=1).astype("<i8").tobytes())
        kept = block if self.is_whole else self.window.holds(block, self.first_ns)
        self._blocks.append(kept)
        self._num_kept += kept.num_rows
        if self.is_whole and self._num_kept > WHOLE_UP_TO:
            self.is_whole = False
            self._blocks = [self.window.holds(each, self.first_ns) for each in self._blocks]
            self._num_kept = sum(each.num_rows for each in self._blocks)
        if self._num_kept > LARGEST_TAKEN:
            rule = (
                f"must have at most {LARGEST_TAKEN:,} requests in the part that is taken: ask for"
                " less by first_epoch and num_epochs, by window=start+end or by sample"
            )
            raise InputError(rule, found="more")

    def collected(self, first_ns: int) -> Collected:
        """Return the requests of the window, with arrivals after the first of the trace."""
        rows = joined(self._blocks)
        assert rows.arrival_ns is not None
        rows = rows.taken(np.argsort(rows.arrival_ns, kind="stable"))
        assert rows.arrival_ns is not None
        digest = self._digest
        if self.is_whole:
            digest = hashlib.sha256((rows.arrival_ns - first_ns).astype("<i8").tobytes())
            for column in (rows.prompt_tokens, rows.output_tokens):
                digest.update(column.astype("<i8").tobytes())
        return Collected(self.window.holds(rows, first_ns), digest.hexdigest())
