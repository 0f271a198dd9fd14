"""Doctor: checks whether this machine and its software give results that can be trusted."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engines.processes import MEGABYTE, machine_memory
from analysis.runs.provenance import usable_cores
from formulations.solvers.solver_entry import COMMERCIAL, SOLVERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import PathLike

LEAST_FREE_MB = 1000
"""Least free space on the disk of the store [MB]."""

LEAST_MEMORY_MB = 2000
"""Least memory of the machine, for one run of a MILP [MB]."""

KNOWN_BAD = {
    "highspy": ((r"1\.14\.", "gives wrong optima"), (r"1\.16\.0$", "prints where JSON should be")),
    "pulp": ((r"4\.", "has another interface"),),
}
"""Versions with a known fault, each as (pattern of the number, fault)."""

_DECOMPOSITION = "formulations.decomposition.decomposition"

_THREADS = (
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """Result of one check of the machine.

    Parameters
    ----------
    name
        Name of the check.
    found
        State that was found.
    mend
        Remedy; None if the check passed.
    """

    name: str
    found: str
    mend: str | None = None

    @property
    def passed(self) -> bool:
        """True if the check passed."""
        return self.mend is None

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as ``otgah doctor --json`` prints it."""
        return {**asdict(self), "passed": self.passed}

    def __str__(self) -> str:
        """Return the diagnosis as a line."""
        mend = "" if self.mend is None else f": {self.mend}"
        return f"{'ok' if self.passed else 'FAULT':<6}{self.name}: {self.found}{mend}"


def examine(place: str | PathLike[str] = ".") -> tuple[Diagnosis, ...]:
    """Check the software and the machine that a campaign depends on.

    Parameters
    ----------
    place
        Path of the store, or of its folder.
    """
    folder = Path(place).absolute()
    while not folder.is_dir():
        folder = folder.parent
    return (
        *versions(),
        _reported("HiGHS", solver),
        *licences(),
        threads(),
        memory(),
        disk(folder),
        writable(folder, "folder of the runs", "choose a folder that you may write to"),
        cache(),
        clock(folder),
        sqlite(),
        _reported("a run in a process of its own", isolation),
    )


def versions() -> Iterator[Diagnosis]:
    """Check for distributions that are missing, out of range, or known to be faulty."""
    wanted = metadata.requires("otgah") or ()
    required = [re.split(r"[\s;<>=!~\[]", each)[0] for each in wanted if "extra ==" not in each]
    ranges = {name: each.partition(name)[2] for name, each in zip(required, wanted, strict=False)}
    optional = [name for name in ("ortools", "pyscipopt") if find_spec(name) is not None]
    for name in [*required, *optional]:
        yield _version(name, ranges.get(name, ""))


def _version(name: str, allowed: str) -> Diagnosis:
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Diagnosis(name=name, found="missing", mend=f"pip install '{name}{allowed}'")
    for pattern, trouble in KNOWN_BAD.get(name, ()):
        if re.match(pattern, found):
            return Diagnosis(
                name=name, found=f"{found} {trouble}", mend=f"pip install '{name}{allowed}'"
            )
    if not _is_within(found, allowed):
        return Diagnosis(
            name=name, found=f"{found}, and not {allowed}", mend=f"pip install '{name}{allowed}'"
        )
    return Diagnosis(name=name, found=found)


def _is_within(found: str, allowed: str) -> bool:
    """Return True if a version lies within bounds such as ``>=1.15.1,<1.16``."""
    for sign, limit in re.findall(r"(>=|<)\s*([0-9.]+)", allowed):
        if (_numbers(found) >= _numbers(limit)) != (sign == ">="):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def solver() -> Diagnosis:
    """Solve the model whose optimum HiGHS 1.14 misses: 2x + 3z with x + z at least 4.5."""
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    x = highs.addVariable(lb=0, ub=10)
    z = highs.addIntegral(lb=0, ub=10)
    highs.addConstr(x + z >= 4.5)
    highs.minimize(2 * x + 3 * z)
    value = highs.getObjectiveValue()
    mend = None if abs(value - 9) < 1e-6 else "pip install 'highspy>=1.15.1,<1.16'"
    return Diagnosis(name="HiGHS", found=f"gives {value:g} where 9 is the optimum", mend=mend)


def licences() -> Iterator[Diagnosis]:
    """Name the licence of each installed commercial solver, by a model beyond free licences."""
    for name in COMMERCIAL:
        if SOLVERS[name].is_installed:
            title = f"licence of {SOLVERS[name].title}"
            yield _reported(title, partial(licence, name, title))


def licence(solver: str, title: str) -> Diagnosis:
    """Try a model of 6,000 columns with a solver, whose message names the limit of its licence."""
    from formulations.solvers.licence import NUM_COLUMNS, size_limit

    version = metadata.version(SOLVERS[solver].distribution)
    limit = size_limit(solver)
    found = f"solves {NUM_COLUMNS:,} columns" if limit is None else f"limited in size: {limit}"
    return Diagnosis(name=title, found=f"{version}, {found}")


def threads() -> Diagnosis:
    """Check for settings that make a run use several threads on shared cores."""
    cores = usable_cores() or 1
    several = [
        f"{name}={os.environ[name]}" for name in _THREADS if os.environ.get(name, "1") != "1"
    ]
    found = f"{cores} of {os.cpu_count()} cores can be used, each run takes one"
    if several:
        return Diagnosis(
            name="threads", found=f"{found}, and {', '.join(several)}", mend="set them to 1"
        )
    return Diagnosis(name="threads", found=found)


def memory() -> Diagnosis:
    """Check the memory that runs can use."""
    found = machine_memory() // MEGABYTE
    mend = None if found >= LEAST_MEMORY_MB else f"use a machine with {LEAST_MEMORY_MB} MB"
    return Diagnosis(name="memory", found=f"{found} MB", mend=mend)


def disk(folder: Path) -> Diagnosis:
    """Check the free space on the disk of the store."""
    free = shutil.disk_usage(folder).free // MEGABYTE
    mend = None if free >= LEAST_FREE_MB else f"free {LEAST_FREE_MB} MB, or write elsewhere"
    return Diagnosis(name="free disk", found=f"{free} MB", mend=mend)


def writable(folder: Path, name: str, mend: str) -> Diagnosis:
    """Try to write a file to a folder."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        return Diagnosis(name=name, found=f"cannot be written: {error.strerror}", mend=mend)
    return Diagnosis(name=name, found="can be written")


def cache() -> Diagnosis:
    """Check the folder of compiled kernels, without which each process compiles its own."""
    from heuristics.compiled import cache_folder

    name, mend = "cache of kernels", "set NUMBA_CACHE_DIR to a folder that you may write to"
    folder = cache_folder()
    if folder is None:
        return Diagnosis(name=name, found="no folder can be written", mend=mend)
    found = f"{folder} can be written and has the code of {num_kept()} kernels"
    return Diagnosis(name=name, found=found)


def num_kept() -> int:
    """Return the number of kernels of the methods whose code is on disk and up to date."""
    from numba.core.dispatcher import Dispatcher

    for name in ("heuristics.ot_gah_plus", "heuristics.ot_gah", _DECOMPOSITION):
        import_module(name)
    modules = [each for each in sys.modules if each.startswith(("heuristics.", "formulations."))]
    kernels: list[Any] = [
        kernel
        for name in modules
        for kernel in vars(sys.modules[name]).values()
        if isinstance(kernel, Dispatcher) and kernel.__module__ == name
    ]
    files = [getattr(each._cache, "_cache_file", None) for each in kernels]
    return sum(file is not None and bool(file._load_index()) for file in files)


def compile_kernels() -> float:
    """Compile the kernels of all methods, so that no run waits; return the time that it took [s].

    Kernels whose code is on disk are loaded.
    """
    from heuristics.compilation import compiles_beside

    start_s = time.perf_counter()
    load = compiles_beside(f"{_DECOMPOSITION}:warm_up")(import_module)
    for name in ("heuristics.ready", "formulations.ready"):
        load(name)
    return time.perf_counter() - start_s


def clock(folder: Path) -> Diagnosis:
    """Check that the clock is not behind the time of files that were written before."""
    now = time.time()
    files = [Path(__file__), *folder.glob("*.sqlite")]
    latest = max((file.stat().st_mtime for file in files if file.is_file()), default=now)
    found = datetime.fromtimestamp(now, UTC).isoformat(" ", "seconds")
    if now < latest - 60:
        return Diagnosis(
            name="clock",
            found=f"{found}, {latest - now:.0f} s behind what was written here",
            mend="set the clock: the times of runs would be wrong, their durations would not",
        )
    return Diagnosis(name="clock", found=found)


def sqlite() -> Diagnosis:
    """Check the version of SQLite."""
    mend = None if sqlite3.sqlite_version_info >= (3, 24) else "use a Python with SQLite 3.24"
    return Diagnosis(name="SQLite", found=sqlite3.sqlite_version, mend=mend)


def isolation() -> Diagnosis:
    """Make a run in a process of its own."""
    from analysis.engines.child import run_alone
    from analysis.runs.plan import plan
    from heuristics.coefficients import Coefficients
    from instances.instance import Instance

    one: dict[str, Any] = {name: [[1]] for name in ("uplink", "downlink", "memory", "compute")}
    one |= {f"{name}_capacity": [1] for name in ("uplink", "downlink", "memory")}
    one |= {"compute_budget": [[1]], "eligible": [[1]]}
    data = Coefficients(**one)
    outcome = run_alone(plan(Instance(name="one", coefficients=data), "first-come-first-served"))
    found = f"serves {outcome.result.objective} request of 1"
    name = "a run in a process of its own"
    if outcome.result.objective == 1:
        return Diagnosis(name=name, found=found)
    told = (outcome.result.message or "").strip().splitlines()[-1:]
    return Diagnosis(name=name, found=f"{found}: {' '.join(told)}", mend=_MEND)


_MEND = f"install otgah again: {Path(sys.executable).name} -m pip install --force-reinstall otgah"


def _reported(name: str, look: Callable[[], Diagnosis]) -> Diagnosis:
    """Return a diagnosis, or the error that the check raised."""
    try:
        return look()
    except Exception as error:
        return Diagnosis(name=name, found=f"{type(error).__name__}: {error}", mend=_MEND)
