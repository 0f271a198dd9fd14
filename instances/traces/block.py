"""Blocks: rows that are read together, and the rule by which rows are skipped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Rows of a trace in the order of the file.

    Parameters
    ----------
    arrival_ns
        Arrival on the file's own clock, shape (n,) [ns]; None if the file has lengths alone.
    prompt_tokens, output_tokens
        Lengths :math:`s_i` and :math:`n_i`, shape (n,) [tokens].
    lines
        Line of each row in the file, shape (n,).
    ids
        Identifier of each row as text, shape (n,); None if the format has none.
    excluded
        Rows that are no requests, shape (n,); the reason is the format's.
    """

    arrival_ns: NDArray[np.int64] | None
    prompt_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]
    lines: NDArray[np.int64]
    ids: NDArray[np.object_] | None = None
    excluded: NDArray[np.bool_] | None = None

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.prompt_tokens)

    def taken(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Block:
        """Return the chosen rows."""
        return Block(
            arrival_ns=None if self.arrival_ns is None else self.arrival_ns[chosen],
            prompt_tokens=self.prompt_tokens[chosen],
            output_tokens=self.output_tokens[chosen],
            lines=self.lines[chosen],
            ids=None if self.ids is None else self.ids[chosen],
        )


def joined(blocks: list[Block]) -> Block:
    """Return the rows of at least one block as one block."""
    arrivals = [each.arrival_ns for each in blocks if each.arrival_ns is not None]
    ids = [each.ids for each in blocks if each.ids is not None]
    return Block(
        arrival_ns=np.concatenate(arrivals) if arrivals else None,
        prompt_tokens=np.concatenate([each.prompt_tokens for each in blocks]),
        output_tokens=np.concatenate([each.output_tokens for each in blocks]),
        lines=np.concatenate([each.lines for each in blocks]),
        ids=np.concatenate(ids) if len(ids) == len(blocks) else None,
    )


@dataclass
class Skipped:
    """Rows that were skipped: for each reason their number and the line of the first."""

    reasons: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def num_rows(self) -> int:
        """Number of rows skipped."""
        return sum(count for count, _ in self.reasons.values())

    def requests(self, block: Block, *, exclusion: str, failure: str) -> Block:
        """Return the rows of a block that are requests, and count the others.

        Parameters
        ----------
        block
            Rows as read.
        exclusion, failure
            The format's reasons to skip excluded rows and rows without output.
        """
        rules = [(block.excluded, exclusion)] if block.excluded is not None else []
        rules += [
            (block.output_tokens == 0, failure),
            (block.prompt_tokens == 0, "0 prompt tokens"),
        ]
        kept = np.ones(block.num_rows, dtype=bool)
        for rule, reason in rules:
            hit = np.flatnonzero(kept & rule)
            if hit.size:
                count, line = self.reasons.get(reason, (0, int(block.lines[hit[0]])))
                self.reasons[reason] = (count + hit.size, line)
                kept[hit] = False
        return block if kept.all() else block.taken(kept)
