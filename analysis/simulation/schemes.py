"""Schemes that decide an epoch, by name: a registered method, or static batching.

No batching and continuous batching decide nothing by epoch and have their own modules,
:mod:`analysis.simulation.no_batching` and :mod:`analysis.simulation.continuous`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from analysis.engines.child import run_alone
from analysis.methods.option import LARGEST_SEED, Option
from analysis.plugins.lookup import method
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from analysis.simulation.continuous.policy import OPTIONS
from analysis.simulation.readings import Admission, Upload
from analysis.simulation.static_batching import static_batches
from heuristics.result import EndedBy
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from instances.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.runs.task import Task
    from analysis.simulation.epoch import Epoch
    from heuristics.coefficients import Coefficients
    from heuristics.result import Result

STATIC_BATCHING, NO_BATCHING = "static-batching", "no-batching"
CONTINUOUS_BATCHING = "continuous-batching"

UPLOAD = Option(
    name="upload",
    summary="when no batching uploads a request",
    default=Upload.ON_ARRIVAL,
    allowed=tuple(Upload),
)
ADMISSION = Option(
    name="admission",
    summary="which requests a rival takes",
    default=Admission.ANY,
    allowed=tuple(Admission),
)
RIVALS: Mapping[str, tuple[Option, ...]] = {
    STATIC_BATCHING: (ADMISSION,),
    NO_BATCHING: (UPLOAD, ADMISSION),
    CONTINUOUS_BATCHING: OPTIONS,
}
"""The rivals of dynamic batching, those of Section V and of today, and their options."""

SUMMARIES = {
    STATIC_BATCHING: "batches of a predefined size, first come, first served",
    NO_BATCHING: "one request a device, first in, first out",
    CONTINUOUS_BATCHING: "requests join and leave an edge node's batch between two steps",
}
"""The rivals in a line each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """Decision of a scheme for one epoch.

    Parameters
    ----------
    schedule
        A batch for each edge node; empty batches if the method found no schedule.
    result
        Result of the method; None for a scheme that solves no problem.
    coefficients
        The sha256 of the problem that was solved; None for a scheme that solves no problem.
    """

    schedule: Schedule
    result: Result | None = None
    coefficients: str | None = None


class Scheme(Protocol):
    """A scheme: decides the batches of each epoch."""

    @property
    def name(self) -> str:
        """Name of the scheme."""

    @property
    def options(self) -> Mapping[str, object]:
        """Everything beside the epoch that the decisions depend on."""

    def decide(self, epoch: Epoch) -> Decision:
        """Decide which requests each edge node batches."""

    def problem(self, epoch: Epoch) -> str | None:
        """Return the sha256 of the problem to solve; None for a scheme without a problem."""


@dataclass(frozen=True, kw_only=True)
class StaticBatching:
    """Batches of predefined sizes.

    Parameters
    ----------
    longest_output_tokens
        Worst length of an output, for which the sizes are established [tokens].
    admission
        Rule for the requests that are taken.
    """

    longest_output_tokens: int
    admission: Admission = Admission.ANY
    name: str = STATIC_BATCHING

    @property
    def options(self) -> Mapping[str, object]:
        """The worst length and the admission rule."""
        return {
            "longest_output_tokens": self.longest_output_tokens,
            ADMISSION.name: self.admission,
        }

    def decide(self, epoch: Epoch) -> Decision:
        """Fill the batches in the order of arrival."""
        batches = static_batches(epoch, self.longest_output_tokens, self.admission)
        return Decision(schedule=batches)

    def problem(self, epoch: Epoch) -> str | None:
        """Return None, as no problem is solved."""


@dataclass(frozen=True, kw_only=True)
class DynamicBatching:
    """Batches by a registered method.

    Parameters
    ----------
    name
        Name of the method.
    settings
        Options of the method that differ from their default.
    seed
        Seed of its random choices in epoch 0; each later epoch takes the next integer.
    time_limit
        Time limit of each epoch [s]; None for no limit.
    """

    name: str
    settings: Mapping[str, object] = field(default_factory=dict)
    seed: int = 0
    time_limit: float | None = None

    @property
    def options(self) -> Mapping[str, object]:
        """Every option of the method, its plug-in if one brought it, the seed and the limit."""
        chosen = method(self.name)
        options = {**chosen.parse(self.settings), "seed": self.seed}
        if chosen.origin is not None:
            options |= chosen.origin._asdict()
        return {**options, "time_limit_s": self.time_limit}

    def decide(self, epoch: Epoch) -> Decision:
        """Solve the epoch's problem.

        Raises
        ------
        InputError
            If the method cannot solve it, such as one for a single edge node.
        KeyboardInterrupt
            If the solver was interrupted: the epoch is not finished.
        """
        coefficients = assemble(epoch.scenario)
        task = self._task(coefficients, f"epoch{epoch.index:06}", self.seed + epoch.index)
        result = (perform(task) if task.plugin is None else run_alone(task)).result
        if result.ended_by is EndedBy.INTERRUPTED:
            raise KeyboardInterrupt
        schedule = result.schedule or Schedule.empty(coefficients.num_edge_nodes)
        return Decision(schedule=schedule, result=result, coefficients=coefficients.digest())

    def problem(self, epoch: Epoch) -> str | None:
        """Return the sha256 of the epoch's coefficients."""
        return assemble(epoch.scenario).digest()

    def refuse(self, coefficients: Coefficients) -> None:
        """Raise InputError if the method does not take this problem or a setting."""
        self._task(coefficients, "scenario", self.seed)

    def _task(self, coefficients: Coefficients, name: str, seed: int) -> Task:
        return plan(
            Instance(name=name, coefficients=coefficients),
            self.name,
            seed=seed % (LARGEST_SEED + 1),
            time_limit=self.time_limit,
            settings=self.settings,
        )
