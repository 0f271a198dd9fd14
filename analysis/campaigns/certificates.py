"""Certificates: the proofs of the bounds in a store, as files that any reader can check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.store.store import read_certificates
from heuristics.errors import InputError
from heuristics.problem import Problem
from instances.file_names import file_name
from instances.strict_json import write_json

if TYPE_CHECKING:
    from os import PathLike


def write_certificates(path: str | PathLike[str], folder: str | PathLike[str]) -> list[Path]:
    """Write the certificates of P1 that a store keeps, one file for each instance.

    ``otgah check FILE --certificate C`` verifies each file. Certificates of P2 stay in the store,
    since they refer to coefficients without spectrum, which no instance file has.

    Parameters
    ----------
    path
        Path of the store.
    folder
        Folder for the files, created if it is missing.

    Returns
    -------
    list of Path
        Paths NAME.certificate.json, one for each instance whose optimum no run had proved.

    Raises
    ------
    InputError
        If the path is not a store of this version.
    """
    kept = read_certificates(path)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for instance, problem, text in kept:
        if problem == Problem.P1:
            written.append(target / f"{file_name(instance)}.certificate.json")
            write_json(_document(text, path) | {"instance": instance}, written[-1])
    return written


def _document(text: str, path: str | PathLike[str]) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (RecursionError, TypeError, ValueError) as error:
        rule = f"must hold certificates as JSON: {error}"
        raise InputError(rule, source=path, found=text) from error
    if not isinstance(document, dict):
        raise InputError("must hold certificates as objects", source=path, found=document)
    return document
