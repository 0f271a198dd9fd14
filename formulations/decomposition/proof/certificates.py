"""Certificates: proofs that keep pace with the prices, and the time reserved for the last one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from formulations.decomposition.proof.proof import PAIR_S, SAFE, PriceProof
from heuristics.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from formulations.decomposition.pricing.edge_nodes import EdgeNodes
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.certificate import Certificate
    from heuristics.coefficients import Coefficients

PACE, QUICK_PACE = 10, 3
"""Least time between two proofs that are not due, in times of a proof: small and great gains."""

LONGER = 3
"""Longest time of a proof that is not due, in times of the last one."""

GREAT_GAIN = 0.02
"""Part of the bound from which on a gain is great."""

LATEST_FIRST = 0.4
"""Part of the time limit after which the first proof is due."""

RESERVE, LEAST_RESERVE_S = 0.1, 1.0
"""Share of the time limit that is reserved at least for the last certificate, up to a limit [s]."""

TIMES, LEAST_TIMES, LARGEST_RESERVE = 4.0, 4.0, 0.5
"""Reserve in times of the last proof, at least in times of the estimate that the number of pairs
gives, and its largest share of the time limit. Proofs at early prices are much quicker."""

SHORT = 0.3
"""Part of the time of a proof in which a new one proves nothing."""


HARD = 1
"""Distance of a certificate from its target at which the last step may be too hard: the room above
L, which is always less than 1, is too small for trees of bounded size."""

LAST_S = 0.03
"""Share of the time limit that is left where nothing remains to be proved."""


class Certificates:
    """The best certificate of a run so far.

    A certificate is made from time to time as the prices improve. So each limit finds a proof of
    nearly the bound that the prices have, even if the last certificate is not ready in time. Where
    the reserve is many times longer than a proof, only the last certificate is made.

    Parameters
    ----------
    data, nodes
        Coefficients, and the same sorted by edge node.
    limits
        Limits of the run. Its time limit is shortened by the reserve for the last certificate.

    Attributes
    ----------
    best
        Certificate of the least bound; None before the first.
    """

    def __init__(self, data: Coefficients, nodes: EdgeNodes, limits: Limits) -> None:
        self._data, self._nodes, self._limits = data, nodes, limits
        self.best: Certificate | None = None
        self._target: int | None = None
        self._tried: tuple[int, DualPrices] | None = None
        self._cut: PriceProof | None = None
        self._end_s, self._reserve_s = limits.time_limit, 0.0
        self._estimate_s = PAIR_S * len(nodes.request)
        self._proof_s, self._last_s = self._estimate_s, 0.0
        self._reserve()

    @property
    def left_s(self) -> float | None:
        """Time until the end of the run, reserve included [s]; None without a limit."""
        return None if self._end_s is None else max(0.0, self._end_s - self._limits.runtime_s)

    def keep_pace(
        self, prices: DualPrices, target: int, *, is_due: bool, is_last: bool = False
    ) -> None:
        """Make a certificate if the prices prove less than at the last one.

        Parameters
        ----------
        prices, target
            Prices, and the bound that they prove.
        is_due
            True to make it now; False to make it only if the last proof was long ago.
        is_last
            True if no later one needs time.
        """
        is_safe = self._end_s is not None and SAFE * self._proof_s <= self._reserve_s
        if is_safe and not is_last:
            return
        if self._target is not None and self._target <= target:
            return
        now_s, is_great = self._limits.runtime_s, False
        if self.best is not None:
            is_great = self.best.bound - target > GREAT_GAIN * target
        elif self._end_s is not None:
            is_due |= now_s > LATEST_FIRST * self._end_s
        pace = QUICK_PACE if is_great else PACE
        if not is_due and now_s < self._last_s + pace * self._proof_s:
            return
        limits = Limits(time_limit=self._time_s(is_due=is_due, is_last=is_last))
        self.make(prices, target, limits)
        self._last_s = self._limits.runtime_s
        took_s = self._last_s - now_s
        if self._is_nearly_proved(target):
            self._target, self._proof_s = target, took_s
        else:  # a proof that was cut does not measure the time of a whole one, and is continued
            self._proof_s = max(took_s, self._proof_s)
        self._reserve()

    def _time_s(self, *, is_due: bool, is_last: bool) -> float | None:
        """Return the time for a proof [s]: all that is left, or half of it before the end.

        A proof that is not due may take a few times as long as the last one. Better prices are
        often quicker to prove.
        """
        if self._end_s is None:
            return None
        left_s = max(0.0, self._end_s - self._limits.runtime_s)
        if is_last:
            return left_s
        half_s = max(self._limits.left_s or 0.0, left_s / 2)
        return half_s if is_due else min(half_s, LONGER * self._proof_s)

    def make(
        self, prices: DualPrices, target: int, limits: Limits, *, headroom: float = 1.0
    ) -> Certificate:
        """Return a certificate of the prices, or the best one so far if that proves no more.

        Under a time limit the best one so far is returned at once if it proves the target, and a
        proof that was cut is continued where the prices are the same. Without a time limit the
        certificate is that of the last prices, so that equal runs end alike.

        Parameters
        ----------
        prices, target, limits, headroom
            As in :func:`~formulations.decomposition.proof.proof.certificate`.
        """
        if self.best is not None and self._end_s is not None and headroom >= 1:
            is_short = (limits.left_s or 0.0) < SHORT * self._proof_s
            is_short = is_short and self._is_nearly_proved(target)
            if is_short or self._is_settled(prices, target):
                return self.best
        proof = self._cut
        if proof is None or not proof.is_at(prices):
            proof = PriceProof(self._data, self._nodes, prices)
        made, self._cut = proof.prove(target, limits, headroom=headroom), None
        if made.bound <= target + HARD:
            self._tried = target, prices
        elif self._end_s is not None:
            self._cut = proof
        if self.best is None or made.bound <= self.best.bound:
            self.best = made
        return self.best

    @contextmanager
    def released(self, prices: DualPrices, target: int) -> Iterator[None]:
        """Give nearly the whole reserve to a block of code that proves nothing.

        Parameters
        ----------
        prices, target
            Prices, and the bound that they prove. The reserve is kept if no certificate proves the
            bound yet.
        """
        if self._end_s is not None and self._is_settled(prices, target):
            self._limits.time_limit = max(0.0, self._end_s * (1 - LAST_S))
        try:
            yield
        finally:
            self._reserve()

    def _is_nearly_proved(self, target: int) -> bool:
        """Return True if a certificate proves a target, or misses it by its last step."""
        return self.best is not None and self.best.bound <= target + HARD

    def _is_settled(self, prices: DualPrices, target: int) -> bool:
        """Return True if a target is proved, or was found too hard to prove at the same prices."""
        if self.best is not None and self.best.bound <= target:
            return True
        if self._tried is None or self._tried[0] != target:
            return False
        return self._tried[1].equals(prices)

    def _reserve(self) -> None:
        """Shorten the time limit of the run by the reserve."""
        if self._end_s is not None:
            least_s = min(RESERVE * self._end_s, LEAST_RESERVE_S)
            measured_s = max(TIMES * self._proof_s, LEAST_TIMES * self._estimate_s)
            self._reserve_s = max(least_s, min(measured_s, LARGEST_RESERVE * self._end_s))
            self._limits.time_limit = self._end_s - self._reserve_s
