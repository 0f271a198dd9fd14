"""Grid: instance files for all combinations of a family's parameters and seeds."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Never

from tqdm import tqdm

from analysis.plugins.lookup import family
from analysis.plugins.registry import CATALOGUE_GROUP, use_installed
from heuristics.errors import InputError
from instances.files import write_instance
from instances.versions import refuse_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from instances.instance import Instance


def generate(
    family_name: str,
    out: str | PathLike[str],
    *,
    seeds: Iterable[int] = (0,),
    grid: Mapping[str, Sequence[object]] | None = None,
    format_version: int | None = None,
    pack: bool = False,
) -> list[Path]:
    """Write the instances of a family, for each point of a grid and each seed.

    Parameters
    ----------
    family_name
        Name of the family.
    out
        Folder to write to.
    seeds
        Seeds of the draws.
    grid
        Values of each parameter that differs from its default.
    format_version
        Version of the file format, 1 or 2; None for that of the family's coefficients.
    pack
        True to gzip the files.

    Returns
    -------
    list of Path
        Paths of the files, named after the instances.

    Raises
    ------
    InputError
        If the family, a parameter or a value does not exist. Then no file is written.
    """
    use_installed(CATALOGUE_GROUP)
    chosen = family(family_name)
    if format_version is not None:
        refuse_version(format_version)
    grid = grid or {}
    seeds = tuple(seeds)
    points = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    for point in points:
        chosen.parse(point)
    bar = tqdm(total=len(points) * len(seeds), unit="seed", disable=None, leave=False)
    with bar:
        draws = (
            instance
            for point in points
            for seed in seeds
            for instance in _drawn(chosen.generate(point, seed), bar)
        )
        return _write_all(draws, Path(out), format_version, ".json.gz" if pack else ".json")


def _drawn(instances: Iterator[Instance], bar: tqdm[Never]) -> Iterator[Instance]:
    yield from instances
    bar.update()


def _write_all(
    instances: Iterable[Instance], folder: Path, version: int | None, suffix: str
) -> list[Path]:
    """Write every instance or none: to a temporary folder first, then rename the files."""
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".generate-") as name:
            temporary = Path(name)
            names: dict[str, None] = {}
            for instance in instances:
                if instance.name in names:
                    rule = "must be made once; two points of the grid have one name"
                    raise InputError(rule, source=folder, field="instance", found=instance.name)
                names[instance.name] = None
                path = temporary / f"{instance.name}{suffix}"
                write_instance(instance, path, version=version)
            return [
                (temporary / f"{each}{suffix}").rename(folder / f"{each}{suffix}") for each in names
            ]
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=folder) from error
    except BaseException:
        if is_new and not any(folder.iterdir()):
            folder.rmdir()
        raise
