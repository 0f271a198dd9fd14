"""Memory of an edge node: the unit that (12c) counts in, its demands and its capacity.

Where the cache is in proportion to the tokens of a request, (12c) counts tokens. A window caps
the cache of its layers, and a state is the same for every request: then tokens no longer tell
the memory, and (12c) counts bytes.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from heuristics.integers import LARGEST_ROW_SUM, LARGEST_VALUE
from heuristics.system_models.quantization import quantized_memory
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.transformer import kv_cache_bytes, memory_constants, state_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from heuristics.system_models.scenario import EdgeNode, Scenario


def memory_unit(scenario: Scenario) -> int | None:
    """Return the number of bytes that (12c) counts as one; None where it counts tokens.

    It is the least power of ten with which every capacity stays below 10^15 and every row within
    62 bits, the same for all edge nodes of the scenario.
    """
    if all(each.llm.is_cache_linear for each in scenario.edge_nodes):
        return None
    most = max(each.num_gpus * each.gpu_memory_bytes for each in scenario.edge_nodes)
    largest = min(LARGEST_VALUE, LARGEST_ROW_SUM // max(scenario.num_requests, 1)) - 1
    unit = 1
    while most // unit >= largest:
        unit *= 10
    return unit


def unit_name(scenario: Scenario) -> str | None:
    """Return the unit of (12c) as ``parameters.memory_unit`` has it; None for tokens."""
    unit = memory_unit(scenario)
    if unit is None:
        return None
    return "bytes" if unit == 1 else f"{unit} bytes"


def request_bytes(edge_node: EdgeNode, num_tokens: int) -> Fraction:
    """Return what a request of so many tokens holds beside the weights: cache and states [byte]."""
    alpha = as_fraction(edge_node.quantization.alpha_kv_cache)
    return alpha * kv_cache_bytes(edge_node.llm, num_tokens) + state_bytes(edge_node.llm)


def node_memory(
    edge_node: EdgeNode,
    tokens: Sequence[int],
    free: Fraction,
    unit: int | None,
    to_integer: Callable[[Fraction], int] = ceil,
) -> tuple[list[int], int]:
    """Return the demands of requests of these numbers of tokens, and the capacity, of (12c).

    Parameters
    ----------
    edge_node
        Edge node with its LLM as it is stored.
    tokens
        s' + n of each request [tokens].
    free
        Memory beside the weights, negative where they do not fit [byte].
    unit
        Number of bytes of one unit; None for tokens.
    to_integer
        Rounding of the demands in bytes. The capacity is rounded down.
    """
    if unit is None:
        _, per_token = quantized_memory(memory_constants(edge_node.llm), edge_node.quantization)
        return list(tokens), int(free // per_token) if free > 0 else 0
    demand = [to_integer(request_bytes(edge_node, each) / unit) for each in tokens]
    return demand, int(free // unit) if free > 0 else 0
