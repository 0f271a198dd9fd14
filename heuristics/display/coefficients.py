"""Coefficients as HTML: demand and capacity of each edge node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.display.markup import Markup, bar, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.coefficients import Coefficients, IntArray

HEAD = (
    "edge node",
    "eligible requests",
    "uplink (12a)",
    "downlink (12b)",
    "memory (12c)",
    "compute (12d)",
)


def coefficients_html(data: Coefficients, *, names: Sequence[str] | None = None) -> Markup:
    """Return a table with the total demand of the eligible requests of each edge node.

    Parameters
    ----------
    data
        Coefficients of the problem.
    names
        Names of the edge nodes; None for their indices.
    """
    rows, pairs = [], data.pairs
    for edge_node in range(data.num_edge_nodes):
        row = pairs.row(edge_node)
        budgets = pairs.compute_budget[row]
        wanted: list[tuple[IntArray, int | None]] = [
            (getattr(pairs, name)[row], int(getattr(data, f"{name}_capacity")[edge_node]))
            for name in ("uplink", "downlink", "memory")
        ]
        wanted.append((pairs.compute[row], int(budgets.max()) if budgets.size else None))
        rows.append(
            [
                str(edge_node) if names is None else names[edge_node],
                bar(budgets.size, data.num_requests),
                *(bar(int(demand.sum()), capacity) for demand, capacity in wanted),
            ]
        )
    title = f"P1 with {data.num_requests:,} requests: demand of all eligible requests, and capacity"
    note = (
        "Compute [MFLOP, or ns by a measured latency] is compared with the largest budget of any "
        "eligible request."
    )
    return Markup(f"{table(title, HEAD, rows)}<small>{note}</small>")
