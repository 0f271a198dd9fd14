"""Times of a request on its way, from the decision to the release of its output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times of a request, exact, since the start of the simulation [s].

    Times that the request did not reach are None.

    Parameters
    ----------
    decided
        Time at which the request was scheduled, dispatched, dropped or refused.
    upload_start, upload_end
        Time at which the band begins to carry the prompt, and at which the band has carried it. The
        prompts of a batch share the band, so they have these times in common.
    compute_start
        Start of computing: of the batch, or of the initial stage of a request alone.
    first_token, last_token
        Times at which the first and the last token are computed. Those of a batch are the ends of
        its initial stage and of the batch.
    released
        Time at which the first token leaves the edge node. Outputs that leave as a whole have
        ``released`` equal to ``last_token``, streamed outputs to ``first_token``.
    """

    decided: Fraction
    upload_start: Fraction | None = None
    upload_end: Fraction | None = None
    compute_start: Fraction | None = None
    first_token: Fraction | None = None
    last_token: Fraction | None = None
    released: Fraction | None = None
