r"""One layer of a decoder: its attention, its state, its feed-forward network, and their counts.

Products with weight matrices take two FLOPs for each element and token. Scores and their
weighted sum take FLOPs for each pair of a token and a token that it attends to. All counts are
exact integers; biases, norms and other vectors are not counted, as in (3).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from heuristics.system_models.validation import Count, Name, Record, broken_rule

Extent = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Elements = Annotated[int, Field(strict=True, ge=0, le=10**15)]


class FullAttention(Record):
    """Attention to all tokens before, with heads of keys and values that are cached.

    Parameters
    ----------
    num_heads, num_kv_heads
        :math:`n_h` and :math:`n_{kv}`, which divides it.
    key_dimension, value_dimension
        Size of a head of queries and keys, and of a head of values; both :math:`d_h` in (4).
    """

    kind: Literal["full"] = "full"
    num_heads: Count
    num_kv_heads: Count
    key_dimension: Count
    value_dimension: Count

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.num_heads % self.num_kv_heads:
            rule = f"must divide num_heads, {self.num_heads}"
            raise broken_rule("num_kv_heads", rule, found=self.num_kv_heads)
        return self

    def weights(self, model_dimension: int) -> int:
        """Return the elements of the four projections."""
        heads = self.num_heads + self.num_kv_heads
        return model_dimension * heads * (self.key_dimension + self.value_dimension)

    def cached_values(self, num_tokens: int) -> int:
        """Return how many values the KV cache of one request holds after so many tokens."""
        return self.num_kv_heads * (self.key_dimension + self.value_dimension) * num_tokens

    @property
    def prefill_pair_flop(self) -> int:
        """FLOPs of a token attending to one token in the initial stage."""
        return 2 * self.num_heads * (self.key_dimension + self.value_dimension)

    @property
    def decoding_pair_flop(self) -> int:
        """FLOPs of a token attending to one token in the autoregressive stage."""
        return self.prefill_pair_flop

    def attended_in_prefill(self, padding_tokens: int) -> int:
        """Return the number of pairs of the initial stage: all s' squared of them, as in (6)."""
        return padding_tokens**2

    def attended_in_decoding(self, padding_tokens: int, output_tokens: int) -> int:
        """Return the number of pairs of the autoregressive stage: step k has s' + k, as in (7)."""
        steps = output_tokens - 1
        return steps * padding_tokens + steps * output_tokens // 2


class WindowAttention(FullAttention):
    """Attention to the last W tokens alone, so that the cache never holds more of them.

    Attention within chunks of W tokens is counted as such a window: its cache has the same
    largest size, and it attends to no more tokens.

    Parameters
    ----------
    window
        W [tokens], the token itself counted.
    """

    kind: Literal["window"] = "window"  # type: ignore[assignment]
    window: Count

    def cached_values(self, num_tokens: int) -> int:
        """Return how many values the KV cache of one request holds after so many tokens."""
        return super().cached_values(min(num_tokens, self.window))

    def attended_in_prefill(self, padding_tokens: int) -> int:
        """Return the number of pairs of the initial stage, at most W for each token."""
        return padding_tokens * min(padding_tokens, self.window)

    def attended_in_decoding(self, padding_tokens: int, output_tokens: int) -> int:
        """Return the number of pairs of the autoregressive stage: step k has min(s' + k, W)."""
        steps = output_tokens - 1
        growing = min(max(self.window - padding_tokens, 0), steps)
        grown = growing * padding_tokens + growing * (growing + 1) // 2
        return grown + (steps - growing) * self.window


class LatentAttention(Record):
    """Attention whose keys and values are read from a low-rank latent, which alone is cached.

    The initial stage expands keys and values from the latent. The autoregressive stage absorbs
    the expansion into queries and outputs, so that scores are computed in the latent itself.

    Parameters
    ----------
    num_heads
        :math:`n_h`.
    query_rank
        Rank of the queries' projection; null for a projection of full rank.
    kv_rank
        Rank of the latent of keys and values.
    nope_dimension, rope_dimension
        Size of a head of queries and keys without and with positions; the keys' part with
        positions is one for all heads and cached beside the latent.
    value_dimension
        Size of a head of values.
    """

    kind: Literal["latent"] = "latent"
    num_heads: Count
    query_rank: Count | None = None
    kv_rank: Count
    nope_dimension: Count
    rope_dimension: Count
    value_dimension: Count

    def weights(self, model_dimension: int) -> int:
        """Return the elements of the projections down to the ranks and up from them."""
        heads = self.num_heads
        query = heads * (self.nope_dimension + self.rope_dimension)
        if self.query_rank is None:
            queries = model_dimension * query
        else:
            queries = self.query_rank * (model_dimension + query)
        down = model_dimension * (self.kv_rank + self.rope_dimension)
        up = self.kv_rank * heads * (self.nope_dimension + self.value_dimension)
        return queries + down + up + heads * self.value_dimension * model_dimension

    def cached_values(self, num_tokens: int) -> int:
        """Return how many values the cache of one request holds after so many tokens."""
        return (self.kv_rank + self.rope_dimension) * num_tokens

    @property
    def prefill_pair_flop(self) -> int:
        """FLOPs of a token attending to one token, keys and values expanded."""
        head = self.nope_dimension + self.rope_dimension + self.value_dimension
        return 2 * self.num_heads * head

    @property
    def decoding_pair_flop(self) -> int:
        """FLOPs of a token attending to one token in the latent."""
        return 2 * self.num_heads * (2 * self.kv_rank + self.rope_dimension)

    def attended_in_prefill(self, padding_tokens: int) -> int:
        """Return the number of pairs of the initial stage: all s' squared of them, as in (6)."""
        return padding_tokens**2

    def attended_in_decoding(self, padding_tokens: int, output_tokens: int) -> int:
        """Return the number of pairs of the autoregressive stage: step k has s' + k, as in (7)."""
        steps = output_tokens - 1
        return steps * padding_tokens + steps * output_tokens // 2


class State(Record):
    """A recurrence over tokens: a state-space or linear-attention layer with a fixed state.

    Parameters
    ----------
    form
        Name of the recurrence, such as ``"mamba2"``.
    weights
        Elements of its weight matrices and convolutions.
    state_bytes
        Memory of the state of one request, whatever its number of tokens [byte].
    scan_flop
        FLOPs of the recurrence for one token, beside the products with the weights.
    """

    form: Name
    weights: Elements
    state_bytes: Elements
    scan_flop: Elements


class DenseFfn(Record):
    """A feed-forward network that every token passes.

    Parameters
    ----------
    kind
        ``plain`` has two matrices, ``gated`` three.
    dimension
        :math:`d_f`.
    """

    kind: Literal["plain", "gated"]
    dimension: Count

    def shared_weights(self, model_dimension: int) -> int:
        """Return the elements that every token is multiplied with."""
        return (2 if self.kind == "plain" else 3) * model_dimension * self.dimension

    def expert_weights(self, model_dimension: int) -> int:
        """Return 0, the elements of one expert of a dense network."""
        return 0


class Mixture(Record):
    """A mixture of experts: each token is routed to k of E of them.

    Parameters
    ----------
    num_experts, num_active
        E and k.
    expert_dimension, num_matrices
        Inner width of one expert, and its number of matrices: 2, or 3 where it is gated.
    shared_dimension
        Inner width of all experts together that every token passes; 0 for none.
    router_dimension
        Width of the router's output: E, and one more where the shared expert has a gate.
    """

    kind: Literal["mixture"] = "mixture"
    num_experts: Count
    num_active: Count
    expert_dimension: Count
    num_matrices: Count
    shared_dimension: Extent = 0
    router_dimension: Count

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.num_active > self.num_experts:
            rule = f"must be at most num_experts, {self.num_experts}"
            raise broken_rule("num_active", rule, found=self.num_active)
        if self.num_matrices not in (2, 3):
            raise broken_rule("num_matrices", "must be 2 or 3", found=self.num_matrices)
        return self

    def shared_weights(self, model_dimension: int) -> int:
        """Return the elements that every token is multiplied with: router and shared experts."""
        shared = self.num_matrices * self.shared_dimension
        return model_dimension * (self.router_dimension + shared)

    def expert_weights(self, model_dimension: int) -> int:
        """Return the elements of one expert."""
        return self.num_matrices * model_dimension * self.expert_dimension


Attention = Annotated[
    FullAttention | WindowAttention | LatentAttention, Field(discriminator="kind")
]
Ffn = Annotated[DenseFfn | Mixture, Field(discriminator="kind")]


class Layer(Record):
    """A number of layers that are alike, each with at least one of its three parts.

    Parameters
    ----------
    count
        Number of such layers.
    attention, state, ffn
        Parts of the layer; null for an absent part.
    """

    count: Count
    attention: Attention | None = None
    state: State | None = None
    ffn: Ffn | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.attention is None and self.state is None and self.ffn is None:
            rule = "must be there where state and ffn are not"
            raise broken_rule("attention", rule, found=None)
        return self

    @property
    def num_experts(self) -> int:
        """E, 0 without a mixture."""
        return self.ffn.num_experts if isinstance(self.ffn, Mixture) else 0

    @property
    def num_active(self) -> int:
        """k, 0 without a mixture."""
        return self.ffn.num_active if isinstance(self.ffn, Mixture) else 0

    def common_weights(self, model_dimension: int) -> int:
        """Return the elements of one layer that every token is multiplied with."""
        attention = self.attention.weights(model_dimension) if self.attention else 0
        state = self.state.weights if self.state else 0
        ffn = self.ffn.shared_weights(model_dimension) if self.ffn else 0
        return attention + state + ffn

    def expert_weights(self, model_dimension: int) -> int:
        """Return the elements of one expert of one layer, 0 without a mixture."""
        return self.ffn.expert_weights(model_dimension) if self.ffn else 0

    def token_flop(self, model_dimension: int) -> int:
        """Return the FLOPs of one layer for one token, attention scores left out."""
        active = self.num_active * self.expert_weights(model_dimension)
        scan = self.state.scan_flop if self.state else 0
        return 2 * (self.common_weights(model_dimension) + active) + scan

    def prefill_flop(self, model_dimension: int, padding_tokens: int) -> int:
        """Return the FLOPs of one layer in the initial stage of one request, as in (6)."""
        flop = padding_tokens * self.token_flop(model_dimension)
        if self.attention is None:
            return flop
        pairs = self.attention.attended_in_prefill(padding_tokens)
        return flop + self.attention.prefill_pair_flop * pairs

    def decoding_flop(self, model_dimension: int, padding_tokens: int, output_tokens: int) -> int:
        """Return the FLOPs of one layer in the autoregressive stage of one request, as in (7)."""
        flop = (output_tokens - 1) * self.token_flop(model_dimension)
        if self.attention is None:
            return flop
        pairs = self.attention.attended_in_decoding(padding_tokens, output_tokens)
        return flop + self.attention.decoding_pair_flop * pairs
