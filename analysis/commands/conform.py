"""`otgah conform`: test that a method keeps the promises of every method."""

from __future__ import annotations

from typing import Annotated

import typer

import otgah
from analysis.commands.common import (
    CHECK_FAILED,
    SUCCESS,
    AsJson,
    Plugins,
    Settings,
    app,
    show,
    show_json,
)


@app.command(
    short_help="Test that a method keeps the promises of every method.",
    epilog="Example: otgah conform --plugin my_heuristic.py",
)
def conform(
    methods: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[METHOD]...",
            help="Names of methods; the methods of the plug-ins if not given.",
        ),
    ] = None,
    plugins: Plugins = None,
    settings: Settings = None,
    as_json: AsJson = False,
) -> int:
    """Run methods through a small campaign and report each promise as kept or broken.

    The exit status is 3 if a promise is broken.
    """
    from dataclasses import asdict

    from analysis.commands.settings import parse_pairs
    from heuristics.errors import printable

    used = [otgah.use_plugin(each) for each in plugins or ()]
    given = parse_pairs(settings or ())
    checks = []
    for check in otgah.conform(methods or (), plugins=used, settings=given):
        checks.append(check)
        if not as_json:
            show(printable(str(check)))
    if as_json:
        show_json([asdict(each) | {"passed": each.passed} for each in checks])
    return SUCCESS if all(each.passed for each in checks) else CHECK_FAILED
