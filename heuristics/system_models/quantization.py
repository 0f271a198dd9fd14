"""What quantization does to memory, latency and accuracy: (9) and (11)."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.validation import Name, Positive, Record, Signed

if TYPE_CHECKING:
    from heuristics.system_models.transformer import MemoryConstants


class AccuracyMode(StrEnum):
    """How f of (11) reads a perplexity differential.

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
        What the method is called, such as ``"w8a16"``.
    alpha_weights, alpha_kv_cache
        :math:`\alpha_j` of (9) for the weights and for the KV cache: quantized over FP16 size.
        The paper uses one for both; a method for weights alone keeps the cache in FP16.
    beta
        :math:`\beta_j` of (9): quantized over FP16 computing time.
    ppl_differential
        :math:`\Delta PPL_j`: the perplexity lost, absolute.
    ppl_reference
        The perplexity in FP16 on the same data; only the relative differential needs it.
    """

    name: Name
    alpha_weights: Positive
    alpha_kv_cache: Positive
    beta: Positive
    ppl_differential: Signed
    ppl_reference: Positive | None = None


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


def quantized_flop_per_s(flop_per_s: Fraction, quantization: Quantization) -> Fraction:
    """Return C / beta [FLOP/s], the speed at which FP16 FLOPs are done: (9) for the latency.

    (10) multiplies by beta once more in print; once is what (9) means.
    """
    return flop_per_s / as_fraction(quantization.beta)  # Departure 3.


def provided_accuracy(quantization: Quantization, mode: AccuracyMode) -> Fraction:
    """Return f of the perplexity differential, 1 - x clipped to [0, 1]: the bound of (11).

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
