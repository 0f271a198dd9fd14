r"""Memory and compute of a transformer decoder: (3)-(8), general enough for modern LLMs.

The paper's formulas hold for multi-head attention and a feed-forward network of two matrices.
With :math:`D = n_h d_h`, :math:`D_{kv} = n_{kv} d_h` and :math:`g` feed-forward matrices they
become functions of

.. math:: A = 4 d_m (D + D_{kv}) + 2 g d_m d_f,

the FLOPs of all weight matrices of one layer for one token. For :math:`n_{kv} = n_h` and
:math:`g = 2` this is :math:`8 d_m d_h n_h + 4 d_m d_f`, and every function here equals the
printed one. Attention scores are computed by all :math:`n_h` heads, so they keep :math:`D`
where the KV cache has :math:`D_{kv}`. Layers of other kinds, in
:mod:`heuristics.system_models.layer`, add up alike. All results are exact integers.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self

from pydantic import Field, model_validator

from heuristics.system_models.layer import DenseFfn, FullAttention, Layer, WindowAttention
from heuristics.system_models.stored_weights import StoredWeights
from heuristics.system_models.validation import Count, Flag, Name, Record, broken_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

FP16_BYTES = 2

_PLAIN = (
    "num_layers",
    "num_heads",
    "head_dimension",
    "num_kv_heads",
    "ffn_dimension",
    "num_ffn_matrices",
)


def _is_none(value: object) -> bool:
    return value is None


class Transformer(Record):
    """The dimensions of a transformer decoder that its memory and compute follow from.

    Either all layers are alike, with the keys from ``num_layers`` to ``window``, or ``layers``
    lists the kinds of layers.

    Parameters
    ----------
    name
        Name of the LLM.
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
    window
        Number of tokens that each token attends to, itself counted; absent for all [tokens].
    layers
        Kinds of layers and their counts, where they are not alike or not of this form.
    vocabulary_size, ties_embeddings
        For the option to count the embedding and the head: one matrix if tied, else two.
    embedding_dimension
        Width of the embedding where it is not :math:`d_m`; two matrices project to and from it.
    stored
        Precision of the weights where the LLM is published quantized.
    """

    name: Name
    num_layers: Count | None = Field(None, exclude_if=_is_none)
    model_dimension: Count
    num_heads: Count | None = Field(None, exclude_if=_is_none)
    head_dimension: Count | None = Field(None, exclude_if=_is_none)
    num_kv_heads: Count | None = Field(None, exclude_if=_is_none)
    ffn_dimension: Count | None = Field(None, exclude_if=_is_none)
    num_ffn_matrices: Count | None = Field(None, exclude_if=_is_none)
    vocabulary_size: Count
    ties_embeddings: Flag
    window: Count | None = Field(None, exclude_if=_is_none)
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, max_length=10_000)] | None = Field(
        None, exclude_if=_is_none
    )
    embedding_dimension: Count | None = Field(None, exclude_if=_is_none)
    stored: StoredWeights | None = Field(None, exclude_if=_is_none)

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in _PLAIN if self.layers is None else (*_PLAIN, "window"):
            value = getattr(self, name)
            if self.layers is None and value is None:
                raise broken_rule(name, "is required")
            if self.layers is not None and value is not None:
                raise broken_rule(name, "must be absent where layers is given", found=value)
        if self.layers is not None:
            return self
        num_heads, num_kv_heads = self.num_heads or 0, self.num_kv_heads or 1
        if num_heads % num_kv_heads:
            rule = f"must divide num_heads, {num_heads}"
            raise broken_rule("num_kv_heads", rule, found=num_kv_heads)
        if self.num_ffn_matrices not in (2, 3):
            raise broken_rule("num_ffn_matrices", "must be 2 or 3", found=self.num_ffn_matrices)
        return self

    @property
    def kinds(self) -> tuple[Layer, ...]:
        """The kinds of layers and their counts."""
        if self.layers is not None:
            return self.layers
        return _alike(self)

    @property
    def attention_dimension(self) -> int:
        """D, the width of all heads together; 0 where layers differ."""
        return (self.num_heads or 0) * (self.head_dimension or 0)

    @property
    def kv_dimension(self) -> int:
        """D_kv, the width of all heads whose keys and values are cached; 0 where layers differ."""
        return (self.num_kv_heads or 0) * (self.head_dimension or 0)

    @property
    def has_windows(self) -> bool:
        """True if some layer attends to a window alone."""
        return any(isinstance(each.attention, WindowAttention) for each in self.kinds)

    @property
    def is_cache_linear(self) -> bool:
        """True if a request's cache is in proportion to its tokens: no windows, no states."""
        cached = any(each.attention is not None for each in self.kinds)
        return cached and not self.has_windows and not state_bytes(self)


@lru_cache(maxsize=64)  # a horizon asks for each of its rows
def _alike(llm: Transformer) -> tuple[Layer, ...]:
    """Return the one kind of layers of an LLM whose layers are alike."""
    # The fields' own checks and the validator hold here, so nothing is checked again.
    heads: dict[str, Any] = {
        "num_heads": llm.num_heads,
        "num_kv_heads": llm.num_kv_heads,
        "key_dimension": llm.head_dimension,
        "value_dimension": llm.head_dimension,
    }
    attention = (
        FullAttention.model_construct(**heads)
        if llm.window is None
        else WindowAttention.model_construct(window=llm.window, **heads)
    )
    ffn = DenseFfn.model_construct(
        kind="plain" if llm.num_ffn_matrices == 2 else "gated", dimension=llm.ffn_dimension
    )
    return (Layer.model_construct(count=llm.num_layers, attention=attention, ffn=ffn),)


class MemoryConstants(NamedTuple):
    """The constants of (5): bytes are k1 + k2 * the batch's sum of (s' + n_i)."""

    k1: int
    k2: int


class ComputeConstants(NamedTuple):
    """The constants of (8): FLOPs are the batch's sum of k3 + k4 n_i + k5 n_i^2."""

    k3: int
    k4: int
    k5: int


def common_weights(llm: Transformer) -> int:
    """Return the matrix elements of all layers but those of experts."""
    return sum(each.count * each.common_weights(llm.model_dimension) for each in llm.kinds)


def expert_weights(llm: Transformer) -> int:
    """Return the matrix elements of all experts of all layers."""
    return sum(
        each.count * each.num_experts * each.expert_weights(llm.model_dimension)
        for each in llm.kinds
    )


def embedding_weights(llm: Transformer) -> int:
    """Return the elements of the embedding and the head, with projections of their width."""
    matrices = 1 if llm.ties_embeddings else 2
    width = llm.embedding_dimension or llm.model_dimension
    projections = 0 if width == llm.model_dimension else 2 * width * llm.model_dimension
    return matrices * llm.vocabulary_size * width + projections


def head_weights(llm: Transformer) -> int:
    """Return the elements that the last layer's output is multiplied with for one token."""
    width = llm.embedding_dimension or llm.model_dimension
    projection = 0 if width == llm.model_dimension else width * llm.model_dimension
    return llm.vocabulary_size * width + projection


def active_weights(llm: Transformer) -> int:
    """Return the matrix elements of all layers that one token is multiplied with."""
    return common_weights(llm) + sum(
        each.count * each.num_active * each.expert_weights(llm.model_dimension)
        for each in llm.kinds
    )


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
    weights = common_weights(llm) + expert_weights(llm)
    return FP16_BYTES * (weights + (embedding_weights(llm) if include_embedding else 0))


def expected_experts(num_experts: int, num_active: int, num_tokens: int) -> Fraction:
    """Return the mean number of distinct experts that a step of so many tokens reads.

    Each token is taken to be routed to k of E experts, all sets of k alike likely and each
    token on its own: an expert is missed by b tokens with probability (1 - k/E)^b.
    """
    missed = (1 - num_active / num_experts) ** num_tokens
    return num_experts * (1 - Fraction(repr(round(missed, 12))))


def expected_expert_bytes(llm: Transformer, num_tokens: int) -> Fraction:
    """Return the FP16 weights of the distinct experts that a step reads in the mean [byte]."""
    return sum(
        (
            each.count
            * expected_experts(each.num_experts, each.num_active, num_tokens)
            * FP16_BYTES
            * each.expert_weights(llm.model_dimension)
            for each in llm.kinds
            if each.num_experts
        ),
        Fraction(0),
    )


def kv_cache_bytes(llm: Transformer, num_tokens: int) -> int:
    """Return the FP16 keys and values of one request's tokens, prompt and output alike, (4).

    A window caps what its layer holds. Without windows the bytes of several requests are those
    of their tokens together.
    """
    return FP16_BYTES * sum(
        each.count * each.attention.cached_values(num_tokens)
        for each in llm.kinds
        if each.attention is not None
    )


def state_bytes(llm: Transformer) -> int:
    """Return the memory of the fixed states of one request [byte]."""
    return sum(each.count * each.state.state_bytes for each in llm.kinds if each.state is not None)


def decoding_cache_bytes(llm: Transformer, padding_tokens: int, output_tokens: int) -> int:
    """Return the bytes of FP16 keys and values that one request reads while it decodes.

    Step k of the n - 1 steps after the first token reads s' + k tokens, at most W of them where a
    window caps its layer: as many as (7) attends to.
    """
    return FP16_BYTES * sum(
        each.count
        * each.attention.cached_values(1)
        * each.attention.attended_in_decoding(padding_tokens, output_tokens)
        for each in llm.kinds
        if each.attention is not None
    )


def memory_constants(llm: Transformer, *, include_embedding: bool = False) -> MemoryConstants:
    """Return k1 [byte] and k2 [byte per token] of (5).

    Raises
    ------
    ValueError
        If the cache is not in proportion to the tokens, so that there is no k2.
    """
    if not llm.is_cache_linear:
        raise ValueError(f"the cache must be linear in tokens, found windows or states: {llm.name}")
    return MemoryConstants(
        k1=weight_bytes(llm, include_embedding=include_embedding), k2=kv_cache_bytes(llm, 1)
    )


def prefill_flop(llm: Transformer, padding_tokens: int) -> int:
    """Return the FLOPs of the initial stage for one request padded to s' tokens, (6)."""
    return sum(
        each.count * each.prefill_flop(llm.model_dimension, padding_tokens) for each in llm.kinds
    )


def decoding_flop(llm: Transformer, padding_tokens: int, output_tokens: int) -> int:
    """Return the FLOPs of the autoregressive stage for one request of n tokens, (7).

    The first token comes from the initial stage. Step k of the other n - 1 attends to s' + k
    tokens, of which s' + n/2 is the exact mean; to W of them at most where a window caps it.
    """
    return sum(
        each.count * each.decoding_flop(llm.model_dimension, padding_tokens, output_tokens)
        for each in llm.kinds
    )


def head_flop(llm: Transformer) -> int:
    """Return the FLOPs of the head for one token of output."""
    return 2 * head_weights(llm)


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

    Raises
    ------
    ValueError
        If a window caps what steps attend to, so that FLOPs are no polynomial in n.
    """
    if llm.has_windows:
        raise ValueError(f"attention must be to all tokens, found windows: {llm.name}")
    layer = sum(each.count * each.token_flop(llm.model_dimension) for each in llm.kinds)
    pair = sum(
        each.count * each.attention.decoding_pair_flop
        for each in llm.kinds
        if each.attention is not None
    )
    head = head_flop(llm) if include_embedding else 0
    return ComputeConstants(
        k3=prefill_flop(llm, padding_tokens) - layer - pair * padding_tokens,
        k4=layer + pair * padding_tokens - pair // 2 + head,
        k5=pair // 2,
    )


def batch_flop(constants: ComputeConstants, output_tokens: Iterable[int]) -> int:
    """Return the FLOPs of a batch of requests with these output lengths, C_j t_j of (8)."""
    return sum(constants.k3 + constants.k4 * n + constants.k5 * n**2 for n in output_tokens)


def request_flop(
    llm: Transformer, padding_tokens: int, output_tokens: int, *, include_embedding: bool = False
) -> int:
    """Return the FLOPs of one request, both stages and the head if it counts: a term of (8).

    Without windows this is ``k3 + k4 n + k5 n^2`` of :func:`compute_constants`.
    """
    head = head_flop(llm) * output_tokens if include_embedding else 0
    stages = prefill_flop(llm, padding_tokens) + decoding_flop(llm, padding_tokens, output_tokens)
    return stages + head
