"""Output levels: the longest outputs among which a batch chooses where latency is measured.

A decoding step takes its time whatever the batch is, so a batch is charged for the steps of the
longest output that it is made for. Each level is an alternative of the edge node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.system_models.latency import LatencyModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heuristics.system_models.template import Template

MOST_LEVELS = 16
"""Maximum number of longest outputs among which an edge node chooses."""


def with_output_levels(template: Template, output_tokens: Iterable[int]) -> Template:
    """Return a recipe whose longest outputs are those of the requests, if latency is measured.

    A recipe that gives longest outputs keeps them.

    Parameters
    ----------
    template
        Recipe of the scenario.
    output_tokens
        Output lengths of its requests [tokens].
    """
    inference = template.inference
    if inference.latency is not LatencyModel.MEASURED:
        return template
    if inference.longest_output_tokens is not None:
        return template
    lengths = np.array(list(output_tokens), dtype=np.int64)
    if inference.output_levels_tokens is not None:
        levels = np.array(inference.output_levels_tokens, dtype=np.int64)
        lengths = levels[np.searchsorted(levels, lengths[lengths <= levels[-1]])]
    if not lengths.size:
        return template
    chosen = output_levels(lengths)
    longest = chosen if len(chosen) > 1 else chosen[0]
    changed = inference.model_copy(update={"longest_output_tokens": longest})
    return template.model_copy(update={"inference": changed})


def output_levels(output_tokens: Iterable[int]) -> tuple[int, ...]:
    """Return at most 16 longest outputs for batches of these requests, ascending [tokens].

    Parameters
    ----------
    output_tokens
        Output lengths, at least one [tokens].

    Returns
    -------
    tuple of int
        All lengths if there are at most 16, otherwise the quantiles 1/16, 2/16, ..., 1 of the
        requests. The largest length is always among them, so that no request is left out. A batch
        between two levels counts the steps of the level above.

    Examples
    --------
    >>> output_levels([128, 512, 256, 128])
    (128, 256, 512)
    >>> output_levels(range(1, 161))
    (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160)
    """
    lengths = np.sort(np.array(list(output_tokens), dtype=np.int64))
    distinct = np.unique(lengths)
    if distinct.size > MOST_LEVELS:
        ranks = -(-np.arange(1, MOST_LEVELS + 1) * lengths.size // MOST_LEVELS) - 1
        distinct = np.unique(lengths[ranks])
    return tuple(distinct.tolist())
