"""Commands: a page for each verb, generated from the command line itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer.main

import analysis.cli  # noqa: F401  registers the verbs
from analysis.commands.common import app
from docs.markdown import code, contents, escaped, table

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUSES = {
    "0": "success",
    "1": "a solver failed",
    "2": "bad input",
    "3": "a check failed",
    "130": "interrupted",
    "143": "terminated",
}
"""Exit statuses, as :func:`analysis.cli.main` returns them."""


def verbs() -> Mapping[str, Any]:
    """Return the command of each verb by its name, in the order of the help."""
    return typer.main.get_command(app).commands  # type: ignore[attr-defined,no-any-return]


def pages() -> dict[str, str]:
    """Return the text of each page by its path: the list of verbs, and a page for each verb."""
    known = verbs()
    made = {f"reference/commands/{name}.md": page(name, verb) for name, verb in known.items()}
    rows = [
        [f"[`otgah {name}`](commands/{name}.md)", escaped(verb.short_help)]
        for name, verb in known.items()
    ]
    statuses = table(["exit status", "meaning"], [[key, told] for key, told in STATUSES.items()])
    made["reference/commands.md"] = "\n\n".join(
        [
            "# The command line",
            table(["verb", "what it does"], rows),
            "An error is one line on standard error.",
            statuses,
            contents(f"commands/{name}" for name in known),
        ]
    )
    return made


def page(name: str, verb: Any) -> str:
    """Return the page of a verb: usage, description, arguments, options and an example."""
    arguments = [each for each in verb.params if each.param_type_name == "argument"]
    options = [each for each in verb.params if each.param_type_name == "option"]
    usage = " ".join(["otgah", name, *["[OPTIONS]"] * bool(options), *map(_metavar, arguments)])
    parts = [f"# otgah {name}", f"```text\n{usage}\n```", escaped(verb.help)]
    if arguments:
        rows = [[code(_metavar(each)), escaped(each.help)] for each in arguments]
        parts += ["## Arguments", table(["argument", "meaning"], rows)]
    if options:
        rows = [[_names(each), _meaning(each)] for each in options]
        parts += ["## Options", table(["option", "meaning"], rows)]
    if verb.epilog:
        example = verb.epilog.removeprefix("Example: ")
        parts += ["## Example", f"```bash\n{example}\n```"]
    return "\n\n".join(parts) + "\n"


def _metavar(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _names(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or 'TEXT'}"
    return ", ".join(code(f"{each}{value}") for each in option.opts)


def _meaning(option: Any) -> str:
    text = escaped(option.help)
    if option.required:
        return f"{text} Required."
    if option.is_flag or option.default in (None, ()):
        return text
    return f"{text} Default: {code(option.default)}."
