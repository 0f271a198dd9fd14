"""Scenario as HTML: requests and edge nodes in everyday units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.display.markup import Markup, bar, markup, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.system_models.scenario import EdgeNode, Scenario

HEAD = (
    "edge node",
    "LLM",
    "quantization",
    "devices",
    "compute",
    "memory",
    "uplink / downlink",
    "requests covered",
)


def scenario_html(scenario: Scenario) -> Markup:
    """Return a table with a row for each edge node, and a note on the requests and the slots."""
    requests, setting = scenario.requests, scenario.setting
    asked = "; ".join(
        [
            f"prompts of {_range(requests.prompt_tokens)} tokens",
            f"outputs of {_range(requests.output_tokens)} tokens",
            f"deadlines of {_range(requests.deadline_s)} s",
            f"accuracies of {_range(requests.accuracy)}",
        ]
    )
    slots = (
        f"slots of {setting.uplink_slot_s:g} s uplink, {setting.compute_slot_s:g} s compute, "
        f"{setting.downlink_slot_s:g} s downlink"
    )
    title = f"Scenario: {requests.num_requests:,} requests at {len(scenario.edge_nodes)} edge nodes"
    rows = [
        _row(each, scenario.num_covered(j), requests.num_requests)
        for j, each in enumerate(scenario.edge_nodes)
    ]
    return Markup(f"{table(title, HEAD, rows)}<small>{markup(f'{asked}; {slots}')}</small>")


def _row(edge_node: EdgeNode, num_covered: int, num_requests: int) -> list[object]:
    flop_per_s = edge_node.num_gpus * edge_node.gpu_flop_per_s
    memory_bytes = edge_node.num_gpus * edge_node.gpu_memory_bytes
    bands = (edge_node.uplink_bandwidth_hz, edge_node.downlink_bandwidth_hz)
    return [
        edge_node.name,
        edge_node.llm.name,
        edge_node.quantization.name,
        edge_node.num_gpus,
        f"{flop_per_s / 1e12:,.4g} TFLOP/s",
        f"{memory_bytes / 1e9:,.4g} GB",
        " / ".join(f"{each / 1e6:,.4g}" for each in bands) + " MHz",
        bar(num_covered, num_requests),
    ]


def _range(values: Sequence[float]) -> str:
    if not values:
        return "no"
    low, high = min(values), max(values)
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
