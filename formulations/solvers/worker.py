"""Connection to a solver process that is kept for the next question.

Only CP-SAT needs it. The wheel of OR-Tools contains a HiGHS of its own, and its symbols clash with
those of highspy: with OR-Tools 9.15 and highspy 1.15.1 the second of the two imports raises
ImportError (undefined symbol), in either order. The worker processes of the batch engines do not
solve this: one run may solve by HiGHS first, for a warm start, and by CP-SAT next, and so may a
script that calls both methods. The process is kept because importing OR-Tools takes about 0.5 s.

The process ends when its parent ends, for any reason, because their connection is then closed.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import time
import traceback
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_STOP = "stop"
_POLL_S = 0.1


class WorkerDied(Exception):  # noqa: N818  # an outcome of the run, not an error of the caller
    """The process ended before its answer; the message says how."""


class WorkerKilled(WorkerDied):
    """The process was killed because it exceeded its time limit."""


class Worker:
    """A process that answers questions one after the other, started at the first question.

    Parameters
    ----------
    module
        Main module of the process, which calls :func:`serve`.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._is_asked = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def ask(
        self, question: object, on_news: Callable[[Any], None], *, limit_s: float | None = None
    ) -> Any:
        """Return the answer to a question.

        Parameters
        ----------
        question
            Problem to solve; it is pickled.
        on_news
            Function called with each message that the process sends before its answer.
        limit_s
            Time after the first message at which the process is killed [s].

        Raises
        ------
        WorkerDied
            If the process ended before its answer.
        RuntimeError
            If the process raised an exception.
        """
        with self._is_asked:
            if self._process is None or self._process.poll() is not None:
                self.close()
                self._start()
            assert self._connection is not None
            try:
                self._connection.send(question)
                return self._answer(self._connection, on_news, limit_s)
            except (EOFError, OSError) as error:
                raise WorkerDied(self._how_it_ended()) from error

    def stop(self) -> None:
        """Ask the process to stop early and answer with its best result so far."""
        if self._connection is not None:
            self._connection.send(_STOP)

    def close(self) -> None:
        """Kill the process, if it runs."""
        atexit.unregister(self.close)
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None

    def _answer(
        self, connection: Connection, on_news: Callable[[Any], None], limit_s: float | None
    ) -> Any:
        deadline: float | None = None
        while True:
            while not connection.poll(_POLL_S):
                if deadline is not None and time.perf_counter() > deadline:
                    self.close()
                    raise WorkerKilled("killed: it outlasted its time limit and the grace after it")
            kind, said = connection.recv()
            if kind == "answer":
                return said
            if kind == "error":
                raise RuntimeError(said)
            if deadline is None and limit_s is not None:
                deadline = time.perf_counter() + limit_s
            on_news(said)

    def _start(self) -> None:
        ours, theirs = Pipe()
        path = os.pathsep.join(each or os.getcwd() for each in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C at the terminal reaches this process only, which passes it on
        )
        theirs.close()
        self._connection = ours
        atexit.register(self.close)

    def _how_it_ended(self) -> str:
        assert self._process is not None
        code = self._process.wait()
        self.close()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return f"the process of the solver died of {how}"


class Stop:
    """A request to stop early and return the best result so far."""

    def __init__(self) -> None:
        self._is_wished, self._is_over = Event(), Event()

    @property
    def is_wished(self) -> bool:
        """True if a stop was requested."""
        return self._is_wished.is_set()

    def begin(self) -> None:
        """Reset the request at the start of a question."""
        self._is_wished.clear()
        self._is_over.clear()

    def end(self) -> None:
        """Mark the end of a question."""
        self._is_over.set()

    def wish(self) -> None:
        """Request the end of a question."""
        self._is_wished.set()

    def pass_on(self, stop: Callable[[], object]) -> None:
        """Call a function when a stop is requested, until the question has ended."""

        def watch() -> None:
            while not self._is_over.wait(_POLL_S):
                if self.is_wished:
                    stop()

        Thread(target=watch, daemon=True).start()


def serve(solve: Callable[[Any, Callable[[object], None], Stop], object]) -> None:
    """Answer questions until the parent process closes the connection.

    Parameters
    ----------
    solve
        Function called with a question, a function that sends a message, and the request to
        stop; it returns the answer.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(int(sys.argv[1]))
    questions: SimpleQueue[Any] = SimpleQueue()
    stop = Stop()
    Thread(target=_listen, args=(connection, questions, stop), daemon=True).start()
    while True:
        question = questions.get()
        try:
            answer = "answer", solve(question, lambda said: connection.send(("news", said)), stop)
        except Exception:  # sent to the parent process, which raises it
            answer = "error", traceback.format_exc()
        stop.end()
        connection.send(answer)


def _listen(connection: Connection, questions: SimpleQueue[Any], stop: Stop) -> None:
    while True:
        try:
            said = connection.recv()
        except (EOFError, OSError):
            os._exit(1)  # the parent process has ended
        if said == _STOP:
            stop.wish()
        else:
            stop.begin()
            questions.put(said)
