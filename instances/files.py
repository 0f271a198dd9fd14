"""Instance files: strict reading, and writing of equal bytes for equal instances."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heuristics.coefficients import FIELDS, Coefficients
from heuristics.errors import InputError
from heuristics.integers import LARGEST_VALUE
from instances import expect
from instances.instance import BestKnown, Instance
from instances.strict_json import read_json, write_json

if TYPE_CHECKING:
    import os

    from heuristics.system_models.scenario import Scenario

FORMAT = "otgah-instance"
VERSION = 1
SCHEMA_PATH = Path(__file__).with_name("instance.schema.json")

REQUEST_COLUMNS = ("arrival_s", "prompt_tokens", "output_tokens", "deadline_s", "accuracy")

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
    document = read_json(path)
    try:
        return parse_instance(document)
    except InputError as error:
        raise error.within(path) from error


def write_instance(instance: Instance, path: str | os.PathLike[str]) -> None:
    """Write an instance file: under a temporary name first, then renamed.

    Parameters
    ----------
    instance
        Instance to write.
    path
        Path of the file, gzipped if the name ends in ``.gz``.
    """
    write_json(_document(instance), path, spread=("requests", "coefficients"))


def instance_text(instance: Instance) -> str:
    """Return an instance as one line of JSON, without loss."""
    return json.dumps(_document(instance), ensure_ascii=False, separators=(",", ":"))


def _document(instance: Instance) -> dict[str, Any]:
    scenario, best_known = instance.scenario, instance.best_known
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": instance.name,
        "family": instance.family,
        "seed": instance.seed,
        "parameters": dict(instance.parameters),
        "requests": instance.requests,
        "edge_nodes": instance.edge_nodes,
        "scenario": None if scenario is None else scenario.setting.model_dump(mode="json"),
        "coefficients": _declared(instance.coefficients),
        "best_known": None if best_known is None else asdict(best_known),
    }


def _declared(coefficients: Coefficients) -> dict[str, Any]:
    # Keep the pairs that the file declares eligible but that do not fit: reading drops them.
    declared = coefficients.eligible | coefficients.unfit
    return {**coefficients.to_lists(), "eligible": declared.astype(int).tolist()}


def parse_instance(document: Any) -> Instance:
    """Return the instance of a document, the parsed content of an instance file.

    Raises
    ------
    InputError
        If the document breaks a rule.
    """
    expect.header(document, format_name=FORMAT, version=VERSION, required=_REQUIRED)
    expect.only(document, (*_REQUIRED, *_OPTIONAL))
    coefficients = _coefficients(document["coefficients"])
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
        scenario=None if setting is None else _scenario(requests, edge_nodes, setting),
    )


def _coefficients(document: Any) -> Coefficients:
    expect.kind(document, dict, "coefficients")
    expect.only(document, FIELDS, "coefficients.")
    for name in FIELDS:
        if name not in document:
            field = f"coefficients.{name}"
            raise InputError("must be there", field=field, found=", ".join(document) or "no keys")
    rows = expect.kind(document["uplink"], list, "coefficients.uplink")
    if not rows:
        rule = "must have a row for each of at least one edge node"
        raise InputError(rule, field="coefficients.uplink", found=rows)
    num_requests = len(expect.kind(rows[0], list, "coefficients.uplink[0]"))
    for name in FIELDS:
        _numbers(document[name], name, num_edge_nodes=len(rows), num_requests=num_requests)
    try:
        return Coefficients(**document)
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
    return tuple(document)


def _scenario(
    requests: dict[str, Any] | None,
    edge_nodes: tuple[dict[str, Any], ...] | None,
    setting: dict[str, Any],
) -> Scenario:
    from heuristics.system_models.scenario import Scenario

    return Scenario.from_parts(requests or {}, edge_nodes or (), setting)


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
