"""Continuous batching over many epochs: requests are served as they come, without slots.

A request is sent to an edge node on arrival. Its prompt shares the uplink band with all prompts on
the way to the same edge node, in equal shares. Then it waits for the memory, computes and leaves as
:mod:`analysis.simulation.continuous.station` says. Its tokens leave the edge node as they are
computed; the airtime of the whole output counts after the last token, in equal shares of the
downlink band. Prompts are not padded, and all devices of an edge node compute together. Deadlines
count from the arrival.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import simpy

from analysis.simulation import execution
from analysis.simulation.continuous.band import Band
from analysis.simulation.continuous.dispatch import Dispatch
from analysis.simulation.continuous.job import Job
from analysis.simulation.continuous.pace import AS_ESTIMATED, Pace
from analysis.simulation.continuous.policy import Policy
from analysis.simulation.continuous.station import Station
from analysis.simulation.request import Ending, Fate, requests_of
from analysis.simulation.times import Times
from analysis.simulation.truth import Truth
from heuristics.system_models.choices import own_setting
from heuristics.system_models.rounding import as_fraction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analysis.simulation.continuous.step import Step
    from analysis.simulation.request import Request
    from analysis.simulation.usage import Usage
    from heuristics.system_models.scenario import EdgeNode, Scenario

_NANOSECONDS = 10**9


class _Airtimes(NamedTuple):
    """Airtimes of all prompts and outputs at an edge node [ticks]."""

    sending: list[int]
    feeding_back: list[int]


class _Arriving(NamedTuple):
    """A request on arrival.

    ``output_tokens`` is the length that its edge node counts with, ``expected`` and ``true`` are
    the airtimes of prompt and output [ticks] at each edge node that can serve the request.
    """

    request: Request
    output_tokens: int
    expected: dict[int, tuple[int, int]]
    true: dict[int, tuple[int, int]]


class ContinuousBatching:
    """Continuous batching over many epochs.

    Parameters
    ----------
    policy
        Options of the scheme.
    observe
        Function that is called with each step after its execution; None for no observer.
    truth
        Truth behind the estimates; the estimates themselves if None.

    Notes
    -----
    The clock ticks in nanoseconds. Steps in which no request joins or leaves are executed together,
    so the time is O(I (J + log I)) beside searches over the steps between two changes.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        observe: Callable[[Step], None] | None = None,
        truth: Truth | None = None,
    ) -> None:
        self._truth = truth or Truth()
        self._policy, self._observe = policy or Policy(), observe
        self._clock = simpy.Environment()
        self._stations: list[Station] = []
        self._uplinks: list[Band[Job]] = []
        self._downlinks: list[Band[Job]] = []
        self._dispatch = Dispatch(self._policy.dispatch)
        self._endings: list[Ending] = []

    def add(self, scenario: Scenario, epoch: int) -> None:
        """Let the requests of an epoch arrive. Epochs must be added in order."""
        if not self._stations:
            self._open(scenario)
        # Later arrivals cannot change anything before the start of the period.
        start = _ticks(epoch * as_fraction(scenario.setting.period_s))
        if start > self._clock.now:
            self._clock.run(until=start)
        planned = self._truth.planned(scenario)
        suits = [execution.suits_all_gpus(each, planned).tolist() for each in planned.edge_nodes]
        expected = _airtimes(planned)
        true = expected
        if self._truth.has_errors:
            true = _airtimes(self._truth.scenario(scenario, epoch))
        for index, request in enumerate(requests_of(scenario, epoch)):
            able = [j for j, each in enumerate(suits) if each[index]]
            actual = self._truth(request).request
            if not able:
                self._refuse(actual)
                continue
            arriving = _Arriving(
                request=actual,
                output_tokens=planned.requests.output_tokens[index],
                expected={
                    j: (expected[j].sending[index], expected[j].feeding_back[index]) for j in able
                },
                true={j: (true[j].sending[index], true[j].feeding_back[index]) for j in able},
            )
            arrival = self._clock.timeout(_ticks(request.arrival) - self._clock.now)
            arrival.callbacks.append(partial(self._arrive, arriving))

    def finish(self) -> tuple[Ending, ...]:
        """Run to the end, and return the fate of each request, in the order of arrival."""
        self._clock.run()
        return tuple(
            sorted(self._endings, key=lambda each: (each.request.epoch, each.request.index))
        )

    def usage(self) -> Iterator[tuple[EdgeNode, Usage]]:
        """Yield the usage of each edge node."""
        for station, uplink, downlink in zip(
            self._stations, self._uplinks, self._downlinks, strict=True
        ):
            usage = station.total_usage()
            usage.uplink_s = uplink.busy / _NANOSECONDS
            usage.downlink_s = downlink.busy / _NANOSECONDS
            usage.end_s = int(self._clock.now) / _NANOSECONDS
            yield station.edge_node, usage

    def _open(self, scenario: Scenario) -> None:
        for index, edge_node in enumerate(scenario.edge_nodes):
            station = Station(
                self._clock,
                index,
                edge_node,
                own_setting(scenario.setting, edge_node),
                self._policy,
                end=self._computed,
                observe=self._observe,
                pace=self._pace(index, scenario),
            )
            self._stations.append(station)
            self._uplinks.append(Band(self._clock, self._uploaded))
            self._downlinks.append(Band(self._clock, self._received))

    def _pace(self, edge_node: int, scenario: Scenario) -> Pace:
        """Return the pace of an edge node."""
        if not self._truth.has_errors:
            return AS_ESTIMATED
        period, number = _ticks(as_fraction(scenario.setting.period_s)), len(scenario.edge_nodes)

        def ratio_at(tick: int) -> Fraction:
            # Batches of an epoch are computed in the period after the one of its arrivals.
            epoch = max(tick // period - 1, 0)
            return self._truth.ratios(epoch, number)[edge_node]

        return Pace(ratio_at, self._truth.planned_ratio)

    def _arrive(self, arriving: _Arriving, _event: simpy.Event) -> None:
        """Send a request to an edge node."""
        request, index = arriving.request, arriving.request.index
        columns = request.source.requests
        prompt = columns.prompt_tokens[index]
        lengths = prompt, arriving.output_tokens
        chosen = self._dispatch.choose(arriving.expected, self._stations, lengths)
        sending, feeding_back = arriving.true[chosen]
        job = Job(
            request,
            chosen,
            prompt_tokens=prompt,
            output_tokens=columns.output_tokens[index],
            due=_ticks(request.arrival + as_fraction(columns.deadline_s[index])),
            sending=sending,
            feeding_back=feeding_back,
            expected_tokens=arriving.output_tokens,
            expected_feeding_back=arriving.expected[chosen][1],
        )
        job.decided = job.upload_start = int(self._clock.now)
        self._uplinks[chosen].start(job, sending)

    def _uploaded(self, job: Job) -> None:
        job.upload_end = int(self._clock.now)
        self._stations[job.edge_node].add(job)

    def _computed(self, job: Job) -> None:
        """Feed an output back, or end a job that was dropped."""
        if job.last_token is None:
            self._finish(job, Fate.DROPPED, None)
        else:
            self._downlinks[job.edge_node].start(job, job.feeding_back)

    def _received(self, job: Job) -> None:
        now = int(self._clock.now)
        self._finish(job, Fate.COMPLETED if now <= job.due else Fate.LATE, now)

    def _finish(self, job: Job, fate: Fate, received: int | None) -> None:
        self._dispatch.ended(job.edge_node)
        ending = Ending(
            request=job.request,
            fate=fate,
            decided=job.request.epoch,
            times=_times(job),
            edge_node=job.edge_node,
            received=_seconds(received),
        )
        self._endings.append(ending)

    def _refuse(self, request: Request) -> None:
        times = Times(decided=request.arrival)
        ending = Ending(request=request, fate=Fate.REFUSED, decided=request.epoch, times=times)
        self._endings.append(ending)


def _times(job: Job) -> Times:
    is_dropped = job.last_token is None
    return Times(
        decided=Fraction(job.decided, _NANOSECONDS),
        upload_start=_seconds(job.upload_start),
        upload_end=_seconds(job.upload_end),
        compute_start=_seconds(job.compute_start),
        first_token=_seconds(job.first_token),
        last_token=_seconds(job.last_token),
        released=None if is_dropped else _seconds(job.first_token),
    )


def _airtimes(scenario: Scenario) -> list[_Airtimes]:
    """Return the airtimes at each edge node."""
    setting = scenario.setting
    return [
        _Airtimes(
            _in_ticks(execution.uplink_airtimes(each, scenario), setting.uplink_slot_s),
            _in_ticks(execution.downlink_airtimes(each, scenario), setting.downlink_slot_s),
        )
        for each in scenario.edge_nodes
    ]


def _in_ticks(shares: Any, slot_s: float) -> list[int]:
    """Return airtimes [ticks]; that of a channel that carries nothing is not used."""
    ticks = shares * (slot_s * _NANOSECONDS)
    return [round(each) if each < 1e18 else 0 for each in ticks.tolist()]


def _seconds(ticks: int | None) -> Fraction | None:
    return None if ticks is None else Fraction(ticks, _NANOSECONDS)


def _ticks(seconds: Fraction) -> int:
    return round(seconds * _NANOSECONDS)
