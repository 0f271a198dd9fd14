"""Compressed rows: the coefficients of version 2 of the format, eligible pairs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.coefficients import RESOURCES, Coefficients
from heuristics.errors import InputError
from heuristics.pairs import AMOUNTS, Pairs
from instances import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_NUM_REQUESTS = 10**7
"""Largest number of requests of a file, since methods keep some numbers of each."""

CAPACITIES = tuple(f"{name}_capacity" for name in RESOURCES)
KEYS = ("num_requests", *CAPACITIES, "rows")
"""The required keys."""

COLUMNS = ("requests", *AMOUNTS)


def rows_of(data: Coefficients) -> Iterator[dict[str, list[int]]]:
    """Yield the row of each edge node, as a file has it."""
    for edge_node in range(data.num_edge_nodes):
        row = data.pairs.row(edge_node)
        yield {name: getattr(data.pairs, name)[row].tolist() for name in COLUMNS}


def document_of(data: Coefficients, rows: Any = None) -> dict[str, Any]:
    """Return coefficients as a file of version 2 has them.

    Parameters
    ----------
    data
        Coefficients, of which the eligible pairs are kept.
    rows
        Value of the key ``rows``; None for a list of all rows.
    """
    capacities = {name: getattr(data, name).tolist() for name in CAPACITIES}
    rows = list(rows_of(data)) if rows is None else rows
    return {"num_requests": data.num_requests, **capacities, "rows": rows} | groups_of(data)


def groups_of(data: Coefficients) -> dict[str, list[list[int]]]:
    """Return the key ``alternatives`` of a file of either version; nothing for single rows."""
    return {"alternatives": list(map(list, data.alternatives))} if data.has_alternatives else {}


def parse_rows(document: Any) -> Coefficients:
    """Return the coefficients of a document of version 2.

    Raises
    ------
    InputError
        If the document breaks a rule; it names the field's path in the file.
    """
    expect.kind(document, dict, "coefficients")
    expect.only(document, (*KEYS, "alternatives"), "coefficients.")
    expect.keys(document, KEYS, "coefficients")
    num_requests = expect.integer(
        document["num_requests"], "coefficients.num_requests", LARGEST_NUM_REQUESTS
    )
    rows = expect.kind(document["rows"], list, "coefficients.rows")
    if not rows:
        rule = "must have a row for each of at least one edge node"
        raise InputError(rule, field="coefficients.rows", found=rows)
    for name in CAPACITIES:
        field = f"coefficients.{name}"
        capacities = expect.kind(document[name], list, field)
        expect.length(capacities, len(rows), field, "edge nodes")
        expect.integers(capacities, field)
    groups = expect.groups(document, len(rows))
    columns = [
        _row(row, f"coefficients.rows[{edge_node}]", num_requests)
        for edge_node, row in enumerate(rows)
    ]
    sizes = [each["requests"].size for each in columns]
    row_pointer = np.cumsum([0, *sizes], dtype=np.int64)
    joined = (np.concatenate([each[name] for each in columns]) for name in COLUMNS)
    capacities = (document[name] for name in CAPACITIES)
    pairs = Pairs(row_pointer, *joined)
    try:
        return Coefficients.from_pairs(pairs, num_requests, *capacities, alternatives=groups)
    except ValueError as error:
        raise InputError(str(error), field="coefficients") from error


def _row(row: Any, field: str, num_requests: int) -> dict[str, Any]:
    """Return the columns of one edge node as arrays."""
    expect.kind(row, dict, field)
    expect.only(row, COLUMNS, f"{field}.")
    expect.keys(row, COLUMNS, field)
    requests = expect.kind(row["requests"], list, f"{field}.requests")
    for name in COLUMNS:
        place = f"{field}.{name}"
        column = expect.kind(row[name], list, place)
        expect.length(column, len(requests), place, "requests of the row")
        if name != "requests":
            expect.integers(column, place)
    if requests and not num_requests:
        rule = "must be empty without requests"
        raise InputError(rule, field=f"{field}.requests", found=requests)
    expect.integers(requests, f"{field}.requests", max(num_requests - 1, 0))
    arrays = {name: np.array(row[name], dtype=np.int64) for name in COLUMNS}
    _refuse_disorder(arrays["requests"], f"{field}.requests")
    return arrays


def _refuse_disorder(requests: Any, field: str) -> None:
    wrong = np.flatnonzero(np.diff(requests) <= 0)
    if wrong.size:
        place = int(wrong[0]) + 1
        rule = f"must exceed the index before it, {requests[place - 1]}"
        raise InputError(rule, field=f"{field}[{place}]", found=int(requests[place]))
