"""Registry of the experiments, by name, in the order of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.choice import CHOICE
from analysis.experiments.epoch_durations import FIG9, FIG10
from analysis.experiments.errors import ERRORS
from analysis.experiments.fig8 import FIG8
from analysis.experiments.fig11 import FIG11
from analysis.experiments.fig12 import FIG12
from analysis.experiments.fig13 import FIG13
from analysis.experiments.half import HALF_OPTIMAL
from analysis.experiments.hindsight import HINDSIGHTS
from analysis.experiments.measured import MEASURED
from analysis.experiments.modern import MODERN
from analysis.experiments.sensitivity import SENSITIVITY
from analysis.experiments.serving import SERVING
from analysis.experiments.single import GROWTH, SINGLE
from analysis.experiments.slots import SLOTS
from analysis.experiments.table3 import TABLE3

if TYPE_CHECKING:
    from analysis.experiments.experiment import Experiment

ALL = "all"
"""Name that stands for every experiment."""

EXPERIMENTS: dict[str, Experiment] = {
    each.name: each
    for each in (
        FIG8,
        FIG9,
        FIG10,
        FIG11,
        FIG12,
        FIG13,
        TABLE3,
        SINGLE,
        GROWTH,
        HALF_OPTIMAL,
        SENSITIVITY,
        SLOTS,
        CHOICE,
        MODERN,
        MEASURED,
        ERRORS,
        HINDSIGHTS,
        SERVING,
    )
}
