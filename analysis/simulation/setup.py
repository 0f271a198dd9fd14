"""Setup: the arguments of a simulation, checked before its first epoch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from analysis.methods.registry import METHODS
from analysis.plugins.lookup import is_method, method
from analysis.plugins.registry import CATALOGUE_GROUP, use_installed
from analysis.runs import limits
from analysis.simulation.arrivals import (
    LONGEST_WAIT_PERIODS,
    POISSON,
    PoissonArrivals,
    TraceArrivals,
)
from analysis.simulation.continuous.continuous_batching import ContinuousBatching
from analysis.simulation.continuous.policy import Policy
from analysis.simulation.errors import Errors
from analysis.simulation.no_batching import NoBatching
from analysis.simulation.readings import Admission
from analysis.simulation.rows import Heading
from analysis.simulation.run import BatchedRun, UnbatchedRun
from analysis.simulation.schemes import (
    ADMISSION,
    CONTINUOUS_BATCHING,
    NO_BATCHING,
    RIVALS,
    STATIC_BATCHING,
    DynamicBatching,
    StaticBatching,
)
from analysis.simulation.slots import Slots, SlotTuner
from analysis.simulation.truth import Truth
from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.protocol import PeriodMode
from heuristics.system_models.template import Template
from heuristics.system_models.validation import input_error
from instances.families.drawing import num_rows
from instances.families.physical import Deployment, Physical, adjusted_template
from instances.families.trace import TraceReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    from analysis.methods.option import Option, OptionValue
    from analysis.simulation.arrivals import Arrivals
    from analysis.simulation.run import Run
    from analysis.simulation.schemes import Scheme
    from analysis.store.store import Store

_SOURCE = "--set"

_OF_TRACE = tuple(TraceReading.model_fields.keys() - Deployment.model_fields.keys() - {"path"})
"""Parameters of the trace, which a template does not have."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Setup:
    """Checked arguments of a simulation.

    Parameters
    ----------
    scenario
        Name of the scenario.
    given
        Parameters of the scenario that were set, as text or typed.
    arrivals
        The requests of each epoch.
    schemes
        Names of the schemes.
    settings
        Options of each scheme that differ from their default, by name of the scheme.
    num_epochs
        Number of epochs.
    seed
        Seed of every random draw.
    carry_over
        True if requests that were not scheduled wait.
    time_limit
        Time limit of each epoch [s]; None for no limit.
    tune_slots
        Number of epochs between two changes of the slots; None for fixed slots.
    errors
        Errors of the estimates that the schemes decide on; None without errors.
    """

    scenario: str
    given: Mapping[str, object]
    arrivals: Arrivals
    schemes: tuple[str, ...]
    settings: Mapping[str, Mapping[str, object]]
    num_epochs: int
    seed: int
    carry_over: bool
    time_limit: float | None
    tune_slots: int | None = None
    errors: Errors | None = None

    @classmethod
    def of(
        cls,
        scenario: str | PathLike[str] | Template,
        *,
        arrivals: str | PathLike[str],
        schemes: Sequence[str],
        num_epochs: int | None,
        seed: int,
        settings: Mapping[str, object],
        carry_over: bool,
        time_limit: float | None,
        tune_slots: int | None = None,
        error: str | None = None,
        quantile: object = None,
    ) -> Setup:
        """Check the arguments; see :func:`analysis.simulation.simulate.simulate`.

        Raises
        ------
        InputError
            If a name, a setting, a number or a file is bad.
        """
        use_installed(CATALOGUE_GROUP)
        names = _known(schemes)
        of_scenario, of_schemes = _sorted(settings, names, is_poisson=str(arrivals) == POISSON)
        is_poisson = str(arrivals) == POISSON
        of_trace = {key: of_scenario[key] for key in _OF_TRACE if key in of_scenario}
        of_template = of_scenario if is_poisson else _without(of_scenario, of_trace)
        template = _template(scenario, of_template, is_poisson=is_poisson)
        seed = limits.parse_seed(seed, source="seed")
        stream: Arrivals
        if str(arrivals) == POISSON:
            stream = PoissonArrivals(template=template, seed=seed)
        else:
            stream = TraceArrivals.read(
                arrivals,
                template,
                seed,
                parameters=_parsed(TraceReading, of_trace),
                num_epochs=limits.count(num_epochs, source="epochs"),
            )
        setup = cls(
            scenario="a template" if isinstance(scenario, Template) else _file_name(scenario),
            given=of_scenario,
            arrivals=stream,
            schemes=names,
            settings=of_schemes,
            num_epochs=_num_epochs(num_epochs, stream),
            seed=seed,
            carry_over=carry_over,
            time_limit=limits.time_limit(time_limit, source="time limit"),
            tune_slots=limits.count(tune_slots, source="tune-slots"),
            errors=Errors.parse(error, quantile),
        )
        setup._refuse_long_waits()
        setup._refuse_tuning_of_the_period()
        setup._refuse_schemes()
        return setup

    def runs(self, store: Store | None) -> tuple[Run, ...]:
        """Return a run for each scheme, with its rows in the store."""
        return tuple(self._run(name, store) for name in self.schemes)

    def _run(self, name: str, store: Store | None) -> Run:
        if name == NO_BATCHING:
            readings = {each.name: self._reading(name, each) for each in RIVALS[name]}
            one_by_one = NoBatching(**readings, truth=self._truth())
            return UnbatchedRun(one_by_one, self._heading(name, readings))
        if name == CONTINUOUS_BATCHING:
            values = {each.name: self._value(name, each) for each in RIVALS[name]}
            continuous = ContinuousBatching(Policy.of(values), truth=self._truth())
            return UnbatchedRun(continuous, self._heading(name, values))
        scheme = self._scheme(name)
        tuned = {} if self.tune_slots is None else {"tune_slots": self.tune_slots}
        heading = self._heading(name, {**scheme.options, **tuned})
        return BatchedRun(
            scheme,
            heading,
            {} if store is None else store.epochs(heading.simulation),
            num_edge_nodes=num_rows(self.arrivals.template),
            carry_over=self.carry_over,
            tuner=self._tuner(),
            truth=self._truth(),
        )

    def _truth(self) -> Truth:
        longest = self.arrivals.longest_output_tokens
        return Truth(self.errors, seed=self.seed, longest_output_tokens=longest)

    def _tuner(self) -> SlotTuner | None:
        if self.tune_slots is None:
            return None
        epoch = self.arrivals.template.epoch
        slots = Slots(epoch.uplink_slot_s, epoch.downlink_slot_s)
        return SlotTuner(self.tune_slots, slots, epoch.epoch_s)

    def _scheme(self, name: str) -> Scheme:
        if name == STATIC_BATCHING:
            return StaticBatching(
                longest_output_tokens=self.arrivals.longest_output_tokens,
                admission=Admission(self._reading(name, ADMISSION)),
            )
        return self._dynamic(name)

    def _dynamic(self, name: str) -> DynamicBatching:
        return DynamicBatching(
            name=name, settings=self.settings[name], seed=self.seed, time_limit=self.time_limit
        )

    def _reading(self, name: str, option: Option) -> str:
        return str(self._value(name, option))

    def _value(self, name: str, option: Option) -> OptionValue:
        if option.name not in self.settings[name]:
            return option.default
        return option.parse(self.settings[name][option.name], source=_SOURCE)

    def _heading(self, name: str, options: Mapping[str, object]) -> Heading:
        template = self.arrivals.template.model_dump(mode="json")
        if self.errors is not None:
            options = {**options, **self.errors.options()}
        parts = [template, self.arrivals.name, self.seed, name, options, self.carry_over]
        given = {key: _file_name(value) for key, value in sorted(self.given.items())}
        return Heading(
            simulation=hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest(),
            scenario=self.scenario,
            parameters=json.dumps(given),
            arrivals=self.arrivals.name,
            scheme=name,
            options=json.dumps(dict(options)),
            seed=self.seed,
            carry_over=self.carry_over,
        )

    def _refuse_schemes(self) -> None:
        for name in self.schemes:
            for option in RIVALS.get(name, ()):
                self._value(name, option)
            template = self.arrivals.template
            if name in RIVALS and num_rows(template) > len(template.edge_nodes):
                rule = (
                    "must be left out where edge nodes have alternatives, which it does not choose"
                )
                raise InputError(rule, field="method", found=name)
            if name not in RIVALS:
                self._dynamic(name).refuse(assemble(self.arrivals.scenario(0)))

    def _refuse_long_waits(self) -> None:
        template = self.arrivals.template
        longest = template.workload.deadline_s[1]
        if self.carry_over and longest > LONGEST_WAIT_PERIODS * template.epoch.period_s:
            raise InputError(
                f"must be at most {LONGEST_WAIT_PERIODS} periods with carry-over",
                field="deadline_s",
                found=longest,
            )

    def _refuse_tuning_of_the_period(self) -> None:
        period = self.arrivals.template.epoch.period
        if self.tune_slots is not None and period is not PeriodMode.EPOCH:
            rule = "must be epoch where slots are tuned, since a pipelined period is T_C"
            raise InputError(rule, field="period", found=str(period))


def _known(schemes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the schemes; refuse unknown and repeated ones."""
    if not schemes:
        raise InputError("must name at least one scheme", field="method", found=list(schemes))
    for place, name in enumerate(schemes):
        if name not in RIVALS and not is_method(name):
            known = ", ".join((*RIVALS, *METHODS))
            raise InputError(f"must be one of {known}", field="method", found=name)
        if name in schemes[:place]:
            raise InputError("must be named once", field="method", found=name)
    return tuple(schemes)


def _sorted(
    settings: Mapping[str, object], schemes: Sequence[str], *, is_poisson: bool
) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """Split settings into parameters of the scenario and options of the schemes."""
    fields = set((Physical if is_poisson else TraceReading).model_fields) - {"scenario", "path"}
    options = {
        name: {each.name for each in RIVALS.get(name) or method(name).options} for name in schemes
    }
    for key, value in settings.items():
        if key not in fields and not any(key in own for own in options.values()):
            known = ", ".join(sorted(fields.union(*options.values())))
            raise InputError(f"must be one of {known}", source=_SOURCE, found=key)
        if isinstance(value, str) and not value.strip():
            raise InputError("must not be empty", source=_SOURCE, field=key, found=value)
    return (
        {key: value for key, value in settings.items() if key in fields},
        {
            name: {key: settings[key] for key in settings if key in options[name]}
            for name in schemes
        },
    )


def _template(
    scenario: str | PathLike[str] | Template, given: Mapping[str, object], *, is_poisson: bool
) -> Template:
    if isinstance(scenario, Template):
        if given:
            rule = "must be left out, as the template has it"
            raise InputError(rule, source=_SOURCE, found=", ".join(given))
        return scenario
    model = Physical if is_poisson else Deployment
    return adjusted_template(_parsed(model, {**given, "scenario": str(scenario)}))


_Model = TypeVar("_Model", bound=BaseModel)


def _parsed(model: type[_Model], given: Mapping[str, object]) -> _Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise input_error(error, source=_SOURCE) from error


def _without(given: Mapping[str, object], keys: Iterable[str]) -> dict[str, object]:
    return {key: value for key, value in given.items() if key not in keys}


def _num_epochs(given: int | None, arrivals: Arrivals) -> int:
    number = limits.count(given, source="epochs")
    there = arrivals.num_epochs
    if there is None:
        if number is None:
            raise InputError("must be given, as the Poisson process has no end", source="epochs")
        return number
    return there if number is None else min(number, there)


def _file_name(value: Any) -> str:
    """Return a setting as a row shows it: a file name without its folder."""
    text = str(value)
    return Path(text).name if "/" in text or "\\" in text else text
