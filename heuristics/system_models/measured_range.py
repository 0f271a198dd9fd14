"""Measured range: batches that lie outside what a latency profile was measured on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from heuristics.system_models.scenario import EdgeNode, Setting

_TITLES = {
    "batch": "batch sizes of",
    "prompt_tokens": "prompts of",
    "output_tokens": "outputs of",
    "context_tokens": "contexts of",
}


def refuse_outside(
    edge_node: EdgeNode, setting: Setting, output_tokens: NDArray[np.int64], row: Mapping[str, Any]
) -> None:
    """Raise the error of a row whose batches may lie outside the measured range.

    Parameters
    ----------
    edge_node, setting
        Edge node with its profile, and its own setting.
    output_tokens
        Output lengths of the requests of the row, shape (I,) [tokens].
    row
        Amounts, capacities and flags of eligible requests of the row.

    Raises
    ------
    InputError
        If a batch of eligible requests may be outside; the error names each quantity.

    Notes
    -----
    The largest batch is bounded by each constraint alone: its cheapest requests up to the capacity.
    """
    eligible = np.asarray(row["eligible"], dtype=bool)
    latency, padded = edge_node.latency_profile, setting.padding_tokens
    if latency is None or not eligible.any():
        return
    outputs = output_tokens[eligible]
    shortest, longest = int(outputs.min()), int(outputs.max())
    values = {
        "batch": (1, _largest_batch(row, eligible)),
        "prompt_tokens": (padded, padded),
        "output_tokens": (shortest, longest),
        "context_tokens": (padded, padded + longest - 1),
    }
    outside = [
        f"{_TITLES[field]} {_span(least, most)} (measured {_span(low, high)})"
        for field, (least, most) in values.items()
        for low, high in [getattr(latency.measured_range, field)]
        if least < low or most > high
    ]
    if outside:
        rule = (
            "must stay in the measured range of its latency profile unless extrapolate is true;"
            f" outside are {', '.join(outside)}"
        )
        raise InputError(rule, field=f"edge node {edge_node.name}")


def _span(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} to {high}"


def _largest_batch(row: Mapping[str, Any], eligible: NDArray[np.bool_]) -> int:
    capacities = {
        "uplink": row["uplink_capacity"],
        "downlink": row["downlink_capacity"],
        "memory": row["memory_capacity"],
        "compute": int(row["compute_budget"][eligible].max()),
    }
    return min(
        int(np.searchsorted(np.cumsum(np.sort(row[field][eligible])), capacity, side="right"))
        for field, capacity in capacities.items()
    )
