"""Campaigns, invented: as many runs as a test wants, the same ones again, in one store."""

import sqlite3
from contextlib import closing

import numpy as np

from analysis.store.store import Store
from tests.helpers.rows import rows

FAMILIES = ("paper", "scarce-spectrum", "dense", "modern", "trace")
HEURISTICS = {"ot-gah": 0.02, "greedy-by-output": 0.08, "first-come-first-served": 0.25}
LIMIT_S = 10.0


def campaign(path, num_runs, *, seed=0, worse=0.0):
    """Write a store of so many runs and return its path.

    Five methods are run on each instance: two exact ones, of which one often meets its limit, and
    three heuristics, which lose a share of the optimum. One run in a hundred crashes.

    Parameters
    ----------
    path
        Where the store goes.
    num_runs
        How many runs, a multiple of five.
    seed
        Of the generator.
    worse
        By how much the heuristics' schedules fall short of what they would have otherwise.
    """
    rng = np.random.default_rng(seed)
    blank_instance, blank_run = rows()
    instances, runs = [], []
    for number in range(num_runs // 5):
        family = FAMILIES[number % len(FAMILIES)]
        name = f"{family}-seed{number // len(FAMILIES)}"
        size = int(rng.integers(20, 2000))
        optimum = int(size * rng.uniform(0.2, 0.6))
        instances.append(
            blank_instance
            | {
                "instance": name,
                "whole": name,
                "family": family,
                "instance_seed": number // len(FAMILIES),
                "num_requests": size,
                "num_eligible": 2 * size,
            }
        )
        for run in _runs(rng, optimum, size, worse):
            runs.append(blank_run | run | {"instance": name, "key": f"{name} {run['method']}"})
            runs[-1]["started_at"] = f"2026-01-01T{number % 24:02d}:00:{len(runs) % 60:02d}+00:00"
    with Store.open(path):
        pass  # the tables are there now
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, written in (("instances", instances), ("runs", runs)):
            names, places = ", ".join(written[0]), ", ".join(f":{each}" for each in written[0])
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", written)
    return path


def _runs(rng, optimum, size, worse):
    limit = {"time_limit_s": LIMIT_S, "wall_s": 1.0}
    exact = {"status": "optimal", "ended_by": "proof", "objective": optimum, "bound": optimum}
    quick = exact | {"method": "decomposition", "proved_by": "decomposition"}
    yield limit | quick | {"runtime_s": 1e-4 * size * float(rng.lognormal())}
    slow = {"method": "milp-bigm", "node_kind": "branch-and-bound", "num_nodes": size // 3}
    runtime = 4e-3 * size * float(rng.lognormal())
    if runtime < LIMIT_S:
        yield limit | exact | slow | {"runtime_s": runtime, "proved_by": "milp-bigm"}
    else:
        cut = {"status": "feasible", "ended_by": "time-limit", "runtime_s": LIMIT_S}
        yield limit | slow | cut | {"objective": optimum, "bound": optimum + 3}
    for method, loss in HEURISTICS.items():
        kept = 1 - loss * float(rng.exponential()) - worse * float(rng.uniform())
        found = {
            "method": method,
            "objective": max(0, min(optimum, round(optimum * kept))),
            "runtime_s": 1e-6 * size * float(rng.lognormal()),
        }
        if method == "ot-gah":
            found |= {"node_kind": "tree", "num_nodes": int(size * rng.lognormal())}
        if rng.uniform() < 0.01:
            found |= {
                "status": "none",
                "ended_by": "crash",
                "objective": None,
                "runtime_s": None,
                "message": f"the process died by signal 11 at request {size}",
            }
        yield limit | found
