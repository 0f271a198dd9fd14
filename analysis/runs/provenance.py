"""Provenance: the software and the machine that a run is made with."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from analysis.runs.operating_system import processor

DISTRIBUTIONS = ("otgah", "numpy", "numba", "highspy", "pyomo", "pulp")
"""The distributions with a column of their own in a store."""

OTHERS = (
    "coptpy",
    "cplex",
    "gurobipy",
    "llvmlite",
    "ortools",
    "pandas",
    "psutil",
    "pydantic",
    "pyscipopt",
    "scipy",
    "simpy",
    "xpress",
)
"""The distributions in the column ``packages``, as far as they are installed."""


@cache
def provenance() -> dict[str, Any]:
    """Return the versions and the properties of the machine, one value for each column."""
    versions = {name: metadata.version(name) for name in DISTRIBUTIONS}
    return {
        **versions,
        "packages": json.dumps(_versions_of(OTHERS)),
        "git": git_state(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": processor(),
        "num_cpus": os.cpu_count(),
        "num_cores": usable_cores(),
    }


def usable_cores() -> int | None:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def git_state() -> str | None:
    """Return the commit of the installed source, with ``-dirty`` if a file differs from it.

    The commit is None if the source has no Git history.
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    describe = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        ended = subprocess.run(
            [*describe, "--exclude=*"], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout.strip()


def _versions_of(names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
