"""Static batching, the first rival of Section V: a predefined batch size at each edge node.

The paper gives no formula, only that the size "is established considering epoch duration, the
implemented LLM, and the requisite input and output lengths to ensure there is no GPU overflow",
and that each epoch gathers "prompts, either of the designated size or smaller". The reading here:
the size is the largest number of requests of the worst lengths, s' and the longest output, that
one T_C computes and the memory holds. Requests are taken in the order of arrival, each by the first
edge node that can serve it and has room. The scheme ignores spectrum. It ignores deadlines too,
except that it skips requests whose deadline has passed, unless
:class:`analysis.simulation.readings.Admission` is read otherwise. Late outputs count as late.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from analysis.simulation import execution
from analysis.simulation.readings import Admission
from heuristics.schedule import Schedule
from heuristics.system_models.latency import (
    LatencyModel,
    batch_s,
    cache_reading_s,
    reading_s,
)
from heuristics.system_models.rounding import as_fraction

if TYPE_CHECKING:
    from analysis.simulation.epoch import Epoch
    from heuristics.system_models.scenario import EdgeNode, Setting


def batch_size(edge_node: EdgeNode, setting: Setting, longest_output_tokens: int) -> int:
    """Return the predefined size of an edge node's batches.

    Parameters
    ----------
    edge_node
        The edge node with its devices and its LLM.
    setting
        Setting with T_C and s'.
    longest_output_tokens
        Worst length of an output [tokens].

    Returns
    -------
    int
        The largest z such that z requests of s' and the longest output take at most T_C and fit the
        memory; 0 if a single request is too much, as for the UAV of Section V.
    """
    padded, num_gpus = setting.padding_tokens, edge_node.num_gpus
    worst = _worst(edge_node, setting, longest_output_tokens)
    by_time = worst.batch_size(setting.latency, as_fraction(setting.compute_slot_s))
    weights = execution.memory_bytes(edge_node, setting, 0)
    worst_bytes = (
        execution.memory_bytes(edge_node, setting, padded + longest_output_tokens) - weights
    )
    by_memory = (num_gpus * edge_node.gpu_memory_bytes - weights) // worst_bytes
    return max(0, int(min(by_time, by_memory)))


class _Worst(NamedTuple):
    """Times of requests of the worst lengths [s].

    ``computing`` and ``caches`` are those of one request, ``weights`` that of a batch.
    """

    computing: Fraction
    weights: Fraction
    caches: Fraction

    def batch_s(self, model: LatencyModel, size: int) -> Fraction:
        """Return the latency of a batch of this size [s]."""
        return batch_s(model, size * self.computing, self.weights + size * self.caches)

    def batch_size(self, model: LatencyModel, slot: Fraction) -> int:
        """Return the largest size of a batch within a slot [s]."""
        if model is LatencyModel.COMPUTE:
            return slot // self.computing
        left = max(slot - self.weights, Fraction(0))
        if model is LatencyModel.SERIAL:
            return left // (self.computing + self.caches)
        if self.weights > slot:
            return 0
        by_computing = slot // self.computing
        return min(by_computing, left // self.caches) if self.caches else by_computing


def _worst(edge_node: EdgeNode, setting: Setting, longest_output_tokens: int) -> _Worst:
    padded, num_gpus = setting.padding_tokens, edge_node.num_gpus
    computing = execution.prefill_s(edge_node, padded, num_gpus=num_gpus) + execution.decoding_s(
        edge_node, setting, padded, longest_output_tokens, num_gpus=num_gpus
    )
    weights = reading_s(edge_node, setting, longest_output_tokens, num_gpus=num_gpus)
    caches = cache_reading_s(edge_node, setting, padded, longest_output_tokens, num_gpus=num_gpus)
    return _Worst(computing, weights, caches)


def static_batches(
    epoch: Epoch, longest_output_tokens: int, admission: Admission = Admission.ANY
) -> Schedule:
    """Return the batches of an epoch by static batching, first come, first served.

    Parameters
    ----------
    epoch
        The epoch and its requests.
    longest_output_tokens
        Worst length of an output, which the sizes were established with [tokens].
    admission
        Rule for the requests that are taken.
    """
    scenario, setting = epoch.scenario, epoch.scenario.setting
    sizes = [
        batch_size(edge_node, setting, longest_output_tokens) for edge_node in scenario.edge_nodes
    ]
    # Time that must be left until the deadline: none, or that of a whole batch.
    after = [Fraction(0)] * len(sizes)
    if admission is Admission.IN_TIME:
        after = [
            worst.batch_s(setting.latency, size)
            for size, worst in (
                (size, _worst(edge_node, setting, longest_output_tokens))
                for size, edge_node in zip(sizes, scenario.edge_nodes, strict=True)
            )
        ]
    suits = [execution.suits_batches(edge_node, scenario) for edge_node in scenario.edge_nodes]
    batches: list[list[int]] = [[] for _ in sizes]
    by_arrival = sorted(range(len(epoch.requests)), key=lambda i: epoch.requests[i].arrival)
    for request in by_arrival:
        left = epoch.requests[request].due - epoch.last_due
        if left <= 0:
            continue
        for edge_node, batch in enumerate(batches):
            has_room = len(batch) < sizes[edge_node] and after[edge_node] <= left
            if has_room and suits[edge_node][request]:
                batch.append(request)
                break
    return Schedule.of(batches)
