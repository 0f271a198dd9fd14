"""Families: a page with the parameters of each, and a picture of the constraint that binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

import otgah
from analysis.text.description import family_text
from docs.markdown import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otgah import Family, Instance

DRAWN_WITH: Mapping[str, Mapping[str, object]] = {
    "city": {"num_edge_nodes": 50, "num_requests": 2500},
}
"""Parameters of the drawn instance, for families whose default takes long to solve."""

METHOD = "ot-gah-fast"
"""Method of the schedule in a picture: a heuristic without a random choice or a time limit."""

TITLES = {
    "uplink": "(12a) uplink",
    "downlink": "(12b) downlink",
    "memory": "(12c) memory",
    "deadline": "(12d) deadline",
}

LEFT, WIDTH, STEP = 140, 560, 34
"""Left end and width of the axis, and the distance of two rows [px]."""


def pages() -> dict[str, str]:
    """Return the text of the page of families by its path."""
    families = otgah.families()
    intro = (
        "# Families\n\n"
        f"Each picture shows the first instance of seed 0 with a schedule of `{METHOD}`: a mark "
        "for each edge node that serves requests, at the part of its capacity that the batch "
        "takes. The marks of a binding constraint are near 100 %.\n"
    )
    return {"reference/families.md": "\n".join([intro, *map(section, families)])}


def section(family: Family) -> str:
    """Return the section of a family: summary, binding constraint, picture and parameters."""
    instance = next(iter(family.generate(dict(DRAWN_WITH.get(family.name, {})), 0)))
    summary = escaped(family.summary)
    return "\n\n".join(
        [
            f"## {family.name}",
            f"{summary[:1].upper()}{summary[1:]}. Binding constraint: {escaped(family.binds)}.",
            f"```{{raw}} html\n{picture(instance)}\n```",
            f":::{{dropdown}} Parameters\n```text\n{_parameters(family)}\n```\n:::\n",
        ]
    )


def _parameters(family: Family) -> str:
    return "\n\n".join(family_text(family).split("\n\n")[2:])


def shares(instance: Instance) -> tuple[int, dict[str, list[float]]]:
    """Return the requests served, and for each constraint the shares that the batches take."""
    result = otgah.solve(instance, METHOD).result
    assert result.schedule is not None
    data = instance.coefficients
    taken: dict[str, list[float]] = {}
    loads = otgah.Loads.of(data, result.schedule)
    for batch, of_node in zip(result.schedule.batches, loads.edge_nodes, strict=True):
        for load in of_node:
            if batch and load.share is not None:
                taken.setdefault(load.constraint, []).append(load.share)
    return result.schedule.throughput, taken


def picture(instance: Instance) -> Markup:
    """Return a drawing of the shares in the colours of the page around it."""
    served, taken = shares(instance)
    rows = Markup("").join(
        _row(TITLES[name], of_name, STEP * (index + 1))
        for index, (name, of_name) in enumerate(taken.items())
    )
    highest = ", ".join(f"{TITLES[name]} {max(each):.0%}" for name, each in taken.items())
    title = (
        f"{instance.name}: {served:,} of {instance.coefficients.num_requests:,} requests served. "
        f"Largest parts of capacity: {highest}."
    )
    bottom = STEP * (len(taken) + 1)
    axis = Markup("").join(
        Markup('<text class="axis" x="{}" y="{}" text-anchor="middle">{} %</text>').format(
            LEFT + WIDTH * percent / 100, bottom, percent
        )
        for percent in (0, 25, 50, 75, 100)
    )
    return Markup(
        '<figure class="binding"><svg viewBox="0 0 {width} {height}" role="img" '
        'aria-label="{title}">{rows}{axis}</svg><figcaption>{title}</figcaption></figure>'
    ).format(width=LEFT + WIDTH + 30, height=bottom + 8, title=title, rows=rows, axis=axis)


def _row(title: str, of_name: list[float], height: int) -> Markup:
    marks = Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{}" r="6"/>').format(LEFT + WIDTH * each, height - 5)
        for each in of_name
    )
    return Markup(
        '<text x="0" y="{y}">{title}</text>'
        '<line x1="{left}" x2="{right}" y1="{line}" y2="{line}"/>{marks}'
    ).format(y=height, title=title, left=LEFT, right=LEFT + WIDTH, line=height - 5, marks=marks)
