"""Parts shared by the verbs: the application, common options, printing and exit statuses."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import otgah
from heuristics.errors import printable

if TYPE_CHECKING:
    from analysis.runs.outcome import Outcome

SUCCESS, SOLVER_FAILED, BAD_INPUT, CHECK_FAILED = 0, 1, 2, 3
INTERRUPTED, BROKEN_PIPE = 130, 141

app = typer.Typer(
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Batch scheduling of LLM inference on wireless edge nodes, with proven bounds.",
    epilog="Example: otgah solve instance.json --method ot-gah",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="Instance file.")]
MethodName = Annotated[
    str, typer.Option("--method", help="Name of a method, as `otgah methods` lists them.")
]
ProblemName = Annotated[
    str | None,
    typer.Option("--problem", help="P1, P2, P3 or P3prime; the method's default if not given."),
]
EdgeNode = Annotated[
    str | None, typer.Option("--edge-node", help="Name or index of the only edge node to solve.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="An option of the method; may be repeated."),
]
TimeLimit = Annotated[
    str | None, typer.Option("--time-limit", metavar="S", help="Time limit of a run in seconds.")
]
NodeLimit = Annotated[
    str | None,
    typer.Option("--node-limit", metavar="N", help="Limit on the nodes that a run visits."),
]
CertificateOut = Annotated[
    Path | None,
    typer.Option("--certificate", metavar="OUT", help="Write the certificate of the bound here."),
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        metavar="FILE",
        help="A file of your own methods, families or models; may be repeated.",
    ),
]
FormatVersion = Annotated[
    int | None,
    typer.Option(
        "--format-version",
        metavar="1|2",
        help="Version of the file format: 1 has a number for each pair of edge node and request, "
        "2 those of eligible pairs alone.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Runs = Annotated[
    Path, typer.Argument(metavar="RUNS", help="File of runs, written by `otgah batch`.")
]


def fail(status: int, message: str) -> int:
    """Print an error in one line on stderr, and return the exit status."""
    print(f"otgah: {printable(' '.join(message.split()))}", file=sys.stderr)
    return status


def exit_status(outcome: Outcome) -> int:
    """Return the exit status of a run; print the reason of a failure on stderr."""
    if outcome.result.ended_by == "interrupted":
        return INTERRUPTED
    if outcome.failed:
        told = (outcome.result.message or "the solver failed").strip()
        return fail(SOLVER_FAILED, told.splitlines()[-1])
    return SUCCESS


def use(plugins: list[Path] | None) -> None:
    """Make plug-ins known to this process."""
    if plugins:
        for each in plugins:
            otgah.use_plugin(each)


def write_certificate(outcome: Outcome, path: Path) -> None:
    """Write the certificate of a run, or report that it is missing."""
    task, certificate = outcome.task, outcome.result.certificate
    if certificate is None:
        print(f"otgah: method {task.method} gave no certificate to write", file=sys.stderr)
    else:
        otgah.write_certificate(certificate, task.whole, path, edge_node=task.edge_node)


def show(text: str) -> None:
    """Print a text without control characters that a terminal would obey."""
    _print("\n".join(map(printable, text.split("\n"))))


def show_aside(text: str) -> None:
    """Print a line on standard error, beside a document or a list on standard output."""
    print(printable(text), file=sys.stderr, flush=True)


def _print(text: str) -> None:
    """Print a text; end the command quietly if the reader closed the pipe."""
    try:
        print(text, flush=True)
    except BrokenPipeError as error:
        # Python flushes stdout once more when the process ends, and must not fail at that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise typer.Exit(BROKEN_PIPE) from error


def show_json(document: Any) -> None:
    """Print a JSON document; an object takes one line for each key."""
    if isinstance(document, dict):
        lines = (f"  {_json(key)}: {_json(value)}" for key, value in document.items())
        _print("{\n" + ",\n".join(lines) + "\n}")
    else:
        _print(_json(document))


def _json(value: Any) -> str:
    """Return a value as JSON, with printable characters as they are and all others escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    shown = text.isprintable() and _can_be_printed(text)
    return text if shown else json.dumps(value, allow_nan=False)


def _can_be_printed(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
