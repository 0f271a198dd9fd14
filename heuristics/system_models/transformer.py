r"""Memory and compute of a transformer decoder: (3)-(8), general enough for modern LLMs.

The paper's formulas hold for multi-head attention and a feed-forward network of two matrices.
With :math:`D = n_h d_h`, :math:`D_{kv} = n_{kv} d_h` and :math:`g` feed-forward matrices they
become functions of

.. math:: A = 4 d_m (D + D_{kv}) + 2 g d_m d_f,

the FLOPs of all weight matrices of one layer for one token. For :math:`n_{kv} = n_h` and
:math:`g = 2` this is :math:`8 d_m d_h n_h + 4 d_m d_f`, and every function here equals the
printed one. Attention scores are computed by all :math:`n_h` heads, so they keep :math:`D`
where the KV cache has :math:`D_{kv}`. All results are exact integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from pydantic import model_validator

from heuristics.system_models.validation import Count, Flag, Name, Record, broken_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

FP16_BYTES = 2


class Transformer(Record):
    """The dimensions of a transformer decoder that its memory and compute follow from.

    Parameters
    ----------
    name
        What the LLM is called.
    num_layers
        :math:`L`.
    model_dimension
        :math:`d_m`, the width between layers.
    num_heads, head_dimension
        :math:`n_h` and :math:`d_h`; their product may differ from :math:`d_m`.
    num_kv_heads
        :math:`n_{kv}`: below :math:`n_h` with grouped-query attention, which divides it.
    ffn_dimension
        :math:`d_f`.
    num_ffn_matrices
        :math:`g`: 2, or 3 where the feed-forward network is gated.
    vocabulary_size, ties_embeddings
        For the option to count the embedding and the head: one matrix if tied, else two.
    """

    name: Name
    num_layers: Count
    model_dimension: Count
    num_heads: Count
    head_dimension: Count
    num_kv_heads: Count
    ffn_dimension: Count
    num_ffn_matrices: Count
    vocabulary_size: Count
    ties_embeddings: Flag

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.num_heads % self.num_kv_heads:
            raise broken_rule(
                "num_kv_heads", f"must divide num_heads, {self.num_heads}", found=self.num_kv_heads
            )
        if self.num_ffn_matrices not in (2, 3):
            raise broken_rule("num_ffn_matrices", "must be 2 or 3", found=self.num_ffn_matrices)
        return self

    @property
    def attention_dimension(self) -> int:
        """D, the width of all heads together."""
        return self.num_heads * self.head_dimension

    @property
    def kv_dimension(self) -> int:
        """D_kv, the width of all heads whose keys and values are cached."""
        return self.num_kv_heads * self.head_dimension

    @property
    def layer_flop_per_token(self) -> int:
        """A, the FLOPs of one layer's weight matrices for one token."""
        attention = 4 * self.model_dimension * (self.attention_dimension + self.kv_dimension)
        return attention + 2 * self.num_ffn_matrices * self.model_dimension * self.ffn_dimension


class MemoryConstants(NamedTuple):
    """The constants of (5): bytes are k1 + k2 * the batch's sum of (s' + n_i)."""

    k1: int
    k2: int


class ComputeConstants(NamedTuple):
    """The constants of (8): FLOPs are the batch's sum of k3 + k4 n_i + k5 n_i^2."""

    k3: int
    k4: int
    k5: int


def weight_bytes(llm: Transformer, *, include_embedding: bool = False) -> int:
    """Return the memory of the weights in FP16, (3) [byte].

    Parameters
    ----------
    llm
        The dimensions.
    include_embedding
        Count the embedding and the head too, which the paper leaves out: 27 % more for
        BLOOM-3B with its vocabulary of 250,880.
    """
    layers = llm.num_layers * llm.layer_flop_per_token  # one parameter: 2 FLOPs, and 2 bytes
    if not include_embedding:
        return layers
    matrices = 1 if llm.ties_embeddings else 2
    return layers + FP16_BYTES * matrices * llm.vocabulary_size * llm.model_dimension


def read_bytes(llm: Transformer, *, include_embedding: bool = False) -> int:
    """Return the FP16 weights that one step reads: those of (3), and the head if it counts [byte].

    Of the embedding a step reads one row a request, which is next to nothing.
    """
    head = FP16_BYTES * llm.vocabulary_size * llm.model_dimension if include_embedding else 0
    return weight_bytes(llm) + head


def kv_cache_bytes(llm: Transformer, num_tokens: int) -> int:
    """Return the FP16 keys and values of a number of tokens, prompt and output alike, (4)."""
    return 2 * FP16_BYTES * llm.num_layers * llm.kv_dimension * num_tokens


def memory_constants(llm: Transformer, *, include_embedding: bool = False) -> MemoryConstants:
    """Return k1 [byte] and k2 [byte per token] of (5)."""
    return MemoryConstants(
        k1=weight_bytes(llm, include_embedding=include_embedding), k2=kv_cache_bytes(llm, 1)
    )


def prefill_flop(llm: Transformer, padding_tokens: int) -> int:
    """Return the FLOPs of the initial stage for one request padded to s' tokens, (6)."""
    scores = 4 * padding_tokens**2 * llm.attention_dimension
    return llm.num_layers * (padding_tokens * llm.layer_flop_per_token + scores)


def decoding_flop(llm: Transformer, padding_tokens: int, output_tokens: int) -> int:
    """Return the FLOPs of the autoregressive stage for one request of n tokens, (7).

    The first token comes from the initial stage. Step k of the other n - 1 attends to s' + k
    tokens, of which s' + n/2 is the exact mean.
    """
    attended_twice = 2 * padding_tokens + output_tokens
    step = llm.layer_flop_per_token + 2 * attended_twice * llm.attention_dimension
    return llm.num_layers * (output_tokens - 1) * step


def compute_constants(
    llm: Transformer, padding_tokens: int, *, include_embedding: bool = False
) -> ComputeConstants:
    """Return k3, k4, k5 [FLOP] of (8) for prompts padded to s' tokens.

    Parameters
    ----------
    llm
        The dimensions.
    padding_tokens
        s', the length that all prompts of a batch are extended to.
    include_embedding
        Count the head's product too, once for each token of output.
    """
    layer = llm.layer_flop_per_token
    width = llm.attention_dimension
    scores = 4 * padding_tokens * width
    head = 2 * llm.vocabulary_size * llm.model_dimension if include_embedding else 0
    return ComputeConstants(
        k3=llm.num_layers * (padding_tokens - 1) * (layer + scores),
        k4=llm.num_layers * (layer + scores - 2 * width) + head,
        k5=2 * llm.num_layers * width,
    )


def batch_flop(constants: ComputeConstants, output_tokens: Iterable[int]) -> int:
    """Return the FLOPs of a batch of requests with these output lengths, C_j t_j of (8)."""
    return sum(constants.k3 + constants.k4 * n + constants.k5 * n**2 for n in output_tokens)
