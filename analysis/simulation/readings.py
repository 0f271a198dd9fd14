"""Readings: what the text of Section V leaves open about the two rivals of dynamic batching."""

from __future__ import annotations

from enum import StrEnum


class Upload(StrEnum):
    """When no batching uploads a request: on its arrival, or in the next epoch's uplink slot."""

    ON_ARRIVAL = "on-arrival"
    EPOCH = "epoch"


class Admission(StrEnum):
    """Which requests a rival takes: any whose deadline is not gone, or those it will have in time.

    The text says that no batching drops a request during its execution, when the deadline is
    exceeded, and nothing of what static batching does with deadlines: ``any``. First in, first
    out, the oldest requests come first, so under overload most work is then for requests that
    are as good as lost. With ``in-time`` no batching passes over a request that it could not
    complete if it began now, and static batching over one that it could not complete in a batch
    of the predefined size and the worst lengths.
    """

    ANY = "any"
    IN_TIME = "in-time"
