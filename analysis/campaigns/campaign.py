"""Campaign: an engine makes runs for a store, each once, also beside other batches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tqdm import tqdm

from analysis.campaigns.rows import document_row, instance_row, plan_row
from analysis.engines.engine import GRACE_S, WORK, utc_now
from analysis.engines.wire import to_order, to_outcome
from analysis.runs.fields import run_row
from analysis.store.owner import this_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

    from analysis.engines.engine import EndedRun, Engine, WorkOrder
    from analysis.runs.task import Task
    from analysis.store.store import Store

_PATIENCE_S = 0.5
"""Time between two readings of the claims of other batches [s]."""

_POOL_CLAIMS = 16
"""Number of runs that each job of a pool claims at once, since they are short."""


class Campaign:
    """The runs of a batch.

    Parameters
    ----------
    store
        Store of the runs.
    engine
        Engine that makes the runs.
    tasks
        Tasks by the key of their row.
    sources
        Path of each instance file, by the name of the instance.
    memory_limit, grace_s
        As in :class:`analysis.engines.engine.WorkOrder`.
    work
        Name of the module that solves and judges.

    Attributes
    ----------
    num_elsewhere
        Number of missing runs that another batch has made meanwhile.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        tasks: Mapping[str, Task],
        *,
        sources: Mapping[str, str | PathLike[str]],
        memory_limit: int | None = None,
        grace_s: float = GRACE_S,
        work: str | None = None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._tasks = tasks
        self._sources = sources
        self._memory_limit = memory_limit
        self._grace_s = grace_s
        self._work = work or WORK
        self._owner = this_process()
        self._missing: dict[str, Task] = {}
        self._retry_failed = False
        self.num_elsewhere = 0

    def begin(self, *, retry_failed: bool = False) -> int:
        """Write the plan of the runs, and return the number of runs already in the store.

        Parameters
        ----------
        retry_failed
            True to repeat failed runs.

        Raises
        ------
        InputError
            If the store has other coefficients under the name of an instance.
        """
        wholes = {task.whole.name: task.whole for task in self._tasks.values()}
        instances = {task.instance.name: task.data for task in self._tasks.values()}
        for name, data in instances.items():
            self._store.refuse_other_coefficients(name, data.digest())
        now, num_jobs = utc_now(), self._engine.num_jobs
        self._store.plan(
            [document_row(whole, self._sources.get(name)) for name, whole in wholes.items()],
            [
                plan_row(task, key, num_jobs=num_jobs, planned_at=now)
                for key, task in self._tasks.items()
            ],
        )
        self._retry_failed = retry_failed
        done = self._store.keys(without_failed=retry_failed)
        self._missing = {key: task for key, task in self._tasks.items() if key not in done}
        return len(self._tasks) - len(self._missing)

    def run(self) -> int:
        """Make the missing runs, wait for those of other batches, and return how many failed."""
        num_failed = 0
        try:
            with tqdm(total=len(self._missing), unit="run", disable=None, leave=False) as bar:
                while self._missing:
                    for ended in self._engine.run(self._orders()):
                        num_failed += self._keep(ended)
                        bar.update()
                    if self._missing:
                        self._wait_for_others()
                        bar.update(self._forget_done())
        finally:
            self._store.release(self._owner)
        return num_failed

    def _orders(self) -> Iterator[WorkOrder]:
        """Yield an order for each missing run that this campaign could claim."""
        size = self._engine.num_jobs * (_POOL_CLAIMS if self._engine.isolation == "pool" else 1)
        keys = list(self._missing)
        for start in range(0, len(keys), size):
            claimed = self._store.claim(
                keys[start : start + size],
                owner=self._owner,
                claimed_at=utc_now(),
                retry_failed=self._retry_failed,
            )
            for key in keys[start : start + size]:
                if key in claimed:
                    yield to_order(
                        self._missing[key],
                        id=key,
                        memory_limit=self._memory_limit,
                        grace_s=self._grace_s,
                        work=self._work,
                    )

    def _keep(self, ended: EndedRun) -> bool:
        """Store an ended run; return True if it failed."""
        task = self._missing.pop(ended.id)
        outcome = to_outcome(
            task,
            ended,
            memory_limit=self._memory_limit,
            num_jobs=self._engine.num_jobs,
            isolation=self._engine.isolation,
        )
        self._store.write(instance_row(task), run_row(outcome))
        return outcome.failed

    def _wait_for_others(self) -> None:
        """Wait until no other batch makes a missing run."""
        while self._store.is_claimed_elsewhere(self._missing, owner=self._owner):
            time.sleep(_PATIENCE_S)

    def _forget_done(self) -> int:
        """Remove the runs that other batches have made, and return their number."""
        done = self._store.keys(without_failed=self._retry_failed)
        made = [key for key in self._missing if key in done]
        for key in made:
            del self._missing[key]
        self.num_elsewhere += len(made)
        return len(made)
