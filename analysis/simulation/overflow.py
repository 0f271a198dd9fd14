"""Overflow: requests removed from a batch whose KV caches outgrow the memory.

A batch that was planned with estimates may need more memory than the edge node has. As soon as
the next step does not fit, the edge node removes the youngest of the requests that still decode,
frees its cache and loses its output, and goes on with the others. Outputs that are complete keep
their caches to the end of the batch, as (12c) counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.simulation.execution import memory_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.system_models.scenario import EdgeNode, Setting


class Generated(NamedTuple):
    """Tokens that a batch generates.

    Parameters
    ----------
    tokens
        Tokens of each request, fewer than its output if it was removed, at least 1.
    removed
        Places of the removed requests in the batch, in the order of their removal.
    """

    tokens: tuple[int, ...]
    removed: tuple[int, ...]


def generated(
    edge_node: EdgeNode,
    setting: Setting,
    prompt_tokens: int,
    output_tokens: Sequence[int],
    memory_limit: int,
) -> Generated:
    """Return the tokens that a batch generates within a memory.

    Parameters
    ----------
    edge_node, setting
        Edge node with its LLM, and the option to count the embedding.
    prompt_tokens
        Length of every prompt as it is computed, with its padding [tokens].
    output_tokens
        Length of each output, in the order of arrival, at least 1 [tokens].
    memory_limit
        Memory for weights and caches [byte].

    Notes
    -----
    Time O(K B log N) for K removals from a batch of B requests with the longest output N.
    """
    kept = dict(enumerate(output_tokens))
    tokens, removed = list(output_tokens), []

    def fits(step: int) -> bool:
        cached = (prompt_tokens + min(each, step) for each in kept.values())
        return memory_bytes(edge_node, setting, *cached) <= memory_limit

    step = 0
    while kept and not fits(max(kept.values())):
        low, high = step, max(kept.values())  # the first step that does not fit
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if fits(middle) else (low, middle)
        step = low
        youngest = max(place for place, output in kept.items() if output >= step)
        del kept[youngest]
        tokens[youngest] = max(step - 1, 1)
        removed.append(youngest)
    return Generated(tuple(tokens), tuple(removed))
