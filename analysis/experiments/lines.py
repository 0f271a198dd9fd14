"""Lines of Section V's figures, and readings of its text under which claims are tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Finding, Reading, settle
from analysis.experiments.comparing import every
from analysis.experiments.experiment import LABEL, Line
from analysis.experiments.statistics import chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

OT_GAH = Line(label="OT-GAH", scheme="ot-gah-fast")
"""The schedule of OT-GAH, found without trees: nodes are counted in Table III alone."""

OPTIMUM = Line(label="optimum", scheme="decomposition")
STATIC = Line(label="static", scheme="static-batching")
STATIC_IN_TIME = Line(
    label="static, in time", scheme="static-batching", settings={"admission": "in-time"}
)
_NO_WAIT = frozenset({"count_waiting"})
"""A request that is uploaded on arrival waits for no epoch."""

NONE = Line(label="no batching", scheme="no-batching", ignores=_NO_WAIT)
NONE_IN_TIME = Line(
    label="no batching, in time",
    scheme="no-batching",
    settings={"admission": "in-time"},
    ignores=_NO_WAIT,
)
NONE_BY_EPOCH = Line(
    label="no batching, by epoch",
    scheme="no-batching",
    settings={"admission": "in-time", "upload": "epoch"},
)
"""Rivals by their readings: as the text says at first sight, and skipping requests that would be
late; the last also uploads in the next epoch's T_U, as batches do."""

STATICS = (STATIC, STATIC_IN_TIME)
NONES = (NONE, NONE_IN_TIME, NONE_BY_EPOCH)
SCHEMES = (OT_GAH, OPTIMUM, *STATICS, *NONES)

LABELS = tuple(line.label for line in SCHEMES if line is not OPTIMUM)
CEILING = {OPTIMUM.label: OT_GAH.label}
"""Line that is drawn as the ceiling of another line, by name."""

SMALL, LARGE = "bloom-3b", "bloom-7.1b"
LLMS = {SMALL: "BLOOM-3B", LARGE: "BLOOM-7.1B"}
ALL_LLMS = {**LLMS, "opt-13b": "OPT-13B"}

WAITING = {True: "waiting counts", False: "waiting ignored"}
"""Names of the values of ``count_waiting``: the wait for the epoch's start counts or not."""

READINGS = (
    "“In time” passes over requests that would be late; “by "
    "epoch” also uploads with the next epoch."
)


def of_served(
    rows: pd.DataFrame, line: Line, test: Callable[[Mapping[str, object]], Answer]
) -> Answer | None:
    """Return the answer over the LLMs with completed requests; None without such an LLM.

    Parameters
    ----------
    rows, line
        Rows of an experiment, and the line under test.
    test
        Function that answers for one LLM, given the column values that select its rows.
    """
    served = {
        name: test({"llm": llm, LABEL: line.label})
        for llm, name in LLMS.items()
        if serves(rows, line, llm)
    }
    return every(served) if served else None


def under_each(
    table: pd.DataFrame,
    lines: Sequence[Line],
    test: Callable[[pd.DataFrame, Line], Answer | None],
) -> Finding:
    """Settle a claim by a test under each reading: of the scheme, and of waiting.

    Parameters
    ----------
    table
        Rows of an experiment.
    lines
        Lines, each a reading of its scheme.
    test
        Function from the rows of one reading of waiting, with all lines, and a line to the answer;
        None if the claim does not apply.
    """
    answers: dict[Reading, Answer] = {}
    for line in lines:
        for value, waiting in WAITING.items():
            rows = chosen(table, {"count_waiting": value})
            answer = test(rows, line) if len(rows) else None
            if answer is not None:
                answers[line.label, waiting] = answer
    return settle(answers)


def serves(rows: pd.DataFrame, line: Line, llm: str) -> bool:
    """Return True if a line completes a request of an LLM: zeros neither rise nor fall."""
    return bool(chosen(rows, {LABEL: line.label, "llm": llm})["completed"].any())


def nobody(rows: pd.DataFrame) -> Answer:
    """Test if no request was completed."""
    completed, arrived = int(rows["completed"].sum()), int(rows["arrived"].sum())
    return Answer(
        holds=completed == 0 if arrived else None, evidence=f"{completed} of {arrived:,} completed"
    )
