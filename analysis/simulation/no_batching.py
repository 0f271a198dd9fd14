"""No batching, the second rival of Section V: one request a device, first in, first out.

"Requests randomly arrive at edge nodes in uplink communication slots and wait in a
first-in-first-out queue. When any GPU is idle, the edge node accepts the request at the queue
head, executes inference on that single GPU without batching. During execution, if the
accumulated uploading, waiting, and computing latency exceeds the request's deadline, it is
dropped. Once a request is completed, the output is sent back."

A prompt keeps its own length, without padding: with s' = 512 one device could serve no request of
BLOOM-7.1B within 5 s, yet the text has some served from 3 s on. An upload takes a whole T_U and a
download a whole T_D, or longer if the band is not free in time. A device does not know in advance
that a request will fail: it computes until the deadline, unless
:class:`analysis.simulation.readings.Admission` is read otherwise. A request whose true output
outgrows the memory of its device is dropped.

The text leaves open when a request is uploaded. With ``on-arrival`` the upload starts at once, so
this scheme has no epochs; with ``epoch`` it waits for the next T_U, as in the other schemes. The
text also leaves open which edge node a request goes to. Here a request goes to the edge node with
the fewest requests for each of its devices (on the way, queued or in execution), among those that
can serve it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import simpy

from analysis.simulation import execution
from analysis.simulation.overflow import generated
from analysis.simulation.readings import Admission, Upload
from analysis.simulation.request import Ending, Fate, requests_of
from analysis.simulation.times import Times
from analysis.simulation.truth import Truth
from analysis.simulation.usage import Usage
from heuristics.system_models.rounding import as_fraction

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from analysis.simulation.request import Request
    from analysis.simulation.truth import Actual
    from heuristics.system_models.scenario import EdgeNode, Scenario, Setting

    Process = Generator[simpy.Event, Any, None]

_NANOSECONDS = 10**9


class _Computed(NamedTuple):
    """Times of computing [ticks]; None where the request was dropped before."""

    start: int | None = None
    first_token: int | None = None
    last_token: int | None = None


class _Station:
    """Edge node: its devices with one queue, its bands, and its number of requests."""

    def __init__(self, clock: simpy.Environment, edge_node: EdgeNode) -> None:
        self.edge_node, self.usage = edge_node, Usage()
        self.devices = simpy.Resource(clock, capacity=edge_node.num_gpus)
        self.uplink_free = self.downlink_free = 0
        self.num_requests = 0
        self._stages: dict[tuple[int, int], tuple[Fraction, Fraction]] = {}

    @property
    def load(self) -> Fraction:
        """Number of requests for each device."""
        return Fraction(self.num_requests, int(self.devices.capacity))

    def sent(self, start: int, end: int) -> None:
        """Count an upload."""
        self.usage.uplink_s += (end - start) / _NANOSECONDS

    def fed_back(self, start: int, end: int, received: int) -> None:
        """Count a download."""
        self.usage.downlink_s += (end - start) / _NANOSECONDS
        self.usage.end_s = max(self.usage.end_s, received / _NANOSECONDS)

    def computed(self, request: Request, stages: tuple[int, int], took: int) -> None:
        """Count the computing of a request, which may have ended before its last token.

        Its cache is empty in the initial stage, and then grows linearly from prompt to output.
        """
        num_gpus, (prompt, output) = int(self.devices.capacity), _lengths(request)
        setting, (first, whole) = request.source.setting, stages
        weights, start, full = (
            float(execution.memory_bytes(self.edge_node, setting, each))
            for each in (0, prompt, prompt + output)
        )
        free = self.edge_node.gpu_memory_bytes - weights
        grown = max(took - first, 0)
        now = start + (full - start) * (grown / (whole - first) if whole > first else 0.0)
        self.usage.compute_s += took / _NANOSECONDS / num_gpus
        filled = (start + now) / 2 - weights
        self.usage.memory_s += filled / free * grown / _NANOSECONDS / num_gpus

    def tokens(self, request: Request) -> int:
        """Return the tokens that a device generates before its memory is full."""
        prompt, output = _lengths(request)
        limit = self.edge_node.gpu_memory_bytes
        made = generated(self.edge_node, request.source.setting, prompt, [output], limit)
        return made.tokens[0]

    def stages(self, actual: Actual, tokens: int) -> tuple[int, int]:
        """Return the ends of the initial stage and of computing on one device [ticks].

        They count from the start of computing, and are found once a length.
        """
        request, ratio = actual
        lengths = _lengths(request)[0], tokens
        if lengths not in self._stages:
            self._stages[lengths] = execution.stages_s(
                self.edge_node, request.source.setting, lengths[0], [tokens], num_gpus=1
            )
        first, whole = self._stages[lengths]
        return ceil(first * ratio * _NANOSECONDS), ceil(whole * ratio * _NANOSECONDS)


class NoBatching:
    """No batching over many epochs.

    Parameters
    ----------
    upload
        Time of the upload: on arrival, or in the next uplink slot.
    admission
        Rule for the requests that an idle device takes.
    truth
        Truth behind the estimates; the estimates themselves if None.

    Notes
    -----
    The clock ticks in nanoseconds, and durations are rounded up to ticks. Time O(I (J + log I)).
    """

    def __init__(
        self,
        upload: str = Upload.ON_ARRIVAL,
        admission: str = Admission.ANY,
        truth: Truth | None = None,
    ) -> None:
        self._truth = truth or Truth()
        self._upload, self._admission = Upload(upload), Admission(admission)
        self._clock = simpy.Environment()
        self._stations: list[_Station] = []
        self._endings: list[Ending] = []

    def add(self, scenario: Scenario, epoch: int) -> None:
        """Let the requests of an epoch arrive. Epochs must be added in order."""
        if not self._stations:
            self._stations = [_Station(self._clock, each) for each in scenario.edge_nodes]
        # Later arrivals cannot change anything before the start of the period.
        period = as_fraction(scenario.setting.period_s)
        self._run_until(_ticks(epoch * period))
        planned, true = self._truth.planned(scenario), self._truth.scenario(scenario, epoch)
        suits = [execution.suits_one_gpu(each, planned) for each in planned.edge_nodes]
        sent = [execution.uplink_airtimes(each, true) for each in true.edge_nodes]
        fed_back = [execution.downlink_airtimes(each, true) for each in true.edge_nodes]
        start = (epoch + 1) * period
        for index, request in enumerate(requests_of(scenario, epoch)):
            able = [j for j, each in enumerate(suits) if each[index]]
            if not able:
                self._refuse(self._truth(request).request)
                continue
            airtimes = {
                j: (
                    _airtime(sent[j][index], scenario.setting.uplink_slot_s),
                    _airtime(fed_back[j][index], scenario.setting.downlink_slot_s),
                )
                for j in able
            }
            begins = request.arrival if self._upload is Upload.ON_ARRIVAL else start
            due = request.due
            if self._upload is Upload.ON_ARRIVAL:  # no wait for an epoch that (10) could leave out
                due = request.arrival + as_fraction(scenario.requests.deadline_s[index])
            expected = replace(request, source=planned)
            ticks = _ticks(begins), _ticks(due)
            self._clock.process(self._serve(self._truth(request), expected, *ticks, airtimes))

    def finish(self) -> tuple[Ending, ...]:
        """Run to the end, and return the fate of each request, in the order of arrival."""
        self._clock.run()
        return tuple(
            sorted(self._endings, key=lambda each: (each.request.epoch, each.request.index))
        )

    def usage(self) -> Iterator[tuple[EdgeNode, Usage]]:
        """Yield the usage of each edge node."""
        for station in self._stations:
            yield station.edge_node, station.usage

    def _refuse(self, request: Request) -> None:
        times = Times(decided=request.arrival)
        ending = Ending(request=request, fate=Fate.REFUSED, decided=request.epoch, times=times)
        self._endings.append(ending)

    def _run_until(self, tick: int) -> None:
        if tick > self._clock.now:
            self._clock.run(until=tick)

    def _serve(
        self,
        actual: Actual,
        expected: Request,
        begins: int,
        due: int,
        airtimes: dict[int, tuple[int, int]],
    ) -> Process:
        """Take one request through upload, computing and download."""
        clock, request = self._clock, actual.request
        yield clock.timeout(begins - clock.now)
        chosen = min(airtimes, key=lambda j: (self._stations[j].load, j))
        station, (sending, feeding_back) = self._stations[chosen], airtimes[chosen]
        uplink_slot, downlink_slot = _slots(request.source.setting)
        station.num_requests += 1
        decided, upload_start = int(clock.now), max(int(clock.now), station.uplink_free)
        upload_end = station.uplink_free = upload_start + sending
        station.sent(upload_start, upload_end)
        yield clock.timeout(max(clock.now + uplink_slot, station.uplink_free) - clock.now)
        tokens = output = _lengths(request)[1]
        if self._truth.has_errors:
            tokens = station.tokens(request)
        stages = station.stages(actual, tokens)
        needed = stages[1]
        if self._truth.has_errors:
            promised = single_device_s(expected, expected.source.edge_nodes[chosen])
            needed = ceil(promised * _NANOSECONDS)
        computed = yield from self._compute(station, stages, due, needed + downlink_slot)
        if tokens < output:
            computed = computed._replace(last_token=None)
        station.num_requests -= 1
        if computed.start is not None:
            station.computed(request, stages, int(clock.now) - computed.start)
        station.usage.end_s = max(station.usage.end_s, int(clock.now) / _NANOSECONDS)
        fate, received = Fate.DROPPED, None
        if computed.last_token is not None:
            download_start = max(int(clock.now), station.downlink_free)
            station.downlink_free = download_start + feeding_back
            ticks = max(int(clock.now) + downlink_slot, station.downlink_free)
            station.fed_back(download_start, station.downlink_free, ticks)
            fate = Fate.COMPLETED if ticks <= due else Fate.LATE
            received = Fraction(ticks, _NANOSECONDS)
        ending = Ending(
            request=request,
            fate=fate,
            decided=request.epoch,
            times=Times(
                decided=Fraction(decided, _NANOSECONDS),
                upload_start=Fraction(upload_start, _NANOSECONDS),
                upload_end=Fraction(upload_end, _NANOSECONDS),
                compute_start=_seconds(computed.start),
                first_token=_seconds(computed.first_token),
                last_token=_seconds(computed.last_token),
                released=_seconds(computed.last_token),
            ),
            edge_node=chosen,
            received=received,
        )
        self._endings.append(ending)

    def _compute(
        self, station: _Station, stages: tuple[int, int], due: int, needed: int
    ) -> Generator[simpy.Event, Any, _Computed]:
        """Wait for a device and use it until the computing ends or the deadline has passed.

        ``needed`` is the expected time of computing and download.
        """
        clock, (first, whole) = self._clock, stages
        with station.devices.request() as turn:
            yield turn | clock.timeout(max(0, due - clock.now))
            if not turn.triggered or clock.now >= due:
                return _Computed()
            start = int(clock.now)
            ends = start + whole
            if self._admission is Admission.IN_TIME and start + needed > due:
                return _Computed()
            yield clock.timeout(min(ends, due) - clock.now)
            return _Computed(
                start,
                start + first if start + first <= due else None,
                ends if ends <= due else None,
            )


def single_device_s(request: Request, edge_node: EdgeNode) -> Fraction:
    """Return the computing time of a request on one device of an edge node, unpadded [s]."""
    setting, (prompt, output) = request.source.setting, _lengths(request)
    return execution.stages_s(edge_node, setting, prompt, [output], num_gpus=1)[1]


def _lengths(request: Request) -> tuple[int, int]:
    """Return the lengths of prompt and output [tokens]."""
    columns = request.source.requests
    return columns.prompt_tokens[request.index], columns.output_tokens[request.index]


def _seconds(ticks: int | None) -> Fraction | None:
    return None if ticks is None else Fraction(ticks, _NANOSECONDS)


def _slots(setting: Setting) -> tuple[int, int]:
    return _ticks(as_fraction(setting.uplink_slot_s)), _ticks(as_fraction(setting.downlink_slot_s))


def _airtime(share: float, slot_s: float) -> int:
    return round(share * slot_s * _NANOSECONDS)


def _ticks(seconds: Fraction) -> int:
    return round(seconds * _NANOSECONDS)
