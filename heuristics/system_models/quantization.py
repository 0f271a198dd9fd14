"""Quantization: its effect on memory, latency and accuracy, (9) and (11)."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import Field

from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.transformer import (
    FP16_BYTES,
    common_weights,
    embedding_weights,
    expected_expert_bytes,
    expert_weights,
    head_weights,
)
from heuristics.system_models.validation import Name, Positive, Record, Signed

if TYPE_CHECKING:
    from heuristics.system_models.transformer import MemoryConstants, Transformer


class AccuracyMode(StrEnum):
    """The perplexity differential that f of (11) reads.

    The paper's f(x) = 1 - x with accuracies uniform on [0, 1] tells its quantization methods
    apart only for the absolute differential; the relative one keeps every f above 0.9.
    """

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class Quantization(Record):
    r"""The effect of a quantization method on one LLM.

    Parameters
    ----------
    name
        Name of the method, such as ``"w8a16"``.
    alpha_weights, alpha_kv_cache
        :math:`\alpha_j` of (9) for the weights and for the KV cache: quantized over FP16 size.
        The paper uses one for both; a method for weights alone keeps the cache in FP16.
    beta
        :math:`\beta_j` of (9): quantized over FP16 computing time.
    ppl_differential
        :math:`\Delta PPL_j`: the perplexity lost, absolute.
    ppl_reference
        The perplexity in FP16 on the same data; only the relative differential needs it.
    alpha_experts, alpha_embedding
        Alpha of the experts' matrices, and of the embedding and the head, where the method
        treats them unlike the other weights; absent for ``alpha_weights``.
    """

    name: Name
    alpha_weights: Positive
    alpha_kv_cache: Positive
    beta: Positive
    ppl_differential: Signed
    ppl_reference: Positive | None = None
    alpha_experts: Positive | None = Field(default=None, exclude_if=lambda value: value is None)
    alpha_embedding: Positive | None = Field(default=None, exclude_if=lambda value: value is None)

    def alphas(self) -> tuple[Fraction, Fraction, Fraction]:
        """Return alpha of the layers' common weights, of their experts and of the embedding."""
        common = as_fraction(self.alpha_weights)
        experts = common if self.alpha_experts is None else as_fraction(self.alpha_experts)
        embedding = common if self.alpha_embedding is None else as_fraction(self.alpha_embedding)
        return common, experts, embedding


def quantized_memory(
    constants: MemoryConstants, quantization: Quantization
) -> tuple[Fraction, Fraction]:
    """Return alpha k1 [byte] and alpha k2 [byte per token], the first half of (9).

    (12c) multiplies by alpha once more in print; once is what (9) means.
    """
    # Departure 3.
    return (
        constants.k1 * as_fraction(quantization.alpha_weights),
        constants.k2 * as_fraction(quantization.alpha_kv_cache),
    )


def stored_bytes(
    llm: Transformer, quantization: Quantization, *, include_embedding: bool = False
) -> Fraction:
    """Return the memory of all weights as they are stored, alpha k1 of (9) part by part [byte]."""
    common, experts, embedding = quantization.alphas()
    extra = embedding * embedding_weights(llm) if include_embedding else 0
    weights = common * common_weights(llm) + experts * expert_weights(llm) + extra
    return FP16_BYTES * weights


def step_bytes(
    llm: Transformer,
    quantization: Quantization,
    *,
    include_embedding: bool = False,
    num_tokens: int | None = None,
) -> Fraction:
    """Return the weights that one step reads as they are stored [byte].

    Parameters
    ----------
    llm, quantization
        The LLM and its method.
    include_embedding
        Count the head. Of the embedding a step reads one row a request, next to nothing.
    num_tokens
        Tokens of the step, whose distinct experts are read in the mean: see
        :func:`heuristics.system_models.transformer.expected_experts`. Absent reads all
        experts, which is never optimistic.
    """
    common, experts, embedding = quantization.alphas()
    of_experts = (
        Fraction(FP16_BYTES * expert_weights(llm))
        if num_tokens is None
        else expected_expert_bytes(llm, num_tokens)
    )
    head = FP16_BYTES * head_weights(llm) if include_embedding else 0
    return common * FP16_BYTES * common_weights(llm) + experts * of_experts + embedding * head


def quantized_flop_per_s(flop_per_s: Fraction, quantization: Quantization) -> Fraction:
    """Return C / beta [FLOP/s], the speed at which FP16 FLOPs are done: (9) for the latency.

    (10) multiplies by beta once more in print; once is what (9) means.
    """
    return flop_per_s / as_fraction(quantization.beta)  # Departure 3.


def provided_accuracy(quantization: Quantization, mode: AccuracyMode) -> Fraction:
    """Return f of the perplexity differential, 1 - x clipped to [0, 1]: the bound of (11).

    The differential compares an LLM with its own FP16, so f does not compare two LLMs.

    Parameters
    ----------
    quantization
        The method and its differential.
    mode
        Which differential f reads; the relative one needs ``ppl_reference`` unless it is 0.

    Raises
    ------
    ValueError
        If the reference is needed and not known.
    """
    differential = as_fraction(quantization.ppl_differential)
    if mode is AccuracyMode.RELATIVE and differential:
        if quantization.ppl_reference is None:
            raise ValueError("the relative differential needs ppl_reference, found none")
        differential /= as_fraction(quantization.ppl_reference)
    return min(max(Fraction(0), 1 - differential), Fraction(1))
