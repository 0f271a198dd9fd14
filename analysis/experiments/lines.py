"""The lines of Section V's figures: OT-GAH, the optimum, and the rivals under each reading."""

from __future__ import annotations

from analysis.experiments.experiment import Line

OT_GAH = Line(label="OT-GAH", scheme="ot-gah")
OPTIMUM = Line(label="optimum", scheme="decomposition")
STATIC = Line(label="static", scheme="static-batching")
STATIC_IN_TIME = Line(
    label="static, in time", scheme="static-batching", settings={"admission": "in-time"}
)
NONE = Line(label="no batching", scheme="no-batching")
NONE_IN_TIME = Line(
    label="no batching, in time", scheme="no-batching", settings={"admission": "in-time"}
)
NONE_BY_EPOCH = Line(
    label="no batching, by epoch",
    scheme="no-batching",
    settings={"admission": "in-time", "upload": "epoch"},
)
"""The rivals as their text reads at first, and passing over requests that they would have late;
the last also uploads in the next epoch's T_U, as batches do."""

STATICS = (STATIC, STATIC_IN_TIME)
NONES = (NONE, NONE_IN_TIME, NONE_BY_EPOCH)
SCHEMES = (OT_GAH, OPTIMUM, *STATICS, *NONES)

LLMS = {"bloom-3b": "BLOOM-3B", "bloom-7.1b": "BLOOM-7.1B"}
WAITING = {True: "waiting counts", False: "waiting ignored"}
"""The names of the values of ``count_waiting``: whether the wait for the epoch's start counts."""
