"""Schedule on a page: its loads, its batches, and the constraints that block other requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.checks.headroom import TAGS, headroom
from analysis.metrics.column import floats
from analysis.reports.pages.chart import Chart
from analysis.reports.pages.elements import (
    Head,
    TableCell,
    count_cell,
    paragraph,
    percent_cell,
    rows_table,
)
from analysis.reports.pages.grid import ColumnKind, Grid, GridColumn, numbers
from analysis.text.answer import title
from analysis.text.instance import blocking_sentence
from analysis.text.phrases import percent
from heuristics.coefficients import LARGEST_DENSE
from heuristics.display.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analysis.checks.headroom import Headroom
    from analysis.metrics.instance_runs import InstanceRuns
    from heuristics.coefficients import Coefficients
    from heuristics.schedule import Schedule

MOST_SCHEDULES = 8
"""Maximum number of schedules on a page; the table of runs lists all."""

MOST_MARKS = 6000
"""Maximum number of pairs of request and edge node for a chart of single requests."""


def schedule_parts(shown: InstanceRuns, run: dict[Any, Any], source: str) -> Iterator[Any]:
    """Return the sentences, charts and tables on the schedule of one run.

    Parameters
    ----------
    shown
        Instance with its runs.
    run
        A run of :meth:`InstanceRuns.schedules`.
    source
        Source of the runs, for the captions.
    """
    data, names = shown.problem_of(run)
    schedule = shown.schedule_of(run)
    place = "" if run["instance"] == shown.instance.name else f" on {run['instance']}"
    problem = "" if run["problem"] == "P1" else f", {run['problem']}"
    head = f"{title(str(run['method']))}: {run['objective']} requests{place}{problem}"
    if data.num_edge_nodes * data.num_requests > LARGEST_DENSE:
        told = f"Blocking constraints are shown up to {LARGEST_DENSE:,} pairs."
        yield Markup('<h3 class="method">{}</h3>{}').format(head, paragraph(told))
        return
    room = headroom(data, schedule, run["problem"])
    yield Markup('<h3 class="method">{}</h3>{}').format(
        head, paragraph(blocking_sentence(room, names))
    )
    yield loads_chart(room, names, source)
    if data.eligible.size <= MOST_MARKS:
        yield requests_chart(data, schedule, room, names, shown, source)
    yield blocking_table(room, names, label=head)


def loads_chart(room: Headroom, names: tuple[str, ...], source: str) -> Chart:
    """Draw the share of each capacity, and of the deadline of the batch, used at each edge node."""
    used = {
        f"{name} {TAGS[name]}": (load, room.capacities[name]) for name, load in room.loads.items()
    }
    used["time to the batch's deadline (12d)"] = (room.compute, room.deadline)
    traces, told = [], []
    for place, (name, (load, capacity)) in enumerate(used.items()):
        share = np.divide(load, capacity, out=np.full(len(load), np.nan), where=capacity > 0)
        told.append(f"{name} {', '.join(percent(_known(each), 0) for each in share)}")
        traces.append(_load_bars(name, names, place, load, capacity, share))
    return Chart(
        title="Loads against capacities",
        traces=traces,
        layout={
            "height": 150 + 92 * len(names),
            "barmode": "group",
            "xaxis": {"title": {"text": "share of the capacity in use [%]"}, "range": [0, 118]},
            "yaxis": {"autorange": "reversed", "type": "category"},
        },
        caption=(
            "A bar at 100 % is a capacity in full use. The deadline is that of the most urgent "
            "request of the batch. All requests of a batch share its computation, which must end "
            f"by then. Source: {source}."
        ),
        alternative=f"Use by edge node ({', '.join(names)}): {'; '.join(told)}.",
        grid="",
        is_wide=True,
    )


def _load_bars(
    name: str,
    names: tuple[str, ...],
    place: int,
    load: NDArray[np.int64],
    capacity: NDArray[np.int64],
    share: NDArray[np.float64],
) -> dict[str, Any]:
    """Return the bar of one resource at each edge node, with a pattern besides its colour."""
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": list(names),
        "x": numbers(100 * share),
        "text": ["empty" if each != each else f"{100 * each:.0f} %" for each in share],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {
            "color": COLOURS[place],
            "pattern": {
                "shape": ("", "/", ".", "x")[place % 4],
                "fillmode": "overlay",
                "fgcolor": "#fff",
                "fgopacity": 0.6,
            },
        },
        "customdata": [
            f"{used:,} of {whole:,}" if whole >= 0 else "no batch"
            for used, whole in zip(load.tolist(), capacity.tolist(), strict=True)
        ],
        "hovertemplate": "%{y}: %{customdata}<extra>%{fullData.name}</extra>",
    }


def requests_chart(
    data: Coefficients,
    schedule: Schedule,
    room: Headroom,
    names: tuple[str, ...],
    shown: InstanceRuns,
    source: str,
) -> Chart:
    """Draw the edge node that serves each request, and where other requests are eligible."""
    chosen = np.zeros(data.eligible.shape, dtype=bool)
    for edge_node, request in schedule.pairs():
        chosen[edge_node, request] = True
    groups = (
        ("served", chosen, "square", COLOURS[0], 9),
        ("left out, blocked", room.is_open & ~room.fits, "x-thin-open", COLOURS[1], 6),
        ("left out, would fit", room.fits, "circle-open", COLOURS[2], 8),
    )
    traces = []
    for name, marked, symbol, colour, size in groups:
        edge_nodes, requests = np.nonzero(marked)
        if requests.size == 0:
            continue
        text = [
            _pair(data, room, int(edge_node), int(request))
            for edge_node, request in zip(edge_nodes, requests, strict=True)
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": requests.tolist(),
                "y": [names[each] for each in edge_nodes],
                "marker": {"symbol": symbol, "color": colour, "size": size, "line": {"width": 1.5}},
                "customdata": requests.tolist(),
                "text": text,
                "hovertemplate": "request %{x} at %{y}<br>%{text}<extra>%{fullData.name}</extra>",
            }
        )
    served = "; ".join(
        f"{name} {len(batch)}" for name, batch in zip(names, schedule.batches, strict=True)
    )
    return Chart(
        title="Which request on which edge node",
        traces=traces,
        layout={
            "height": 170 + 44 * len(names),
            "xaxis": {"title": {"text": "request"}},
            "yaxis": {
                "type": "category",
                "categoryorder": "array",
                "categoryarray": list(reversed(names)),
            },
        },
        caption=(
            "A request without a mark at an edge node is not eligible there, or is served at "
            f"another edge node. A click leads to the row of the request. Source: {source}."
        ),
        alternative=f"Requests served by edge node: {served}.",
        grid="requests",
        is_wide=True,
    )


def _pair(data: Coefficients, room: Headroom, edge_node: int, request: int) -> str:
    demands = [f"{name} {int(getattr(data, name)[edge_node, request]):,}" for name in room.loads]
    demands.append(f"compute {int(data.compute[edge_node, request]):,}")
    demands.append(f"budget {int(data.compute_budget[edge_node, request]):,}")
    blocks = [name for name, pairs in room.blocked.items() if pairs[edge_node, request]]
    told = "<br>".join(demands)
    return f"{told}<br>blocked by {', '.join(blocks)}" if blocks else told


def blocking_table(room: Headroom, names: tuple[str, ...], *, label: str) -> Markup:
    """Return a row for each edge node: requests blocked by each constraint, and free capacity."""
    constraints = list(room.blocked)
    heads = [
        Head("edge node"),
        Head("left out", "eligible here, served nowhere"),
        Head("would fit", "without other changes"),
        *(Head(f"blocked by {each}", "alone in brackets") for each in constraints),
        *(Head(f"{each} free") for each in room.loads),
        Head("time free", "to the batch's deadline"),
        Head("most urgent", "request of the batch"),
    ]
    rows = []
    for edge_node, name in enumerate(names):
        row: list[TableCell | str] = [
            name,
            count_cell(room.is_open[edge_node].sum()),
            count_cell(room.fits[edge_node].sum()),
        ]
        for each in constraints:
            count = int(room.blocked[each][edge_node].sum())
            alone = int(room.blocked_by_alone(each)[edge_node].sum())
            row.append(TableCell(f"{count} ({alone})", count))
        for each, load in room.loads.items():
            capacity = int(room.capacities[each][edge_node])
            row.append(percent_cell(1 - int(load[edge_node]) / capacity if capacity else None))
        deadline = int(room.deadline[edge_node])
        free = None if deadline <= 0 else 1 - int(room.compute[edge_node]) / deadline
        urgent = int(room.most_urgent[edge_node])
        rows.append([*row, percent_cell(free), count_cell(None if urgent < 0 else urgent)])
    return rows_table(f"What blocks the next request, {label}", heads, rows)


def requests_grid(shown: InstanceRuns) -> Grid:
    """Return the grid of the requests: their values, and where they are eligible and served."""
    data = shown.instance.coefficients
    frame = pd.DataFrame({"request": np.arange(data.num_requests)})
    columns = {"request": GridColumn(title="request", kind=ColumnKind.COUNT)}
    for key, values in (shown.instance.requests or {}).items():
        frame[key] = floats(pd.Series(list(values)))
        title_of, unit = (key[:-2], "s") if key.endswith("_s") else (key, "")
        columns[key] = GridColumn(
            title=title_of.replace("_", " "), kind=ColumnKind.COUNT, note=unit
        )
    frame["eligible"] = [", ".join(names) for names in shown.eligible_edge_nodes()]
    columns["eligible"] = GridColumn(title="eligible at", is_choice=True)
    for run in shown.schedules()[:MOST_SCHEDULES]:
        place = "" if run["instance"] == shown.instance.name else f" {run['instance']}"
        key = f"{run['method']}{place} {run['problem']}"
        frame[key] = shown.serving_edge_nodes(run)
        columns[key] = GridColumn(title=f"{run['method']}{place}", note="served at", is_choice=True)
    return Grid(name="requests", label="requests", one="request", frame=frame, columns=columns)


def _known(value: float) -> float | None:
    return None if value != value else float(value)
