"""Cache memory: the memory of an edge node that caches fill, in whole units."""

from __future__ import annotations

from functools import cache
from math import lcm
from typing import TYPE_CHECKING

from analysis.simulation import execution
from heuristics.system_models.memory import request_bytes
from heuristics.system_models.rounding import as_fraction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heuristics.system_models.scenario import EdgeNode, Setting


class CacheMemory:
    """Memory beside the weights, and the part of it that a request holds.

    Parameters
    ----------
    edge_node, setting
        Edge node with its LLM, and the option to count the embedding.

    Attributes
    ----------
    capacity
        Memory of all devices beside the weights [unit].
    is_linear
        True if a request holds a constant and a constant for each token: no windows.
    per_request, per_token
        These constants [unit]; of no meaning with windows.
    """

    def __init__(self, edge_node: EdgeNode, setting: Setting) -> None:
        free = edge_node.num_gpus * edge_node.gpu_memory_bytes - execution.memory_bytes(
            edge_node, setting, 0
        )
        alpha = as_fraction(edge_node.quantization.alpha_kv_cache)
        self._edge_node, self._scale = edge_node, lcm(free.denominator, alpha.denominator)
        self.capacity = int(free * self._scale)
        self.held = cache(self._held)
        self.is_linear = not edge_node.llm.has_windows
        self.per_request = self.held(0)
        self.per_token = self.held(1) - self.per_request

    def _held(self, num_tokens: int) -> int:
        """Return the memory of a request with so many tokens [unit]."""
        return int(request_bytes(self._edge_node, num_tokens) * self._scale)

    def held_by(self, num_requests: int, num_tokens: int, each: Iterable[int]) -> int:
        """Return the memory of requests: their number, their tokens together, and of each."""
        if self.is_linear:
            return num_requests * self.per_request + num_tokens * self.per_token
        return sum(self.held(one) for one in each)
