"""The precision in which an LLM was published: its weights, and what is left at 16 bits."""

from __future__ import annotations

from heuristics.system_models.validation import Name, Positive, Record


class StoredWeights(Record):
    """The size of published weights over their size in FP16, by part of the LLM.

    Parameters
    ----------
    method
        Name of the method and its bits, such as ``"awq-4bit"``.
    alpha_weights
        Alpha of (9) for all matrices of the layers but those of experts, scales of groups and
        the matrices left at 16 bits counted.
    alpha_experts
        The same for the experts' matrices; equal where there is no mixture.
    alpha_embedding
        The same for the embedding and the head.
    alpha_kv_cache
        Size of a cached value over 16 bits.
    """

    method: Name
    alpha_weights: Positive
    alpha_experts: Positive
    alpha_embedding: Positive
    alpha_kv_cache: Positive
