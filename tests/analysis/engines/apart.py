"""A Dask cluster on this machine whose workers share nothing but the network and the code."""

import os
import signal
from contextlib import suppress

from distributed import LocalCluster


class Apart(LocalCluster):
    """Worker processes with folders of their own, and no other: home, temporary and current one."""

    def __init__(self, folder, **given):
        self._folder = folder
        self._num_made = 0
        self._given = given.pop("options", {})
        super().__init__(
            **{"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None} | given,
            processes=True,
            host="127.0.0.1",
            silence_logs="CRITICAL",
        )

    def new_worker_spec(self):
        [(name, spec)] = super().new_worker_spec().items()
        own = self._folder / f"worker-{self._num_made}"
        self._num_made += 1
        own.mkdir(parents=True)
        options = {
            **spec["options"],
            "local_directory": str(own),
            "env": {"HOME": str(own), "TMPDIR": str(own)},
            "preload": [f"import os; os.chdir({str(own)!r})"],
            **self._given,
        }
        return {name: {**spec, "options": options}}

    def pids(self):
        """Return the processes of the workers that live."""
        found = [nanny.process.pid for nanny in self.workers.values() if nanny.process is not None]
        return [pid for pid in found if pid is not None]

    def kill_worker(self, pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
