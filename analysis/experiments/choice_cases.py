"""Cases of the experiment ``choice``: systems whose edge nodes can be run in several ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.experiments.chosen_epochs import BETA_POWER
from analysis.experiments.experiment import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.experiments.experiment import Point

SCHEME, LENGTH = "quantization", "padding_tokens"
"""Parameters whose values are alternatives of an edge node."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """System whose edge nodes have alternatives.

    Parameters
    ----------
    parameter
        Parameter whose values are the alternatives, `SCHEME` or `LENGTH`.
    values
        Alternatives: schemes from the least to the most compressed, or lengths in ascending order.
    rate_per_s
        Arrival rate at a load of 1 [1/s].
    settings
        Other parameters of the family ``paper``.
    """

    parameter: str
    values: tuple[str, ...] | tuple[int, ...]
    rate_per_s: float
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the alternatives in figures and tables."""
        return tuple(fixed_name(self.parameter, value) for value in self.values)


def fixed_name(parameter: str, value: str | int) -> str:
    """Return the name of one alternative at all edge nodes."""
    return f"s' = {value}" if parameter == LENGTH else str(value)


_EPOCH = {"epoch_s": 2.0, "deadline_s": (1.5, 2.0)}
_LONG_EPOCH = {"epoch_s": 20.0, "deadline_s": (16.0, 30.0)}
_PUBLISHED = ("w16a16", "w8a16", "w4a16-gptq")

SCHEME_CASES: dict[str, Case] = {
    "Section V with β = 1": Case(
        parameter=SCHEME,
        values=_PUBLISHED,
        rate_per_s=50.0,
        settings={"llm": "bloom-3b", **_EPOCH},
    ),
    "Section V with β = (bits/16)²": Case(
        parameter=SCHEME,
        values=_PUBLISHED,
        rate_per_s=50.0,
        settings={"llm": "bloom-3b", **_EPOCH, BETA_POWER: 2},
    ),
    "TX2 boards with reading": Case(
        parameter=SCHEME,
        values=("w8a16", "w4a16-gptq", "w4a8-gptq"),
        rate_per_s=10.0,
        settings={"llm": "bloom-7.1b", "latency": "serial", "num_gpus": 10, **_LONG_EPOCH},
    ),
    "Orin boards with reading": Case(
        parameter=SCHEME,
        values=_PUBLISHED,
        rate_per_s=5.0,
        settings={
            "scenario": "modern",
            "llm": "llama-2-7b",
            "latency": "serial",
            **_LONG_EPOCH,
        },
    ),
}
"""Systems with a choice of the quantization scheme."""

LENGTH_CASES: dict[str, Case] = {
    "s' in Section V": Case(
        parameter=LENGTH,
        values=(128, 256, 512),
        rate_per_s=50.0,
        settings={"llm": "bloom-3b", **_EPOCH},
    ),
    "s' on Orin boards with reading": Case(
        parameter=LENGTH,
        values=(512, 1024, 2048, 4096),
        rate_per_s=10.0,
        settings={"scenario": "trace", "latency": "roofline"},
    ),
}
"""Systems with a choice of the length to which prompts are padded."""

CASES = SCHEME_CASES | LENGTH_CASES

CHOSEN = Line(label="chosen", scheme="decomposition")
BY_OT_GAH = Line(label="chosen by OT-GAH", scheme="ot-gah-fast")
FIXED = {
    fixed_name(case.parameter, value): Line(
        label=fixed_name(case.parameter, value),
        scheme="decomposition",
        settings={case.parameter: value},
    )
    for case in CASES.values()
    for value in case.values
}
"""Lines by name: the optimum if all edge nodes have the same alternative."""

CASE, REQUIRED, USERS, LOAD = "case", "accuracy_required", "users", "load"
"""Columns of the table of the experiment."""

ALIKE, UP_TO = "alike", "up to"
"""Users: each requires the same accuracy, or an accuracy drawn from 0 up to it."""

ACCURACIES = (0.0, 0.15, 0.3, 0.45, 0.65, 0.95, 1.0)
LOADS = (0.25, 0.5, 1.0, 2.0, 4.0)


def settings(point: Point) -> Mapping[str, Any]:
    """Return the parameters of a point, with all alternatives of its case."""
    case = CASES[point[CASE]]
    required = point[REQUIRED]
    return {
        **case.settings,
        case.parameter: case.values,
        "rate_per_s": case.rate_per_s * point[LOAD],
        "accuracy": (required if point[USERS] == ALIKE else 0.0, required),
    }


def keep(point: Point) -> bool:
    """Return True for points that vary either the accuracy, at a load of 1, or the load."""
    if point[USERS] == UP_TO and point[REQUIRED] == 1:
        return True
    return point[CASE] in SCHEME_CASES and point[LOAD] == 1


def has_line(point: Point, line: Line) -> bool:
    """Return True for the lines of the alternatives that the case of a point has."""
    return line in (CHOSEN, BY_OT_GAH) or line.label in CASES[point[CASE]].names
