"""`otgah families` and `otgah methods`: what there is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import otgah
from analysis.commands.common import (
    AsJson,
    Plugins,
    app,
    show,
    show_json,
    use,
)
from heuristics.errors import printable

if TYPE_CHECKING:
    from analysis.methods.method import Method


@app.command(epilog="Example: otgah families --json")
def families(plugins: Plugins = None, as_json: AsJson = False) -> None:
    """List the families of instances that can be generated."""
    from analysis.text.phrases import aligned

    _use_all(plugins)
    if as_json:
        show_json([otgah.describe_family(each) for each in otgah.families()])
    else:
        show(aligned([[each.name, each.summary] for each in otgah.families()]))


@app.command(epilog="Example: otgah methods --json")
def methods(plugins: Plugins = None, as_json: AsJson = False) -> None:
    """List the methods that can solve."""
    from analysis.text.phrases import aligned

    _use_all(plugins)
    if as_json:
        show_json([otgah.describe_method(each) for each in otgah.methods()])
    else:
        show(aligned([[each.name, _summary(each)] for each in otgah.methods()]))


def _use_all(plugins: list[Path] | None) -> None:
    """Use these plug-ins and the installed ones, of which the broken are named and left out."""
    use(plugins)
    for trouble in otgah.use_installed_plugins():
        print(f"otgah: {printable(trouble)}", file=sys.stderr)


def _summary(method: Method) -> str:
    if method.missing is None:
        return method.summary
    return f"{method.summary} (not installed: {method.missing})"
