"""A Dask cluster on this machine whose workers share nothing but the network and the code."""

import dask
from distributed import LocalCluster

# A worker that was killed is given up, and its nanny with it, where no other is there in time:
# on a machine that is busy otherwise the next one takes longer than the 15 s of the default.
dask.config.set({"distributed.deploy.lost-worker-timeout": "1 hour"})


class Apart(LocalCluster):
    """Worker processes with folders of their own, and no other: home, temporary and current one."""

    def __init__(self, folder, *, num_workers=2):
        self._folder = folder
        self._num_made = 0
        super().__init__(
            n_workers=0,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            memory_limit="4GB",
            dashboard_address=None,
            silence_logs="CRITICAL",
        )
        if num_workers:
            self.scale(num_workers)
            self.wait_for_workers(num_workers)

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
        }
        return {name: {**spec, "options": options}}

    def pids(self):
        """Return the processes of the workers that live."""
        found = [getattr(nanny.process, "pid", None) for nanny in list(self.workers.values())]
        return [pid for pid in found if pid is not None]
