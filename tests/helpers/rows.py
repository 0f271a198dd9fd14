"""Rows of runs, invented: only what a test speaks of is given."""

import pandas as pd

from analysis.metrics import with_best_bound
from analysis.runs.provenance import provenance
from analysis.store.columns import (
    BOUND_COLUMNS,
    CERTIFIED_COLUMNS,
    INSTANCE_COLUMNS,
    RUN_COLUMNS,
)
from analysis.store.store import Store


def rows(**given):
    """Return the row of an instance and the row of a run."""
    run = dict.fromkeys(RUN_COLUMNS) | {
        "instance": "a",
        "method": "ot-gah",
        "problem": "P1",
        "options": "{}",
        "seed": 0,
        "status": "feasible",
        "ended_by": "completed",
        "wall_s": 2.0,
        "started_at": "2026-01-01T00:00:00+00:00",
        "ended_at": "2026-01-01T00:00:02+00:00",
        "num_attempts": 1,
        "num_jobs": 1,
        "isolation": "process",
        "violations": "[]",
    }
    run |= provenance() | {key: value for key, value in given.items() if key in RUN_COLUMNS}
    run["key"] = given.get("key") or repr([run["instance"], run["method"], run["seed"]])
    instance = dict.fromkeys(INSTANCE_COLUMNS) | {
        "coefficients": "0" * 64,
        "family": "paper",
        "num_requests": 4,
        "num_edge_nodes": 2,
        "num_eligible": 8,
    }
    instance |= {key: value for key, value in given.items() if key in INSTANCE_COLUMNS}
    return instance | {"instance": run["instance"], "whole": run["instance"]}, run


def kept_bound(bound, **given):
    """Return the row of a bound that is kept beside the runs of the instance."""
    row = dict.fromkeys(BOUND_COLUMNS) | {
        "coefficients": "0" * 64,
        "problem": "P1",
        "bound": bound,
        "made_at": "2026-01-01T00:00:00+00:00",
        "otgah": provenance()["otgah"],
    }
    return row | given


def store_of(path, *given, bounds=()):
    """Write a store with these runs and bounds, and return its path."""
    with Store.open(path) as store:
        for each in given:
            store.write(*rows(**each))
        for each in bounds:
            store.write_bound(each)
    return path


def table(*given):
    """Return the table of these runs and kept bounds, as a store has it, with the best bounds."""
    types = {"TEXT": "string", "INTEGER": "Int64", "REAL": "Float64"}
    merged = []
    for each in given:
        instance, run = rows(**each)
        merged.append(instance | run | {name: each.get(name) for name in CERTIFIED_COLUMNS})
    columns = INSTANCE_COLUMNS | RUN_COLUMNS | CERTIFIED_COLUMNS
    frame = pd.DataFrame(
        {
            name: pd.array([row[name] for row in merged], dtype=types[sql.split()[0]])
            for name, sql in columns.items()
        }
    )
    return with_best_bound(frame)
