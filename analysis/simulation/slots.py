"""Slots: T_U, T_C and T_D, tuned every few epochs to the requests of the epochs before.

The text says that "slot durations adjust periodically based on long-term service observations", and
gives no rule. The rule here: after every N epochs, the controller tries the slots that it has, and
those with T_U and T_D halved or doubled, on the requests of these N epochs, and keeps the slots
under which OT-GAH would have served most of them. The epoch's length stays, so T_C is what T_U and
T_D leave of it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.system_models.assemble import assemble
from heuristics.system_models.protocol import compute_slot_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.system_models.scenario import Scenario

FACTORS = (1.0, 0.5, 2.0)
"""Factors that are tried on T_U and on T_D; the first keeps the slot."""

SHORTEST_S = 0.001
"""Shortest T_U and T_D that are tried [s]."""


class Slots(NamedTuple):
    """Slots of an epoch [s]: T_U and T_D. T_C is the rest of the epoch."""

    uplink_slot_s: float
    downlink_slot_s: float

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario with these slots and an epoch of the same length."""
        old = scenario.setting
        whole = old.uplink_slot_s + old.compute_slot_s + old.downlink_slot_s
        rest = compute_slot_s(round(whole, 9), self.uplink_slot_s, self.downlink_slot_s)
        changes = {**self._asdict(), "compute_slot_s": rest}
        return scenario.model_copy(update={"setting": old.model_copy(update=changes)})


class SlotTuner:
    """Controller of the slots: remembers the requests of N epochs, then chooses the next slots.

    Parameters
    ----------
    num_epochs
        Number of epochs between two changes, N.
    slots
        Slots of the first epochs.
    epoch_s
        Length of the epoch [s].

    Notes
    -----
    Each change solves at most nine problems for each of the N epochs.
    """

    def __init__(self, num_epochs: int, slots: Slots, epoch_s: float) -> None:
        self._num_epochs, self._epoch_s = num_epochs, epoch_s
        self._seen: list[Scenario] = []
        self.slots = slots

    def observe(self, scenario: Scenario) -> None:
        """Remember the gathered requests of an epoch, and change the slots if it is time."""
        self._seen.append(scenario)
        if len(self._seen) == self._num_epochs:
            # max keeps the first of equals, which are the present slots.
            self.slots = max(self._candidates(), key=self._served)
            self._seen.clear()

    def _candidates(self) -> Iterator[Slots]:
        for uplink, downlink in itertools.product(FACTORS, repeat=2):
            slots = Slots(self.slots.uplink_slot_s * uplink, self.slots.downlink_slot_s * downlink)
            is_kept = slots == self.slots
            if is_kept or (min(slots) >= SHORTEST_S and sum(slots) < self._epoch_s):
                yield slots

    def _served(self, slots: Slots) -> int:
        """Return the number of remembered requests that OT-GAH serves with these slots."""
        results = (ot_gah_fast(assemble(slots.applied(each))) for each in self._seen)
        return sum(result.objective or 0 for result in results)
