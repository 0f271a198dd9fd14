"""Work that hangs where it is imported to be done, and not where it is judged."""

import signal
import time

from tests.helpers.fakes import judged

__all__ = ["judged"]

if signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()):  # a supervisor holds it back
    time.sleep(600)
