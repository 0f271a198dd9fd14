"""Instance as HTML for notebooks: name, origin, best known bounds and coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.display.coefficients import coefficients_html
from heuristics.display.markup import Markup, bar, table

if TYPE_CHECKING:
    from instances.instance import Instance


def instance_html(instance: Instance) -> Markup:
    """Return the identity of an instance, and its coefficients with the names of edge nodes."""
    rows: list[tuple[str, object]] = [
        (name, getattr(instance, name))
        for name in ("family", "seed")
        if getattr(instance, name) is not None
    ]
    best = instance.best_known
    if best is not None:
        rows.append(("best known", bar(best.objective, best.bound)))
        rows.append(("bound proved by", best.proved_by))
    coefficients = coefficients_html(instance.coefficients, names=instance.edge_node_names)
    return Markup(f"{table(f'Instance {instance.name}', (), rows)}{coefficients}")
