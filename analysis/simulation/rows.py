"""Rows of a simulation: epochs for the store, requests and batches for tables."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from analysis.runs.provenance import provenance
from analysis.simulation.request import Fate
from analysis.simulation.schemes import Decision
from analysis.simulation.times import Times
from analysis.store.columns import EPOCH_COLUMNS, PROVENANCE
from analysis.store.store import dtype
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from fractions import Fraction

    import pandas as pd

    from analysis.simulation.controller import Ran
    from analysis.simulation.measurement import MeasuredBatch
    from analysis.simulation.request import Ending, Request
    from heuristics.system_models.scenario import Scenario

_COUNTS = {
    "num_completed": Fate.COMPLETED,
    "num_late": Fate.LATE,
    "num_dropped": Fate.DROPPED,
    "num_refused": Fate.REFUSED,
}

_MEASURED: Mapping[str, Callable[[MeasuredBatch], bool]] = {
    "num_overruns": lambda batch: batch.is_overrun,
    "num_delayed": lambda batch: batch.is_delayed,
    "num_over_memory": lambda batch: batch.is_over_memory,
    "num_late_uploads": lambda batch: batch.is_upload_late,
    "num_late_downloads": lambda batch: batch.is_download_late,
}

_TIMES = tuple(field.name for field in fields(Times))

_TOLD = ("problem", "status", "ended_by", "bound", "runtime_s", "proved_by", "message")

_HAPPENED = tuple(name for name in EPOCH_COLUMNS if name.startswith("num_") and name != "num_cpus")
"""Columns in which an epoch that is executed again must agree with the store."""

REQUEST_COLUMNS = {
    "scheme": "TEXT",
    "epoch": "INTEGER",
    "request": "INTEGER",
    "arrival_s": "REAL",
    "prompt_tokens": "INTEGER",
    "output_tokens": "INTEGER",
    "deadline_s": "REAL",
    "accuracy": "REAL",
    "fate": "TEXT",
    "decided_epoch": "INTEGER",
    "edge_node": "TEXT",
    "decided_s": "REAL",
    "upload_start_s": "REAL",
    "upload_end_s": "REAL",
    "compute_start_s": "REAL",
    "first_token_s": "REAL",
    "last_token_s": "REAL",
    "released_s": "REAL",
    "received_s": "REAL",
}
"""Columns of a request: its arrival, its epoch, its times and its end.

A time that the request did not reach is absent. Times count from the start of the simulation; they
are those of :class:`analysis.simulation.times.Times`."""

BATCH_COLUMNS = {
    "scheme": "TEXT",
    "epoch": "INTEGER",
    "edge_node": "TEXT",
    "num_requests": "INTEGER",
    "upload_end_s": "REAL",
    "batch_start_s": "REAL",
    "prefill_end_s": "REAL",
    "batch_end_s": "REAL",
    "download_end_s": "REAL",
    "received_s": "REAL",
    "prefill_memory_bytes": "REAL",
    "peak_memory_bytes": "REAL",
    "memory_limit_bytes": "REAL",
    "is_upload_late": "INTEGER",
    "is_delayed": "INTEGER",
    "is_overrun": "INTEGER",
    "is_download_late": "INTEGER",
}
"""Columns of a batch: times since the start of the simulation, and memory in use."""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """Columns that all rows of one simulation share.

    Parameters
    ----------
    simulation
        The sha256 of everything that the epochs depend on.
    scenario, parameters, arrivals, scheme, options, seed, carry_over
        The parts behind the sha256 that a reader may want to see.
    """

    simulation: str
    scenario: str
    parameters: str
    arrivals: str
    scheme: str
    options: str
    seed: int
    carry_over: bool

    def row(self, epoch: int, endings: Sequence[Ending], **columns: Any) -> dict[str, Any]:
        """Return the row of an epoch in which these requests ended."""
        counts = {name: sum(e.fate is fate for e in endings) for name, fate in _COUNTS.items()}
        alike = asdict(self) | {"carry_over": int(self.carry_over), "epoch": epoch}
        made = {"made_at": datetime.now(UTC).isoformat("T", "seconds")}
        made |= {name: provenance()[name] for name in PROVENANCE}
        return dict.fromkeys(EPOCH_COLUMNS) | alike | counts | columns | made

    def batched(self, ran: Ran) -> dict[str, Any]:
        """Return the row of an epoch whose requests were batched."""
        result = ran.decision.result
        told = {} if result is None else {name: getattr(result, name) for name in _TOLD}
        return self.row(
            ran.epoch.index,
            ran.endings,
            start_s=float(ran.epoch.start),
            num_arrived=ran.num_arrived,
            num_carried_in=ran.num_carried_in,
            num_scheduled=ran.decision.schedule.throughput,
            num_carried_out=len(ran.waiting),
            **{name: sum(map(test, ran.batches)) for name, test in _MEASURED.items()},
            **told,
            coefficients=ran.decision.coefficients,
            assignment=json.dumps(ran.decision.schedule.batches),
        )

    def unbatched(
        self, scenario: Scenario, epoch: int, endings: Sequence[Ending]
    ) -> dict[str, Any]:
        """Return the row of an epoch whose arrivals were served one by one."""
        period = scenario.setting.period_s
        return self.row(
            epoch,
            endings,
            start_s=(epoch + 1) * period,
            num_arrived=scenario.num_requests,
            num_carried_in=0,
            num_carried_out=0,
        )


def decision_of(
    row: Mapping[str, Any], coefficients: str | None, *, shape: tuple[int, int]
) -> Decision:
    """Return the decision that a row holds.

    Parameters
    ----------
    row
        Row of an epoch that was decided before.
    coefficients
        The sha256 of the problem of the epoch as it is now.
    shape
        J and I of the epoch.

    Raises
    ------
    InputError
        If the decision belongs to another problem, or breaks a rule.
    """
    if row["coefficients"] != coefficients:
        raise InputError(
            "must have the coefficients that the store holds of it",
            source=f"simulation {row['simulation'][:12]}",
            field=f"epoch {row['epoch']}",
            found=coefficients,
        )
    try:
        return _decision(row, coefficients, shape)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"must be a decision: {error}",
            source=f"simulation {row['simulation'][:12]}",
            field=f"epoch {row['epoch']}",
            found=row["assignment"],
        ) from error


def _decision(row: Mapping[str, Any], coefficients: str | None, shape: tuple[int, int]) -> Decision:
    schedule = Schedule.of(json.loads(row["assignment"]))
    if len(schedule.batches) != shape[0] or not all(
        0 <= request < shape[1] for _, request in schedule.pairs()
    ):
        raise ValueError(f"{shape[0]} edge nodes and {shape[1]} requests are there")
    if row["status"] is None:
        return Decision(schedule=schedule)
    status = Status(row["status"])
    has_schedule = status in (Status.OPTIMAL, Status.FEASIBLE)
    result = Result(
        problem=Problem(row["problem"]),
        status=status,
        ended_by=EndedBy(row["ended_by"]),
        schedule=schedule if has_schedule else None,
        bound=row["bound"],
        runtime_s=row["runtime_s"],
        proved_by=row["proved_by"],
        message=row["message"],
    )
    return Decision(schedule=schedule, result=result, coefficients=coefficients)


def refuse_other_outcome(stored: Mapping[str, Any], again: Mapping[str, Any]) -> None:
    """Raise InputError if an epoch that is executed again differs from its stored row."""
    for name in _HAPPENED:
        if stored[name] != again[name]:
            raise InputError(
                f"must come to what the store holds of it, {name} {again[name]}",
                source=f"simulation {stored['simulation'][:12]}",
                field=f"epoch {stored['epoch']}",
                found=stored[name],
            )


def request_row(scheme: str, ending: Ending) -> tuple[Any, ...]:
    """Return a request as a row, in the order of its columns."""
    request: Request = ending.request
    columns, index, node = request.source.requests, request.index, ending.edge_node
    return (
        scheme,
        request.epoch,
        index,
        float(request.arrival),
        columns.prompt_tokens[index],
        columns.output_tokens[index],
        columns.deadline_s[index],
        columns.accuracy[index],
        str(ending.fate),
        ending.decided,
        None if node is None else request.source.edge_nodes[node].name,
        *(_float(getattr(ending.times, name)) for name in _TIMES),
        _float(ending.received),
    )


def _float(time: Fraction | None) -> float | None:
    return None if time is None else float(time)


def batch_row(scheme: str, ran: Ran, batch: MeasuredBatch) -> tuple[Any, ...]:
    """Return a batch as a row, in the order of its columns."""
    times = (
        batch.upload_end,
        batch.batch_start,
        batch.prefill_end,
        batch.batch_end,
        batch.download_end,
        batch.received,
    )
    return (
        scheme,
        ran.epoch.index,
        ran.epoch.scenario.edge_nodes[batch.edge_node].name,
        len(batch.requests),
        *map(float, times),
        float(batch.memory[1].num_bytes),
        float(batch.peak_memory),
        float(batch.memory_limit),
        int(batch.is_upload_late),
        int(batch.is_delayed),
        int(batch.is_overrun),
        int(batch.is_download_late),
    )


def frame(rows: Iterable[Sequence[Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a table of nullable columns, empty columns included."""
    import pandas as pd

    listed = list(rows)
    return pd.DataFrame(
        {
            name: pd.array([row[place] for row in listed], dtype=dtype(sql))
            for place, (name, sql) in enumerate(columns.items())
        }
    )
