"""Readings of the two rivals of dynamic batching, where the text of Section V is open."""

from __future__ import annotations

from enum import StrEnum


class Upload(StrEnum):
    """Time at which no batching uploads a request: on arrival, or in the next uplink slot."""

    ON_ARRIVAL = "on-arrival"
    EPOCH = "epoch"


class Admission(StrEnum):
    """Admission rule of a rival: any request before its deadline, or only those served in time.

    The text says that no batching drops a request during its execution when the deadline is
    exceeded; of static batching and deadlines it states nothing. That reading is ``any``. Both
    rivals serve first in, first out, so under overload most of the work goes into requests that
    miss their deadline. With ``in-time``, no batching skips a request that it could not complete if
    it started now, and static batching skips a request that it could not complete in a batch of the
    predefined size and the worst lengths.
    """

    ANY = "any"
    IN_TIME = "in-time"
