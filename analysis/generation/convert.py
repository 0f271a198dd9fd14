"""Convert: an instance file in the other version of the format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from instances.files import read_instance, write_instance
from instances.versions import VERSIONS, in_version, version_of

if TYPE_CHECKING:
    from os import PathLike


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """Outcome of a conversion.

    Parameters
    ----------
    instance
        Name of the instance, which is kept.
    path
        Path of the new file.
    version
        Version of the new file.
    digest_before, digest
        Digests of the coefficients of both files. If they differ, certificates and stores of runs
        of the old file do not belong to the new one.
    """

    instance: str
    path: Path
    version: int
    digest_before: str
    digest: str

    @property
    def carries_over(self) -> bool:
        """True if certificates and stores of runs of the old file belong to the new one."""
        return self.digest == self.digest_before

    def to_dict(self) -> dict[str, object]:
        """Return the outcome as ``otgah convert --json`` prints it."""
        return {
            "instance": self.instance,
            "path": str(self.path),
            "version": self.version,
            "digest_before": self.digest_before,
            "digest": self.digest,
            "carries_over": self.carries_over,
        }


def convert(
    path: str | PathLike[str], out: str | PathLike[str], *, version: int | None = None
) -> Conversion:
    """Write an instance in another version of the file format.

    Parameters
    ----------
    path
        Path of the instance file.
    out
        Path of the new file, gzipped if the name ends in ``.gz``.
    version
        Version of the new file; None for the version that the old file does not have.

    Returns
    -------
    Conversion

    Raises
    ------
    InputError
        If the file breaks a rule, or the new file would be too large.

    Notes
    -----
    The problem is the same. From version 1 to 2, the numbers of pairs that are not eligible and
    the gains of requests that are not covered are left out. From 2 to 1 these are 0, or follow
    from the scenario.
    """
    instance = read_instance(path)
    before = version_of(instance)
    if version is None:
        [version] = (each for each in VERSIONS if each != before)
    converted = in_version(instance, version)
    write_instance(converted, out, version=version)
    return Conversion(
        instance=instance.name,
        path=Path(out),
        version=version,
        digest_before=instance.coefficients.digest(),
        digest=converted.coefficients.digest(),
    )
