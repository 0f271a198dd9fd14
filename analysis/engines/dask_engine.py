"""Dask engine: runs on the workers of an existing cluster.

Orders and ended runs travel as text, so the machines share only the network. Dask transports them
and manages the workers. On the worker, :func:`analysis.engines.local.carry_out` gives each run its
limits and its processes.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from analysis.engines.dask_worker import make, share_mb
from analysis.engines.engine import EndedRun, WorkOrder, utc_now
from analysis.engines.wire import no_result, result_to_dict
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from distributed import Client, Future

INSTALL = 'pip install "otgah[dask]"'

CONNECT_S = 10.0
"""Time within which a scheduler must answer [s]."""

WORKERS_S = 30.0
"""Time within which the first worker must connect [s]."""

ABSENCE_S = 300.0
"""Time after which a campaign without any worker ends [s]."""

NUM_ATTEMPTS = 10
"""Number of times that a run is started if its workers die; then it has failed."""

_LOOK_S = 1.0
"""Time between two readings of the cluster's state [s]."""

_FETCH_S = 10.0
"""Time limit of a transfer of an ended run [s]; then the run waits for Dask again."""

_RESUME = "finished runs are kept; repeat the command to continue"


class DaskEngine:
    """An engine that makes runs on the workers of a Dask cluster.

    Parameters
    ----------
    address
        Address of the scheduler, such as ``tcp://10.0.0.1:8786``. Dask's own configuration sets
        TLS.
    connect_s, workers_s
        Times within which the scheduler must answer and the first worker must connect [s].

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers, no worker connects, or a worker has
        another version of otgah or none.

    Notes
    -----
    Workers may join and leave at any time. The runs of a worker that dies are repeated: Dask gives
    them to another worker. A run that Dask gives up after ``allowed-failures`` deaths is submitted
    again, until it has been started ten times. A run that was cancelled, or whose client has gone,
    is killed on its worker.
    """

    isolation = "process"

    def __init__(
        self, address: str, *, connect_s: float = CONNECT_S, workers_s: float = WORKERS_S
    ) -> None:
        self.address = address
        self._modules: tuple[str, ...] = ()
        self._num_threads = 0
        self._share_mb: int | None = None
        self._seen_at = time.monotonic()
        self._client = _connected(address, connect_s)
        try:
            self._await_a_worker(workers_s)
            self._refuse_other_versions()
            self._look()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect from the cluster, which keeps running."""
        with suppress(OSError):
            self._client.close(timeout=CONNECT_S)

    @property
    def num_jobs(self) -> int:
        """Number of runs at the same time: the threads of all workers at the last reading."""
        return max(1, self._num_threads)

    @property
    def share_mb(self) -> int | None:
        """Smallest share of the memory for each run among the workers [MB]."""
        return self._share_mb

    def prepare(self, modules: Iterable[str]) -> None:
        """Have workers import the modules of runs in advance; see :class:`Engine`."""
        self._modules = tuple(dict.fromkeys(modules))

    def run(self, orders: Iterable[WorkOrder]) -> Iterator[EndedRun]:
        """Make every run and yield each when it ends; see :class:`Engine`.

        Two runs are submitted for each thread, so that no worker waits.

        Raises
        ------
        InputError
            If a worker that joined later has another version of otgah or none.
        OSError
            If the scheduler has gone, or no worker was connected for five minutes.
        """
        waiting = iter(orders)
        flight = _Flight(self._client, self._modules)
        try:
            while True:
                while flight.num_runs < 2 * self.num_jobs:
                    if (order := next(waiting, None)) is None:
                        break
                    flight.submit(_Run(order=order))
                if flight.num_runs == 0:
                    return
                future = flight.next_done()
                if future is not None and (ended := self._ended(flight, future)) is not None:
                    yield ended
                if time.monotonic() > self._next_look:
                    self._look()
        finally:
            flight.cancel()

    def _ended(self, flight: _Flight, future: Future[str]) -> EndedRun | None:
        """Return the ended run; None if the run was submitted again."""
        from distributed import CancelledError, KilledWorker

        run = flight.runs[future.key]
        try:
            answer = json.loads(future.result(timeout=_FETCH_S))
        except TimeoutError:  # the worker died during the transfer, and Dask repeats the run
            flight.listen(future)
            return None
        except CancelledError:
            self._await_the_scheduler()
            flight.subscribe()
            flight.submit_again(future)
            return None
        except ImportError as error:
            rule = f"must have otgah {own_version()} on every worker"
            raise InputError(rule, source="--scheduler", found=str(error)) from error
        except Exception as error:  # an error of one worker: another worker repeats the run
            run.num_failures += 1
            if max(run.num_failures, flight.num_begun(run)) < NUM_ATTEMPTS:
                flight.submit_again(future)
                return None
            flight.forget(future)
            is_death = isinstance(error, KilledWorker)
            return _lost(run, "its workers died" if is_death else repr(error))
        _refuse_version(answer["address"], answer["version"])
        if answer["ended"] is None:
            flight.submit_again(future)
            return None
        flight.forget(future)
        ended = EndedRun(**answer["ended"])
        num_elsewhere = max(0, flight.num_begun(run) - 1)
        return replace(ended, num_attempts=ended.num_attempts + num_elsewhere)

    def _await_a_worker(self, workers_s: float) -> None:
        try:
            self._client.wait_for_workers(1, timeout=workers_s)
        except TimeoutError as error:
            rule = f"must have a worker within {workers_s:g} s; `dask worker {self.address}` is one"
            raise InputError(rule, source="--scheduler", found="none") from error

    def _refuse_other_versions(self) -> None:
        found = self._client.run(metadata.version, "otgah", on_error="return")
        for address, there in found.items():
            if not isinstance(there, OSError):  # a worker that has left meanwhile
                _refuse_version(address, there if isinstance(there, str) else None)

    def _await_the_scheduler(self) -> None:
        """Wait until Dask has connected again.

        Raises
        ------
        ConnectionError
            If Dask does not connect again.
        """
        while self._client.status == "connecting":
            time.sleep(_LOOK_S)
        if self._client.status != "running":
            raise ConnectionError(f"the scheduler at {self.address} has gone; {_RESUME}")

    def _look(self) -> None:
        """Read the state of the workers from the scheduler."""
        self._await_the_scheduler()
        now = time.monotonic()
        self._next_look = now + _LOOK_S
        try:
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        except OSError:  # the connection broke just now; the next reading handles it
            return
        self._num_threads = sum(each["nthreads"] for each in workers)
        if workers:
            self._seen_at = now
            self._share_mb = min(
                share_mb(each["memory_limit"], each["nthreads"]) for each in workers
            )
        elif now > self._seen_at + ABSENCE_S:
            raise TimeoutError(f"no worker was connected for {ABSENCE_S:g} s; {_RESUME}")


@dataclass(kw_only=True)
class _Run:
    """A run under way, seen from the client."""

    order: WorkOrder
    num_failures: int = 0


class _Flight:
    """The runs that were submitted and have not returned."""

    def __init__(self, client: Client, modules: tuple[str, ...]) -> None:
        self._client = client
        self._modules = modules
        self._topic = f"otgah-{uuid4().hex}"
        self._begun: Counter[str] = Counter()
        self._done: SimpleQueue[Future[str]] = SimpleQueue()
        self._futures: dict[Any, Future[str]] = {}
        self._num_submitted = 0
        self.runs: dict[Any, _Run] = {}
        self.subscribe()

    def subscribe(self) -> None:
        """Subscribe to the events of started runs; a new connection needs a new subscription."""
        self._client.subscribe_topic(self._topic, self._note)

    @property
    def num_runs(self) -> int:
        """Number of runs that have not returned."""
        return len(self.runs)

    def submit(self, run: _Run) -> None:
        """Submit a run to the scheduler."""
        self._num_submitted += 1
        brief = {
            "order": asdict(run.order),
            "version": own_version(),
            "modules": self._modules,
            "topic": self._topic,
        }
        key = f"{self._topic}-{self._num_submitted}"
        future = self._client.submit(make, json.dumps(brief), key=key, pure=False)
        self.runs[key], self._futures[key] = run, future
        self.listen(future)

    def submit_again(self, future: Future[str]) -> None:
        """Submit a run again that did not finish."""
        self.submit(self.forget(future))

    def listen(self, future: Future[str]) -> None:
        """Put the run into the queue when it is done."""
        future.add_done_callback(self._done.put)

    def next_done(self) -> Future[str] | None:
        """Return the next finished run; None if none finishes within a second."""
        with suppress(Empty):
            future = self._done.get(timeout=_LOOK_S)
            return future if future.key in self.runs else None
        return None

    def forget(self, future: Future[str]) -> _Run:
        """Remove a run from the flight and return it."""
        del self._futures[future.key]
        return self.runs.pop(future.key)

    def num_begun(self, run: _Run) -> int:
        """Return the number of times that workers have started a run, by their events."""
        return self._begun[run.order.id]

    def cancel(self) -> None:
        """Cancel all runs under way; their workers then kill them."""
        if self._client.status != "running":  # a closed client has cancelled everything
            return
        with suppress(OSError):
            if self._futures:
                self._client.cancel(list(self._futures.values()))
            self._client.unsubscribe_topic(self._topic)

    def _note(self, event: tuple[float, str]) -> None:
        self._begun[event[1]] += 1


def own_version() -> str:
    """Return the version of otgah in this process."""
    return metadata.version("otgah")


def _connected(address: str, connect_s: float) -> Client:
    """Return a client of a scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        rule = f"must be local where Dask is not installed; to install it: {INSTALL}"
        raise InputError(rule, source="--engine", found="dask") from error
    try:
        _greet(address, connect_s)
        return Client(address, timeout=connect_s, set_as_default=False, name="otgah")
    except (OSError, ValueError, TypeError) as error:
        rule = f"must be the address of a Dask scheduler that answers within {connect_s:g} s"
        raise InputError(rule, source="--scheduler", found=address) from error


def _greet(address: str, connect_s: float) -> None:
    """Check that a scheduler answers, since a client would wait for ever for a silent peer."""
    from distributed import Security
    from distributed.comm.core import connect
    from distributed.utils import LoopRunner, sync

    async def greet() -> None:
        given = Security().get_connection_args("client")
        (await connect(address, timeout=connect_s, **given)).abort()

    runner = LoopRunner()
    runner.start()
    try:
        sync(runner.loop, greet, callback_timeout=connect_s)
    finally:
        runner.stop()


def _refuse_version(address: str, there: str | None) -> None:
    here = own_version()
    if there != here:
        rule = f"must have otgah {here} on every worker, as here"
        told = f"{'none' if there is None else there} on {address}"
        raise InputError(rule, source="--scheduler", found=told)


def _lost(run: _Run, message: str) -> EndedRun:
    """Return a failed run that no worker has finished."""
    now = utc_now()
    result = no_result(
        Problem(run.order.problem), EndedBy.CRASH, f"{message} in {NUM_ATTEMPTS} attempts"
    )
    return EndedRun(
        id=run.order.id,
        result=result_to_dict(result, ""),
        wall_s=0.0,
        started_at=now,
        ended_at=now,
        num_attempts=NUM_ATTEMPTS,
    )
