"""The process behind test_worker.py: it does what a question says."""

import os
import signal
from threading import Event

from formulations.solvers.worker import serve


def solve(question, tell, stop):
    tell(f"{question}, told")
    match question:
        case "raise":
            raise ValueError("as asked")
        case "exit":
            os._exit(7)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "wait":
            stopped = Event()
            stop.pass_on(stopped.set)
            stopped.wait(60)
            return "stopped"
    return f"{question}, answered"


if __name__ == "__main__":
    serve(solve)
