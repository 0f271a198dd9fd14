"""The reference library: small instances of every family, each optimum proved twice.

``python -m analysis.library`` writes ``instances/library/`` again, to the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import proofs
from analysis.running import perform, plan
from heuristics.result import Status
from instances.atomic import replacing
from instances.families.registry import family
from instances.files import write_instance
from instances.instance import BestKnown, Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

LIBRARY = Path(__file__).parents[1] / "instances" / "library"
"""Where the library is."""

TIME_LIMIT_S = 300.0
"""What each proof may take; a library with an open optimum is not written."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Instances of one family, and the two proofs of their optima.

    Parameters
    ----------
    family, settings, seeds
        What is generated.
    num_instances
        How many are kept where a seed yields several.
    proofs
        Names in :data:`PROOFS`, two or more.
    """

    family: str
    settings: Mapping[str, str] = field(default_factory=dict)
    seeds: range = range(1)
    num_instances: int = 1
    proofs: tuple[str, ...]


_SMALL = ("brute-force", "milp-bigm")
_LARGE = ("cp-sat", "milp-bigm")
_NODE = ("ot", "milp-bigm")


# Of 40 edge nodes: each carries a tenth of what all requests ask for.
_LOOSE = dict.fromkeys(("uplink", "downlink", "memory", "compute"), "4")


def _entry(family: str, proofs: tuple[str, ...], num_seeds: int, **settings: str) -> Entry:
    return Entry(family=family, settings=settings, seeds=range(num_seeds), proofs=proofs)


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
    _entry("modern", _SMALL, 3, num_requests="14"),
    _entry("modern", _LARGE, 3, num_requests="40"),
    _entry("modern", _LARGE, 2, num_requests="30", downlink_reading="per-user"),
    _entry("uniform-random", _SMALL, 4, num_edge_nodes="2", num_requests="10"),
    _entry("uniform-random", _LARGE, 3),
    _entry("uniform-random", _LARGE, 2, num_levels="0", per_user_downlink="true"),
    _entry("uniform-random", _SMALL, 1, num_edge_nodes="40", num_requests="14", **_LOOSE),
    _entry("uniform-random", _SMALL, 1, num_requests="0"),
    _entry("uniform-random", _SMALL, 1, num_requests="5", eligible="0"),
    _entry("half-tight", _SMALL, 3),
    _entry("half-tight", _LARGE, 2, num_pairs="3", batch="8", binding="compute"),
    Entry(family="trace", num_instances=10, proofs=_LARGE),
)
"""What the library holds."""


def build(entries: Iterable[Entry] = ENTRIES) -> Iterator[Instance]:
    """Generate the instances of the entries and prove their optima.

    Raises
    ------
    RuntimeError
        If a proof fails, or two proofs contradict each other.
    """
    for entry in entries:
        for seed in entry.seeds:
            drawn = family(entry.family).generate(entry.settings, seed)
            for instance in islice(drawn, entry.num_instances):
                yield replace(instance, best_known=proved(instance, entry.proofs))


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


def write(instances: Iterable[Instance], folder: Path) -> list[Path]:
    """Write instance files and ``library.solu``, and remove the instances that were there.

    Parameters
    ----------
    instances
        With a proven optimum each.
    folder
        Where to.

    Returns
    -------
    list of Path
        The instance files, by name.
    """
    paths, lines = [], []
    for instance in sorted(instances, key=lambda each: each.name):
        assert instance.best_known is not None
        paths.append(folder / f"{instance.name}.json")
        write_instance(instance, paths[-1])
        lines.append(f"=opt= {instance.name} {instance.best_known.objective}\n")
    for stale in set(folder.glob("*.json")) - set(paths):
        stale.unlink()
    with replacing(folder / "library.solu") as temporary:
        temporary.write_text("".join(lines), encoding="utf-8", newline="\n")
    return paths


def _by_brute_force(instance: Instance) -> int:
    return proofs.brute_force(instance.coefficients)


def _by_method(name: str) -> Callable[[Instance], int]:
    def prove(instance: Instance) -> int:
        result = perform(plan(instance, name, time_limit=TIME_LIMIT_S)).result
        if result.status is not Status.OPTIMAL or result.objective is None:
            raise RuntimeError(f"{name} has no proof for {instance.name}: {result.message}")
        return result.objective

    return prove


PROOFS: dict[str, Callable[[Instance], int]] = {
    "brute-force": _by_brute_force,
    "cp-sat": _by_method("cp-sat"),
    "milp-bigm": _by_method("milp-bigm"),
    "ot": _by_method("ot"),
}
"""What can prove an optimum of P1; no two share a solver or a formulation."""


if __name__ == "__main__":
    written = write(build(), LIBRARY)
    size = sum(path.stat().st_size for path in written)
    print(f"{len(written)} instances with proven optima, {size} bytes, in {LIBRARY}")
