"""The experiments, by name, in the order of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.fig8 import FIG8
from analysis.experiments.modern import MODERN
from analysis.experiments.sensitivity import SENSITIVITY

if TYPE_CHECKING:
    from analysis.experiments.experiment import Experiment

ALL = "all"
"""The name that stands for every experiment."""

EXPERIMENTS: dict[str, Experiment] = {each.name: each for each in (FIG8, SENSITIVITY, MODERN)}
