"""Instance files: strict reading, and writing of equal bytes for equal instances."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heuristics.coefficients import FIELDS, Coefficients
from heuristics.errors import InputError
from heuristics.integers import LARGEST_VALUE
from instances import expect
from instances.compressed_rows import document_of, groups_of, parse_rows, rows_of
from instances.instance import BestKnown, Instance
from instances.strict_json import Lines, read_json, write_json
from instances.versions import COMPRESSED_ROWS, VERSIONS, in_version, version_of

if TYPE_CHECKING:
    import os

    from heuristics.system_models.scenario import Scenario

FORMAT = "otgah-instance"
SCHEMA_PATH = Path(__file__).with_name("instance.schema.json")

REQUEST_COLUMNS = ("arrival_s", "prompt_tokens", "output_tokens", "deadline_s", "accuracy")

LARGE = 4
"""Factor of the limits on length and on values for files of version 2: some GB when read."""

_START_OF_LARGE = re.compile(
    rb'(\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"[\w-]*"\s*,\s*"version"\s*:\s*2\b'
)

_REQUIRED = ("format", "version", "name", "coefficients")
_OPTIONAL = ("family", "seed", "parameters", "requests", "edge_nodes", "scenario", "best_known")


def read_instance(path: str | os.PathLike[str]) -> Instance:
    """Read an instance file; the format is described by ``instance.schema.json``.

    Parameters
    ----------
    path
        Path of the file: JSON, gzipped if the name ends in ``.gz``.

    Raises
    ------
    InputError
        If the file breaks a rule. The message names the file, the field, the rule and the value.
    """
    document = read_json(path, scale_of=scale_of)
    try:
        return parse_instance(document)
    except InputError as error:
        raise error.within(path) from error


def scale_of(start: bytes) -> int:
    """Return the factor of the limits of a document, from the first bytes of its text.

    Files of version 2 may be larger if ``format`` and ``version`` are their first keys.
    """
    return LARGE if _START_OF_LARGE.match(start) else 1


def write_instance(
    instance: Instance, path: str | os.PathLike[str], *, version: int | None = None
) -> None:
    """Write an instance file: under a temporary name first, then renamed.

    Parameters
    ----------
    instance
        Instance to write.
    path
        Path of the file, gzipped if the name ends in ``.gz``.
    version
        Version of the format: 1 with a number for each pair of edge node and request, or 2 with
        those of eligible pairs alone. None for the version of the coefficients: 2 if they were
        made from pairs, else 1.

    Raises
    ------
    InputError
        If the version is another one, or the file would be too large to be read again.
    """
    version = version_of(instance) if version is None else version
    instance = in_version(instance, version)
    large = version == COMPRESSED_ROWS
    rows = Lines(rows_of(instance.coefficients)) if large else None
    document = _document(instance, rows=rows)
    if large and instance.edge_nodes is not None:
        document["edge_nodes"] = Lines(instance.edge_nodes)
    spread = ("requests", "coefficients")
    write_json(document, path, spread=spread, scale=LARGE if large else 1)


def instance_text(instance: Instance) -> str:
    """Return an instance as one line of JSON, without loss."""
    instance = in_version(instance, version_of(instance))
    return json.dumps(_document(instance), ensure_ascii=False, separators=(",", ":"))


def _document(instance: Instance, *, rows: Lines | None = None) -> dict[str, Any]:
    scenario, best_known = instance.scenario, instance.best_known
    data = instance.coefficients
    return {
        "format": FORMAT,
        "version": version_of(instance),
        "name": instance.name,
        "family": instance.family,
        "seed": instance.seed,
        "parameters": dict(instance.parameters),
        "requests": instance.requests,
        "edge_nodes": instance.edge_nodes,
        "scenario": None if scenario is None else scenario.setting.model_dump(mode="json"),
        "coefficients": document_of(data, rows) if data.is_compressed else _declared(data),
        "best_known": None if best_known is None else asdict(best_known),
    }


def _declared(coefficients: Coefficients) -> dict[str, Any]:
    # Keep the pairs that the file declares eligible but that do not fit: reading drops them.
    declared = coefficients.given("eligible") | coefficients.given("unfit")
    matrices = {**coefficients.to_lists(), "eligible": declared.astype(int).tolist()}
    return matrices | groups_of(coefficients)


def parse_instance(document: Any) -> Instance:
    """Return the instance of a document, the parsed content of an instance file.

    Raises
    ------
    InputError
        If the document breaks a rule.
    """
    version = expect.header(document, format_name=FORMAT, versions=VERSIONS, required=_REQUIRED)
    expect.only(document, (*_REQUIRED, *_OPTIONAL))
    parse_coefficients = parse_rows if version == COMPRESSED_ROWS else _coefficients
    coefficients = parse_coefficients(document["coefficients"])
    seed = document.get("seed")
    requests = _requests(expect.optional(document, "requests", dict), coefficients.num_requests)
    edge_nodes = _edge_nodes(
        expect.optional(document, "edge_nodes", list), coefficients.num_edge_nodes
    )
    setting = expect.optional(document, "scenario", dict)
    return Instance(
        name=expect.name(document["name"], "name"),
        coefficients=coefficients,
        family=expect.optional(document, "family", str),
        seed=None if seed is None else expect.integer(seed, "seed"),
        parameters=expect.optional(document, "parameters", dict) or {},
        requests=requests,
        edge_nodes=edge_nodes,
        best_known=_best_known(expect.optional(document, "best_known", dict)),
        scenario=None if setting is None else _scenario(version, requests, edge_nodes, setting),
    )


def _coefficients(document: Any) -> Coefficients:
    expect.kind(document, dict, "coefficients")
    expect.only(document, (*FIELDS, "alternatives"), "coefficients.")
    expect.keys(document, FIELDS, "coefficients")
    rows = expect.kind(document["uplink"], list, "coefficients.uplink")
    if not rows:
        rule = "must have a row for each of at least one edge node"
        raise InputError(rule, field="coefficients.uplink", found=rows)
    num_requests = len(expect.kind(rows[0], list, "coefficients.uplink[0]"))
    for name in FIELDS:
        _numbers(document[name], name, num_edge_nodes=len(rows), num_requests=num_requests)
    groups = expect.groups(document, len(rows))
    try:
        return Coefficients(**{name: document[name] for name in FIELDS}, alternatives=groups)
    except ValueError as error:
        raise InputError(str(error), field="coefficients") from error


def _numbers(value: Any, name: str, *, num_edge_nodes: int, num_requests: int) -> None:
    field = f"coefficients.{name}"
    expect.length(expect.kind(value, list, field), num_edge_nodes, field, "edge nodes")
    if name.endswith("_capacity"):
        expect.integers(value, field)
        return
    for edge_node, row in enumerate(value):
        place = f"{field}[{edge_node}]"
        expect.length(expect.kind(row, list, place), num_requests, place, "requests")
        expect.integers(row, place, largest=1 if name == "eligible" else LARGEST_VALUE)


def _requests(document: dict[str, Any] | None, num_requests: int) -> dict[str, Any] | None:
    if document is None:
        return None
    expect.only(document, REQUEST_COLUMNS, "requests.")
    for name, column in document.items():
        field = f"requests.{name}"
        expect.length(expect.kind(column, list, field), num_requests, field, "requests")
        for index, value in enumerate(column):
            if type(value) not in (int, float):
                raise InputError("must be a number", field=f"{field}[{index}]", found=value)
    return document


def _edge_nodes(
    document: list[Any] | None, num_edge_nodes: int
) -> tuple[dict[str, Any], ...] | None:
    if document is None:
        return None
    expect.length(document, num_edge_nodes, "edge_nodes", "edge nodes")
    names: set[str] = set()
    for index, edge_node in enumerate(document):
        field = f"edge_nodes[{index}]"
        name = expect.name(expect.kind(edge_node, dict, field).get("name"), f"{field}.name")
        if name in names:
            raise InputError("must differ from the others", field=f"{field}.name", found=name)
        names.add(name)
        if "alternative_of" in edge_node:
            expect.name(edge_node["alternative_of"], f"{field}.alternative_of")
    return tuple(document)


def _scenario(
    version: int,
    requests: dict[str, Any] | None,
    edge_nodes: tuple[dict[str, Any], ...] | None,
    setting: dict[str, Any],
) -> Scenario:
    from heuristics.system_models.scenario import Scenario

    scenario = Scenario.from_parts(requests or {}, edge_nodes or (), setting)
    if scenario.num_requests and scenario.is_sparse != (version == COMPRESSED_ROWS):
        form = (
            "indices of covered requests" if not scenario.is_sparse else "a flag for each request"
        )
        rule = f"must hold {form} in version {version}"
        found = list(scenario.edge_nodes[0].covered)
        raise InputError(rule, field="edge_nodes[0].covered", found=found)
    return scenario


def _best_known(document: dict[str, Any] | None) -> BestKnown | None:
    if document is None:
        return None
    expect.only(document, ("objective", "bound", "proved_by"), "best_known.")
    try:
        return BestKnown(
            objective=expect.integer(document.get("objective"), "best_known.objective"),
            bound=expect.integer(document.get("bound"), "best_known.bound"),
            proved_by=expect.kind(document.get("proved_by"), str, "best_known.proved_by"),
        )
    except InputError:
        raise
    except ValueError as error:
        raise InputError(str(error), field="best_known") from error
