"""The columns of a store: what is kept of instances, runs, bounds and epochs."""

from __future__ import annotations

from analysis.runs.fields import MACHINE, RUN_FIELDS

INSTANCE_COLUMNS = {
    "instance": "TEXT PRIMARY KEY",
    "coefficients": "TEXT NOT NULL",
    "family": "TEXT",
    "instance_seed": "INTEGER",
    "num_requests": "INTEGER NOT NULL",
    "num_edge_nodes": "INTEGER NOT NULL",
    "num_eligible": "INTEGER NOT NULL",
    "known_objective": "INTEGER",
    "known_bound": "INTEGER",
    "known_by": "TEXT",
    "notes": "TEXT",
    "whole": "TEXT NOT NULL REFERENCES documents (name)",
    "edge_node": "INTEGER",
}
"""What is kept of an instance, by its name: one name has one set of coefficients. One of a single
edge node has the name of the whole instance too, and the index of the edge node there."""

DOCUMENT_COLUMNS = {
    "name": "TEXT PRIMARY KEY",
    "coefficients": "TEXT NOT NULL",
    "source": "TEXT",
    "document": "BLOB NOT NULL",
}
"""The instance files themselves, gzipped, by the name of the instance, and where each was read."""

PLAN_COLUMNS = {
    "key": "TEXT PRIMARY KEY",
    "instance": "TEXT NOT NULL",
    "method": "TEXT NOT NULL",
    "problem": "TEXT NOT NULL",
    "seed": "INTEGER NOT NULL",
    "time_limit_s": "REAL",
    "num_jobs": "INTEGER NOT NULL",
    "planned_at": "TEXT NOT NULL",
}
"""The runs that were asked for, made or not."""

CLAIM_COLUMNS = {
    "key": "TEXT PRIMARY KEY",
    "owner": "TEXT NOT NULL",
    "claimed_at": "TEXT NOT NULL",
}
"""The runs that a process is making, so that no other does; see :mod:`analysis.store.owner`."""

RUN_COLUMNS = {each.name: each.sql for each in RUN_FIELDS if each.stored}
"""What is kept of a run, by the sha256 of all that its outcome depends on."""

BOUND_COLUMNS = {
    "coefficients": "TEXT NOT NULL",
    "problem": "TEXT NOT NULL",
    "bound": "INTEGER NOT NULL",
    "bound_raw": "REAL",
    "objective": "INTEGER",
    "runtime_s": "REAL",
    "time_limit_s": "REAL",
    "certificate": "TEXT",
    "made_at": "TEXT NOT NULL",
    "otgah": "TEXT NOT NULL",
}
"""What is kept of a bound that no run proved, by coefficients and problem."""

CERTIFIED_COLUMNS = {"certified_bound": "INTEGER", "certified_objective": "INTEGER"}
"""What a run is told of the kept bound of its question: the bound, and the throughput of the
schedule that was met on the way."""

PROVENANCE = tuple(each.name for each in RUN_FIELDS if each.source == MACHINE)
"""The columns that say with what a row was made."""

EPOCH_COLUMNS = {
    "simulation": "TEXT NOT NULL",
    "epoch": "INTEGER NOT NULL",
    "scenario": "TEXT NOT NULL",
    "parameters": "TEXT NOT NULL",
    "arrivals": "TEXT NOT NULL",
    "scheme": "TEXT NOT NULL",
    "options": "TEXT NOT NULL",
    "seed": "INTEGER NOT NULL",
    "carry_over": "INTEGER NOT NULL",
    "start_s": "REAL NOT NULL",
    "num_arrived": "INTEGER NOT NULL",
    "num_carried_in": "INTEGER NOT NULL",
    "num_scheduled": "INTEGER",
    "num_completed": "INTEGER NOT NULL",
    "num_late": "INTEGER NOT NULL",
    "num_dropped": "INTEGER NOT NULL",
    "num_refused": "INTEGER NOT NULL",
    "num_carried_out": "INTEGER NOT NULL",
    "num_overruns": "INTEGER",
    "num_delayed": "INTEGER",
    "num_over_memory": "INTEGER",
    "num_late_uploads": "INTEGER",
    "num_late_downloads": "INTEGER",
    "problem": "TEXT",
    "status": "TEXT",
    "ended_by": "TEXT",
    "bound": "INTEGER",
    "runtime_s": "REAL",
    "proved_by": "TEXT",
    "message": "TEXT",
    "coefficients": "TEXT",
    "assignment": "TEXT",
    "made_at": "TEXT NOT NULL",
    **{name: RUN_COLUMNS[name] for name in PROVENANCE},
}
"""What is kept of an epoch of a simulation, which is the sha256 of all that it depends on."""

MEASUREMENT_COLUMNS = {
    "key": "TEXT PRIMARY KEY",
    "asked": "TEXT NOT NULL",
    "measured": "TEXT NOT NULL",
    "times": "TEXT NOT NULL",
    "made_at": "TEXT NOT NULL",
    **{name: RUN_COLUMNS[name] for name in PROVENANCE},
}
"""What is kept of a row of an experiment, by the sha256 of what was asked: three JSON objects."""

TABLES = {
    "documents": (DOCUMENT_COLUMNS, ""),
    "plans": (PLAN_COLUMNS, ""),
    "claims": (CLAIM_COLUMNS, ""),
    "instances": (INSTANCE_COLUMNS, ""),
    "runs": (RUN_COLUMNS, ""),
    "bounds": (BOUND_COLUMNS, ", PRIMARY KEY (coefficients, problem)"),
    "epochs": (EPOCH_COLUMNS, ", PRIMARY KEY (simulation, epoch)"),
    "measurements": (MEASUREMENT_COLUMNS, ""),
}
"""The columns of each table, and what follows them."""
