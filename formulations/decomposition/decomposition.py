"""P1 solved exactly by decomposition, and bounded at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formulations.decomposition.proof import certificate
from formulations.decomposition.search import Search
from heuristics.certificate import Proof
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Progress, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from heuristics.schedule import Schedule
    from heuristics.system_models.coefficients import Coefficients

NAME = "decomposition"
