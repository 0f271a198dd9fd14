"""Status: the runs of a campaign that are done, running, failed and waiting."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import fmean
from typing import TYPE_CHECKING, Any

from analysis.runs.outcome import FAILED
from analysis.store.owner import is_alive
from analysis.store.store import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

    Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CampaignStatus:
    """Status of the runs of a store.

    Parameters
    ----------
    num_runs
        Number of runs that were asked for.
    num_done
        Number of runs in the store that have not failed. A run that ended at a limit is done.
    num_failed, num_running, num_waiting
        Numbers of the other runs. Runs that a pool has claimed in advance count as running.
    left_s
        Estimate of the time for the running and waiting runs with the jobs of the last batch [s];
        0 without such runs, None without any basis. The estimate for a run is the mean time of
        its method; without one the run's time limit; without a limit the mean time of all runs.
    running
        Run, instance, method, seed and ``elapsed_s`` of each running run.
    failures
        Run, instance, method, seed, ``ended_by`` and ``message`` of each failed run.
    """

    num_runs: int
    num_done: int
    num_failed: int
    num_running: int
    num_waiting: int
    left_s: float | None
    running: tuple[dict[str, Any], ...] = ()
    failures: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the status as ``otgah status --json`` prints it."""
        return asdict(self)


def status(path: str | PathLike[str]) -> CampaignStatus:
    """Return the status of the runs of a store.

    Parameters
    ----------
    path
        Path of the store. A batch may be writing to it.

    Raises
    ------
    InputError
        If the path is not a store of this version.
    """
    runs = {row["key"]: row for row in read_rows(path, "runs")}
    plans = {row["key"]: row for row in read_rows(path, "plans")}
    claims = {row["key"]: row for row in read_rows(path, "claims")}
    alive = {owner: is_alive(owner) for owner in {row["owner"] for row in claims.values()}}
    running = {key: row for key, row in claims.items() if key in plans and alive[row["owner"]]}
    waiting = [row for key, row in plans.items() if key not in runs and key not in running]
    failed = [row for key, row in runs.items() if row["ended_by"] in FAILED and key not in running]
    done = [row for key, row in runs.items() if row["ended_by"] not in FAILED]
    elapsed = {key: _since(row["claimed_at"]) for key, row in running.items()}
    return CampaignStatus(
        num_runs=len(plans.keys() | runs.keys()),
        num_done=sum(row["key"] not in running for row in done),
        num_failed=len(failed),
        num_running=len(running),
        num_waiting=len(waiting),
        left_s=_left(
            [(row, 0.0) for row in waiting] + [(plans[key], elapsed[key]) for key in running],
            runs.values(),
        ),
        running=tuple(
            {**_named(plans[key]), "elapsed_s": round(elapsed[key], 1)} for key in running
        ),
        failures=tuple(
            {**_named(row), "ended_by": row["ended_by"], "message": _last_line(row["message"])}
            for row in failed
        ),
    )


def _left(missing: list[tuple[Row, float]], runs: Iterable[Row]) -> float | None:
    """Return the remaining time of runs, each given with its elapsed time [s]."""
    took: dict[str, list[float]] = {}
    for row in runs:
        took.setdefault(row["method"], []).append(row["wall_s"])
    everything = [wall_s for times in took.values() for wall_s in times]
    total = 0.0
    for row, elapsed_s in missing:
        known = took.get(row["method"])
        if known is not None:
            expected = fmean(known)
        elif row["time_limit_s"] is not None:
            expected = row["time_limit_s"]
        elif everything:
            expected = fmean(everything)
        else:
            return None
        total += max(0.0, expected - elapsed_s)
    num_jobs = missing[-1][0]["num_jobs"] if missing else 1
    return round(total / num_jobs, 1)


def _named(row: Row) -> dict[str, Any]:
    named = {"run": row["key"]}
    return named | {name: row[name] for name in ("instance", "method", "seed")}


def _since(moment: str) -> float:
    """Return the time since a moment [s]; 0 if the clock now shows an earlier time."""
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())


def _last_line(message: str | None) -> str | None:
    lines = (message or "").strip().splitlines()
    return lines[-1] if lines else None
