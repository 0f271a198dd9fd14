"""Simulation: what became of the requests under each scheme, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.text.phrases import ABSENT, aligned, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analysis.simulation.outcome import Simulation

_LATENCIES = {"end to end": "latency_s", "TTFT": "ttft_s", "TPOT": "tpot_s"}
_SHOWN = ("p50", "p95")


def simulation_text(simulation: Simulation) -> str:
    """Return counts of requests by scheme and fate; with limits also latencies and goodput."""
    shown = ("arrived", "completed", "late", "dropped", "refused")
    schemes = simulation.to_dict()["schemes"]
    rows = [
        [row["scheme"], *(str(row[name]) for name in shown), percent(row["completion_rate"])]
        for row in schemes
    ]
    header = ["scheme", *shown, "completion rate"]
    if simulation.hindsight is not None:
        header += ["hindsight", "at most"]
        for row, cells in zip(schemes, rows, strict=True):
            found = row["hindsight"] or {"objective": None, "bound": None}
            cells += [ABSENT if each is None else str(each) for each in found.values()]
    unsolved = [
        f"{row['scheme']} found no schedule in {row['num_unsolved']} epochs, which served nobody"
        for row in schemes
        if row["num_unsolved"]
    ]
    counts = aligned(rows, header, right=range(1, len(header)))
    lines = [counts, *unsolved]
    if simulation.limits is not None:
        lines += ["", *_latency_lines(schemes)]
    return "\n".join(lines)


SIMULATION_TITLE = "What do users of each scheme get?"


def simulation_answer(schemes: Sequence[Mapping[Any, Any]]) -> str:
    """Return the sentence that tells the schemes with the most completed requests.

    Parameters
    ----------
    schemes
        Rows of :meth:`analysis.simulation.outcome.Simulation.serving`.

    Examples
    --------
    >>> rows = [{"scheme": name, "arrived": 20, "completed": n} for name, n in (("a", 5), ("b", 9))]
    >>> simulation_answer(rows)
    'Of 20 requests, b completes 9 (45.0 %) and a 5 (25.0 %).'
    """
    arrived = max((int(row["arrived"]) for row in schemes), default=0)
    if not arrived:
        return "No request arrived."
    order = sorted(schemes, key=lambda row: -int(row["completed"]))
    told = [
        f"{row['scheme']} {'completes ' if not place else ''}{row['completed']:,} "
        f"({percent(int(row['completed']) / arrived)})"
        for place, row in enumerate(order)
    ]
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"Of {arrived:,} requests, {listed}."


def _latency_lines(schemes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the table of latencies, and what its columns are."""
    header = ["scheme", *(f"{title}\n{each}" for title in _LATENCIES for each in _SHOWN), "goodput"]
    rows = [
        [
            row["scheme"],
            *(_seconds(row[name], each) for name in _LATENCIES.values() for each in _SHOWN),
            ABSENT if row["goodput"] is None else percent(row["goodput"]),
        ]
        for row in schemes
    ]
    yield aligned(rows, header, right=range(1, len(header)))
    yield "[s], of received outputs; TTFT ends when the first token leaves the edge node"


def _seconds(found: Mapping[str, float] | None, name: str) -> str:
    return ABSENT if found is None else f"{found[name]:.3g}"
