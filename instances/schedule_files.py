"""Schedule files: the batch of each edge node of an instance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.schedule import Schedule
from instances import expect
from instances.strict_json import read_json, write_json

if TYPE_CHECKING:
    import os

    from heuristics.coefficients import Coefficients
    from instances.instance import Instance

FORMAT = "otgah-schedule"
VERSION = 1
SCHEMA_PATH = Path(__file__).with_name("schedule.schema.json")

_KEYS = ("format", "version", "instance", "assignment")


def read_schedule(
    path: str | os.PathLike[str], instance: Instance, *, edge_node: int | None = None
) -> Schedule:
    """Read a schedule file of an instance.

    Parameters
    ----------
    path
        Path of the file: JSON as described by ``schedule.schema.json``, gzipped if the name ends in
        ``.gz``.
    instance
        The whole instance that the schedule belongs to.
    edge_node
        Index of the only edge node to read; None for all.

    Returns
    -------
    Schedule
        A batch for each edge node of the instance, of one batch with ``edge_node``.

    Raises
    ------
    InputError
        If the file breaks a rule, names an index that does not exist, or another instance.
    """
    document = read_json(path)
    try:
        return _schedule(document, instance, edge_node)
    except InputError as error:
        raise error.within(path) from error


def write_schedule(
    schedule: Schedule,
    instance: Instance,
    path: str | os.PathLike[str],
    *,
    edge_node: int | None = None,
) -> None:
    """Write a schedule file: under a temporary name first, then renamed.

    Parameters
    ----------
    schedule
        A batch for each row of the instance, or for each row of ``edge_node``.
    instance
        The whole instance that the schedule belongs to.
    path
        Path of the file, gzipped if the name ends in ``.gz``.
    edge_node
        Index of the edge node that the schedule is about; None for all edge nodes.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "instance": instance.name if edge_node is None else instance.name_at(edge_node),
        "assignment": assignment(schedule, instance, edge_node=edge_node),
    }
    write_json(document, path, spread=("assignment",))


def assignment(
    schedule: Schedule, instance: Instance, *, edge_node: int | None = None
) -> dict[str, list[int]]:
    """Return the batch of every edge node, by its index in the file."""
    if edge_node is None:
        return {str(index): list(batch) for index, batch in enumerate(schedule.batches)}
    batches = dict(zip(instance.rows_of(edge_node), schedule.batches, strict=True))
    rows = range(instance.coefficients.num_edge_nodes)
    return {str(row): list(batches.get(row, ())) for row in rows}


def _schedule(document: Any, instance: Instance, edge_node: int | None) -> Schedule:
    expect.header(document, format_name=FORMAT, versions=(VERSION,), required=_KEYS)
    expect.only(document, _KEYS)
    names = [instance.name] if edge_node is None else [instance.name_at(edge_node), instance.name]
    if document["instance"] not in names:
        raise InputError(f"must be {names[0]!r}", field="instance", found=document["instance"])
    schedule = parse_assignment(document["assignment"], instance.coefficients)
    if edge_node is None:
        return schedule
    return Schedule(tuple(schedule.batches[row] for row in instance.rows_of(edge_node)))


def parse_assignment(document: Any, data: Coefficients) -> Schedule:
    """Return the schedule of an assignment, the request indices by edge node index.

    Raises
    ------
    InputError
        If an edge node is missing, or an index does not exist.
    """
    expect.kind(document, dict, "assignment")
    edge_nodes = [str(index) for index in range(data.num_edge_nodes)]
    expect.only(document, edge_nodes, "assignment.")
    for edge_node in edge_nodes:
        field = f"assignment.{edge_node}"
        if edge_node not in document:
            raise InputError("must be there", field=field, found=", ".join(document) or "no keys")
        batch = expect.kind(document[edge_node], list, field)
        if batch and data.num_requests == 0:
            raise InputError("must be empty, as there are no requests", field=field, found=batch)
        expect.integers(batch, field, largest=data.num_requests - 1)
    return Schedule.of(document[edge_node] for edge_node in edge_nodes)
