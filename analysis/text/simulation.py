"""Simulation: what became of the requests under each scheme, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.text.phrases import aligned, percent

if TYPE_CHECKING:
    from analysis.simulation.outcome import Simulation


def simulation_text(simulation: Simulation) -> str:
    """Return the numbers of requests that arrived and that each scheme completed or lost."""
    shown = ("arrived", "completed", "late", "dropped", "refused")
    schemes = simulation.to_dict()["schemes"]
    rows = [
        [row["scheme"], *(str(row[name]) for name in shown), percent(row["completion_rate"])]
        for row in schemes
    ]
    header = ["scheme", *shown, "completion rate"]
    unsolved = [
        f"{row['scheme']} found no schedule in {row['num_unsolved']} epochs, which served nobody"
        for row in schemes
        if row["num_unsolved"]
    ]
    return "\n".join([aligned(rows, header, right=range(1, len(header))), *unsolved])
