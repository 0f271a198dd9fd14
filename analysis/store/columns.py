"""Columns: the columns of each table in a store."""

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
"""Columns of an instance, by its name: one name has one set of coefficients. The instance of a
single edge node also keeps the name of the whole instance and the index of the node in it."""

DOCUMENT_COLUMNS = {
    "name": "TEXT PRIMARY KEY",
    "coefficients": "TEXT NOT NULL",
    "source": "TEXT",
    "document": "BLOB NOT NULL",
}
"""Columns of an instance file, gzipped, by the name of the instance, with its path."""

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
"""Columns of a planned run, made or not."""

CLAIM_COLUMNS = {
    "key": "TEXT PRIMARY KEY",
    "owner": "TEXT NOT NULL",
    "claimed_at": "TEXT NOT NULL",
}
"""Columns of a claim: a run that one process makes, and no other; see
:mod:`analysis.store.owner`."""

RUN_COLUMNS = {each.name: each.sql for each in RUN_FIELDS if each.stored}
"""Columns of a run, by the sha256 of everything that its outcome depends on."""

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
"""Columns of a bound that was proved beside the runs, by coefficients and problem."""

CERTIFIED_COLUMNS = {"certified_bound": "INTEGER", "certified_objective": "INTEGER"}
"""Columns that a run takes from the bound beside it: the bound, and the throughput of the best
schedule that was found while the bound was proved."""

PROVENANCE = tuple(each.name for each in RUN_FIELDS if each.source == MACHINE)
"""The columns of software and machine."""

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
"""Columns of an epoch. The simulation is the sha256 of everything that it depends on."""

MEASUREMENT_COLUMNS = {
    "key": "TEXT PRIMARY KEY",
    "asked": "TEXT NOT NULL",
    "measured": "TEXT NOT NULL",
    "times": "TEXT NOT NULL",
    "made_at": "TEXT NOT NULL",
    **{name: RUN_COLUMNS[name] for name in PROVENANCE},
}
"""Columns of a row of an experiment: three JSON objects, by the sha256 of its settings."""

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
"""The columns of each table, and the constraint after them."""
