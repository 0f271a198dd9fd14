"""Message: the text from a worker, parsed once. No value in it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from analysis.runs.fields import result_fields
from analysis.runs.values import Duration, Integer, Text
from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TRAJECTORY = 10**5
"""The largest number of points in the trajectory of a run."""

Index = Annotated[int, Field(strict=True)]
Batches = list[list[Index]]
Point = tuple[Duration, Integer | None, Integer | None]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _fields() -> Mapping[str, Any]:
    required = {each.name: (each.type, ...) for each in result_fields(derived=False)}
    return required | {
        "problem": (Problem, ...),
        "schedule": (Batches | None, ...),
        "certificate": (dict[str, Any] | None, ...),
        "trajectory": (Annotated[list[Point], Field(max_length=LONGEST_TRAJECTORY)], ...),
    }


if TYPE_CHECKING:
    ResultDocument = _Document
else:
    ResultDocument = create_model("ResultDocument", __base__=_Document, **_fields())
"""A result as JSON: the fields of :data:`analysis.runs.fields.RUN_FIELDS` that it does not compute
from others, with its problem, schedule, certificate and trajectory."""


class WorkerMessage(_Document):
    """One message of a worker to its supervisor.

    Parameters
    ----------
    begun
        True if the method begins now.
    result
        Result of the run; None in other messages.
    refusal
        Error in the input that the method reported; None without one.
    schedule, bound
        Best schedule and bound so far; None for no news of it.
    """

    begun: bool = False
    result: ResultDocument | None = None
    refusal: Text | None = None
    schedule: Batches | None = None
    bound: Integer | None = None
