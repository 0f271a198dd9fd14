"""Page of a simulation: fates, latencies, throughput and utilisation by scheme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from analysis.reports.pages.elements import (
    Head,
    TableCell,
    count_cell,
    decimal_cell,
    paragraph,
    percent_cell,
    rows_table,
    seconds_cell,
)
from analysis.simulation.latencies import STATISTICS
from analysis.text.simulation import SIMULATION_TITLE, simulation_answer

if TYPE_CHECKING:
    from os import PathLike

    from analysis.tables.simulation import SimulationTables

LATENCIES = {
    "latency_s": "end to end",
    "ttft_s": "first token",
    "tpot_s": "per output token",
    "queueing_s": "queueing",
    "upload_s": "upload",
    "compute_s": "computing",
    "download_s": "download",
}
"""Latencies of the tables, and their names on the page."""

RESOURCES = {
    "uplink": "uplink",
    "downlink": "downlink",
    "compute": "computing",
    "memory": "memory for caches",
}


def source(path: str | PathLike[str], tables: SimulationTables) -> str:
    """Return the folder of the tables and the number of requests, for captions."""
    arrived = int(tables.schemes["arrived"].max()) if len(tables.schemes) else 0
    return f"{Path(path).name}, {arrived:,} requests for each scheme"


def opening(tables: SimulationTables) -> str:
    """Return the question, the answer, and the meaning of the latencies."""
    return str(
        Markup("<h1>{}</h1>").format(SIMULATION_TITLE)
        + paragraph(simulation_answer(tables.schemes.to_dict("records")), kind="answer")
        + paragraph(
            "A completed output arrives by its deadline, a late one after it. Latencies are of "
            "received outputs, completed and late ones, so that a scheme that drops more requests "
            "may look faster: read them beside the rates.",
            "The goodput is the share of all requests that keep every limit that was given.",
        )
    )


def fates_table(tables: SimulationTables) -> str:
    """Return the counts of each fate, the completion rate and the goodput."""
    fates = ("completed", "late", "dropped", "refused")
    heads = [
        Head("scheme"),
        Head("arrived"),
        *map(Head, fates),
        Head("completion rate", "of arrived"),
        Head("goodput", "of arrived"),
        Head("outputs leave", is_text=True),
    ]
    rows = [
        [
            row["scheme"],
            count_cell(row["arrived"]),
            *(count_cell(row[each]) for each in fates),
            percent_cell(row["completion_rate"]),
            percent_cell(row["goodput"]),
            _text(row["release"]),
        ]
        for row in tables.schemes.to_dict("records")
    ]
    return str(rows_table("Requests by scheme", heads, rows))


def latencies_table(tables: SimulationTables) -> str:
    """Return mean and percentiles of each latency under each scheme."""
    heads = [
        Head("scheme"),
        Head("latency", is_text=True),
        *(Head(each) for each in STATISTICS),
    ]
    rows = []
    for row in tables.schemes.to_dict("records"):
        for key, name in LATENCIES.items():
            values: list[TableCell | str] = [
                seconds_cell(row.get(f"{key}.{each}")) for each in STATISTICS
            ]
            rows.append([row["scheme"], name, *values])
    told = paragraph(
        "The end-to-end latency is the sum of queueing, upload, computing and download. The first "
        "token counts when it leaves the edge node: with its batch, with its output, or streamed."
    )
    return str(rows_table("Latencies", heads, rows) + told)


def utilisation_table(tables: SimulationTables) -> str:
    """Return throughput, utilisation of each resource, and the energy of transmissions."""
    heads = [
        Head("scheme"),
        Head("requests", "received a second"),
        Head("tokens", "received a second"),
        *(Head(name, "in use") for name in RESOURCES.values()),
        Head("uplink", "J"),
        Head("downlink", "J"),
    ]
    rows = [
        [
            row["scheme"],
            decimal_cell(row["requests_per_s"]),
            count_cell(row["tokens_per_s"]),
            *(percent_cell(row[f"utilisation.{name}"]) for name in RESOURCES),
            *(_joules(row[f"joules.{name}"]) for name in ("uplink", "downlink")),
        ]
        for row in tables.schemes.to_dict("records")
    ]
    told = paragraph(
        "Utilisations are means over edge nodes, from the start to the last activity. Energy is "
        "that of transmissions; no device of the catalogue states its power."
    )
    return str(rows_table("Throughput, utilisation and energy", heads, rows) + told)


def _joules(value: float) -> TableCell:
    return TableCell(f"{value:.3g}", value)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
