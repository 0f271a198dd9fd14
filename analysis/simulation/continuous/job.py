"""Job: a request at an edge node, and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.simulation.request import Request


class Job:
    """A request at an edge node. Times are ticks of the clock [ns], None until they are reached.

    Parameters
    ----------
    request, edge_node
        The request, and the index of its edge node.
    prompt_tokens, output_tokens
        Its true lengths, s and n.
    due
        Latest tick to receive the output.
    sending, feeding_back
        True airtimes of prompt and output on the whole band [ticks].
    expected_tokens, expected_feeding_back
        Estimates of the output's length and airtime, by which the edge node decides; None for the
        true values.

    Attributes
    ----------
    num_generated
        Number of tokens computed when the job last joined or left the running jobs.
    leaves_at
        Step of the edge node after which the last token is computed, while the job decodes.
    reserved_tokens
        Length of the output that the edge node counts with: the estimate, and the true length once
        the output has outgrown the estimate.
    num_computed
        Number of tokens of the prompt, and of those generated before a preemption, that the
        initial stage has computed.
    key
        Place in the queue; empty until the job waits for the first time.
    alone
        Time to compute the job alone from where it is [units of the edge node].
    """

    __slots__ = (
        "alone",
        "compute_start",
        "decided",
        "due",
        "edge_node",
        "expected_feeding_back",
        "feeding_back",
        "first_token",
        "key",
        "last_token",
        "leaves_at",
        "num_computed",
        "num_generated",
        "num_preemptions",
        "output_tokens",
        "prompt_tokens",
        "request",
        "reserved_tokens",
        "sending",
        "upload_end",
        "upload_start",
    )

    def __init__(
        self,
        request: Request,
        edge_node: int,
        *,
        prompt_tokens: int,
        output_tokens: int,
        due: int,
        sending: int,
        feeding_back: int,
        expected_tokens: int | None = None,
        expected_feeding_back: int | None = None,
    ) -> None:
        self.request, self.edge_node = request, edge_node
        self.prompt_tokens, self.output_tokens = prompt_tokens, output_tokens
        self.due, self.sending, self.feeding_back = due, sending, feeding_back
        self.reserved_tokens = output_tokens if expected_tokens is None else expected_tokens
        self.expected_feeding_back = (
            feeding_back if expected_feeding_back is None else expected_feeding_back
        )
        self.num_generated = self.num_computed = self.num_preemptions = 0
        self.leaves_at: int | None = None
        self.alone = 0
        self.key: tuple[int, ...] = ()
        self.decided: int = 0
        self.upload_start: int | None = None
        self.upload_end: int | None = None
        self.compute_start: int | None = None
        self.first_token: int | None = None
        self.last_token: int | None = None

    @property
    def tokens(self) -> int:
        """Prompt and tokens so far, which the initial stage computes [tokens]."""
        return self.prompt_tokens + self.num_generated

    @property
    def whole_tokens(self) -> int:
        """Prompt and whole output, s + n, as far as the edge node knows [tokens]."""
        return self.prompt_tokens + self.reserved_tokens

    @property
    def stops_at(self) -> int:
        """Number of tokens at which the output is complete or outgrows its estimate."""
        return min(self.output_tokens, self.reserved_tokens)
