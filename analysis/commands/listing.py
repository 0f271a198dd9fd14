"""`otgah families`, `otgah methods` and `otgah catalogue`: the names that other verbs take."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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


@app.command(
    short_help="List the families of instances, or the parameters of one.",
    epilog="Example: otgah families dense",
)
def families(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="A family, to print its parameters with their defaults."
        ),
    ] = None,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """List the families of instances that can be generated, or the parameters of one family."""
    from analysis.text.description import family_text
    from analysis.text.phrases import aligned

    _use_all(plugins)
    known = [otgah.family(name)] if name else otgah.families()
    if as_json:
        documents = [otgah.describe_family(each) for each in known]
        show_json(documents[0] if name else documents)
    elif name:
        show(family_text(known[0]))
    else:
        show(aligned([[each.name, each.summary] for each in known]))


@app.command(
    short_help="List the methods, or the options of one.",
    epilog="Example: otgah methods ot-gah",
)
def methods(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="A method, to print its options with their defaults."
        ),
    ] = None,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """List the methods that solve instances, or the properties and options of one method.

    NAME may also be static-batching, no-batching or continuous-batching of `otgah simulate`.
    """
    from analysis.text.description import method_text
    from analysis.text.phrases import aligned

    _use_all(plugins)
    if name is not None and _is_scheme(name):
        _show_scheme(name, as_json=as_json)
        return
    known = [otgah.method(name)] if name else otgah.methods()
    if as_json:
        documents = [otgah.describe_method(each) for each in known]
        show_json(documents[0] if name else documents)
    elif name:
        show(method_text(known[0]))
    else:
        show(aligned([[each.name, _summary(each)] for each in known]))


def _is_scheme(name: str) -> bool:
    from analysis.simulation.schemes import RIVALS

    return name in RIVALS


def _show_scheme(name: str, *, as_json: bool) -> None:
    from analysis.text.description import scheme_document, scheme_text

    if as_json:
        show_json(scheme_document(name))
    else:
        show(scheme_text(name))


@app.command(
    short_help="List models, devices, scenarios and latency profiles by name.",
    epilog="Example: otgah catalogue devices",
)
def catalogue(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[llms|devices|quantization|profiles|scenarios]",
            help="The kind whose values and sources are printed; the names of all if not given.",
        ),
    ] = None,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """List the names that options take, and of one kind each value with its source."""
    from analysis.text.description import catalogue_overview, catalogue_text

    _use_all(plugins)
    entries = otgah.catalogue(kind)
    if as_json:
        show_json([each.to_dict() for each in entries])
    else:
        show(catalogue_text(entries) if kind else catalogue_overview(entries))


def _use_all(plugins: list[Path] | None) -> None:
    """Use these plug-ins and the installed ones; an invalid one is reported and left out."""
    use(plugins)
    for trouble in otgah.use_installed_plugins():
        print(f"otgah: {printable(trouble)}", file=sys.stderr)


def _summary(method: Method) -> str:
    if method.missing is None:
        return method.summary
    return f"{method.summary} (not installed: {method.missing})"
