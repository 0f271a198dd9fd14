"""Campaign: the status of a campaign, and one of its runs, in plain text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analysis.text.phrases import ABSENT, aligned

if TYPE_CHECKING:
    from analysis.campaigns.shown_run import ShownRun
    from analysis.campaigns.status import CampaignStatus

_ID = 12
_LONG = ("log", "message", "assignment", "violations")


def status_text(status: CampaignStatus) -> str:
    """Return a status as a sentence, with tables of the running and the failed runs."""
    parts = [
        f"{status.num_done} of {status.num_runs} runs are done, {status.num_failed} failed, "
        f"{status.num_running} are running, {status.num_waiting} are waiting{_left(status)}"
    ]
    if status.running:
        rows = [[*_named(each), f"{each['elapsed_s']:.0f} s"] for each in status.running]
        header = ["running", "instance", "method", "seed", "for"]
        parts.append(aligned(rows, header, right=[3, 4]))
    if status.failures:
        rows = [
            [*_named(each), each["ended_by"], each["message"] or ABSENT] for each in status.failures
        ]
        header = ["failed", "instance", "method", "seed", "ended by", "message"]
        parts.append(aligned(rows, header, right=[3]))
        parts.append("Repeat the batch with --retry failed to make these runs again.")
    return "\n\n".join(parts)


def _left(status: CampaignStatus) -> str:
    if status.num_running + status.num_waiting == 0:
        return ""
    if status.left_s is None:
        return "; the time left is not known yet"
    return f"; about {_duration(status.left_s)} left"


def _duration(seconds: float) -> str:
    """Return a duration in one unit.

    Examples
    --------
    >>> _duration(5), _duration(300), _duration(9000)
    ('5 s', '5 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _named(each: dict[str, Any]) -> list[str]:
    return [each["run"][:_ID], each["instance"], each["method"], str(each["seed"])]


def run_text(shown: ShownRun) -> str:
    """Return a run: one line for each value, then the commands that repeat the run."""
    rows = [
        [name, _value(value)]
        for name, value in (shown.instance | shown.run).items()
        if value is not None and name not in _LONG
    ]
    parts = [aligned(rows)]
    for name in _LONG:
        value = shown.run[name]
        if value not in (None, "", "[]"):
            parts.append(f"{name}:\n{_indented(_value(value))}")
    parts.append("To repeat the run:\n" + _indented("\n".join(shown.commands)))
    if shown.caution is not None:
        parts.append(f"Caution: {shown.caution}.")
    return "\n\n".join(parts)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines())
