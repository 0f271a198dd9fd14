"""Reference library: small instances with optima proved twice, large ones with a certificate.

Only one method solves the large instances. Its results lie beside each of them, so that anyone can
check them: a schedule, and a certificate that no schedule serves more requests.

``python -m analysis.generation.library`` writes ``instances/library/`` again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.benchmarks.exact_kinds import HARD, LARGE
from analysis.checks import brute_force as proofs
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.result import Status
from instances.atomic import replacing
from instances.certificate_files import write_certificate
from instances.families.registry import family
from instances.files import write_instance
from instances.instance import BestKnown, Instance
from instances.schedule_files import write_schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from analysis.benchmarks.exact_kinds import FamilyKind
    from heuristics.certificate import Certificate
    from heuristics.result import Result
    from heuristics.schedule import Schedule

LIBRARY = Path(__file__).parents[2] / "instances" / "library"
"""Folder of the library."""

TIME_LIMIT_S = 300.0
"""Time limit of each proof. A library with an open optimum is not written."""


CERTIFIED = "decomposition"
"""The method whose proofs are certificates."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Instances of one family, and the proofs of their optima.

    Parameters
    ----------
    family, settings, seeds
        Name of the family, its parameters that differ from the defaults, and the seeds.
    num_instances
        Number of instances to keep if a seed yields several.
    proofs
        Two or more names of :data:`PROOFS`, or :data:`CERTIFIED` alone.
    """

    family: str
    settings: Mapping[str, object] = field(default_factory=dict)
    seeds: Iterable[int] = (0,)
    num_instances: int = 1
    proofs: tuple[str, ...]

    @property
    def instances(self) -> Iterator[Instance]:
        """Generate the instances."""
        for seed in self.seeds:
            drawn = family(self.family).generate(self.settings, seed)
            yield from islice(drawn, self.num_instances)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An instance with its optimum and the proof.

    Parameters
    ----------
    instance
        Instance with ``best_known``.
    schedule, certificate
        Optimal schedule, and certificate that no schedule serves more requests; None if two
        methods proved the optimum instead.
    """

    instance: Instance
    schedule: Schedule | None = None
    certificate: Certificate | None = None

    def write(self, folder: Path) -> list[Path]:
        """Write the files, gzipped with a certificate; return their paths, the instance first."""
        name = self.instance.name
        if self.schedule is None or self.certificate is None:
            path = folder / f"{name}.json"
            write_instance(self.instance, path)
            return [path]
        paths = [folder / f"{name}{part}.json.gz" for part in ("", ".schedule", ".certificate")]
        write_instance(self.instance, paths[0])
        write_schedule(self.schedule, self.instance, paths[1])
        write_certificate(self.certificate, self.instance, paths[2])
        return paths


_SMALL = ("brute-force", "milp-bigm")
_LARGE = ("cp-sat", "milp-bigm")
_NODE = ("ot", "milp-bigm")
_CERTIFIED = (CERTIFIED,)


# With 40 edge nodes, each has capacity for a tenth of the demands of all requests.
_LOOSE = dict.fromkeys(("uplink", "downlink", "memory", "compute"), "4")

# Requests of a horizon that wait for one or two epochs.
_WAITING = {"deadline_s": "2+6"}


def _entry(family: str, proofs: tuple[str, ...], num_seeds: int, **settings: str) -> Entry:
    return Entry(family=family, settings=settings, seeds=range(num_seeds), proofs=proofs)


def _of_kind(kind: FamilyKind, seeds: Iterable[int]) -> Entry:
    return Entry(family=kind.family, settings=kind.settings, seeds=seeds, proofs=_CERTIFIED)


_REPLAYED = {"own downlink scarce": (0, 1, 5, 7), "accuracies bind": (0, 1, 2, 4)}
"""Seeds for the kinds whose first four seeds need an enumeration too long to replay."""


ENTRIES: tuple[Entry, ...] = (
    _entry("paper", _SMALL, 3, num_requests="14"),
    _entry("paper", _LARGE, 4, num_requests="60"),
    _entry("scarce-spectrum", _SMALL, 3, num_requests="14", edge_node="server"),
    _entry("scarce-spectrum", _LARGE, 4, num_requests="40"),
    _entry("scarce-memory", _SMALL, 3, num_requests="14", edge_node="server"),
    _entry("scarce-memory", _LARGE, 3, num_requests="40"),
    _entry("dense", _LARGE, 3, num_requests="30"),
    _entry("dense", _LARGE, 3, num_requests="60"),
    _entry("single-node", ("brute-force", "ot"), 3, num_requests="14"),
    _entry("single-node", _NODE, 4, num_requests="40"),
    _entry("single-node", ("ot", "cp-sat"), 3, num_requests="60"),
    _entry("mixed-models", _SMALL, 3, num_requests="14"),
    _entry("mixed-models", _LARGE, 3, num_requests="40"),
    _entry("quantized-nodes", _SMALL, 2, num_requests="14"),
    _entry("quantized-nodes", _LARGE, 2, num_requests="60"),
    _entry("modern", _SMALL, 3, num_requests="14"),
    _entry("modern", _LARGE, 3, num_requests="40"),
    _entry("modern", _LARGE, 2, num_requests="30", downlink_reading="per-user"),
    _entry("choose-quantization", _SMALL, 2, num_requests="14"),
    _entry("choose-quantization", _LARGE, 2, num_requests="24"),
    _entry("choose-padding", _SMALL, 2, num_requests="14", compute_scale="2"),
    _entry("choose-padding", _LARGE, 2, num_requests="24", compute_scale="2"),
    _entry("choose-model", _SMALL, 1, num_requests="14", compute_scale="5"),
    _entry("choose-model", _LARGE, 1, num_requests="24", compute_scale="5"),
    _entry("uniform-random", _SMALL, 4, num_edge_nodes="2", num_requests="10"),
    _entry("uniform-random", _LARGE, 3),
    _entry("uniform-random", _LARGE, 2, num_levels="0", per_user_downlink="true"),
    _entry("uniform-random", _SMALL, 1, num_edge_nodes="40", num_requests="14", **_LOOSE),
    _entry("uniform-random", _SMALL, 1, num_requests="0"),
    _entry("uniform-random", _SMALL, 1, num_requests="5", eligible="0"),
    _entry("half-tight", _SMALL, 3),
    _entry("half-tight", _LARGE, 2, num_pairs="3", batch="8", binding="compute"),
    Entry(family="trace", num_instances=10, proofs=_LARGE),
    _entry("horizon", _SMALL, 2, num_epochs="2", num_requests="6", **_WAITING),
    _entry("horizon", _LARGE, 2, num_epochs="3", num_requests="10", **_WAITING),
    _entry("city", _SMALL, 2, num_edge_nodes="4", num_requests="14", compute_scale="0.06"),
    _entry("city", _LARGE, 2, num_edge_nodes="6", num_requests="40", compute_scale="0.1"),
    *(_of_kind(kind, _REPLAYED.get(name, range(4))) for name, kind in HARD.items()),
    _of_kind(LARGE["512 levels, I = 200"], range(2)),
    _entry("dense", _CERTIFIED, 2, copies="2", rate_per_s="100"),
    _entry("dense", _CERTIFIED, 1, copies="3", rate_per_s="150"),
    _entry("scarce-spectrum", _CERTIFIED, 1, copies="2", rate_per_s="250", compute_scale="2.5"),
    _entry("scarce-memory", _CERTIFIED, 1, num_requests="500"),
    _entry("single-node", _CERTIFIED, 2, num_requests="2000"),
    Entry(
        family="mixed-models",
        settings={"num_requests": "500", "compute_scale": "10"},
        seeds=(1, 3),
        proofs=_CERTIFIED,
    ),
    _entry("modern", _CERTIFIED, 1, num_requests="500"),
)
"""Content of the library."""


def build(entries: Iterable[Entry] = ENTRIES) -> Iterator[Reference]:
    """Generate the instances of the entries and prove their optima.

    Raises
    ------
    RuntimeError
        If a proof fails, or two proofs contradict each other.
    """
    for entry in entries:
        for instance in entry.instances:
            if entry.proofs == (CERTIFIED,):
                yield certified(instance)
            else:
                yield Reference(
                    instance=replace(instance, best_known=proved(instance, entry.proofs))
                )


def proved(instance: Instance, names: Iterable[str]) -> BestKnown:
    """Return the optimum on which all the named proofs agree.

    Raises
    ------
    RuntimeError
        If one fails, or two contradict each other.
    """
    optima = {name: PROOFS[name](instance) for name in names}
    if len(set(optima.values())) != 1:
        raise RuntimeError(f"the proofs of {instance.name} contradict each other: {optima}")
    optimum = next(iter(optima.values()))
    return BestKnown(objective=optimum, bound=optimum, proved_by=" + ".join(optima))


def certified(instance: Instance) -> Reference:
    """Return an instance with its optimum, and the schedule and certificate that prove it.

    Raises
    ------
    RuntimeError
        If the proof fails.
    """
    result, optimum = _optimal(instance, CERTIFIED)
    how = f"{CERTIFIED}: {result.proof}"
    return Reference(
        instance=replace(
            instance, best_known=BestKnown(objective=optimum, bound=optimum, proved_by=how)
        ),
        schedule=result.schedule,
        certificate=result.certificate,
    )


def write(references: Iterable[Reference], folder: Path) -> list[Path]:
    """Write the files and ``library.solu``, and remove those of other instances.

    Parameters
    ----------
    references
        Instances with their proofs.
    folder
        Folder to write to.

    Returns
    -------
    list of Path
        Paths of the files, sorted.
    """
    paths: list[Path] = []
    optima: dict[str, int] = {}
    for reference in references:
        assert reference.instance.best_known is not None
        paths += reference.write(folder)
        optima[reference.instance.name] = reference.instance.best_known.objective
    for stale in {*folder.glob("*.json"), *folder.glob("*.json.gz")} - set(paths):
        stale.unlink()
    lines = [f"=opt= {name} {optima[name]}\n" for name in sorted(optima)]
    with replacing(folder / "library.solu") as temporary:
        temporary.write_text("".join(lines), encoding="utf-8", newline="\n")
    return sorted(paths)


def _optimal(instance: Instance, method: str) -> tuple[Result, int]:
    """Return the result of a method, and the optimum that it proved."""
    result = perform(plan(instance, method, time_limit=TIME_LIMIT_S)).result
    if result.status is not Status.OPTIMAL or result.objective is None:
        raise RuntimeError(f"{method} has no proof for {instance.name}: {result.message}")
    return result, result.objective


def _by_brute_force(instance: Instance) -> int:
    return proofs.brute_force(instance.coefficients)


def _by_method(name: str) -> Callable[[Instance], int]:
    return lambda instance: _optimal(instance, name)[1]


PROOFS: dict[str, Callable[[Instance], int]] = {
    "brute-force": _by_brute_force,
    "cp-sat": _by_method("cp-sat"),
    "milp-bigm": _by_method("milp-bigm"),
    "ot": _by_method("ot"),
}
"""Functions that prove an optimum of P1; no two share a solver or a formulation."""


if __name__ == "__main__":
    written = write(build(), LIBRARY)
    size = sum(path.stat().st_size for path in written)
    print(f"{len(written)} instances with proven optima, {size} bytes, in {LIBRARY}")
