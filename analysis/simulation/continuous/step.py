"""Step: an executed iteration, or several equal ones in a row, for observers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from analysis.simulation.continuous.job import Job


class Step(NamedTuple):
    """Iterations of an edge node with the same requests.

    Parameters
    ----------
    edge_node
        Index of the edge node.
    start, end
        Ticks of start and end.
    num_steps
        Number of iterations; 1 where prompts are computed.
    num_decoding
        Number of requests that decoded a token in each iteration.
    chunks
        Jobs whose prompts were computed, with the first token and the end of each part.
    held, capacity
        Memory of the caches at the end, with the tokens of the last iteration, and its limit.
    num_preempted
        Number of requests that lost their cache before the iterations.
    """

    edge_node: int
    start: int
    end: int
    num_steps: int
    num_decoding: int
    chunks: tuple[tuple[Job, int, int], ...]
    held: int
    capacity: int
    num_preempted: int
