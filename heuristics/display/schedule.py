"""Schedule as HTML: the batch of each edge node, and its loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.display.markup import Markup, bar, listed, table

if TYPE_CHECKING:
    from heuristics.loads import Loads
    from heuristics.schedule import Schedule


def schedule_html(schedule: Schedule) -> Markup:
    """Return the batch of each edge node."""
    rows = [[str(j), len(batch), listed(batch)] for j, batch in enumerate(schedule.batches)]
    title = f"Schedule of {schedule.throughput:,} requests"
    return table(title, ("edge node", "batch", "requests"), rows)


def loads_html(loads: Loads) -> Markup:
    """Return the loads of each batch as bars, relative to the capacities of its edge node."""
    heads = [f"{each.constraint} {each.tag}" for each in loads.edge_nodes[0]]
    rows = [
        [
            name,
            len(batch),
            *(bar(each.load, each.capacity, most="too much") for each in row),
            listed(batch),
        ]
        for name, batch, row in zip(
            loads.names, loads.schedule.batches, loads.edge_nodes, strict=True
        )
    ]
    title = f"Schedule of {loads.schedule.throughput:,} requests, and its loads"
    return table(title, ("edge node", "batch", *heads, "requests"), rows)
